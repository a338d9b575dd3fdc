"""The modes: what becomes of what is logged, with a server that nobody can reach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import cuvee
from cuvee.client.journals import close_journals
from cuvee.errors import ConnectionFailed, InvalidParameter

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A tracking URI where nobody answers, and a directory of journals of this test's own."""
    close_journals()
    folder = tmp_path / "journals"
    monkeypatch.setenv("CUVEE_JOURNAL_DIR", str(folder))
    monkeypatch.setenv("CUVEE_HTTP_REQUEST_MAX_RETRIES", "0")
    cuvee.set_tracking_uri(NOWHERE)
    yield folder
    cuvee.set_mode("disabled")
    while cuvee.active_run():
        cuvee.end_run()
    cuvee.set_mode("")


def log(text: Path) -> None:
    """Log some of everything."""
    cuvee.set_experiment("somewhere")
    with cuvee.start_run(tags={"a": "b"}):
        cuvee.log_param("p", 1)
        cuvee.log_metrics({"x": 1.0, "y": float("nan")}, step=1)
        cuvee.log_metric("x", 2, step=2)
        cuvee.set_tag("t", 1)
        cuvee.delete_tag("t")
        cuvee.delete_tag("t")
        cuvee.log_artifact(text)
        cuvee.log_dict({"a": 1}, "d.json")


def test_disabled_logs_nothing_and_writes_nothing(tmp_path: Path, nobody: Path) -> None:
    (tmp_path / "note.txt").write_text("hello", encoding="utf-8")
    cuvee.set_mode("disabled")
    log(tmp_path / "note.txt")
    assert not nobody.exists()
    assert cuvee.get_mode() == "disabled"


def test_offline_keeps_everything_and_asks_nobody(tmp_path: Path, nobody: Path) -> None:
    (tmp_path / "note.txt").write_text("hello", encoding="utf-8")
    cuvee.set_mode("offline")
    log(tmp_path / "note.txt")
    [session] = nobody.iterdir()
    assert sorted(p.read_bytes()[:5] for p in (session / "files").iterdir()) == [
        b"hello",
        b'{\n  "',
    ]
    with pytest.raises(ConnectionFailed, match="cuvee sync"):
        cuvee.search_runs(output_format="list")


def test_sync_says_at_once_that_nobody_answers() -> None:
    cuvee.set_mode("sync")
    with pytest.raises(ConnectionFailed):
        cuvee.start_run()


def test_a_mode_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidParameter, match="online, offline, sync, disabled"):
        cuvee.set_mode("asleep")
    cuvee.set_mode("")
    monkeypatch.setenv("CUVEE_MODE", "asleep")
    with pytest.raises(InvalidParameter, match="CUVEE_MODE"):
        cuvee.get_mode()


def test_what_is_sure_to_be_refused_raises_though_nobody_answers(nobody: Path) -> None:
    del nobody
    cuvee.set_mode("offline")
    with cuvee.start_run():
        cuvee.log_param("p", 1)
        for call in (
            lambda: cuvee.log_metric("m", "high"),  # type: ignore[arg-type]
            lambda: cuvee.log_metric("a@b", 1),
            lambda: cuvee.log_metric("m", 1, step=2**64),
            lambda: cuvee.log_metric("m", 1, timestamp=-1),
            lambda: cuvee.log_param("p", 2),
            lambda: cuvee.set_tag("t", "x" * 70_000),
        ):
            with pytest.raises(InvalidParameter):
                call()
        cuvee.log_param("p", 1)
