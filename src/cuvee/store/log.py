"""The log in SQL: the order of events, the tree over them, checkpoints and proofs.

Writers only insert events; their numbers may be committed in any order. One transaction at a time
(``order_events``) appends those that are committed to the log. An event can be committed after
one with a higher number was appended, so the search for what is missing begins at a number below
which nothing can appear any more: it moves up to a number that was the highest once all
transactions that might have held lower ones have ended.
"""

from __future__ import annotations

import base64
from typing import Any

import msgspec
from sqlalchemy import exists, func, select

from cuvee.api.log import (
    MOST,
    Checkpoint,
    CheckpointPage,
    Consistency,
    GetCheckpoint,
    GetConsistency,
    GetInclusion,
    GetLogEntry,
    GetLogStatus,
    Inclusion,
    ListCheckpoints,
    ListLogEntries,
    LogEntry,
    LogEntryPage,
    LogStatus,
    NoteProjection,
    Ordered,
    OrderEvents,
    ReplaceLogKey,
    Text,
)
from cuvee.errors import Conflict, Internal, NotFound
from cuvee.log.comparison import MORE, TOLD
from cuvee.log.entry import ADDRESS, COLUMNS, entry
from cuvee.log.merkle import WIDTH, BadProof, Tree, fold
from cuvee.log.verifier import leaf_hash, signed_by
from cuvee.store import schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.events import IN_ORDER, event_texts, seen, sees_addresses
from cuvee.store.tx import Tx

BATCH = 10_000
"""Events that one transaction appends."""
MARGIN = 256
"""Events above the settled ones before it is looked at who is still recording."""
KEY = "log:key"
PROJECTION = "log:projection"

_e, _l, _n, _c = schema.events, schema.log, schema.log_tiles, schema.checkpoints
_cursor = schema.cursors

_size = hot(select(_l.c.place + 1).order_by(_l.c.place.desc()).limit(1))
_top = hot(select(func.max(_e.c.sequence)))
_settled = hot(select(_cursor.c.place).where(_cursor.c.name == "log.settled"))
_settle = insert(_cursor).values(name="log.settled", place=arg("settled"))
_settle_it = hot(
    _settle.on_conflict_do_update(index_elements=["name"], set_={"place": _settle.excluded.place})
)
_compared = hot(select(_cursor.c.place).where(_cursor.c.name == "log.compared"))
_compare = insert(_cursor).values(name="log.compared", place=arg("now"))
_compare_it = hot(
    _compare.on_conflict_do_update(index_elements=["name"], set_={"place": _compare.excluded.place})
)
_missing = (_e.c.sequence > arg("settled")) & ~exists().where(_l.c.event == _e.c.sequence)
_waiting = hot(
    select(*(_e.c[name] for name in COLUMNS)).where(_missing).order_by(_e.c.sequence).limit(BATCH)
)
_any_waiting = hot(
    select(_e.c.sequence)
    .where(
        _e.c.sequence > func.coalesce(_settled.statement.scalar_subquery(), 0),  # type: ignore[union-attr]
        ~exists().where(_l.c.event == _e.c.sequence),
    )
    .limit(1)
)
_append = hot(insert(_l).values({c: arg(c) for c in ("place", "event", "leaf")}))
_leaves = hot(
    select(_l.c.leaf)
    .where(_l.c.place >= arg("start"), _l.c.place < arg("end"))
    .order_by(_l.c.place)
)
_tile = hot(select(_n.c.hashes).where(_n.c.level == arg("level"), _n.c.tile == arg("tile")))
_put = insert(_n).values({c: arg(c) for c in ("level", "tile", "hashes")})
_put_tile = hot(
    _put.on_conflict_do_update(
        index_elements=["level", "tile"], set_={"hashes": _put.excluded.hashes}
    )
)
_latest = hot(select(_c.c.size, _c.c.note, _c.c.created).order_by(_c.c.size.desc()).limit(1))
_of_size = hot(select(_c.c.size, _c.c.note, _c.c.created).where(_c.c.size == arg("size")))
_above = hot(
    select(_c.c.size, _c.c.note, _c.c.created)
    .where(_c.c.size > arg("above"))
    .order_by(_c.c.size)
    .limit(arg("limit"))
)
_keep = hot(insert(_c).values({c: arg(c) for c in ("size", "note", "created")}))
_keys = hot(
    select(_l.c.place, _e.c.after)
    .select_from(_e.join(_l, _l.c.event == _e.c.sequence))
    .where(_e.c.object == KEY)
    .order_by(_l.c.place)
)
_any_key = hot(select(_e.c.sequence).where(_e.c.object == KEY).limit(1))
_latest_key = hot(
    select(_e.c.after).where(_e.c.object == KEY).order_by(_e.c.sequence.desc()).limit(1)
)
_gone = (
    select(_l.c.place)
    .select_from(_l.outerjoin(_e, _e.c.sequence == _l.c.event))
    .where(_e.c.sequence.is_(None))
)
_noted = hot(
    select(_e.c.action, _e.c.details).where(_e.c.object == PROJECTION).order_by(_e.c.sequence)
)


