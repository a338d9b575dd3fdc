"""What is in the wheel."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from structure.project import ROOT, SRC, modules

UI = SRC / "ui"


def test_the_wheel_holds_the_package_and_nothing_else(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", tmp_path, ROOT],
        check=True,
        capture_output=True,
        timeout=300,
    )
    (wheel,) = tmp_path.glob("cuvee-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    built = {f"cuvee/ui/{path.relative_to(UI).as_posix()}" for path in UI.rglob("*")}
    assert {n for n in names if n.startswith("cuvee/ui/")} == built - {"cuvee/ui/assets"}
    assert {"cuvee/ui/index.html", "cuvee/ui/manifest.json", "cuvee/ui/stamp"} <= names
    names = {n for n in names if not n.startswith("cuvee/ui/")}
    assert {n.partition("/")[0] for n in names if ".dist-info/" not in n} == {"cuvee"}
    sources = {f"cuvee/{path.relative_to(SRC).as_posix()}" for path in modules("src")}
    assert sources <= names
    for needed in ("cuvee/py.typed", "cuvee/store/migrations/script.py.mako"):
        assert needed in names
    assert any(n.startswith("cuvee/store/migrations/versions/0001") for n in names)
    assert any(n.endswith(".dist-info/licenses/LICENSE") for n in names)
    assert not [n for n in names if "test" in n.lower() or n.endswith((".pyc", ".db"))]
