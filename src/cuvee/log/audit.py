"""Checks a stored log against itself: events, leaves, tree, checkpoints, keys and texts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from cuvee.log.entry import ADDRESS, canonical, commitment, committed, entry
from cuvee.log.merkle import WIDTH, fold
from cuvee.log.note import extensions, openssl
from cuvee.log.verifier import Frontier, Keys, leaf_hash, read_checkpoint

MOST = 1000
"""Problems that are told; one broken thing can make millions."""


class Stored(NamedTuple):
    """A place of the log, as it is stored.

    Args:
        place: from 0 on.
        event: the event's primary key, as the log names it.
        leaf: the hash of the entry, as the log holds it.
        row: the event's columns in the order of ``entry.COLUMNS``; None when there is none.
        texts: (field, salt, text) of the event's free texts.
    """

    place: int
    event: int
    leaf: bytes
    row: tuple[Any, ...] | None
    texts: list[tuple[str, str, str]]


class Audit:
    """Takes the log place by place and collects what is wrong.

    Args:
        checkpoints: (size, note, created) of all stored checkpoints.
        kept: the checkpoint that was kept beside the key; empty when there is none.
        known: one that somebody else has kept.
    """

    def __init__(
        self, checkpoints: Iterable[tuple[int, str, int]], kept: str = "", known: str = ""
    ) -> None:
        self.problems: list[str] = []
        self.checkpoints = {size: (note, created) for size, note, created in checkpoints}
        self.tree = Frontier()
        self.keys = Keys()
        outside = {"the checkpoint beside the key": kept, "the checkpoint that you name": known}
        self._outside = {what: note for what, note in outside.items() if note}
        self._sizes = {extensions(note).size for note in outside.values()} | {*self.checkpoints}
        self.levels: list[list[bytes]] = [[]]
        """The hashes that tiles hold, by level; of level 0 only the latest run."""
        self._roots: dict[int, bytes] = {}
        self._erased: set[tuple[int, str]] = set()
        self._lacking: set[tuple[int, str]] = set()
        self._addressless = 0

    def wrong(self, problem: str) -> None:
        """Note a problem."""
        if len(self.problems) < MOST:
            self.problems.append(problem)
        elif len(self.problems) == MOST:
            self.problems.append("there are more problems than these")

    def add(self, stored: Stored) -> None:
        """Check one place; they come in order."""
        while self.tree.size < stored.place < self.tree.size + MOST:
            self.wrong(f"place {self.tree.size + 1}: the entry is gone")
            self._append(b"")
        number = stored.place + 1
        if stored.place != self.tree.size:
            return self.wrong(f"place {number} is not a place of this log")
        if stored.row is None:
            self.wrong(f"place {number}: event {stored.event} is gone")
        else:
            raw = entry(stored.row)
            if leaf_hash(raw) != stored.leaf:
                self.wrong(f"place {number}: event {stored.event} is not what was recorded")
            self._look_into(number, stored, raw)
        self._append(stored.leaf)
        return None

    def _append(self, leaf: bytes) -> None:
        self.tree.add(leaf)
        if self.tree.size in self._sizes:
            self._roots[self.tree.size] = self.tree.root()
        level = 0
        self.levels[0].append(leaf)
        while len(self.levels[level]) % WIDTH == 0:
            if level + 1 == len(self.levels):
                self.levels.append([])
            self.levels[level + 1].append(fold(self.levels[level][-WIDTH:]))
            if not level:
                self.levels[0].clear()
            level += 1

    def _look_into(self, number: int, stored: Stored, raw: bytes) -> None:
        row = stored.row or ()
        try:
            found = json.loads(raw)
            if canonical(found).encode() != raw:
                self.wrong(f"place {number}: the entry is not canonical JSON")
            held = committed(*(found[name] for name in ("comment", "before", "after", "details")))
            if found["object"] == "log:key":
                if problem := self.keys.note(stored.place, found, openssl):
                    self.wrong(problem)
            elif found["action"] == "event.texts_erased":
                event = int(found["object"].rpartition(":")[2])
                self._erased.update((event, field) for field in found["details"]["fields"])
            elif found["action"] == "event.addresses_erased":
                self._addressless = max(self._addressless, found["details"]["to"])
        except (ValueError, TypeError, KeyError, AttributeError):
            return self.wrong(f"place {number}: event {row[0]} cannot be read")
        for field, salt, text in stored.texts:
            try:
                right = commitment(salt, text) == held.pop(field, None)
            except ValueError:
                right = False
            if not right:
                self.wrong(f"place {number}: the text '{field}' is not what was recorded")
        self._lacking.update((stored.event, field) for field in held)
        return None

    def finish(self, tiles: Mapping[tuple[int, int], bytes], due: int | None = None) -> None:
        """Check what can only be checked when all places were seen.

        Args:
            tiles: the hashes that are stored, by level and number.
            due: how many entries must be under a checkpoint; all when left out.
        """
        for event, field in sorted(self._lacking - self._erased):
            if field == ADDRESS and event <= self._addressless:
                continue
            self.wrong(
                f"event {event}: the text '{field}' is gone, and no event says who erased it"
            )
        previous = 0
        for size in sorted(self.checkpoints):
            note, created = self.checkpoints[size]
            self._checkpoint(f"checkpoint {size}", size, note)
            said = extensions(note)
            if said.previous != previous:
                self.wrong(f"checkpoint {size}: the one before it, {said.previous}, is gone")
            if said.time != created:
                self.wrong(f"checkpoint {size}: its time was changed")
            previous = size
        for what, note in self._outside.items():
            size = extensions(note).size
            self._checkpoint(what, size, note)
            if previous < size:
                self.wrong(f"checkpoint {size} is gone: it is {what}")
        due = self.tree.size if due is None else due
        if due > previous:
            self.wrong(
                f"places {previous + 1} to {due} are under no checkpoint: a server that "
                "has the log's key signs them"
            )
        self._tiles(tiles)

    def _checkpoint(self, what: str, size: int, note: str) -> None:
        if size > self.tree.size:
            return self.wrong(f"{what} states {size} entries, and the log has {self.tree.size}")
        try:
            stated, root = read_checkpoint(note, self.keys.at(size) or "", openssl)
        except ValueError as problem:
            return self.wrong(f"{what}: {problem}")
        if (stated, root) != (size, self._roots.get(size)):
            self.wrong(f"{what} states other entries than the log has up to place {size}")
        return None

    def _tiles(self, tiles: Mapping[tuple[int, int], bytes]) -> None:
        wanted = {
            (level, start // WIDTH): b"".join(hashes[start : start + WIDTH])
            for level, hashes in enumerate(self.levels)
            if level
            for start in range(0, len(hashes), WIDTH)
        }
        for key in sorted(wanted.keys() | tiles.keys()):
            if wanted.get(key) != tiles.get(key):
                self.wrong(f"tile {key[1]} of level {key[0]} is not that of the entries")