# ---------------------------------------------------------------- growth


def order_events(tx: Tx, op: OrderEvents) -> Ordered:  # noqa: ARG001
    tx.database.lock(tx.cursor, "log")
    if tx.signing is not None and tx.first(_any_key) is None:
        tx.record("log.key_added", KEY, after={"key": tx.signing.verifier})
    size = tx.value(_size) or 0
    settled = tx.value(_settled) or 0
    top = tx.value(_top) or 0
    before = settled
    if top - settled > MARGIN:  # looked at before the events, which then show all that has ended
        settled = _settle_up_to(tx, settled, top)
    rows = tx.all(_waiting, settled=before)
    if rows:
        tx.bulk(
            _append,
            [(size + i, row[0], leaf_hash(entry(row))) for i, row in enumerate(rows)],
        )
        _grow(tx, size, size + len(rows))
    if len(rows) == BATCH:  # there may be more above, which the next round appends
        settled = min(settled, rows[-1][0])
    if settled > before:
        tx.run(_settle_it, settled=settled)
    return _signed(tx, size + len(rows))


def _settle_up_to(tx: Tx, settled: int, top: int) -> int:
    then, recording = tx.database.settling
    now = tx.database.recording(tx.cursor)
    if not now:
        return top
    if then > settled and not recording & now:
        settled = then
    if then <= settled:
        tx.database.settling = (top, now)
    return settled


