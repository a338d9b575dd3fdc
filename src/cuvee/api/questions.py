"""Several questions at once: what they are, and what each is answered with."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, ClassVar

from msgspec import Meta, Raw, Struct

from cuvee.api.base import CUVEE, Op, Permission, Read, Required
from cuvee.api.names import shown
from cuvee.errors import InvalidParameter

MOST = 50
"""Questions in one request."""


class Question(Struct, frozen=True, omit_defaults=True):
    """What is asked.

    Args:
        operation: the ``operationId`` in ``/api/openapi.json``, such as ``getRun``; one that has
            ``x-together``.
        request: its fields, those in the path and the query among them.
    """

    operation: Required
    request: dict[str, Any] = {}


class Answered(Struct, frozen=True):
    """What a question would have been answered if it had been asked alone.

    Args:
        status: 200, or the status of the refusal.
        body: the answer, or the refusal with ``error_code`` and ``message``.
    """

    status: int
    body: Raw


class Answers(Struct, frozen=True):
    """The answers, in the order of the questions."""

    spelled: ClassVar[bool] = True
    """Each is MLflow's JSON already."""
    answers: list[Answered]


class AskTogether(Read[Answers], frozen=True, kw_only=True):
    """Ask several things at once, all answered from one moment; each with its own right.

    One that is refused says so in its place and leaves the others as they are.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "questions"
    methods: ClassVar[tuple[str, ...]] = ("POST",)
    needs: ClassVar[Permission] = Permission.LOGIN
    history: ClassVar[bool] = True
    searches: ClassVar[bool] = True
    alone: ClassVar[bool] = True
    questions: Annotated[list[Question], Meta(min_length=1, max_length=MOST)]

    def check(self) -> None:
        for question in self.questions:
            kind_of(question.operation)


def is_together(op: type[Op[Any]]) -> bool:
    """Say whether an operation may be one of several questions."""
    return not (op.writes or op.alone or op.hashes)


def kind_of(operation: str) -> type[Op[Any]]:
    """Return the operation that a question names.

    Raises:
        InvalidParameter: there is none, or it has to be asked alone.
    """
    found = _known().get(operation)
    if found is None:
        raise InvalidParameter(
            f"There is no question {shown(operation)}: name an operation that has x-together in "
            "/api/openapi.json, such as getRun; changes and files are asked for one by one."
        )
    return found


@cache
def _known() -> dict[str, type[Op[Any]]]:
    from cuvee.api import ROUTED

    return {operation_id(op): op for op in ROUTED if is_together(op)}


def operation_id(op: type[Op[Any]]) -> str:
    """Return the name that an operation has in the OpenAPI document."""
    return op.__name__[0].lower() + op.__name__[1:]
