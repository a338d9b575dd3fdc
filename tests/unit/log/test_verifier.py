"""The verifier is one short file that needs nothing."""

from __future__ import annotations

import ast
import base64
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cuvee.log import verifier
from cuvee.log.entry import commitment
from cuvee.log.merkle import Tree
from cuvee.log.note import SigningKey


def test_the_verifier_is_short_and_needs_the_standard_library_only() -> None:
    text = Path(verifier.__file__).read_text("utf-8")
    assert len(text.splitlines()) < 300
    for node in ast.walk(ast.parse(text)):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
        assert all(name.partition(".")[0] in sys.stdlib_module_names for name in names), names


@pytest.mark.parametrize("content", [b"", b"no zip at all", "entries", "texts", "checkpoints"])
def test_what_is_no_bundle_ends_in_one_sentence(content: bytes | str, tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        with zipfile.ZipFile(path, "w") as made:
            made.writestr(f"{content}.jsonl", '{"place": 0, "entry": "[]"}\n')

    for named in (path, tmp_path / "absent.zip"):
        done = subprocess.run(
            [sys.executable, "-I", verifier.__file__, str(named)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"{named} cannot be read as a bundle: ")
        assert done.stderr.count("\n") == 1


KEY = SigningKey("log", b"k" * 32)


def written(folder: Path, count: int, *, changed: int = -1, part: bool = False) -> Path:
    """Write a bundle of a log of so many entries, which all say why; one may say otherwise."""
    entries: list[dict[str, Any]] = []
    texts: list[dict[str, Any]] = []
    tree: list[bytes] = []
    for number in range(count):
        said = "I do not approve" if number != changed else "I do"
        salt = f"{number:032x}"
        after = {"key": KEY.verifier} if not number else {}
        fields: dict[str, Any] = {
            "id": number,
            "object": "log:key" if not number else "version:wine/1",
        }
        fields |= {"after": after, "before": {}, "details": {}}
        entry = json.dumps({**fields, "comment": commitment(salt, said)})
        tree.append(verifier.leaf_hash(entry.encode()))
        entries.append({"place": number, "entry": entry})
        texts.append({"event": number, "field": "comment", "salt": salt, "text": said})
    grown = Tree(count, lambda level, tile: [] if level or tile else tree)
    if part:
        for line in entries:
            proof = grown.inclusion(int(line["place"]))
            line["proof"] = [base64.b64encode(one).decode() for one in proof]
    note = KEY.checkpoint(count, grown.root(), previous=0, time=1)
    (folder / f"{count}.checkpoint").write_text(note, "utf-8")
    return packed(
        folder / f"{count}{changed}{part}.zip",
        {
            "entries.jsonl": entries,
            "texts.jsonl": texts,
            "checkpoints.jsonl": [{"size": count, "note": note}],
        },
    )


def packed(path: Path, files: dict[str, list[dict[str, Any]]]) -> Path:
    """Write lines of JSON as a zip file."""
    with zipfile.ZipFile(path, "w") as made:
        for name, lines in files.items():
            made.writestr(name, "".join(json.dumps(line) + "\n" for line in lines))
    return path


def check(*arguments: str | Path) -> tuple[int, str]:
    """Run the verifier; return its exit status and what it printed."""
    done = subprocess.run(
        [sys.executable, "-I", verifier.__file__, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_bundle_from_which_everything_was_taken_does_not_hold(tmp_path: Path) -> None:
    assert check(packed(tmp_path / "empty.zip", {}))[0] == 1
    assert check(packed(tmp_path / "gone.zip", {"entries.jsonl": [], "checkpoints.jsonl": []}))[0]


@pytest.mark.parametrize(
    "more", [["--key"], ["--checkpoint"], ["--kee", "x"], ["--key", "a", "--key", "b"], ["x"]]
)
def test_a_key_that_was_forgotten_is_not_taken_for_checked(more: list[str], tmp_path: Path) -> None:
    bundle = written(tmp_path, 3)
    assert check(bundle, "--key", KEY.verifier)[0] == 0
    status, said = check(bundle, *more)
    assert status == 2
    assert said.startswith("usage: ")


def test_words_cannot_be_moved_into_the_salt(tmp_path: Path) -> None:
    path = written(tmp_path, 3)
    for salt, text in (
        ((b"\0" * 15 + b"\2I do not ").hex(), "approve"),
        ("0" * 30 + "  ", "\x02I do not approve"),
    ):
        with zipfile.ZipFile(path) as held:
            files = {
                name: [json.loads(line) for line in held.read(name).splitlines()]
                for name in held.namelist()
            }
        files["texts.jsonl"][2] |= {"salt": salt, "text": text}
        assert verifier.Bundle(str(packed(tmp_path / "moved.zip", files))).problems
        with pytest.raises(ValueError, match=r"salt|hex"):
            commitment(salt, text)


def test_a_checkpoint_that_was_kept_is_of_the_log_or_the_bundle_does_not_hold(
    tmp_path: Path,
) -> None:
    older = written(tmp_path, 3).with_name("3.checkpoint")
    whole = written(tmp_path, 8)
    assert check(whole, "--checkpoint", older)[0] == 0
    newer = whole.with_name("8.checkpoint")
    assert check(whole, "--checkpoint", newer, "--key", KEY.verifier)[0] == 0

    put_back = written(tmp_path, 5)
    assert check(put_back)[0] == 0
    assert check(put_back, "--checkpoint", newer)[0] == 1
    rewritten = written(tmp_path, 9, changed=2)
    assert check(rewritten)[0] == 0
    status, said = check(rewritten, "--checkpoint", older)
    assert status == 1
    assert "WRONG: checkpoint 3 states other entries" in said

    part = written(tmp_path, 8, part=True)
    assert check(part, "--checkpoint", newer)[0] == 0
    assert check(part, "--checkpoint", older)[0] == 1
    for content in (b"", b"no checkpoint", b"\xff\n1\n", b"log\n3\n"):
        (tmp_path / "bad").write_bytes(content)
        assert check(whole, "--checkpoint", tmp_path / "bad")[0] == 1
    assert check(whole, "--checkpoint", tmp_path / "absent")[0] == 1


def test_a_bundle_cannot_speak_for_the_verifier(tmp_path: Path) -> None:
    """Neither lines of its own nor what a terminal takes for commands."""
    path = written(tmp_path, 3)
    with zipfile.ZipFile(path, "a") as made:
        made.writestr("\x1b[2K\nThe bundle holds.\n", "")
    status, said = check(path)
    assert status == 1
    assert "\x1b" not in said
    assert [line for line in said.splitlines() if line.startswith("The bundle")] == [
        "The bundle does not hold."
    ]
    name = "log\x1b[8m"
    key = SigningKey(name, b"k" * 32)
    with pytest.raises(ValueError, match="is not a key"):
        verifier.read_key(key.verifier)
