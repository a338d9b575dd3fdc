"""Whatever is changed in a pack is found, without a server, and the same facts give one archive."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cuvee.api.artifacts import PutArtifact
from cuvee.api.evidence import EnvironmentFile, Evidence, GetEvidence
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.runs import CreateRun
from cuvee.api.versions import CreateModelVersion, SetModelVersionTag, TransitionStage
from cuvee.evidence import archive
from cuvee.log import verifier
from cuvee.log.note import SigningKey
from cuvee.store.sql import SqlStore

Members = dict[str, bytes]
KEY = SigningKey("test-log", b"k" * 32)
REQUIREMENTS = "numpy==2.1.0\n"


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """A signed pack."""
    store = SqlStore.open(f"sqlite:///{tmp_path_factory.mktemp('store')}/cuvee.db")
    store.signing = KEY
    do = store.do
    info = do(CreateRun(experiment_id="0", run_name="first", start_time=1)).run.info
    path = f"{info.artifact_uri.partition(':/')[2]}/model/requirements.txt"
    digest = hashlib.sha256(REQUIREMENTS.encode()).hexdigest()
    do(PutArtifact(path=path, digest=digest, size=len(REQUIREMENTS)))
    do(CreateRegisteredModel(name="wine", comment="for the tests"))
    source = f"{info.artifact_uri}/model"
    do(CreateModelVersion(name="wine", source=source, run_id=info.run_id, description="first"))
    do(CreateRegisteredModel(name="water", comment="not in the pack"))
    do(TransitionStage(name="wine", version="1", stage="Production", comment="good"))
    files = [EnvironmentFile("requirements.txt", REQUIREMENTS)]
    found = do(GetEvidence(name="wine", version="1", files=files))
    do(SetModelVersionTag(name="wine", version="1", key="later", value="not in the pack"))
    store.close()
    return found


@pytest.fixture
def pack(evidence: Evidence, tmp_path: Path) -> Path:
    """The pack as a file."""
    path = tmp_path / "pack.zip"
    archive.write(path, evidence.members)
    return path


def rewrite(pack: Path, change: Callable[[Members], None]) -> Path:
    """Write the pack again with its files changed."""
    with zipfile.ZipFile(pack) as old:
        members = {name: old.read(name) for name in old.namelist()}
    change(members)
    with zipfile.ZipFile(pack, "w") as new:
        for name, data in members.items():
            new.writestr(name, data)
    return pack


def sign_again(members: Members, key: SigningKey) -> None:
    """Make a manifest that fits the files, as far as one can who has another key."""
    text = members["MANIFEST"].decode().partition("\n\n")[0]
    lines = text.split("\n")[:3]
    lines += [
        f"{hashlib.sha256(members[name]).hexdigest()}  {name}"
        for name in sorted(members.keys() - {"MANIFEST"})
    ]
    members["MANIFEST"] = key.note("\n".join(lines) + "\n").encode()


def test_a_pack_holds(pack: Path) -> None:
    found = archive.verify(pack, KEY.verifier)
    assert found.problems == []
    assert found.of == '"wine" 1'
    assert found.keys == [KEY.verifier]


def test_the_single_file_verifier_checks_a_pack(pack: Path, tmp_path: Path) -> None:
    copy = shutil.copy(verifier.__file__, tmp_path / "verifier.py")

    def said(*more: str) -> tuple[int, str]:
        command = [sys.executable, "-I", copy, str(pack), *more]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        return done.returncode, done.stdout

    assert said("--key", KEY.verifier)[0] == 0
    rewrite(pack, lambda members: members.update({"card.md": b"# perfect\n"}))
    status, out = said()
    assert status == 1
    assert "card.md is not the file that was signed" in out


def test_the_pack_holds_no_entry_of_another_object(evidence: Evidence) -> None:
    texts = {member.path: member.text for member in evidence.members}
    assert "not in the pack" not in json.dumps(texts)
    objects = [
        json.loads(json.loads(line)["entry"])["object"]
        for line in texts["entries.jsonl"].splitlines()
    ]
    assert {o for o in objects if not o.startswith("run:")} == {
        "log:key",
        "model:wine",
        "version:wine/1",
    }


def names(evidence: Evidence) -> list[str]:
    """Return the paths of the pack's files."""
    return [member.path for member in evidence.members]


