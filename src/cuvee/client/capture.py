"""What a run runs in: a process of its own finds out, so that the program need not wait.

It writes a journal of its own beside the program's: tags, and the artifacts ``cuvee/diff.patch``,
``cuvee/environment.json``, ``cuvee/requirements.lock`` and, in a conda environment,
``cuvee/conda-explicit.txt``.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from cuvee.client.conda import conda_prefix, explicit_list
from cuvee.client.journal import Journal
from cuvee.client.session import Session

MAX_DIFF = 1 << 20
MAX_LOCK = 4 << 20
MAX_TAG = 5000
PATIENCE = 20.0
"""Seconds that a program that is asked may take."""
LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "conda-lock.yml", "pixi.lock")


def main(folder: str, asked: str) -> int:
    """Write down what the runs of a program run in.

    Args:
        folder: the session's directory.
        asked: JSON: ``runs``, ``journal``, ``seq``, ``limit``, ``directory``, ``command``.
    """
    told = json.loads(asked)
    session = Session(Path(folder), "", offline=True)  # the program sees to the sender
    journal = Journal(session, told["limit"], after=told["journal"], after_seq=told["seq"])
    try:
        with tempfile.TemporaryDirectory(prefix="cuvee-") as scratch:
            tags, files = facts(Path(told["directory"]), told["command"], Path(scratch))
            for run in told["runs"]:
                marks = [{"key": k, "value": v[:MAX_TAG]} for k, v in tags.items() if v]
                journal.batch(json.dumps({"run_id": run, "tags": marks}).encode())
                for file in files:
                    journal.upload(run, f"cuvee/{file.name}", file)
    finally:
        journal.close(0)
    return 0


def facts(directory: Path, command: list[str], scratch: Path) -> tuple[dict[str, str], list[Path]]:
    """Return tags and files that tell what a program runs in.

    Args:
        directory: where the program's source is.
        command: the command line.
        scratch: a directory to write the files to.
    """
    import shlex

    gpus = _said(
        "nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"
    )
    lines = [" ".join(line.split()) for line in gpus.decode("utf-8", "replace").splitlines()]
    tags = {
        "cuvee.command": shlex.join(command),
        "cuvee.host": socket.gethostname(),
        "cuvee.gpu": "; ".join(lines),
    }
    files: list[Path] = []
    tags |= _git(directory, scratch, files)
    packages = _packages()
    environment = {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "executable": sys.executable,
        "platform": platform.platform(),
        "machine": platform.machine(),
        "host": socket.gethostname(),
        "cpus": os.cpu_count(),
        "memory": _memory(),
        "gpus": lines,
        "packages": packages,
        "captured": time.time_ns() // 1_000_000,
    }
    target = scratch / "environment.json"
    target.write_text(json.dumps(environment, indent=1), encoding="utf-8")
    lock = scratch / "requirements.lock"
    found = _lock_file(directory)
    if found is not None:
        shutil.copyfile(found, lock)
    else:
        pins = [f"{name}=={version}\n" for name, version in packages.items()]
        lock.write_text("".join(pins), encoding="utf-8")
    files += [target, lock]
    prefix = conda_prefix()
    packages_of_conda = explicit_list(prefix) if prefix else ""
    if packages_of_conda:
        files.append(scratch / "conda-explicit.txt")
        files[-1].write_text(packages_of_conda, encoding="utf-8")
    return tags, files


def _git(directory: Path, scratch: Path, files: list[Path]) -> dict[str, str]:
    """Return the commit's tags; write what differs from it, up to a megabyte."""
    at = ("git", "-C", str(directory))
    commit = _said(*at, "rev-parse", "--verify", "HEAD").decode("ascii", "replace").strip()
    if not commit:
        return {}
    diff = _said(*at, "diff", "--no-ext-diff", "--no-textconv", "--binary", "HEAD")
    status = _said(*at, "status", "--porcelain", "--untracked-files=normal")
    if diff:
        patch = scratch / "diff.patch"
        patch.write_bytes(diff[:MAX_DIFF])
        files.append(patch)
    return {"mlflow.source.git.commit": commit, "cuvee.git.dirty": str(bool(status)).lower()}


def _packages() -> dict[str, str]:
    from importlib.metadata import distributions

    found: dict[str, str] = {}
    for each in distributions():
        with suppress(Exception):  # a broken installation does not matter here
            found.setdefault(each.metadata["Name"], each.version)
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def _lock_file(directory: Path) -> Path | None:
    """Return the lock file of the project that the program stands in, if it has one."""
    for folder in (directory, *directory.parents)[:5]:
        for name in LOCKS:
            found = folder / name
            with suppress(OSError):
                if found.is_file() and found.stat().st_size <= MAX_LOCK:
                    return found
        if (folder / ".git").exists():
            return None
    return None


def _memory() -> int:
    with suppress(ValueError, OSError, AttributeError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return 0


def _said(*command: str) -> bytes:
    """Return what a program prints; nothing if there is none, or it fails."""
    environment: dict[str, Any] = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603  # fixed words and our own directory
            command,
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout if done.returncode == 0 else b""
