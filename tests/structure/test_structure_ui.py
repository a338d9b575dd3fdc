"""The web UI: what is built is what the sources say, and it stays small."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

import hatch_build
import pytest

from cuvee.api import targets
from cuvee.rules import goals
from structure import ui_types
from structure.project import ROOT, SRC, project_files

UI = SRC / "ui"
PACKAGE = json.loads((ROOT / "web" / "package.json").read_text(encoding="utf-8"))
LOCK = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))
INITIAL_JS, ROUTE_JS, CSS = 220_000, 300_000, 30_000
"""Bytes after gzip."""


@cache
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((UI / "manifest.json").read_text(encoding="utf-8"))
    return found


def parts(name: str) -> set[str]:
    """Return a part of the UI and those that come with it."""
    found = {name}
    for other in manifest()[name].get("imports", ()):
        found |= parts(other)
    return found


@cache
def packed(file: str) -> int:
    """Return a built file's size after gzip."""
    return len(gzip.compress((UI / file).read_bytes(), 9))


def script_bytes(names: set[str]) -> int:
    return sum(packed(manifest()[name]["file"]) for name in names)


def test_what_is_built_is_made_from_the_sources_that_are_here() -> None:
    assert hatch_build.STAMP.read_text(encoding="ascii") == hatch_build.source_hash(), (
        "run: python hatch_build.py"
    )


def test_the_types_of_the_ui_are_those_of_the_calls() -> None:
    assert ui_types.PAGE.read_text(encoding="utf-8") == ui_types.page(), (
        "run: python tests/structure/ui_types.py"
    )


def test_the_ui_needs_fewer_than_20_packages() -> None:
    assert len(PACKAGE["dependencies"]) < 20


def test_the_lock_file_is_for_every_system_and_names_no_server() -> None:
    text = json.dumps(LOCK)
    assert "resolved" not in text
    for binding in (
        *("linux-x64-gnu", "linux-arm64-gnu", "linux-x64-musl", "darwin-x64", "darwin-arm64"),
        "win32-x64-msvc",
    ):
        assert f"node_modules/@rolldown/binding-{binding}" in LOCK["packages"], binding
        assert f"node_modules/lightningcss-{binding}" in LOCK["packages"], binding
    licences = {p.get("license", "") for n, p in LOCK["packages"].items() if n and not p.get("dev")}
    assert licences <= {"MIT", "ISC", "Apache-2.0", "BSD-3-Clause", "0BSD", "Unlicense"}


def test_the_same_node_builds_checks_and_tests() -> None:
    assert f'  "{hatch_build.NODE}",' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_the_first_page_and_every_other_one_stay_within_their_bytes() -> None:
    page = (UI / "index.html").read_text(encoding="utf-8")
    scripts = set(re.findall(r'"\./(assets/[^"]+\.js)"', page))
    entries = {name for name, part in manifest().items() if part["file"] in scripts}
    assert len(entries) == len(scripts) > 0
    initial = set().union(*map(parts, entries))
    assert script_bytes(initial) <= INITIAL_JS
    routes = [name for name, part in manifest().items() if part.get("isDynamicEntry")]
    assert len(routes) >= 5
    for name in routes:
        assert script_bytes(initial | parts(name)) <= ROUTE_JS, name
    sheets = [f"assets/{file.name}" for file in (UI / "assets").glob("*.css")]
    assert 0 < sum(packed(sheet) for sheet in sheets) <= CSS


def luminance(hex_colour: str) -> float:
    """Return how light a colour is, as WCAG has it."""
    parts = [int(hex_colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_line_of_a_chart_stands_out_from_its_background(theme: int) -> None:
    sheet = (ROOT / "web" / "src" / "styles" / "tokens.css").read_text(encoding="utf-8")
    part = sheet.split(':root[data-theme="dark"]')[theme]
    tokens = dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6});", part))
    ground = luminance(tokens["--surface"])
    lines = {name: luminance(value) for name, value in tokens.items() if "--run-" in name}
    assert len(lines) == 10
    for name, line in lines.items():
        contrast = (max(line, ground) + 0.05) / (min(line, ground) + 0.05)
        assert contrast >= 3, name


def test_every_built_text_lies_there_compressed() -> None:
    for path in UI.rglob("*"):
        if path.suffix in (".js", ".css", ".svg"):
            assert gzip.decompress(Path(f"{path}.gz").read_bytes()) == path.read_bytes()
            assert Path(f"{path}.br").exists()


def test_sources_name_no_address_elsewhere() -> None:
    found = [
        f"{path.name}: {address}"
        for path in project_files()
        if path.is_relative_to(ROOT / "web" / "src") and ".test." not in path.name
        for address in re.findall(
            r"https?://(?!127\.0\.0\.1:)[^\s\"'`)]+", path.read_text(encoding="utf-8")
        )
    ]
    assert found == []


@pytest.mark.parametrize("value", ["1", ""])
def test_the_build_can_be_skipped(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hatch_build, "source_hash", lambda: "other")
    monkeypatch.setenv("CUVEE_SKIP_UI", value)
    assert hatch_build.needs_build() is (value == "")


def test_the_source_distribution_has_sources_and_built_files(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=300)
    (archive,) = tmp_path.glob("cuvee-*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert {"web/package-lock.json", "web/src/main.tsx", "hatch_build.py"} <= names
    assert {"src/cuvee/ui/index.html", "src/cuvee/ui/stamp"} <= names
    assert not [n for n in names if "node_modules" in n or n.startswith("build/")]


def test_the_ui_knows_the_same_words_of_metrics_of_which_less_is_better() -> None:
    text = (ROOT / "web" / "src" / "lib" / "goals.ts").read_text(encoding="utf-8")
    declared = text.partition("new Set(")[2].partition(").split")[0]
    words = re.findall(r"[a-z]+", declared)
    assert sorted(words) == sorted(goals.LESS)


def test_the_ui_knows_the_same_headers_that_are_not_a_webhooks_to_set() -> None:
    text = (ROOT / "web" / "src" / "lib" / "hookHeaders.ts").read_text(encoding="utf-8")
    for name, ours in (
        ("SET_BY_US", targets.SET_HERE),
        ("BEGINNINGS_OF_OURS", targets.SET_HERE_BEGINNINGS),
    ):
        declared = text.partition(f"{name}: readonly string[] = [")[2].partition("]")[0]
        assert sorted(re.findall(r'"([^"]+)"', declared)) == sorted(ours)