def test_a_changed_byte_of_any_file_is_found(evidence: Evidence, pack: Path) -> None:
    whole = pack.read_bytes()
    for name in names(evidence):
        pack.write_bytes(whole)

        def change(members: Members, name: str = name) -> None:
            data = bytearray(members[name] or b"x")
            data[len(data) // 2] ^= 1
            members[name] = bytes(data)

        assert archive.verify(rewrite(pack, change)).problems, name


def test_a_file_that_is_taken_away_is_found(evidence: Evidence, pack: Path) -> None:
    whole = pack.read_bytes()
    for name in names(evidence):
        pack.write_bytes(whole)
        assert archive.verify(rewrite(pack, lambda members, n=name: members.pop(n))).problems, name  # type: ignore[misc]


def test_a_file_that_is_added_swapped_or_doubled_is_found(pack: Path) -> None:
    whole = pack.read_bytes()

    def swap(members: Members) -> None:
        members["card.md"], members["missing.md"] = members["missing.md"], members["card.md"]

    assert archive.verify(rewrite(pack, lambda m: m.update({"extra.md": b"x"}))).problems
    pack.write_bytes(whole)
    assert archive.verify(rewrite(pack, swap)).problems
    pack.write_bytes(whole)
    with zipfile.ZipFile(pack, "a") as archived, pytest.warns(UserWarning, match="Duplicate"):
        archived.writestr("card.md", "# perfect\n")
    assert archive.verify(pack).problems


def test_a_manifest_signed_by_another_key_is_found(pack: Path) -> None:
    def forge(members: Members) -> None:
        members["card.md"] = b"# perfect\n"
        sign_again(members, SigningKey("test-log", b"f" * 32))

    problems = archive.verify(rewrite(pack, forge)).problems
    assert any("MANIFEST: it is not signed by" in problem for problem in problems)


def test_a_pack_of_a_forged_log_is_found_by_its_key(pack: Path) -> None:
    forger = SigningKey("test-log", b"f" * 32)

    def forge(members: Members) -> None:
        entry = json.dumps({"id": 1, "object": "log:key", "after": {"key": forger.verifier}})
        leaf = verifier.leaf_hash(entry.encode())
        line = {"place": 0, "entry": entry, "proof": []}
        members["entries.jsonl"] = json.dumps({**line, "entry": entry}).encode()
        note = {"size": 1, "note": forger.checkpoint(1, leaf, previous=0, time=1)}
        members["checkpoints.jsonl"] = json.dumps(note).encode()
        members["texts.jsonl"] = b""
        sign_again(members, forger)

    rewrite(pack, forge)
    assert archive.verify(pack).keys != [KEY.verifier]
    assert archive.verify(pack, KEY.verifier).problems


def test_an_unproved_entry_among_proved_ones_is_found(pack: Path) -> None:
    def forge(members: Members) -> None:
        entry = json.dumps({"id": 99, "object": "version:wine/1", "action": "request.approved"})
        line = json.dumps({"place": 0, "entry": entry}).encode()
        members["entries.jsonl"] += line + b"\n"
        del members["MANIFEST"]

    problems = archive.verify(rewrite(pack, forge)).problems
    assert any("neither a proof nor a checkpoint" in problem for problem in problems)


def test_a_proof_that_leads_elsewhere_is_found(pack: Path) -> None:
    def forge(members: Members) -> None:
        lines = [json.loads(line) for line in members["entries.jsonl"].splitlines()]
        lines[-1]["proof"][0] = base64.b64encode(b"0" * 32).decode()
        members["entries.jsonl"] = "".join(json.dumps(line) + "\n" for line in lines).encode()

    problems = archive.verify(rewrite(pack, forge)).problems
    assert any("is not proved to be in the tree" in problem for problem in problems)


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip" * 100])
def test_what_is_no_archive_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "p.zip").write_bytes(content)
    assert "cannot be read" in archive.verify(tmp_path / "p.zip").problems[0]


def test_a_bundle_of_the_log_is_no_pack(pack: Path) -> None:
    def strip(members: Members) -> None:
        for name in members.keys() - {"entries.jsonl", "texts.jsonl", "checkpoints.jsonl"}:
            del members[name]

    (problem,) = archive.verify(rewrite(pack, strip)).problems
    assert "no evidence pack" in problem


def test_a_pack_without_the_key_says_that_it_is_not_signed(tmp_path: Path) -> None:
    store = SqlStore.open(f"sqlite:///{tmp_path}/cuvee.db")
    store.do(CreateRegisteredModel(name="wine"))
    store.do(CreateModelVersion(name="wine", source="s3://b/c"))
    found = store.do(GetEvidence(name="wine", version="1"))
    store.close()
    assert [gap.says for gap in found.missing if gap.topic == "proof"] == [
        "No server has signed the log yet, so that nothing in this pack is proved."
    ]
    archive.write(tmp_path / "p.zip", found.members)
    assert archive.verify(tmp_path / "p.zip").problems


def test_writing_is_whole_or_absent(evidence: Evidence, tmp_path: Path) -> None:
    target = tmp_path / "no" / "p.zip"
    with pytest.raises(OSError, match="No such file"):
        archive.write(target, evidence.members)
    assert list(tmp_path.iterdir()) == []


def flagged(pack: Path, local: int, central: int, value: int) -> None:
    """Change a byte of every member's two headers."""
    data = bytearray(pack.read_bytes())
    for mark, offset in ((b"PK\x03\x04", local), (b"PK\x01\x02", central)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data[at + offset] = value
    pack.write_bytes(data)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda pack: flagged(pack, 6, 8, 1),  # encrypted
        lambda pack: flagged(pack, 8, 10, 8),  # said to be compressed
        lambda pack: flagged(pack, 8, 10, 99),  # in a way that nobody knows
        lambda pack: rewrite(pack, lambda m: m.update({"entries.jsonl": b"[" * 200_000})),
        lambda pack: pack.write_bytes(pack.read_bytes()[:-300]),
        lambda pack: pack.write_bytes(b""),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(
    spoil: Callable[[Path], object], pack: Path
) -> None:
    spoil(pack)
    (problem,) = archive.verify(pack, KEY.verifier).problems
    assert problem.startswith("it cannot be read as an evidence pack (")
