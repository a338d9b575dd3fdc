"""What a journal holds is what was appended, whatever happens to its file or its process."""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any

import pytest
from msgspec import Raw

from cuvee.client import journal as journal_module
from cuvee.client.journal import Journal, owned
from cuvee.client.line import Item, Line
from cuvee.client.records import Request, State, owner_path, segment_path, segments
from cuvee.client.session import Session
from cuvee.errors import InvalidParameter, StorageFull

RUN = "0" * 32
ROOM = 1 << 30


def opened(folder: Path, limit: int = ROOM, **options: Any) -> Journal:
    """Return a journal that nobody ships."""
    return Journal(Session(folder, "", offline=True), limit, **options)


def read(folder: Path) -> list[Item]:
    """Return what the journals of a folder hold, one after the other."""
    found: list[Item] = []
    for name, numbers in segments(folder).items():
        line = Line(folder, name, numbers)
        while True:
            line.read()
            items = line.waiting
            if not items:
                break
            line.acknowledge(items)
            found += items
        line.close()
    return found


def values(items: list[Item]) -> list[float]:
    """Return the values of the points among some records."""
    return [item.value["metrics"][0]["value"] for item in items if item.kind == b"M"]


def test_what_is_appended_is_read_in_order(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    journal.point(RUN, "loss", 0.5, 1000, -7)
    journal.batch(json.dumps({"run_id": RUN, "params": [{"key": "a", "value": "1"}]}).encode())
    journal.request(Request(method="POST", target="/x", body=Raw(b'{"a":1}'), run=RUN, ends=True))
    journal.point(RUN, "loss", float("nan"), 2**63 - 1, 2**63 - 1)
    journal.close(0)

    items = read(tmp_path)
    assert [(i.seq, i.kind) for i in items] == list(enumerate([b"M", b"B", b"R", b"M", b"Z"]))
    point = {"key": "loss", "value": 0.5, "timestamp": 1000, "step": -7}
    assert items[0].value == {"metrics": [point]}
    assert items[1].value == {"params": [{"key": "a", "value": "1"}]}
    assert (items[2].value.target, bytes(items[2].value.body), items[2].run) == (
        "/x",
        b'{"a":1}',
        RUN,
    )
    assert items[3].value["metrics"][0]["value"] == "NaN"
    assert items[3].value["metrics"][0]["step"] == 2**63 - 1


def test_a_tail_torn_at_any_byte_costs_nothing_before_it(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    ends = []
    for step in range(6):
        journal.point(RUN, f"m{step % 2}", float(step), 1, step)
        ends.append(journal.size)
    path = segment_path(tmp_path, journal.id, 0)
    journal.forget()
    content = path.read_bytes()
    for cut in range(len(content) + 1):
        path.write_bytes(content[:cut])
        (tmp_path / f"{journal.id}.state").write_bytes(State().pack())
        whole = [float(i) for i, end in enumerate(ends) if end <= cut]
        assert values(read(tmp_path)) == whole, cut


def test_a_flipped_bit_costs_the_record_that_it_is_in(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    journal.point(RUN, "m", -1.0, 1, 0)
    begin = journal.size
    for step in range(4):
        journal.point(RUN, "m", float(step), 1, step)
    size = (journal.size - begin) // 4
    path = segment_path(tmp_path, journal.id, 0)
    journal.forget()
    content = path.read_bytes()
    for at in range(begin, begin + 3 * size):
        damaged = bytearray(content)
        damaged[at] ^= 0x10
        path.write_bytes(damaged)
        (tmp_path / f"{journal.id}.state").write_bytes(State().pack())
        hit, inside = divmod(at - begin, size)
        found = values(read(tmp_path))
        if inside >= 4:  # beyond the length, after which the next record would be looked for
            assert found == [-1.0, *(float(i) for i in range(4) if i != hit)]
        else:
            assert found[: hit + 1] == [-1.0, *(float(i) for i in range(hit))]
            assert set(found) <= {-1.0, 0.0, 1.0, 2.0, 3.0}


def test_segments_follow_one_another_and_know_the_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "SEGMENT", 20_000)
    monkeypatch.setattr(journal_module, "SYNC_EVERY", 1000)
    journal = opened(tmp_path)
    for step in range(5000):
        journal.point(RUN, f"m{step % 7}", float(step), 1, step)
    journal.close(0)

    assert len(segments(tmp_path)[journal.id]) > 5
    items = read(tmp_path)
    assert values(items) == [float(i) for i in range(5000)]
    assert [item.seq for item in items] == list(range(5001))
    assert {i.value["metrics"][0]["key"] for i in items if i.kind == b"M"} == {
        f"m{i}" for i in range(7)
    }


def test_shipped_segments_are_deleted_and_the_place_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "SEGMENT", 20_000)
    monkeypatch.setattr(journal_module, "SYNC_EVERY", 1000)
    journal = opened(tmp_path)
    for step in range(3000):
        journal.point(RUN, "m", float(step), 1, step)
    journal.close(0)
    seen: list[float] = []
    while numbers := segments(tmp_path).get(journal.id):
        line = Line(tmp_path, journal.id, numbers)  # as after the sender's death
        line.read()
        taken = line.window()
        if not taken:
            line.remove()
            break
        again = Line(tmp_path, journal.id, numbers)  # as after a death before the answer came
        again.read()
        assert again.window() == taken
        again.close()
        seen += values(taken)
        line.acknowledge(taken)
        line.close()

    assert seen == [float(i) for i in range(3000)]
    assert list(tmp_path.glob(f"{journal.id}*")) == []


def test_threads_append_whole_records(tmp_path: Path) -> None:
    journal = opened(tmp_path)

    def work(number: int) -> None:
        for step in range(500):
            journal.point(RUN, f"m{number}-{step % 50}", float(step), 1, number)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close(0)

    items = [i for i in read(tmp_path) if i.kind == b"M"]
    for number in range(8):
        mine = [i.value["metrics"][0] for i in items if i.value["metrics"][0]["step"] == number]
        assert [m["value"] for m in mine] == [float(i) for i in range(500)]
        assert all(m["key"] == f"m{number}-{int(m['value']) % 50}" for m in mine)


def test_a_key_that_is_not_allowed_is_refused_at_once(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    with pytest.raises(InvalidParameter, match="may only contain"):
        journal.point(RUN, "a@b", 1.0, 1, 0)
    journal.close(0)
    assert [i.kind for i in read(tmp_path)] == [b"Z"]


def test_a_full_journal_waits_then_drops_counts_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(journal_module, "SYNC_EVERY", 1000)
    monkeypatch.setattr(journal_module, "FULL_WAIT", 0.2)
    journal = opened(tmp_path, 50_000)
    for step in range(3000):
        journal.point(RUN, "m", float(step), 1, step)

    assert 0 < journal.dropped < 3000
    assert "is full" in caplog.text
    kept = 3000 - journal.dropped
    line = Line(tmp_path, journal.id, [0])
    line.read()
    line.acknowledge(line.waiting)
    line.close()
    journal.point(RUN, "m", -1.0, 1, 0)
    journal.close(0)
    later = read(tmp_path)
    assert [(i.kind, i.value) for i in later if i.kind == b"D"] == [(b"D", {"count": 3000 - kept})]
    assert values(later)[-1] == -1.0


def test_a_strict_journal_raises_when_it_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "SYNC_EVERY", 1000)
    monkeypatch.setattr(journal_module, "FULL_WAIT", 0.1)
    journal = opened(tmp_path, 20_000, strict=True)
    journal.batch(b" " * 20_000)
    with pytest.raises(StorageFull, match="nothing was logged"):
        journal.point(RUN, "m", 1.0, 1, 0)
    journal.forget()


def test_a_disk_without_room_neither_raises_nor_tears_a_record(tmp_path: Path) -> None:
    script = """
        import resource, signal, sys
        from pathlib import Path
        from cuvee.client import journal as module
        from cuvee.client.journal import Journal
        from cuvee.client.session import Session
        module.FULL_WAIT = 0.2
        journal = Journal(Session(Path(sys.argv[1]), "", offline=True), 1 << 30)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, hard))
        for step in range(1000):
            journal.point("r", "m", float(step), 1, step)
        print(journal.dropped, flush=True)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        journal.point("r", "m", -1.0, 1, 0)
        journal.close(0)
    """
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    done = _python(script, str(tmp_path))
    assert done.returncode == 0, done.stderr
    dropped = int(done.stdout)
    items = read(tmp_path)
    assert values(items) == [*(float(i) for i in range(1000 - dropped)), -1.0]
    assert [i.value["count"] for i in items if i.kind == b"D"] == [dropped]
    assert "is full" in done.stderr


def test_sudden_death_loses_nothing_that_a_call_returned_for(tmp_path: Path) -> None:
    script = """
        import os, signal, sys
        from pathlib import Path
        from cuvee.client.journal import Journal
        from cuvee.client.session import Session
        journal = Journal(Session(Path(sys.argv[1]), "", offline=True), 1 << 30)
        for step in range(12345):
            journal.point("r", "m", float(step), 1, step)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    assert _python(script, str(tmp_path)).returncode == -signal.SIGKILL
    assert values(read(tmp_path)) == [float(i) for i in range(12345)]


def test_a_journal_is_owned_as_long_as_its_process_lives(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    inbox, outbox = context.Pipe()
    child = context.Process(target=_own, args=(tmp_path, inbox))
    child.start()
    journal = outbox.recv()
    assert owned(owner_path(tmp_path, journal))
    child.kill()
    child.join()
    assert not owned(owner_path(tmp_path, journal))


def _own(folder: Path, pipe: Any) -> None:
    journal = opened(folder)
    pipe.send(journal.id)
    threading.Event().wait()


def test_a_fork_lets_go_of_its_parents_journal_and_keeps_the_order(tmp_path: Path) -> None:
    script = """
        import os, sys
        import cuvee
        os.environ["CUVEE_JOURNAL_DIR"] = sys.argv[1]
        cuvee.set_mode("offline")
        run = cuvee.start_run().info.run_id
        cuvee.log_metric("parent", 1)
        pids = []
        for number in range(3):
            pid = os.fork()
            if pid == 0:
                for step in range(100):
                    cuvee.log_metric(f"child{number}", step, step=step, run_id=run)
                os._exit(0)
            pids.append(pid)
        for pid in pids:
            assert os.waitpid(pid, 0)[1] == 0
        cuvee.log_metric("parent", 2)
    """
    done = _python(script, str(tmp_path))
    assert done.returncode == 0, done.stderr
    [folder] = tmp_path.iterdir()
    assert len(segments(folder)) == 4
    afters = []
    for journal in segments(folder):
        line = Line(folder, journal, [0])
        afters.append(line.after)
        line.close()
    assert min(afters) == ("", 0)
    [(parent, seq)] = set(afters) - {("", 0)}
    assert parent in segments(folder)
    assert (afters.count((parent, seq)), seq) == (3, 3)
    points = [i.value["metrics"][0] for i in read(folder) if i.kind == b"M"]
    assert [p["value"] for p in points if p["key"] == "parent"] == [1.0, 2.0]
    for number in range(3):
        mine = [p["value"] for p in points if p["key"] == f"child{number}"]
        assert mine == [float(i) for i in range(100)]


def _python(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={
            **os.environ,
            "PYTHONWARNINGS": "ignore::DeprecationWarning",
            "CUVEE_CAPTURE_OUTPUT": "0",
        },
    )
