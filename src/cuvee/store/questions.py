"""Several questions in one transaction."""

from __future__ import annotations

from msgspec import Raw

from cuvee.api import wire
from cuvee.api.questions import Answered, Answers, AskTogether, Question, kind_of
from cuvee.errors import CuveeError
from cuvee.store.tx import Tx


def ask_together(tx: Tx, op: AskTogether) -> Answers:
    return Answers([_answered(tx, question) for question in op.questions])


def _answered(tx: Tx, question: Question) -> Answered:
    from cuvee.store.dispatch import carry_out  # which knows this function

    try:
        op = wire.decode_body(kind_of(question.operation), wire.encode_plain(question.request))
        op.check()
        return Answered(200, Raw(wire.encode(carry_out(tx, op))))
    except CuveeError as problem:
        return Answered(problem.status, Raw(wire.encode_error(problem.error_code, problem.message)))
