"""The files of a session on their way: those of runs and logged models, and rows of tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from cuvee.client.answers import API, sort_out
from cuvee.client.records import Request, Upload, refusals
from cuvee.client.rows import TABLES_TAG, Appended, stack, with_table
from cuvee.errors import CuveeError, InvalidParameter, NotFound

if TYPE_CHECKING:
    from cuvee.client.shipping import Shipment

MODEL_FILE = "MLmodel"
APPENDED = "cuvee/appended"
"""Directory of a run's files that say which rows of which journal its tables have."""
REFUSED_TAG = "cuvee.refused"
_MAX_REASON = 1000


class Uploads:
    """Stores the files of a session's records.

    Args:
        shipment: what they are part of.
        place: gives ``put(path, source)`` for an artifact root.
    """

    def __init__(self, shipment: Shipment, place: Callable[[str], Any]) -> None:
        self._shipment = shipment
        self._place = place
        self._roots: dict[str, str] = {}
        self._broken = {
            entry["record"]["model"]: entry["reason"]
            for entry in refusals(shipment.folder)
            if entry.get("kind") == "A" and entry["record"].get("model")
        }
        """Logged models that a file was refused of -> why."""

    def send(self, journal: str, seq: int, upload: Upload) -> None:
        """Store a file.

        Args:
            journal: the journal that has it, and
            seq: its number there: rows are added once.
            upload: the file.

        Raises:
            Away: the server cannot take anything now.
            CuveeError: it refuses this.
        """
        source = self._copy(upload)
        if not source.exists():
            raise InvalidParameter(f"The copy of {upload.path!r} is not in the journal any more.")
        files, root = self._place(self._root(upload))
        base = root.rstrip("/")
        ready = source.with_name(source.name + ".ready")
        try:
            if upload.below:
                mark = f"{base}/{APPENDED}/{upload.path}/{journal[:16]}.json"
                self._append(files, f"{base}/{upload.path}", mark, source, seq)
            elif upload.model and upload.path == MODEL_FILE:
                ready.write_bytes(self._at_home(upload, source.read_bytes()))
                files.put(f"{base}/{upload.path}", ready)
            else:
                files.put(f"{base}/{upload.path}", source)
        except CuveeError as problem:
            sort_out(problem)
            raise
        if upload.below:
            self._name_table(upload, f"{journal}-{seq}-table")

    def drop(self, upload: Upload) -> None:
        """Remove the copy of a file that is acknowledged: until then it may be sent again."""
        copy = self._copy(upload)
        for path in (copy, *(copy.with_name(copy.name + e) for e in (".ready", ".above", ".part"))):
            path.unlink(missing_ok=True)

    def refused(self, upload: Upload, reason: str) -> str:
        """Note that a file was refused, and return what to tell of it."""
        whose = f" of the logged model {self._shipment.name(upload.model)}" if upload.model else ""
        told = f"the file {upload.path!r}{whose}: {reason}"
        if upload.model:
            self._broken.setdefault(upload.model, told)
        return told

    def closing(self, request: Request, body: bytes) -> tuple[bytes, str]:
        """Return the body of a request that needs all files of a logged model, and its key's end.

        Without them the model is not ready but failed, with the reason as a tag.

        Raises:
            InvalidParameter: it is of no use without them.
        """
        told = self._broken.get(request.whole)
        if told is None:
            return body, ""
        fields = json.loads(body)
        if "status" not in fields:
            raise InvalidParameter(f"It is not registered, for it is not complete: {told}")
        model_id = self._shipment.name(request.whole)
        tags = [{"key": REFUSED_TAG, "value": told[:_MAX_REASON]}]
        with suppress(CuveeError):  # the status matters more
            target = f"{API}logged-models/{model_id}/tags"
            self._shipment.call("PATCH", target, {"model_id": model_id, "tags": tags})
        fields["status"] = "LOGGED_MODEL_UPLOAD_FAILED"
        return msgspec.json.encode(fields), "-failed"

    # ------------------------------------------------------------ tables

    def _append(self, files: Any, path: str, mark: str, source: Path, seq: int) -> None:
        """Put rows below those of a table, unless a copy of this journal has done so.

        Where they go is noted before they are there: who finds the note looks whether they are.
        """
        above, ready, note = (
            source.with_name(source.name + ending) for ending in (".above", ".ready", ".part")
        )
        _fetch(files, path, above)
        _fetch(files, mark, note)
        if Appended.read(note).covers(seq, above, source, path):
            return
        first = stack(above, source, ready, path)
        note.write_bytes(msgspec.json.encode(Appended(seq=seq, first=first)))
        files.put(mark, note)
        files.put(path, ready)

    def _name_table(self, upload: Upload, key: str) -> None:
        """Say in the run's tag that a file is a table."""
        run = self._shipment.run(upload.run)
        tags = {t["key"]: t["value"] for t in run["data"].get("tags", ())}
        known = tags.get(TABLES_TAG, "[]")
        if (tables := with_table(known, upload.path)) != known:
            name = self._shipment.name(upload.run)
            tag = {"run_id": name, "key": TABLES_TAG, "value": tables}
            self._shipment.call("POST", API + "runs/set-tag", tag, key)

    # ------------------------------------------------------------ places

    def _copy(self, upload: Upload) -> Path:
        return self._shipment.folder / "files" / upload.file

    def _root(self, upload: Upload) -> str:
        """Return where the files of an upload's run or logged model are."""
        shipment = self._shipment
        if not upload.model:
            root: str = shipment.info(upload.run)["artifact_uri"]
            return root
        if upload.model not in self._roots:
            asked = f"{API}logged-models/{shipment.name(upload.model)}"
            found = shipment.patiently(upload.run, lambda: shipment.call("GET", asked, b""))
            self._roots[upload.model] = found["model"]["info"]["artifact_uri"]
        return self._roots[upload.model]

    def _at_home(self, upload: Upload, text: bytes) -> bytes:
        """Return a file MLmodel with the place and the id that the server has given."""
        ours = f"artifact_path: models:/{upload.model}\n".encode()
        place = msgspec.json.encode(self._root(upload))
        text = text.replace(ours, b"artifact_path: " + place + b"\n")
        return text.replace(upload.model.encode(), self._shipment.name(upload.model).encode())


def _fetch(files: Any, path: str, target: Path) -> None:
    """Fetch a file; an empty one when there is none."""
    try:
        files.get(path, target)
    except NotFound:
        target.write_bytes(b"")
