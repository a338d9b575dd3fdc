"""The history is a log that proves itself: order, proofs, checkpoints, erasure, audits."""

from __future__ import annotations

import base64
import itertools
import json
import random
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from cuvee.api.base import Store
from cuvee.api.events import EraseEventTexts, ListEvents
from cuvee.api.log import (
    GetCheckpoint,
    GetConsistency,
    GetInclusion,
    GetLogEntry,
    GetLogStatus,
    ListCheckpoints,
    ListLogEntries,
    NoteProjection,
    ReplaceLogKey,
)
from cuvee.api.models import (
    CreateRegisteredModel,
    DeleteRegisteredModel,
    RenameRegisteredModel,
    SetRegisteredModelAlias,
    UpdateRegisteredModel,
)
from cuvee.api.versions import CreateModelVersion, TransitionStage
from cuvee.cli.audit import verify_served
from cuvee.errors import InvalidParameter, NotFound
from cuvee.log import bundle, verifier
from cuvee.log.comparison import compare
from cuvee.log.entry import ADDRESS
from cuvee.log.merkle import check_consistency, check_inclusion
from cuvee.log.note import SigningKey, openssl
from cuvee.store.audit import audit_database
from cuvee.store.engine import open_database
from cuvee.store.log import BATCH, MARGIN
from cuvee.store.sql import SqlStore


def raw(text: str) -> bytes:
    return base64.b64decode(text)


def fill(store: Store, count: int, prefix: str = "m") -> None:
    for i in range(count):
        store.do(CreateRegisteredModel(name=f"{prefix}{i}", description=f"d{i}", comment="why"))


def test_events_have_places_without_gaps_and_entries_are_canonical(store: Store) -> None:
    fill(store, 5)
    with pytest.raises(Exception, match="already exists"):
        store.do(CreateRegisteredModel(name="m0"))
    fill(store, 2, "n")

    events = store.do(ListEvents()).events
    assert [e.sequence for e in events] == list(range(1, 8))
    for event in events:
        entry = store.do(GetLogEntry(sequence=event.sequence))
        assert entry.entry is not None
        found = json.loads(entry.entry)
        assert rfc8785.dumps(found) == entry.entry.encode()
        assert verifier.leaf_hash(entry.entry.encode()) == raw(entry.leaf)
        assert (found["action"], found["object"]) == (event.action, event.object)
        assert "why" not in entry.entry
        assert event.comment == "why"
        assert event.after["description"] == f"d{event.object[-1]}"


def test_every_entry_is_proved_to_be_in_the_log_and_every_log_to_grow(
    store: Store, local_store: SqlStore
) -> None:
    local_store.signing = key = SigningKey.new()
    checkpoints = []
    for i in range(4):
        fill(store, 3, f"x{i}-")
        checkpoints.append(store.do(GetCheckpoint()))

    last = checkpoints[-1]
    assert verifier.read_checkpoint(last.note, key.verifier) == (last.size, raw(last.root))
    for sequence in range(1, last.size + 1):
        for point in checkpoints:
            if sequence <= point.size:
                proof = store.do(GetInclusion(sequence=sequence, size=point.size))
                check_inclusion(
                    raw(proof.leaf),
                    sequence - 1,
                    point.size,
                    [raw(one) for one in proof.proof],
                    raw(point.root),
                )
    for old in checkpoints:
        grown = store.do(GetConsistency(from_size=old.size, to_size=last.size))
        check_consistency(
            old.size, last.size, [raw(p) for p in grown.proof], raw(old.root), raw(last.root)
        )
    assert store.do(ListCheckpoints(above=checkpoints[0].size)).checkpoints == checkpoints[1:]
    assert store.do(GetCheckpoint(size=checkpoints[1].size)) == checkpoints[1]
    status = store.do(GetLogStatus())
    assert (status.size, status.signed, status.key) == (last.size, last.size, key.verifier)
    assert status.problems == []


def test_what_the_log_does_not_have_is_said(store: Store) -> None:
    fill(store, 2)
    for op in (
        GetLogEntry(sequence=9),
        GetInclusion(sequence=9),
        GetInclusion(sequence=1, size=9),
        GetConsistency(from_size=9),
        GetCheckpoint(),
        GetCheckpoint(size=7),
        EraseEventTexts(sequence=9),
    ):
        with pytest.raises(NotFound):
            store.do(op)
    with pytest.raises(InvalidParameter):
        store.do(GetConsistency(from_size=2, to_size=1))


