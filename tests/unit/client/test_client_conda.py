"""The list of a conda environment, read from what conda writes into it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cuvee.client.conda import conda_prefix, explicit_list

FORGE = "https://conda.anaconda.org/conda-forge"
MD5 = "d41d8cd98f00b204e9800998ecf8427e"
SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def record(name: str, version: str, build: str, subdir: str, **more: Any) -> dict[str, Any]:
    """Return a record as conda 24 writes it (some of its fields)."""
    whole = f"{name}-{version}-{build}.conda"
    return {
        "arch": "x86_64" if subdir != "noarch" else None,
        "build": build,
        "build_number": 0,
        "channel": f"{FORGE}/{subdir}",
        "constrains": [],
        "depends": ["python >=3.10"],
        "extracted_package_dir": f"/opt/conda/pkgs/{name}-{version}-{build}",
        "files": ["bin/python", "lib/libpython.so"],
        "fn": whole,
        "link": {"source": f"/opt/conda/pkgs/{name}-{version}-{build}", "type": 1},
        "md5": MD5,
        "name": name,
        "paths_data": {"paths": [{"_path": "bin/python", "path_type": "hardlink"}]},
        "sha256": SHA256,
        "subdir": subdir,
        "timestamp": 1729600000000,
        "url": f"{FORGE}/{subdir}/{whole}",
        "version": version,
        **more,
    }


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """An environment of three packages, with what else lies in conda-meta."""
    meta = tmp_path / "env" / "conda-meta"
    meta.mkdir(parents=True)
    for each in (
        record("python", "3.13.0", "h9ebbce0_101_cp313", "linux-64"),
        record("tzdata", "2024b", "hc8b5060_0", "noarch"),
        record("numpy", "2.1.2", "py313h4bf6692_0", "linux-64", md5=None),
    ):
        name = f"{each['name']}-{each['version']}-{each['build']}.json"
        (meta / name).write_text(json.dumps(each), encoding="utf-8")
    (meta / "history").write_text("==> 2024-11-01 10:00:00 <==\n", encoding="utf-8")
    return meta.parent


def test_all_packages_are_listed_with_their_hashes(prefix: Path) -> None:
    lines = explicit_list(prefix).splitlines()
    assert lines[1:] == [
        "# platform: linux-64",
        "@EXPLICIT",
        f"{FORGE}/linux-64/numpy-2.1.2-py313h4bf6692_0.conda#sha256:{SHA256}",
        f"{FORGE}/linux-64/python-3.13.0-h9ebbce0_101_cp313.conda#{MD5}",
        f"{FORGE}/noarch/tzdata-2024b-hc8b5060_0.conda#{MD5}",
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://me:secret@conda.example/c/linux-64/a-1-0.conda",
        "https://conda.example/t/secret-0/c/linux-64/a-1-0.conda",
        "https://token:secret@conda.example/t/secret/c/linux-64/a-1-0.conda",
    ],
)
def test_what_one_enters_a_channel_with_is_left_out(prefix: Path, url: str) -> None:
    made = record("a", "1", "0", "linux-64", url=url)
    (prefix / "conda-meta" / "a-1-0.json").write_text(json.dumps(made), encoding="utf-8")
    text = explicit_list(prefix)
    assert "secret" not in text
    assert f"https://conda.example/c/linux-64/a-1-0.conda#{MD5}" in text


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"url": 1}', '{"url": "x"}', '{"url": "https://a\\n/b"}', "\xff"]
)
def test_a_broken_record_is_left_out(prefix: Path, text: str) -> None:
    (prefix / "conda-meta" / "a-1-0.json").write_text(text, encoding="latin-1")
    assert len(explicit_list(prefix).splitlines()) == 6


def test_an_environment_without_packages_has_no_list(tmp_path: Path) -> None:
    assert explicit_list(tmp_path) == ""


def test_only_an_environment_that_this_python_runs_in_counts(
    prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONDA_PREFIX", str(prefix))
    before = conda_prefix()
    assert before != prefix  # it is active, and another Python runs
    monkeypatch.setattr(sys, "base_prefix", str(prefix))
    assert conda_prefix() == prefix


def test_a_run_in_a_conda_environment_keeps_its_list(prefix: Path, tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; sys.prefix = sys.argv[1]\n"
        "from cuvee.client.capture import facts\n"
        "_, files = facts(pathlib.Path('.'), ['x'], pathlib.Path(sys.argv[2]))\n"
        "print([f.name for f in files])"
    )
    words = [sys.executable, "-c", code, str(prefix), str(tmp_path)]
    out = subprocess.run(words, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert "conda-explicit.txt" in out
    assert "@EXPLICIT" in (tmp_path / "conda-explicit.txt").read_text()
