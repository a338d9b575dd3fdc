"""Ships the journals of a session: in order, in batches, each record once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec

from cuvee.client.answers import API, Away, reason_of, sort_out
from cuvee.client.http import Http, read_all
from cuvee.client.line import LOGGED, PASSIVE, Item, Line
from cuvee.client.records import Request, rejects_path, segment_path, segments
from cuvee.client.session import ALIASES
from cuvee.client.uploads import Uploads
from cuvee.errors import AlreadyExists, CuveeError, EndpointNotFound, InvalidParameter, NotFound

LOOK = 10.0
"""Seconds that a server may take to say what it can do."""
GRACE = 30.0
"""Seconds in which a run may appear that another process has made."""
STUBBORN = 300.0
"""Seconds after which a record that makes the server fail is set aside."""
_encode = msgspec.json.encode


class Shipment:
    """The journals of a session on their way.

    Args:
        folder: the session's directory.
        http: connections to the server.
        place: gives ``put(path, source)`` for a run's artifact root.
    """

    def __init__(self, folder: Path, http: Http, place: Callable[[str], Any]) -> None:
        self.folder = folder
        self.http = http
        self.lines: dict[str, Line] = {}
        self.sent = 0
        self.refused = 0
        self.keep = False
        """Whether journals that are shipped stay."""
        self._uploads = Uploads(self, place)
        self._aliases: dict[str, str] = {}
        self._infos: dict[str, dict[str, Any]] = {}
        self._experiments: dict[str, str] = {}
        self._known: set[str] = set()
        self._missing: dict[str, float] = {}
        self._stubborn: dict[tuple[str, int], float] = {}
        with suppress(OSError, ValueError):
            self._aliases = json.loads((folder / ALIASES).read_text(encoding="utf-8"))

    def look(self) -> None:
        """Find journals that have been added."""
        for journal, numbers in segments(self.folder).items():
            if journal not in self.lines:
                with suppress(FileNotFoundError):
                    self.lines[journal] = Line(self.folder, journal, numbers)

    def step(self) -> bool:
        """Send what is due of each journal; say whether anything was.

        Raises:
            Away: the server cannot take anything now.
        """
        moved = False
        away: Away | None = None
        for line in list(self.lines.values()):
            line.read()
            if not self._in_turn(line) or not line.ready():
                continue
            items = line.window()
            try:
                rejected = self._carry(line, items)
            except Away as problem:  # perhaps for this journal alone
                away = problem
                continue
            line.acknowledge(items, rejected)
            if not rejected:
                for item in items:
                    if item.kind == b"A":
                        self._uploads.drop(item.value)
            self.sent += len(items) - rejected
            self.refused += rejected
            moved = True
        if away and not moved:
            raise away
        return moved

    def fail(self, when: int) -> None:
        """Note in each journal since when the server does not answer (ms); 0: it does."""
        for line in self.lines.values():
            line.fail(when)

    def sweep(self) -> None:
        """Delete the journals that are shipped and whose processes are gone."""
        for line in list(self.lines.values()):
            if line.done() and not line.live:
                for _ in range(line.damaged):
                    self._set_aside(line.id, None, "a record of the journal was damaged")
                if self.keep:
                    line.close()
                else:
                    line.remove()
                del self.lines[line.id]

    def live(self) -> Iterator[tuple[Line, str]]:
        """Give the runs that belong to processes, with their journals."""
        for line in list(self.lines.values()):
            for run in list(line.live):
                yield line, run

    def name(self, run: str) -> str:
        """Return a run's id at the server."""
        return self._aliases.get(run, run)

    def call(self, method: str, target: str, body: Any, key: str = "") -> Any:
        """Send a request and return the answer's JSON.

        Raises:
            Away: the server cannot take anything now.
            CuveeError: it refuses this.
        """
        data = body if isinstance(body, bytes) else _encode(body)
        try:
            answer = self.http.send(
                method,
                target,
                body=None if method == "GET" else data,
                key=key,
                repeatable=True,
                receive=read_all,
            )
        except CuveeError as problem:
            sort_out(problem)
            raise
        return json.loads(answer or b"{}")

    # ------------------------------------------------------------ records

    def _in_turn(self, line: Line) -> bool:
        """Say whether the journal that this one's runs come from is ahead of it."""
        journal, seq = line.after
        first = self.lines.get(journal)
        return first is None or first.state.seq >= seq or first.done()

    def _carry(self, line: Line, items: list[Item]) -> int:
        """Send records; return how many of them were refused."""
        first = next((i for i in items if i.kind not in PASSIVE), None)
        if first is None:
            return 0
        if first.kind not in LOGGED:
            return self._single(line, first)
        groups: dict[str, list[Item]] = {}
        for item in items:
            if item.kind in LOGGED:
                groups.setdefault(item.run, []).append(item)
        return sum(self._batch(line, run, group) for run, group in groups.items())

    def _batch(self, line: Line, run: str, items: list[Item]) -> int:
        """Send the records of one run as one request, or else in halves; return the refused."""
        body = self._translated(_encode({"run_id": run, **_merged(items)}))
        try:
            # Other records that begin at the same one, as in a later copy, have another key.
            key = f"{line.id}-{items[0].seq}-{len(items)}"
            self._tolerate(line, items[0], lambda: self._log(run, key, body))
        except CuveeError as problem:
            alone = len(items) == 1 or not isinstance(problem, InvalidParameter)
            if alone or self._deleted(run):
                for item in items:
                    self._set_aside(line.id, item, reason_of(problem))
                return len(items)
            middle = len(items) // 2
            return self._batch(line, run, items[:middle]) + self._batch(line, run, items[middle:])
        self._known.add(run)
        return 0

    def _log(self, run: str, key: str, body: Any) -> None:
        self.patiently(run, lambda: self.call("POST", API + "runs/log-batch", body, key))

    def _single(self, line: Line, item: Item) -> int:
        value = item.value
        try:
            if item.kind == b"R":
                self._tolerate(line, item, lambda: self._request(line, item.seq, value))
            elif item.kind == b"A":
                self._tolerate(line, item, lambda: self._uploads.send(line.id, item.seq, value))
            elif item.kind == b"D":
                self._set_aside(line.id, item, f"{value['count']} calls found no room")
                return 0
        except CuveeError as problem:
            if item.kind == b"R" and value.may_exist and isinstance(problem, AlreadyExists):
                return 0
            reason = reason_of(problem)
            if item.kind == b"A":
                reason = self._uploads.refused(value, reason)
            self._set_aside(line.id, item, reason)
            if item.kind == b"R" and value.creates:
                self._missing[item.run] = 0.0
            return 1
        if item.kind == b"S":
            line.live.add(item.run)
        elif item.kind == b"R" and value.ends:
            line.live.discard(item.run)
        return 0

    def _request(self, line: Line, seq: int, request: Request) -> None:
        body = self._translated(bytes(request.body))
        key = request.key or f"{line.id}-{seq}"
        target = request.target
        if request.model:
            body = self._announced(request, body)
        elif not request.creates:
            target = self._translated(target.encode()).decode()
        if not request.creates:
            if request.whole:
                body, ending = self._uploads.closing(request, body)
                key += ending
            answer = self.patiently(
                request.run, lambda: self.call(request.method, target, body, key)
            )
            if request.model:
                self._alias(request.model, answer["model"]["info"]["model_id"])
            return
        answer = self.call(request.method, target, self._placed(body), key)
        self._known.add(request.run)
        self._alias(request.run, answer["run"]["info"]["run_id"])

    def _alias(self, ours: str, theirs: str) -> None:
        """Remember an id that the server gave to what we had named."""
        if ours != theirs:
            self._aliases[ours] = theirs
            part = self.folder / (ALIASES + ".new")
            part.write_text(json.dumps(self._aliases), encoding="utf-8")
            part.rename(self.folder / ALIASES)

    def _announced(self, request: Request, body: bytes) -> bytes:
        """Return a logged model's creation with what only the server knows: its experiment."""
        fields = json.loads(body)
        if request.unplaced:
            fields["experiment_id"] = (
                self._experiment(request.experiment)
                if request.experiment
                else self.info(request.run)["experiment_id"]
            )
        if not self.http.takes_ids(LOOK):
            del fields["model_id"]
        return _encode(fields)

    def _placed(self, body: bytes) -> bytes:
        """Return a run's creation with its experiment's id, for servers that take no name."""
        fields = json.loads(body)
        name = fields.get("experiment_name")
        if not name or self.http.takes_ids(LOOK):
            return body
        del fields["experiment_name"]
        return _encode({**fields, "experiment_id": self._experiment(name)})

    def _experiment(self, name: str) -> str:
        """Return the id of an experiment, created if need be."""
        if name not in self._experiments:
            asked = API + "experiments/get-by-name?" + urlencode({"experiment_name": name})
            try:
                found = self.call("GET", asked, b"")["experiment"]["experiment_id"]
            except NotFound:
                made = self.call("POST", API + "experiments/create", {"name": name})
                found = made["experiment_id"]
            self._experiments[name] = found
        return self._experiments[name]

    def info(self, run: str) -> dict[str, Any]:
        """Return what a run is; it is asked for once."""
        if run not in self._infos:
            self._infos[run] = self.run(run)["info"]
        return self._infos[run]

    def run(self, run: str) -> dict[str, Any]:
        """Return a run as it is now."""
        asked = f"{API}runs/get?run_id={self.name(run)}"
        found: dict[str, Any] = self.patiently(run, lambda: self.call("GET", asked, b""))["run"]
        return found

    def _translated(self, body: bytes) -> bytes:
        """Return a request's body, or target, with the ids that the server gave."""
        for ours, theirs in self._aliases.items():
            for form in ('"{}"', '"models:/{}"', "/{}"):
                body = body.replace(form.format(ours).encode(), form.format(theirs).encode())
        return body

    # ------------------------------------------------------------ refusals

    def patiently(self, run: str, work: Callable[[], Any]) -> Any:
        """Do something with a run that another process may be about to create."""
        try:
            return work()
        except NotFound as problem:
            if not run or run in self._known or isinstance(problem, EndpointNotFound):
                raise
            if self._exists(run):  # so it is something in it that is missing
                self._known.add(run)
                raise
            since = self._missing.setdefault(run, time.monotonic())
            if since and time.monotonic() - since < GRACE:
                raise Away(f"the run {run} does not exist yet") from problem
            raise

    def _tolerate(self, line: Line, item: Item, work: Callable[[], Any]) -> None:
        """Give the server time when it fails at a record; in the end it is a refusal."""
        try:
            work()
        except CuveeError as problem:
            if problem.status < 500 and not isinstance(problem, EndpointNotFound):
                raise
            since = self._stubborn.setdefault((line.id, item.seq), time.monotonic())
            if time.monotonic() - since < STUBBORN:
                raise Away(problem.message) from problem
            raise

    def _deleted(self, run: str) -> bool:
        return self._stage(run) == "deleted"

    def _exists(self, run: str) -> bool:
        return self._stage(run) is not None

    def _stage(self, run: str) -> str | None:
        try:
            found = self.call("GET", f"{API}runs/get?run_id={self.name(run)}", b"")
        except CuveeError:
            return None
        return str(found["run"]["info"].get("lifecycle_stage"))

    def _set_aside(self, journal: str, item: Item | None, reason: str) -> None:
        """Keep what the server refused, with the reason."""
        entry: dict[str, Any] = {"time": time.time_ns() // 1_000_000, "reason": reason}
        if item is not None:
            entry |= {"seq": item.seq, "kind": item.kind.decode(), "run_id": item.run}
            entry["record"] = json.loads(_encode(item.value))  # a request holds JSON as it is
        with rejects_path(self.folder, journal).open("ab") as file:
            file.write(_encode(entry) + b"\n")


def remaining(folder: Path) -> tuple[int, int]:
    """Return how many records of a session, and bytes of records and files, are not shipped."""
    records = size = 0
    for journal, numbers in segments(folder).items():
        line = Line(folder, journal, numbers)
        for number in numbers:
            if number >= line.state.segment:
                size += segment_path(folder, journal, number).stat().st_size
        size -= line.state.offset
        records += line.count()
        line.close()
    size += sum(p.stat().st_size for p in folder.glob("files/*"))
    return records, size


def _merged(items: list[Item]) -> dict[str, list[Any]]:
    """Return the fields of several calls as those of one; of equal tags the last counts."""
    metrics = [m for item in items for m in item.value.get("metrics", ())]
    params = [p for item in items for p in item.value.get("params", ())]
    tags = {t["key"]: t for item in items for t in item.value.get("tags", ())}
    merged = {"metrics": metrics, "params": params, "tags": list(tags.values())}
    return {name: values for name, values in merged.items() if values}