def test_erased_texts_are_gone_and_the_proof_stays(
    store: Store, local_store: SqlStore, database_url: str
) -> None:
    local_store.signing = SigningKey.new()
    store.do(CreateRegisteredModel(name="wine", description="by Ann", comment="Ann asked"))
    before = store.do(ListLogEntries()).entries
    (event,) = store.do(ListEvents(object="model:wine")).events

    gone = store.do(EraseEventTexts(sequence=event.sequence, comment="she left"))
    assert sorted(gone.fields) == ["after.description", "comment"]
    assert store.do(EraseEventTexts(sequence=event.sequence)).fields == []

    (event,) = store.do(ListEvents(object="model:wine")).events
    assert (event.comment, event.after["description"]) == ("[erased]", "[erased]")
    after = store.do(ListLogEntries()).entries
    assert [e.leaf for e in after[:-1]] == [e.leaf for e in before]
    assert store.do(ListEvents()).events[-1].action == "event.texts_erased"
    assert audit_database(database_url).problems == []
    connection = local_store.database.connect()
    found = connection.execute("SELECT field, text FROM event_texts").fetchall()
    connection.close()
    assert [text for field, text in found if field != ADDRESS] == ["she left"]


def test_events_are_found_by_time(store: Store) -> None:
    fill(store, 1)
    time.sleep(0.005)
    now = int(time.time() * 1000)
    fill(store, 1, "later")
    assert [e.object for e in store.do(ListEvents(from_time=now)).events] == ["model:later0"]
    assert [e.object for e in store.do(ListEvents(to_time=now)).events] == ["model:m0"]


def test_writers_do_not_wait_for_each_other_and_nothing_is_missed(postgres_url: str) -> None:
    """Transactions that take numbers early and commit late, among many quick ones."""
    store = SqlStore.open(postgres_url)
    done = threading.Event()
    chance = random.Random(5)

    def slow(number: int) -> None:
        connection = store.database.connect()
        cursor = connection.cursor()
        cursor.execute("BEGIN")
        tx = store._tx(cursor, store.user, {})  # noqa: SLF001
        tx.record("model.created", f"model:slow{number}", comment="took its time")
        time.sleep(chance.uniform(0.05, 0.6))
        cursor.execute("ROLLBACK" if number % 5 == 0 else "COMMIT")
        connection.close()

    def order() -> None:
        while not done.is_set():
            store.order_events()

    keeper = threading.Thread(target=order)
    keeper.start()
    begin = time.monotonic()
    with ThreadPoolExecutor(10) as pool:
        late = [pool.submit(slow, i) for i in range(40)]
        quick = [pool.submit(fill, store, 40, f"q{i}-") for i in range(10)]
        for one in (*late, *quick):
            one.result(60)
    took = time.monotonic() - begin
    done.set()
    keeper.join()
    fill(store, MARGIN + 1, "end")
    for _ in range(3):
        fill(store, 1, f"last{_}")
        store.order_events()

    events: list[str] = []
    while page := store.do(ListEvents(since=len(events), max_results=1000)).events:
        assert [e.sequence for e in page] == list(
            range(len(events) + 1, len(events) + 1 + len(page))
        )
        events += [e.object for e in page]
    assert len(events) == len(set(events)) == 32 + 400 + MARGIN + 1 + 3
    assert took < 30
    connection = store.database.connect()
    (settled,) = connection.execute(
        "SELECT place FROM cursors WHERE name = 'log.settled'"
    ).fetchone()
    (top,) = connection.execute("SELECT max(sequence) FROM events").fetchone()
    connection.close()
    assert settled > top - 2 * MARGIN
    store.close()
    audit = audit_database(postgres_url)
    told = ("no checkpoint", "model:slow")  # of the slow ones only the events were made
    assert [p for p in audit.problems if not any(t in p for t in told)] == []


def test_a_history_of_exactly_full_batches_is_not_searched_again(
    local_store: SqlStore, database_url: str
) -> None:
    local_store.order_events()
    connection = open_database(database_url).connect()
    cursor = connection.cursor()
    (top,) = cursor.execute("SELECT coalesce(max(sequence), 0) FROM events").fetchone()
    new = f"SELECT {top} + 1 AS n UNION ALL SELECT n + 1 FROM new WHERE n < {top} + {2 * BATCH}"
    cursor.execute(
        "INSERT INTO events (time, actor, via, action, object, before, after, comment, details) "
        f"WITH RECURSIVE new AS ({new}) "
        "SELECT 1, 'ann', 'os', 'webhook.updated', 'webhook:' || n, '{}', '{}', '', '{}' FROM new"
    )
    while local_store.order_events():
        pass
    (settled,) = cursor.execute("SELECT place FROM cursors WHERE name = 'log.settled'").fetchone()
    connection.close()
    assert settled >= top + 2 * BATCH


