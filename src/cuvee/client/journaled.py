"""What the client's logging methods do with a journal.

What is sure to be refused is refused at once, for it is a mistake in the script: a value that is no
number, a key with a character that is not allowed, another value of a param that is settled. What
depends on the server is not: such a refusal is told later, and does not stop the script.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from cuvee.api.base import Op
from cuvee.api.logged_models import GetLoggedModel
from cuvee.api.metrics import Metric
from cuvee.api.runs import CreateRun, GetRun, LogBatch, Param, Run, RunTag
from cuvee.api.wire import check, encode_op
from cuvee.client.base import Calls
from cuvee.client.connect import connect
from cuvee.client.journals import FLUSH, Facts
from cuvee.client.values import Logged
from cuvee.errors import CuveeError, EndpointNotFound, InvalidParameter, NotFound

PATIENCE = 1.0
"""Seconds that a question may take whose answer the script can do without."""
SHUNNED = 10.0
"""Seconds in which a server that has let a call wait in vain is not waited for again."""
_SLOW = 0.25


class JournaledCalls(Calls):
    """Logging through the journal."""

    def put(
        self, log: Any, run_id: str, op: Op[Any], *, creates: bool = False, ends: bool = False
    ) -> None:
        """Append an operation about a run.

        Raises:
            InvalidParameter: it would be refused.
        """
        if not creates and run_id not in log.runs:
            self.admit(log, run_id)
        check(op)
        self.append(log, op, run=run_id, creates=creates, ends=ends)

    def append(self, log: Any, op: Op[Any], **about: Any) -> None:
        """Append an operation, with what else ``records.Request`` says about it."""
        from cuvee.client.records import Request

        request = encode_op(op)
        body = msgspec.Raw(request.body or b"{}")
        log.request(Request(method=request.method, target=request.target, body=body, **about))

    def put_batch(
        self,
        log: Any,
        run_id: str,
        metrics: Sequence[Metric] = (),
        params: Sequence[Param] = (),
        tags: Sequence[RunTag] = (),
    ) -> None:
        """Append metrics, params and tags of a run, whole or not at all.

        Raises:
            InvalidParameter: they would be refused.
        """
        op = LogBatch(run_id=run_id, metrics=list(metrics), params=list(params), tags=list(tags))
        check(op)
        body = encode_op(op).body
        if run_id not in log.runs:
            self.admit(log, run_id)
        settled = log.runs[run_id].params
        for param in params:
            if settled.get(param.key, param.value) != param.value:
                raise InvalidParameter(
                    f"The param {param.key!r} of run {run_id} is {settled[param.key]!r}, and "
                    f"params do not change: log {param.value!r} under another key, or in a new run."
                )
        settled.update((p.key, p.value) for p in params)
        log.runs[run_id].dropped.difference_update(t.key for t in tags)
        latest = log.runs[run_id].latest
        latest.update((m.key, (m.value, m.timestamp, m.step)) for m in metrics if not m.model_id)
        log.batch(body)

    def may_drop(self, log: Any, run_id: str, key: str) -> bool:
        """Say whether a run may have a tag: not one that this process has removed; note that."""
        if log.offline:
            return True
        if run_id not in log.runs:
            self.admit(log, run_id)
        dropped: set[str] = log.runs[run_id].dropped
        if key in dropped:
            return False
        dropped.add(key)
        return True

    def put_files(self, log: Any, run_id: str, source: Path, path: str, *, model: str = "") -> None:
        """Keep a copy of a file, or of what is in a directory, as ``path`` of a run or model."""
        if run_id and run_id not in log.runs:
            self.admit(log, run_id)
        if model:
            self.admit_model(log, model)
            log.models.kept.add(model)
        if not source.is_dir():
            log.upload(run_id, path, source, model=model)
            return
        for each in sorted(source.rglob("*")):
            if each.is_file():
                below = each.relative_to(source).as_posix()
                log.upload(run_id, f"{path}/{below}" if path else below, each, model=model)

    def put_rows(self, log: Any, run_id: str, source: Path, path: str) -> None:
        """Keep the rows of a table, which come below those that ``path`` of a run has."""
        if run_id not in log.runs:
            self.admit(log, run_id)
        log.upload(run_id, path, source, below=True)

    def put_run(self, log: Any, run_id: str, op: CreateRun) -> None:
        """Append the creation of a run that ends with this process."""
        self.put(log, run_id, op, creates=True)
        log.runs[run_id] = Facts(ours=True)
        log.started(run_id, capture=True)

    def admit(self, log: Any, run_id: str) -> None:
        """Learn about a run before the first call about it, if the server answers soon.

        Raises:
            NotFound: there is no such run.
            InvalidParameter: it is deleted.
        """
        found = None if log.offline else self.ask_run(run_id)
        if found is None:
            log.runs[run_id] = Facts()
            return
        if found.info.lifecycle_stage != "active":
            raise InvalidParameter(
                f"The run {run_id} is deleted: bring it back with Client().restore_run({run_id!r})."
            )
        log.runs[run_id] = Facts(found.data.params)

    def admit_model(self, log: Any, model_id: str) -> None:
        """Learn about a logged model before the first file of it, if the server answers soon.

        Raises:
            NotFound: there is no such model.
        """
        if model_id in log.models.known:
            return
        if not log.offline:
            self.reaches(log)  # another thread may just have announced it
            self._ask_until_found(GetLoggedModel(model_id=model_id))
        log.models.known.add(model_id)

    def ask_run(self, run_id: str) -> Run | None:
        """Return a run; None when the server does not answer soon.

        Raises:
            CuveeError: the server refuses to tell; a run that is missing may be about to come.
        """
        found = self._ask_until_found(GetRun(run_id=run_id))
        return found.run if found else None

    def _ask_until_found(self, op: Op[Any]) -> Any:
        """Ask for what may be about to come; None when the server does not answer soon."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self.ask(op, max(0.05, end - time.monotonic()))
            except NotFound as problem:  # noqa: PERF203  # it is a loop that waits
                if isinstance(problem, EndpointNotFound) or time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def ask(self, op: Op[Any], patience: float = PATIENCE, key: str = "") -> Any:
        """Return the answer to a question; None when there is none within ``patience`` seconds.

        Args:
            op: what to ask, or to do.
            patience: seconds. A server that has just let a call wait in vain is not asked.
            key: the name of a change that may be asked for again.

        Raises:
            CuveeError: the server refuses to answer.
        """
        log = self.journal
        if self._shunned(log):
            return None
        store: Any = connect(self.tracking_uri).store
        begin = time.monotonic()
        try:
            return store.do(self.named(op), patience=patience, key=key)
        except CuveeError as problem:
            if problem.status < 500:
                raise
            self.missed(log, begin)
            return None

    def missed(self, log: Any, begin: float) -> None:
        """Note that the server has let us wait in vain since ``begin``; a refusal is no wait."""
        if log is not None and time.monotonic() - begin > _SLOW:
            log.missed = (time.monotonic(), log.state().seq)

    def _shunned(self, log: Any) -> bool:
        """Say whether to do without the server: it was silent just now, and has taken nothing."""
        if log is None or log.offline or not log.missed[0]:
            return False
        when, had = log.missed
        return bool(time.monotonic() - when < SHUNNED and log.state().seq == had)

    def reaches(self, log: Any) -> bool:
        """Say whether the server is there, and has what this process has logged.

        Args:
            log: the journal; None when calls go straight to the store.
        """
        if log is None:
            return True
        if log.offline or log.state().failing or self._shunned(log):
            return False
        store: Any = connect(self.tracking_uri).store
        begin = time.monotonic()
        while time.monotonic() - begin < FLUSH:
            if not store.answers(PATIENCE):
                self.missed(log, begin)
                return False
            if log.flush(PATIENCE, 0.0):
                return True
            if log.state().failing:
                return False
        return False

    def takes_ids(self) -> bool | None:
        """Say whether the server takes ids that we have made; None if it does not answer soon."""
        if self._shunned(self.journal):
            return None
        store: Any = connect(self.tracking_uri).store
        begin = time.monotonic()
        answer: bool | None = store.takes_ids(PATIENCE)
        if answer is None:
            self.missed(self.journal, begin)
        return answer

    def logged(self, log: Any) -> Logged:
        """Return what waits for the journal."""
        return Logged(lambda: log and log.flush(FLUSH))
