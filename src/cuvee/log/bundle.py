"""Writes a bundle: what an auditor needs to check the history, or a part of it, offline."""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from cuvee.api.events import ListEvents
from cuvee.api.log import (
    Checkpoint,
    GetCheckpoint,
    GetInclusion,
    GetLogEntry,
    ListCheckpoints,
    ListLogEntries,
    LogEntry,
)
from cuvee.errors import Internal, PermissionDenied
from cuvee.log import verifier
from cuvee.log.entry import ADDRESS, canonical

Do = Callable[[Any], Any]

README = """\
This is a bundle of Cuvee's transparency log. Check it, without a server or a network, with

    python verifier.py {name}

where verifier.py is the file in this bundle, or better one that you have from elsewhere; it is
short, needs nothing but Python 3.10, and says at its top what it checks. Compare the key that it
prints with the one you were told, and the checkpoints with those you have kept.

entries.jsonl      the entries (place, canonical JSON, and the proof where only some are here)
checkpoints.jsonl  signed statements of the number of entries and the root of their tree
texts.jsonl        the free text, as far as it was exported and not erased
"""


def write(do: Do, path: Path, *, subjects: Collection[str] = (), texts: bool = True) -> int:
    """Write a bundle and return how many entries it has.

    Args:
        do: carries out operations.
        path: the zip file to write.
        subjects: objects whose events are wanted, each then with its proof; all when empty.
        texts: whether free text goes along; from which addresses something was done never does.

    Raises:
        PermissionDenied: not all entries may be seen.
        Internal: an event is gone.
    """
    last: Checkpoint = do(GetCheckpoint())
    notes = [last] if subjects else list(checkpoints(do, last.size))
    entries = _some(do, last.size, subjects) if subjects else _all(do, last.size)
    count = 0
    said: list[str] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        with bundle.open("entries.jsonl", "w") as file:
            for entry, proof in entries:
                line: dict[str, Any] = {"place": entry.sequence - 1, "entry": entry.entry}
                if proof is not None:
                    line["proof"] = proof
                file.write(_line(line))
                count += 1
                told = [text for text in entry.texts if texts and text.field != ADDRESS]
                said += [canonical(asdict(text)) for text in told]
        with bundle.open("checkpoints.jsonl", "w") as file:
            for note in notes:
                file.write(_line({"size": note.size, "note": note.note}))
        if texts:
            bundle.writestr("texts.jsonl", "".join(f"{line}\n" for line in said))
        bundle.writestr("verifier.py", Path(verifier.__file__).read_text("utf-8"))
        bundle.writestr("README.txt", README.format(name=path.name))
    return count


def _line(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def checkpoints(do: Do, size: int) -> Iterator[Checkpoint]:
    """Read the checkpoints of the first entries of a log, smallest first.

    Args:
        do: carries out operations.
        size: how many entries; what a log that goes on signs meanwhile is left out.
    """
    above = 0
    while page := do(ListCheckpoints(above=above)).checkpoints:
        yield from (one for one in page if one.size <= size)
        above = page[-1].size
        if above >= size:
            return


def _all(do: Do, size: int) -> Iterator[tuple[LogEntry, None]]:
    since = 0
    while since < size:
        for entry in do(ListLogEntries(since=since, max_results=min(size - since, 1000))).entries:
            yield _whole(entry), None
            since = entry.sequence


def _some(
    do: Do, size: int, subjects: Collection[str]
) -> Iterator[tuple[LogEntry, list[str] | None]]:
    wanted: set[int] = set()
    for subject in ("log:key", *subjects):
        token = ""
        while token is not None:
            page = do(ListEvents(object=subject, max_results=1000, page_token=token))
            wanted.update(event.sequence for event in page.events)
            token = page.next_page_token
    for sequence in sorted(wanted):
        if sequence <= size:
            proof = do(GetInclusion(sequence=sequence, size=size)).proof
            yield _whole(do(GetLogEntry(sequence=sequence))), proof


def _whole(entry: LogEntry) -> LogEntry:
    if entry.entry == "":
        raise Internal(
            f"The event of entry {entry.sequence} is gone: run 'cuvee audit verify' on the "
            "database."
        )
    if entry.entry is None:
        raise PermissionDenied(
            f"You may not see entry {entry.sequence}: export the objects that you may see, with "
            "--object, or let an admin export all."
        )
    return entry


def leaves(do: Do, size: int) -> Iterator[tuple[LogEntry, bytes]]:
    """Read the first entries of a log and the hashes that they have, by its own account."""
    since = 0
    while since < size:
        entries = do(ListLogEntries(since=since, max_results=min(size - since, 1000))).entries
        if not entries:
            return
        for entry in entries:
            yield entry, base64.b64decode(entry.leaf)
        since = entries[-1].sequence
