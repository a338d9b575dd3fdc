"""``cuvee evidence`` writes a pack, and says what is in it and what is missing."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]


def test_a_pack_is_written_and_described(cuvee: Command, run_id: str) -> None:
    said = cuvee("evidence", "lr", "1")

    assert said.status == 0
    assert "pack    lr-1-evidence.zip" in said.out
    assert "  card.md\n" in said.out
    assert "  files: The registry holds no files of this version" in said.out
    with zipfile.ZipFile("lr-1-evidence.zip") as archive:
        assert run_id in archive.read("card.md").decode()


def test_the_file_is_named_and_json_says_what_is_missing(
    cuvee: Command,
    run_id: str,  # noqa: ARG001
    tmp_path: Path,
) -> None:
    said = cuvee("evidence", "write", "lr", "1", "--out", str(tmp_path / "a.zip"), "--json").json
    assert said["path"] == str(tmp_path / "a.zip")
    assert "MANIFEST" in said["members"]
    assert {"topic": "checks", "says": "No result of a check is recorded."} in said["missing"]


def test_the_same_facts_give_the_same_bytes(cuvee: Command, run_id: str) -> None:  # noqa: ARG001
    for name in ("a.zip", "b.zip"):
        assert cuvee("evidence", "lr", "1", "--out", name).status == 0
    assert Path("a.zip").read_bytes() == Path("b.zip").read_bytes()


def test_a_version_that_is_not_there_leaves_no_file(cuvee: Command, run_id: str) -> None:  # noqa: ARG001
    said = cuvee("evidence", "lr", "9", "--out", "c.zip")
    assert said.status == 1
    assert "(name=lr, version=9) not found" in said.err
    assert not list(Path.cwd().glob("*.zip*"))


def test_a_version_of_a_model_that_is_called_write_is_reached(cuvee: Command, store: Any) -> None:
    from cuvee.api.models import CreateRegisteredModel
    from cuvee.api.versions import CreateModelVersion

    store.do(CreateRegisteredModel(name="write"))
    store.do(CreateModelVersion(name="write", source="s3://b/c"))
    assert cuvee("evidence", "write", "write", "1").status == 0


@pytest.mark.parametrize("name", ["team/lr wine", "../../lr", "é"])
def test_a_name_of_any_model_becomes_a_file_name(name: str) -> None:
    from cuvee.api.evidence import Evidence
    from cuvee.evidence.archive import file_name

    found = file_name(Evidence(name=name, version="1", members=[]))
    assert Path(found).name == found
    assert not found.startswith(".")
    assert hashlib.sha256(found.encode("ascii"))


def test_a_pack_of_a_database_is_signed_with_the_key_beside_it(
    cuvee: Command,
    run_id: str,  # noqa: ARG001
    tmp_path: Path,
) -> None:
    from cuvee.client.connect import close_all
    from cuvee.log.note import SigningKey
    from cuvee.store.sql import SqlStore

    store = SqlStore.open(f"sqlite:///{tmp_path / 'cuvee.db'}")
    store.signing = SigningKey.at(tmp_path / "log.key")
    store.order_events()
    store.close()

    assert "log's key" not in cuvee("evidence", "lr", "1").out
    assert "The pack holds." in cuvee("evidence", "verify", "lr-1-evidence.zip").out
    close_all()
    (tmp_path / "log.key").unlink()
    said = cuvee("evidence", "lr", "1")
    assert "Whoever wrote this pack has not the log's key" in said.out
    refused = cuvee("evidence", "verify", "lr-1-evidence.zip")
    assert refused.status == 1
    assert "WRONG: MANIFEST: it is not signed by" in refused.out
    assert "it has no MANIFEST" not in refused.out
