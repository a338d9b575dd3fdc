"""Files of versions that clients wrote by themselves: which the server keeps, and when."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import pytest

from cuvee.api.experiments import CreateExperiment
from cuvee.api.logged_models import CreateLoggedModel
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.policies import ApplyPolicy
from cuvee.api.runs import CreateRun, GetRun
from cuvee.api.versions import CreateModelVersion, GetVersionManifest, TransitionStage
from cuvee.blobs.local import LocalBlobs
from cuvee.errors import StorageFull
from cuvee.server.reading import Outside
from cuvee.server.version_files import VersionFiles
from cuvee.store.sql import SqlStore


class Place(NamedTuple):
    """A store whose artifact root is a directory, and a run with a model ``m``."""

    store: SqlStore
    root: Path
    blobs: LocalBlobs
    run: str
    artifacts: Path

    def register(self, source: str = "") -> str:
        """Register a version, of what is or will be in ``model`` below the run."""
        source = source or f"{self.artifacts.as_uri()}/model"
        op = CreateModelVersion(name="m", source=source, run_id=self.run)
        return self.store.do(op).model_version.version

    def kept(self, version: str) -> list[str]:
        """Return the names of the files that the server has kept of a version."""
        op = GetVersionManifest(name="m", version=version)
        return [file.path for file in self.store.do(op).files]

    def keeper(self, again: float = 0) -> VersionFiles:
        return VersionFiles(self.store, self.blobs, Outside(self.root), again=again)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Return the place."""
    root = tmp_path / "root"
    store = SqlStore.open(f"sqlite:///{tmp_path}/cuvee.db")
    made = store.do(CreateExperiment(name="e", artifact_location=(root / "1").as_uri()))
    run = store.do(CreateRun(experiment_id=made.experiment_id)).run.info.run_id
    store.do(CreateRegisteredModel(name="m"))
    artifacts = root / "1" / run / "artifacts"
    yield Place(store, root, LocalBlobs(tmp_path / "blobs"), run, artifacts)
    store.close()


def look(keeper: VersionFiles) -> None:
    """Let the keeper look once at what it has not seen, or else at all, and wait for it."""
    busy = keeper.look()
    if busy is not None:
        busy.result(timeout=30)


def write(directory: Path, *names: str) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for name in names:
        (directory / name).write_text(name)


def write_late(directory: Path, *names: str) -> None:
    """Write files at a time that the file system tells from that of the registration."""
    directory.mkdir(parents=True, exist_ok=True)
    clock, start = directory.parent / "clock", time.time_ns()
    while not clock.exists() or clock.stat().st_ctime_ns <= start + 1_000_000:
        clock.write_text("")
    write(directory, *names)


def test_what_was_complete_at_registration_is_kept_at_once(place: Place) -> None:
    write(place.artifacts / "model", "MLmodel", "weights")
    version = place.register()
    keeper = place.keeper(again=60)
    look(keeper)
    assert place.kept(version) == ["MLmodel", "weights"]
    keeper.close()


def test_files_that_come_after_registration_are_kept_once_nothing_changes(place: Place) -> None:
    version = place.register()
    keeper = place.keeper()
    look(keeper)
    assert place.kept(version) == []
    write_late(place.artifacts / "model", "MLmodel")  # and the rest is on its way
    look(keeper)
    assert place.kept(version) == []
    write(place.artifacts / "model", "weights")
    look(keeper)
    assert place.kept(version) == []
    (place.artifacts / "model" / "weights").write_text("longer weights")
    look(keeper)
    assert place.kept(version) == []
    look(keeper)
    assert place.kept(version) == ["MLmodel", "weights"]
    write(place.artifacts / "model", "more")
    look(keeper)
    assert place.kept(version) == ["MLmodel", "weights"]
    keeper.close()


def test_a_file_that_was_changed_and_keeps_its_length_and_time_is_noticed(place: Place) -> None:
    version = place.register()
    file = place.artifacts / "model" / "f"
    write_late(file.parent, "f")
    about = file.stat()
    keeper = place.keeper()
    look(keeper)
    write_late(file.parent, "f")
    os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))  # as a copy with its times does
    look(keeper)
    assert place.kept(version) == []
    look(keeper)
    assert place.kept(version) == ["f"]
    keeper.close()