def test_a_key_is_replaced_and_the_old_one_signs_for_the_new(
    local_store: SqlStore, database_url: str
) -> None:
    local_store.signing = old = SigningKey.new()
    fill(local_store, 2)
    first = local_store.do(GetCheckpoint())
    new = SigningKey.new(old.name)
    local_store.do(ReplaceLogKey(key=new.verifier, signature=old.endorse(new.verifier)))
    done = local_store.order_events()
    assert done is not None
    assert "not by the key" in done.problem
    local_store.signing = new
    local_store.order_events()
    last = local_store.do(GetCheckpoint())

    assert (first.key, last.key) == (old.verifier, new.verifier)
    audit = audit_database(database_url)
    assert audit.problems == []
    assert [key for _, key in audit.keys.chain] == [old.verifier, new.verifier]
    with pytest.raises(ValueError, match="not signed by"):
        verifier.read_checkpoint(last.note, old.verifier)


def test_a_bundle_proves_itself_offline_wholly_and_in_part(
    store: Store, local_store: SqlStore, tmp_path: Path
) -> None:
    local_store.signing = key = SigningKey.new()
    fill(store, 300)
    store.do(UpdateRegisteredModel(name="m7", description="new", comment="better"))
    whole, part, mute = (tmp_path / f"{name}.zip" for name in ("whole", "part", "mute"))
    assert bundle.write(store.do, whole) == 302
    assert bundle.write(store.do, part, subjects=["model:m7"]) == 3
    assert bundle.write(store.do, mute, texts=False) == 302

    for path in (whole, part, mute):
        unpacked = tmp_path / path.stem
        with zipfile.ZipFile(path) as file:
            file.extract("verifier.py", unpacked)
        command = [sys.executable, "-I", "-S", str(unpacked / "verifier.py"), str(path)]
        done = subprocess.run(
            [*command, "--key", key.verifier], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert key.verifier in done.stdout
        other = SigningKey.new().verifier
        assert subprocess.run([*command, "--key", other], check=False).returncode == 1


def test_a_log_that_goes_on_while_it_is_read_is_exported_and_verified(
    local_store: SqlStore, tmp_path: Path
) -> None:
    """After each answer an entry is added and signed, at times with another key."""
    local_store.signing = SigningKey.new()
    fill(local_store, 3)
    answers = itertools.count(1)

    def do(op: Any) -> Any:
        answer = local_store.do(op)
        if (number := next(answers)) < 40:
            if number % 3 == 0:
                old, new = local_store.signing, SigningKey.new()
                assert old is not None
                endorsed = old.endorse(new.verifier)
                local_store.do(ReplaceLogKey(key=new.verifier, signature=endorsed))
                local_store.signing = new
            fill(local_store, 1, f"later{number}-")
            local_store.order_events()
        return answer

    for i, subjects in enumerate([[], ["model:m1"], []]):
        path = tmp_path / f"{i}.zip"
        bundle.write(do, path, subjects=subjects)
        assert verifier.Bundle(str(path)).problems == []
    problems, said = verify_served(do, None)
    assert problems == [], said
    assert 10 < next(answers) < 40  # it went on to the end


def test_the_verifier_notices_every_change_of_a_bundle(
    local_store: SqlStore, tmp_path: Path
) -> None:
    local_store.signing = SigningKey.new()
    fill(local_store, 12)
    whole, part = tmp_path / "whole.zip", tmp_path / "part.zip"
    bundle.write(local_store.do, whole)
    bundle.write(local_store.do, part, subjects=["model:m3"])
    chance = random.Random(1)
    for i in range(60):
        source = (whole, part)[i % 2]
        changed = tmp_path / "changed.zip"
        name = chance.choice(["entries.jsonl", "checkpoints.jsonl", "texts.jsonl"])
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(changed, "w") as new:
            for info in old.infolist():
                data = old.read(info)
                new.writestr(info.filename, spoil(data, chance) if info.filename == name else data)
        try:
            problems = verifier.Bundle(str(changed)).problems
        except (ValueError, KeyError, TypeError, AttributeError):
            continue  # cannot even be read
        assert problems, (i, name)


def test_no_entry_without_a_proof_hides_among_those_with_one(
    local_store: SqlStore, tmp_path: Path
) -> None:
    local_store.signing = SigningKey.new()
    fill(local_store, 4)
    part, changed = tmp_path / "part.zip", tmp_path / "changed.zip"
    bundle.write(local_store.do, part, subjects=["model:m3"])
    with zipfile.ZipFile(part) as old, zipfile.ZipFile(changed, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "entries.jsonl":
                entry = json.loads(data.splitlines()[0])["entry"].replace("m3", "m9")
                data += json.dumps({"place": 0, "entry": entry}).encode() + b"\n"
            new.writestr(info.filename, data)
    assert verifier.Bundle(str(part)).problems == []
    assert verifier.Bundle(str(changed)).problems != []


def spoil(data: bytes, chance: random.Random) -> bytes:
    """Change one character of a value, so that what is there says something else."""
    lines = data.splitlines()
    at = chance.randrange(len(lines))
    line = json.loads(lines[at])
    field = chance.choice([f for f in line if f not in ("field", "event", "size", "place")])
    if isinstance(line[field], list):
        line[field] = line[field][:-1]
    else:
        where = chance.randrange(max(len(line[field]) - 2, 1))
        old = line[field][where]
        line[field] = line[field][:where] + ("1" if old != "1" else "2") + line[field][where + 1 :]
    lines[at] = json.dumps(line, ensure_ascii=False).encode()
    return b"\n".join(lines) + b"\n"


def test_a_registry_that_was_changed_behind_the_log_is_noticed_once(
    local_store: SqlStore,
) -> None:
    fill(local_store, 2)
    for _ in range(2):
        local_store.do(CreateModelVersion(name="m0", source="s3://b/m"))
    local_store.do(TransitionStage(name="m0", version="1", stage="Production"))
    local_store.do(SetRegisteredModelAlias(name="m0", alias="best", version="2"))
    local_store.do(RenameRegisteredModel(name="m0", new_name="wine"))
    local_store.do(DeleteRegisteredModel(name="m1"))
    assert compare(local_store.do) == []

    connection = local_store.database.connect()
    connection.execute("UPDATE model_versions SET stage = 'Production' WHERE version = 2")
    connection.close()
    findings = compare(local_store.do)
    assert findings == ["version:wine/2: stage is 'Production', and by the log 'None'"]
    for _ in range(2):
        local_store.do(NoteProjection(findings=findings))
    assert [e.action for e in local_store.do(ListEvents(object="log:projection")).events] == [
        "log.mismatch_found"
    ]
    (problem,) = local_store.do(GetLogStatus()).problems
    assert findings[0] in problem
    local_store.do(NoteProjection(findings=[], complete=False))
    assert local_store.do(GetLogStatus()).problems == [problem]
    local_store.do(NoteProjection(findings=[]))
    assert local_store.do(GetLogStatus()).problems == []
    assert local_store.do(GetLogStatus()).compared > 0
    local_store.do(TransitionStage(name="wine", version="2", stage="None"))
    assert compare(local_store.do) == []


def test_signatures_are_judged_as_by_openssl() -> None:
    chance = random.Random(7)
    for _ in range(40):
        key = SigningKey("log", chance.randbytes(32))
        message = chance.randbytes(chance.randrange(80))
        good = key.sign(message)[4:]
        bad = bytearray(good)
        bad[chance.randrange(64)] ^= 1 << chance.randrange(8)
        for signature in (good, bytes(bad), chance.randbytes(64)):
            assert verifier.ed25519(key.public, message, signature) == openssl(
                key.public, message, signature
            )


def test_a_log_key_is_only_for_its_owner(tmp_path: Path) -> None:
    made = SigningKey.at(tmp_path / "deep" / "log.key")
    assert (tmp_path / "deep" / "log.key").stat().st_mode & 0o777 == 0o600
    assert SigningKey.at(tmp_path / "deep" / "log.key").verifier == made.verifier
    (tmp_path / "bad").write_text("PRIVATE+KEY+x+00+AAAA")
    with pytest.raises(InvalidParameter, match="--log-key"):
        SigningKey.load(tmp_path / "bad")
    shutil.rmtree(tmp_path / "deep")


def test_the_tree_grows_over_tiles_as_over_leaves(local_store: SqlStore) -> None:
    local_store.signing = SigningKey.new()
    tree = verifier.Frontier()
    for step, count in enumerate((1, 254, 1, 1, 300, 211)):
        fill(local_store, count, f"t{step}-")
        point: Any = local_store.do(GetCheckpoint())
        for entry in local_store.do(ListLogEntries(since=tree.size)).entries:
            tree.add(raw(entry.leaf))
        assert (tree.size, tree.root()) == (point.size, raw(point.root))
