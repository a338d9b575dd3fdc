"""Files of several runs at once: lists with digests, and the texts of small ones."""

from __future__ import annotations

import hashlib

import pytest

from cuvee.api.artifacts import PutArtifact, StoredFile
from cuvee.api.base import Store
from cuvee.api.experiments import CreateExperiment
from cuvee.api.files import (
    MAX_SCAN,
    SCAN_BLOCK,
    FileScan,
    FindArtifacts,
    GetRunTexts,
    ListRunFiles,
    ScanRunFile,
)
from cuvee.api.runs import CreateRun
from cuvee.blobs.local import LocalBlobs
from cuvee.errors import NotFound
from cuvee.store.sql import SqlStore

PREFIX = "mlflow-artifacts:/"


@pytest.fixture
def blobs(local_store: SqlStore, blobs: LocalBlobs) -> LocalBlobs:
    """The bytes of the store's artifacts."""
    local_store.blobs = blobs
    return blobs


def new_run(store: Store) -> tuple[str, str]:
    info = store.do(CreateRun(experiment_id="0")).run.info
    return info.run_id, info.artifact_uri.removeprefix(PREFIX).lstrip("/")


def put(store: SqlStore, blobs: LocalBlobs, path: str, data: bytes) -> str:
    digest, size = blobs.put([data])
    store.do(PutArtifact(path=path, digest=digest, size=size))
    return digest


def test_files_of_runs_are_listed_with_digests_in_the_order_asked_for(
    store: Store, local_store: SqlStore, blobs: LocalBlobs
) -> None:
    (one, root), (two, other) = new_run(store), new_run(store)
    for path in ("b/c/d.txt", "a.txt", "b0", "b/x"):
        put(local_store, blobs, f"{root}/{path}", path.encode())
    put(local_store, blobs, f"{other}/a.txt", b"another")

    answer = store.do(ListRunFiles(run_ids=[two, one, two]))
    assert [run.run_id for run in answer.runs] == [two, one]
    assert [f.path for f in answer.runs[1].files] == ["a.txt", "b/c/d.txt", "b/x", "b0"]
    assert answer.runs[1].complete
    found = answer.runs[1].files[1]
    digest = hashlib.sha256(b"b/c/d.txt").hexdigest()
    assert found == StoredFile(path="b/c/d.txt", digest=digest, size=9, modified=found.modified)
    assert found.modified > 0

    answer = store.do(ListRunFiles(run_ids=[one], path="b"))
    assert [f.path for f in answer.runs[0].files] == ["b/c/d.txt", "b/x"]
    answer = store.do(ListRunFiles(run_ids=[one], max_files=3))
    assert (len(answer.runs[0].files), answer.runs[0].complete) == (3, False)
    answer = store.do(ListRunFiles(run_ids=[one], max_files=4))
    assert (len(answer.runs[0].files), answer.runs[0].complete) == (4, True)
    with pytest.raises(NotFound):
        store.do(ListRunFiles(run_ids=[one, "0" * 32]))


def test_files_elsewhere_are_said_to_be_elsewhere(store: Store, blobs: LocalBlobs) -> None:
    assert blobs
    op = CreateExperiment(name="far", artifact_location="s3://bucket/x")
    experiment = store.do(op).experiment_id
    run = store.do(CreateRun(experiment_id=experiment)).run.info

    (found,) = store.do(ListRunFiles(run_ids=[run.run_id])).runs
    assert (found.elsewhere, found.root_uri, found.files) == (True, run.artifact_uri, [])
    assert store.do(GetRunTexts(run_ids=[run.run_id], paths=["a"])).files == []


def test_each_text_of_runs_is_read_once(
    store: Store, local_store: SqlStore, blobs: LocalBlobs
) -> None:
    (one, root), (two, other) = new_run(store), new_run(store)
    put(local_store, blobs, f"{root}/c/lock", b"same")
    put(local_store, blobs, f"{other}/c/lock", b"same")
    put(local_store, blobs, f"{other}/log", b"caf\xe9 and more")

    answer = store.do(GetRunTexts(run_ids=[one, two], paths=["c/lock", "log"]))
    assert [(f.run_id, f.path) for f in answer.files] == [
        (one, "c/lock"),
        (two, "c/lock"),
        (two, "log"),
    ]
    texts = {t.digest: t for t in answer.texts}
    assert len(texts) == 2
    assert texts[answer.files[0].digest].text == "same"
    assert texts[answer.files[2].digest].text == "caf� and more"

    answer = store.do(GetRunTexts(run_ids=[two], paths=["log"], max_bytes=3))
    (text,) = answer.texts
    assert (text.text, text.complete, answer.files[0].size) == ("caf", False, 13)