def test_a_copy_of_old_files_is_as_new_as_it_is(place: Place, tmp_path: Path) -> None:
    write(tmp_path / "old", "a", "b")
    for name in ("a", "b"):
        os.utime(tmp_path / "old" / name, (1, 1))
    version = place.register()
    write_late(place.artifacts / "model")
    shutil.copy2(tmp_path / "old" / "a", place.artifacts / "model" / "a")
    keeper = place.keeper()
    look(keeper)
    assert place.kept(version) == []
    shutil.copy2(tmp_path / "old" / "b", place.artifacts / "model" / "b")
    look(keeper)
    look(keeper)
    assert place.kept(version) == ["a", "b"]
    keeper.close()


def test_versions_without_files_are_looked_at_again_when_it_is_time(place: Place) -> None:
    version = place.register()
    keeper = place.keeper(again=3600)
    look(keeper)
    write_late(place.artifacts / "model", "MLmodel")
    for _ in range(3):
        look(keeper)
    assert place.kept(version) == []
    other = place.register(f"runs:/{place.run}/other")
    write(place.artifacts / "other", "f")
    look(keeper)  # what is new is looked at all the same
    keeper.close()
    restarted = place.keeper(again=0)
    look(restarted)
    look(restarted)
    assert place.kept(version) == ["MLmodel"]
    assert place.kept(other) == ["f"]
    restarted.close()


def test_a_new_version_does_not_wait_for_all_that_have_no_files(place: Place) -> None:
    for _ in range(250):
        place.register()
    keeper = place.keeper()
    for _ in range(4):  # 100 at a time, then the first 100 once more
        look(keeper)
    write(place.artifacts / "other", "f")
    other = place.register(f"{place.artifacts.as_uri()}/other")
    look(keeper)
    assert place.kept(other) == ["f"]
    keeper.close()


def test_what_cannot_be_kept_is_said_once_and_tried_again(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write(place.artifacts / "model", "f")
    version = place.register()
    keeper = place.keeper()

    def full(*_: object) -> tuple[str, int]:
        raise StorageFull("The server has no space left.")

    with caplog.at_level(logging.WARNING), monkeypatch.context() as patch:
        patch.setattr(LocalBlobs, "put", full)
        for _ in range(3):
            look(keeper)
    assert place.kept(version) == []
    (record,) = caplog.records
    assert record.getMessage().startswith("The files of version 1 of m are not kept")
    look(keeper)
    assert place.kept(version) == ["f"]
    keeper.close()


def test_a_file_that_changes_while_it_is_kept_is_not_mixed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(place.artifacts / "model", "a", "b")
    version = place.register()
    real = LocalBlobs.put

    def put(self: LocalBlobs, chunks: Iterable[bytes]) -> tuple[str, int]:
        found = real(self, chunks)
        write_late(place.artifacts / "model", "c")
        return found

    keeper = place.keeper()
    with monkeypatch.context() as patch:
        patch.setattr(LocalBlobs, "put", put)
        look(keeper)
    assert place.kept(version) == []
    look(keeper)
    look(keeper)
    assert place.kept(version) == ["a", "b", "c"]
    keeper.close()


def test_files_that_come_after_a_review_are_not_those_of_the_version(place: Place) -> None:
    write(place.artifacts / "model", "f")
    early = place.register()
    late = place.register(f"{place.artifacts.as_uri()}/late")
    for version in (early, late):
        move = TransitionStage(name="m", version=version, stage="Production")
        place.store.do(move)
    review = "scope: m\nstages:\n- name: Staging\n- name: Production\n  review: {approvals: 1}\n"
    place.store.do(ApplyPolicy(document=review))
    write_late(place.artifacts / "late", "f")
    keeper = place.keeper()
    for _ in range(3):
        look(keeper)
    assert place.kept(early) == ["f"]
    assert place.kept(late) == []
    place.store.do(TransitionStage(name="m", version=late, stage="None"))
    for _ in range(3):
        look(keeper)
    assert place.kept(late) == ["f"]
    keeper.close()


def test_a_logged_model_is_found_by_its_name_in_its_run(place: Place) -> None:
    experiment = place.store.do(GetRun(run_id=place.run)).run.info.experiment_id
    op = CreateLoggedModel(experiment_id=experiment, name="lm", source_run_id=place.run)
    uri = place.store.do(op).model.info.artifact_uri
    write(Path(unquote(urlsplit(uri).path)), "MLmodel")
    write(place.artifacts / "lm", "other")  # what only has the same name
    version = place.register(f"runs:/{place.run}/lm")
    keeper = place.keeper()
    look(keeper)
    assert place.kept(version) == ["MLmodel"]
    keeper.close()
