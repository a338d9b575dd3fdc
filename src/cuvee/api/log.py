"""The transparency log: what proves that the history is whole and unchanged."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Permission, Read, Write
from cuvee.errors import InvalidParameter

MOST = 2**63 - 1
Place = Annotated[int, Meta(ge=1, le=MOST, description="an event's place, its ``sequence``")]
Entries = Annotated[
    int,
    Meta(ge=0, le=MOST, description="a number of entries; 0: those under the latest checkpoint"),
]
Hash = Annotated[str, Meta(description="32 bytes, base64")]


class Checkpoint(Struct, frozen=True):
    """A signed statement of what the log holds.

    Args:
        size: number of entries.
        root: the root of their Merkle tree.
        key: the public key that signed it, as ``name+id+base64``.
        note: the statement itself, a C2SP signed note; keep it where the server's admins cannot
            reach it.
        created: when, in milliseconds since 1970.
    """

    size: int
    root: Hash
    key: str
    note: str
    created: int


class CheckpointPage(Struct, frozen=True):
    """Checkpoints, in the order of their sizes."""

    checkpoints: list[Checkpoint]


class Text(Struct, frozen=True):
    """A free text of an event, and the salt that its commitment has: SHA-256(salt + text)."""

    event: int
    field: str
    salt: str
    text: str


class LogEntry(Struct, frozen=True, kw_only=True):
    """What the log holds at a place.

    Args:
        sequence: the place, from 1 on.
        leaf: the entry's hash in the tree.
        entry: the entry, canonical JSON (RFC 8785); None for those who may not see its object,
            empty where the event is gone from the database, which never happens by itself.
        texts: free texts of the event, as far as they are not erased.
    """

    sequence: int
    leaf: Hash
    entry: str | None
    texts: list[Text] = []


class LogEntryPage(Struct, frozen=True):
    """Neighbouring entries."""

    entries: list[LogEntry]


class Inclusion(Struct, frozen=True):
    """The proof that an entry is in the log; check it with RFC 9162, section 2.1.3.2.

    Args:
        sequence: the entry's place; its index in the tree is one less.
        size: number of entries in the tree.
        leaf: the entry's hash.
        root: the tree's root, as the checkpoint of this size states it.
        proof: hashes from the leaf upwards.
    """

    sequence: int
    size: int
    leaf: Hash
    root: Hash
    proof: list[Hash]


class Consistency(Struct, frozen=True):
    """The proof that a log is an older log continued (RFC 9162, section 2.1.4.2)."""

    from_size: int
    to_size: int
    from_root: Hash
    to_root: Hash
    proof: list[Hash]


class LogStatus(Struct, frozen=True, kw_only=True):
    """How the log is.

    Args:
        size: number of entries.
        signed: number of entries under the latest checkpoint.
        key: the public key that signs now; empty when nothing is signed.
        problems: what is wrong, in sentences; shown until it is right again.
        compared: when the last comparison of the registry with the log ended, in milliseconds
            since 1970; 0 if none has.
    """

    size: int
    signed: int
    key: str
    problems: list[str]
    compared: int = 0


class GetCheckpoint(Read[Checkpoint], frozen=True, kw_only=True):
    """Read the latest checkpoint, or the one of a size."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "log/checkpoint"
    needs: ClassVar[Permission] = Permission.LOGIN
    history: ClassVar[bool] = True
    size: Entries = 0


class ListCheckpoints(Read[CheckpointPage], frozen=True, kw_only=True):
    """Read the checkpoints above a size, smallest first."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "log/checkpoints"
    needs: ClassVar[Permission] = Permission.LOGIN
    history: ClassVar[bool] = True
    above: Annotated[int, Meta(ge=0, le=MOST, description="only larger ones")] = 0
    max_results: Annotated[int, Meta(ge=1, le=1000)] = 1000


class GetInclusion(Read[Inclusion], frozen=True, kw_only=True):
    """Prove that an event is in the log."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "log/inclusion"
    needs: ClassVar[Permission] = Permission.LOGIN
    history: ClassVar[bool] = True
    sequence: Place
    size: Entries = 0


