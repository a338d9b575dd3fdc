"""The verifier is one short file that needs nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cuvee.log import verifier


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