def _grow(tx: Tx, old: int, new: int) -> None:
    """Store the hashes over the tiles that became full, level by level."""
    start, end = old // WIDTH * WIDTH, new // WIDTH * WIDTH
    below = [bytes(leaf) for (leaf,) in tx.all(_leaves, start=start, end=end)]
    level = 1
    while below:
        if len(below) != end - start:
            raise Internal("The log lacks entries: run 'cuvee audit verify' on its database.")
        place = start // WIDTH
        for hashes in (fold(below[i : i + WIDTH]) for i in range(0, len(below), WIDTH)):
            tile, offset = divmod(place, WIDTH)
            held = tx.value(_tile, level=level, tile=tile) or b""
            if len(held) != offset * 32:
                raise Internal("A tile of the log is damaged: run 'cuvee audit verify' on it.")
            tx.run(_put_tile, level=level, tile=tile, hashes=held + hashes)
            place += 1
        start, end = start // WIDTH // WIDTH * WIDTH, end // WIDTH // WIDTH * WIDTH
        below = []
        for tile in range(start // WIDTH, end // WIDTH):
            below += _split(tx.value(_tile, level=level, tile=tile) or b"")
        level += 1


def _split(hashes: bytes) -> list[bytes]:
    return [bytes(hashes[i : i + 32]) for i in range(0, len(hashes), 32)]


def tree(tx: Tx, size: int) -> Tree:
    """Return the log's tree as it was when it had ``size`` leaves."""

    def fetch(level: int, tile: int) -> list[bytes]:
        if level:
            return _split(tx.value(_tile, level=level, tile=tile) or b"")
        rows = tx.all(_leaves, start=tile * WIDTH, end=(tile + 1) * WIDTH)
        return [bytes(leaf) for (leaf,) in rows]

    return Tree(size, fetch)


def _signed(tx: Tx, size: int) -> Ordered:
    """Sign the log as it is now, unless it is signed already."""
    last = tx.first(_latest)
    if last is not None and last[0] == size:
        return Ordered(size, last[1])
    if tx.signing is None or not size:
        return Ordered(size, last[1] if last else "")
    current = _key_at(tx, size)
    if current != tx.signing.verifier:
        return Ordered(
            size,
            problem=f"The log is signed by {current}, not by the key {tx.signing.verifier} of this "
            "server: name the right file with --log-key, or, if that key is lost, run "
            "'cuvee audit rotate-key --lost'.",
        )
    if last is not None and last[0] > size:
        return Ordered(
            size,
            problem=f"A checkpoint states {last[0]} entries, and the log has {size}: entries were "
            "removed. Run 'cuvee audit verify' on the database.",
        )
    previous = last[0] if last else 0
    try:
        root = tree(tx, size).root()
    except BadProof as problem:
        return Ordered(size, problem=f"{problem}: run 'cuvee audit verify' on the database.")
    note = tx.signing.checkpoint(size, root, previous=previous, time=tx.now)
    tx.run(_keep, size=size, note=note, created=tx.now)
    return Ordered(size, note)


def _key_at(tx: Tx, size: int) -> str:
    keys = [after for place, after in tx.all(_keys) if place < size]
    return str(msgspec.json.decode(keys[-1]).get("key", "")) if keys else ""


def replace_log_key(tx: Tx, op: ReplaceLogKey) -> Ordered:
    tx.database.lock(tx.cursor, "log")  # two who replace it take turns
    if op.signature and not _endorsed(tx, op):
        raise Conflict(
            "The key that signs for the new one is not the log's key now: it was replaced "
            "meanwhile, or before. Name the file of the latest one with --log-key."
        )
    size = tx.value(_size) or 0
    tx.record(
        "log.key_rotated" if op.signature else "log.key_replaced",
        KEY,
        before={"key": _key_at(tx, size)},
        after={"key": op.key},
        details={"signature": op.signature} if op.signature else None,
        comment=op.comment,
    )
    return Ordered(size)


def _endorsed(tx: Tx, op: ReplaceLogKey) -> bool:
    """Say whether the latest key, in order already or not, has signed the new one."""
    held = msgspec.json.decode(tx.value(_latest_key) or "{}")
    try:
        proof = base64.b64decode(op.signature, validate=True)
        return signed_by(held.get("key", ""), f"{op.key}\n".encode(), proof)
    except ValueError:
        return False


def note_projection(tx: Tx, op: NoteProjection) -> Ordered:
    tx.database.lock(tx.cursor, "log")
    known = set(standing(tx))
    fresh = list(dict.fromkeys(finding for finding in op.findings if finding not in known))
    if len(known) + len(fresh) > TOLD + 1:
        fresh = [*fresh[: max(TOLD - len(known), 0)], *{MORE}.difference(known)]
    gone = sorted(known - set(op.findings)) if op.complete else []
    for action, wanted in (("log.mismatch_found", fresh), ("log.mismatch_resolved", gone)):
        for finding in wanted:
            tx.record(action, PROJECTION, details={"finding": finding})
    if op.complete:
        tx.run(_compare_it, now=tx.now)
    return Ordered(0)


def standing(tx: Tx) -> list[str]:
    """Return where the registry and the log disagree, as far as it was noticed."""
    found: dict[str, None] = {}
    for action, details in tx.all(_noted):
        finding = str(msgspec.json.decode(details or "{}").get("finding", ""))
        if action == "log.mismatch_found":
            found[finding] = None
        else:
            found.pop(finding, None)
    return list(found)


def any_unordered(tx: Tx) -> bool:
    """Say whether a committed event is not in the log yet."""
    return tx.first(_any_waiting) is not None


def any_waiting(tx: Tx) -> bool:
    """Say whether a committed event is not in the log yet, or not signed though we could."""
    if any_unordered(tx):
        return True
    if tx.signing is None:
        return False
    last = tx.first(_latest)  # none: the key must be noted before anything is signed
    return last is None or last[0] != (tx.value(_size) or 0)


# ---------------------------------------------------------------- reading


def get_checkpoint(tx: Tx, op: GetCheckpoint) -> Checkpoint:
    row = tx.first(_of_size, size=op.size) if op.size else tx.first(_latest)
    if row is None:
        raise NotFound(
            f"There is no checkpoint of {op.size} entries: log/checkpoints lists those there are."
            if op.size
            else "Nothing is signed yet: a server signs the log within a second of a change."
        )
    return _checkpoint(tx, row)


def list_checkpoints(tx: Tx, op: ListCheckpoints) -> CheckpointPage:
    rows = tx.all(_above, above=op.above, limit=op.max_results)
    return CheckpointPage([_checkpoint(tx, row) for row in rows])


def _checkpoint(tx: Tx, row: tuple[Any, ...]) -> Checkpoint:
    size, note, created = row
    root = [*note.split("\n"), "", ""][2]  # a damaged one is shown as it is
    return Checkpoint(size, root, _key_at(tx, size), note, created)


def get_inclusion(tx: Tx, op: GetInclusion) -> Inclusion:
    size = _existing(tx, op.size)
    if op.sequence > size:
        raise NotFound(
            f"Entry {op.sequence} is not among the first {size} entries of the log: ask for a "
            "larger size, or an earlier entry."
        )
    grown = tree(tx, size)
    index = op.sequence - 1
    try:
        proof, root = grown.inclusion(index), grown.root()
    except BadProof as problem:
        raise _damaged(problem) from None
    ((leaf,),) = tx.all(_leaves, start=index, end=index + 1)
    return Inclusion(op.sequence, size, _text(leaf), _text(root), list(map(_text, proof)))


def get_consistency(tx: Tx, op: GetConsistency) -> Consistency:
    size = _existing(tx, op.to_size)
    if op.from_size > size:
        raise NotFound(
            f"The log has no {op.from_size} entries yet, but {size}: ask for a smaller from_size."
        )
    grown = tree(tx, size)
    try:
        proof, root, old = grown.consistency(op.from_size), grown.root(), tree(tx, op.from_size)
        return Consistency(
            op.from_size, size, _text(old.root()), _text(root), list(map(_text, proof))
        )
    except BadProof as problem:
        raise _damaged(problem) from None


def _damaged(problem: Exception) -> Internal:
    return Internal(f"{problem}; run 'cuvee audit verify' on the server's database.")


def _existing(tx: Tx, size: int) -> int:
    """Return a size that the log has; for 0 that of the latest checkpoint, if there is one."""
    last = tx.first(_latest) if not size else None
    most: int = tx.value(_size) or 0
    wanted: int = size or (last[0] if last else most)
    if wanted > most:
        raise NotFound(f"The log has {most} entries, not {wanted}: ask for a size up to that.")
    return wanted


def get_log_entry(tx: Tx, op: GetLogEntry) -> LogEntry:
    found = _entries(tx, op.sequence - 1, 1)
    if not found:
        raise NotFound(
            f"There is no entry {op.sequence} in the log: log/entries lists those there are."
        )
    return found[0]


def list_log_entries(tx: Tx, op: ListLogEntries) -> LogEntryPage:
    return LogEntryPage(_entries(tx, op.since, op.max_results))


def _entries(tx: Tx, start: int, count: int) -> list[LogEntry]:
    within = _l.c.place.between(start, min(start + count - 1, MOST))
    leaves = tx.all(select(_l.c.place, _l.c.leaf).where(within).order_by(_l.c.place))
    query, values = seen(tx, IN_ORDER.where(within))
    rows = {row[0]: row[1:] for row in tx.all(query, **values)}
    lacking = len(rows) < len(leaves)  # some are hidden from the caller, or gone
    gone = {place for (place,) in tx.all(_gone.where(within))} if lacking else set()
    texts: dict[int, list[Text]] = {}
    addresses = sees_addresses(tx)
    for row in event_texts(tx, [row[0] for row in rows.values()]):
        if addresses or row[1] != ADDRESS:
            texts.setdefault(row[0], []).append(Text(*row))
    return [
        LogEntry(
            sequence=place + 1,
            leaf=_text(leaf),
            entry=entry(rows[place]).decode() if place in rows else "" if place in gone else None,
            texts=texts.get(rows[place][0], []) if place in rows else [],
        )
        for place, leaf in leaves
    ]


def get_log_status(tx: Tx, op: GetLogStatus) -> LogStatus:  # noqa: ARG001
    size = tx.value(_size) or 0
    last = tx.first(_latest)
    problems = [f"The registry and the log disagree: {found}" for found in standing(tx)]
    if problems and tx.actor.user is not None and not tx.actor.admin:  # they name things
        problems = ["The registry and the log disagree: an admin can see where."]
    if last is not None and last[0] > size:
        problems.append(f"A checkpoint states {last[0]} entries, and the log has {size}.")
    oldest = tx.value(
        select(func.min(_e.c.time))
        .select_from(_e.join(_l, _l.c.event == _e.c.sequence))
        .where(_l.c.place >= (last[0] if last else 0))
    )
    if last is not None and oldest is not None and tx.now - oldest > 60_000:
        problems.append(
            f"Entries {last[0] + 1} to {size} are not signed: no server that has the log's key "
            "works on this database."
        )
    return LogStatus(
        size=size,
        signed=last[0] if last else 0,
        key=_key_at(tx, size),
        problems=problems,
        compared=tx.value(_compared) or 0,
    )


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