class GetConsistency(Read[Consistency], frozen=True, kw_only=True):
    """Prove that nothing of an older log (``from`` entries) was changed until a newer (``to``)."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "log/consistency"
    needs: ClassVar[Permission] = Permission.LOGIN
    history: ClassVar[bool] = True
    legacy: ClassVar[dict[str, str]] = {"from": "from_size", "to": "to_size"}
    from_size: Annotated[int, Meta(ge=0, le=MOST, description="also called ``from``")]
    to_size: Annotated[
        int, Meta(ge=0, le=MOST, description="also called ``to``; 0 for the latest")
    ] = 0

    def check(self) -> None:
        """Raise ``InvalidParameter`` unless time goes forwards."""
        if self.to_size and self.from_size > self.to_size:
            raise InvalidParameter("'from' is larger than 'to': exchange them.")


class GetLogEntry(Read[LogEntry], frozen=True, kw_only=True):
    """Read what the log holds at a place."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "log/entry"
    needs: ClassVar[Permission] = Permission.LOGIN
    history: ClassVar[bool] = True
    sequence: Place


class ListLogEntries(Read[LogEntryPage], frozen=True, kw_only=True):
    """Read the entries after a place, so as to recompute the tree."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "log/entries"
    needs: ClassVar[Permission] = Permission.LOGIN
    history: ClassVar[bool] = True
    since: Annotated[int, Meta(ge=0, le=MOST, description="only entries after this sequence")] = 0
    max_results: Annotated[int, Meta(ge=1, le=1000)] = 1000


class GetLogStatus(Read[LogStatus], frozen=True, kw_only=True):
    """Ask how the log is, and whether what it says agrees with what the registry holds."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "log/status"
    needs: ClassVar[Permission] = Permission.LOGIN
    history: ClassVar[bool] = True


class Ordered(Struct, frozen=True):
    """How far the log has come; ``note`` is the newest checkpoint, and ``problem`` why none is."""

    size: int
    note: str = ""
    problem: str = ""


class OrderEvents(Write[Ordered], frozen=True, kw_only=True):
    """Append committed events to the log, and sign it where this process has the key."""

    needs: ClassVar[Permission] = Permission.ADMIN


class ReplaceLogKey(Write[Ordered], frozen=True, kw_only=True):
    """Make another key the one that signs the log; it cannot be asked for over the network.

    Args:
        key: the new public key.
        signature: of the new key by the old one, base64; empty when the old one is lost.
        comment: why.
    """

    needs: ClassVar[Permission] = Permission.ADMIN
    key: str
    signature: str = ""
    comment: str = ""


class NoteProjection(Write[Ordered], frozen=True, kw_only=True):
    """Record, once, where the registry and the log have come to disagree or to agree again.

    Args:
        findings: where they disagree.
        complete: whether these are all; those that were known before are resolved otherwise.
    """

    needs: ClassVar[Permission] = Permission.ADMIN
    findings: list[str]
    complete: bool = True


class Walked(Struct, frozen=True):
    """How far a comparison of the registry with the log has come.

    Args:
        part: what is compared; empty before the first and after the last.
        key: the last object that was looked at, where they have names.
        number: its number, where they have numbers.
    """

    part: str = ""
    key: str = ""
    number: int = 0


class Projection(Struct, frozen=True):
    """Where the registry and the log disagree, in sentences, and how far the comparison came."""

    findings: list[str]
    walked: Walked


class CheckProjection(Read[Projection], frozen=True, kw_only=True):
    """Compare the next few hundred objects of the registry with what their events tell."""

    needs: ClassVar[Permission] = Permission.ADMIN
    walked: Walked = Walked()