def test_a_folder_is_found_with_all_that_lies_in_it(
    store: Store, local_store: SqlStore, blobs: LocalBlobs
) -> None:
    _, root = new_run(store)
    for path in ("d/a", "d/b/c", "d0", "e"):
        put(local_store, blobs, f"{root}/{path}", b"1")

    found = local_store.do(FindArtifacts(path=f"{root}/d"))
    assert [f.path for f in found.files] == [f"{root}/d/a", f"{root}/d/b/c"]
    assert [f.path for f in local_store.do(FindArtifacts(path=f"{root}/e")).files] == [f"{root}/e"]
    with pytest.raises(NotFound):
        local_store.do(FindArtifacts(path=f"{root}/nothing"))


def scanned(store: Store, run_id: str, contains: str) -> list[FileScan]:
    """Look through the whole file, and check that its parts are all of it."""
    pages = [store.do(ScanRunFile(run_id=run_id, path="log", contains=contains))]
    while pages[-1].next_offset is not None:
        op = ScanRunFile(run_id=run_id, path="log", contains=contains, offset=pages[-1].next_offset)
        pages.append(store.do(op))
    at = 0
    for page in pages:
        assert sum(block.size for block in page.blocks) < MAX_SCAN + SCAN_BLOCK * 5 // 4
        for block in page.blocks:
            assert block.offset == at
            assert 0 < block.size <= SCAN_BLOCK * 5 // 4
            at += block.size
    assert at == pages[0].size
    return pages


def test_a_long_file_is_looked_through_a_part_at_a_time(
    store: Store, local_store: SqlStore, blobs: LocalBlobs
) -> None:
    run, root = new_run(store)
    padding = "." * 60
    lines = [
        f"step {i} caf\xe9 {padding}{' Diverged' if i % 1000 == 7 else ''}".encode()
        for i in range(600_000)
    ]
    data = b"\n".join(lines)
    put(local_store, blobs, f"{root}/log", data)

    pages = scanned(store, run, "diverged")
    assert len(pages) == 3
    assert {page.size for page in pages} == {len(data)}
    parts = [block for page in pages for block in page.blocks]
    assert sum(part.found for part in parts) == 600
    assert sum(part.lines for part in parts) == len(lines)
    for part in parts:
        piece = data[part.offset : part.offset + part.size]
        assert part.offset == 0 or data[part.offset - 1 : part.offset] == b"\n"
        assert part.found == piece.count(b"Diverged")
        assert part.lines == len(piece.splitlines())
    assert sum(p.found for page in scanned(store, run, "CAF\xc9") for p in page.blocks) == len(
        lines
    )
    assert not any(p.found for page in scanned(store, run, "") for p in page.blocks)


def test_lines_are_looked_through_as_a_terminal_leaves_them(
    store: Store, local_store: SqlStore, blobs: LocalBlobs
) -> None:
    run, root = new_run(store)
    text = b"load 1%\rload 9%\rloaded\r\n\x1b[31mre\x1b[0md end\ned end, ed end"
    put(local_store, blobs, f"{root}/log", text)

    def found(contains: str) -> int:
        (page,) = scanned(store, run, contains)
        (block,) = page.blocks
        assert block.lines == 3
        return block.found

    asked = ("red end", "ed end", "load", "9%", "LOADED", "\x1b")
    assert [found(contains) for contains in asked] == [1, 2, 1, 0, 1, 0]


def test_a_line_of_megabytes_is_cut_where_a_part_ends(
    store: Store, local_store: SqlStore, blobs: LocalBlobs
) -> None:
    run, root = new_run(store)
    put(local_store, blobs, f"{root}/log", b"x" * (3 * SCAN_BLOCK) + b"\nend\n")
    (page,) = scanned(store, run, "end")
    assert [block.lines for block in page.blocks] == [0, 0, 2]
    assert [block.found for block in page.blocks] == [0, 0, 1]
    put(local_store, blobs, f"{root}/log", b"")
    assert store.do(ScanRunFile(run_id=run, path="log")).blocks == []
    assert store.do(ScanRunFile(run_id=run, path="none")) == FileScan()
