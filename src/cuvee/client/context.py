"""Who runs which program: the tags that a run starts with."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

USER = "mlflow.user"
SOURCE_NAME = "mlflow.source.name"
SOURCE_TYPE = "mlflow.source.type"
GIT_COMMIT = "mlflow.source.git.commit"
GIT_TIMEOUT = 2.0


def context_tags() -> dict[str, str]:
    """Return user, source and git commit of this program, as far as they are known."""
    name, kind, directory = _source()
    tags = {USER: user_name(), SOURCE_NAME: name, SOURCE_TYPE: kind}
    commit = _git_commit(directory)
    if commit:
        tags[GIT_COMMIT] = commit
    return {key: value for key, value in tags.items() if value}


@cache
def user_name() -> str:
    """Return the name of the user that this process runs as, or nothing."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def source_directory() -> str:
    """Return the directory of the program."""
    return _source()[2]


def _source() -> tuple[str, str, str]:
    """Return name, type and directory of the program."""
    if "ipykernel" in sys.modules:
        return os.environ.get("JPY_SESSION_NAME", "notebook"), "NOTEBOOK", str(Path.cwd())
    script = sys.argv[0] if sys.argv else ""
    if not script or script in ("-c", "-m"):
        return script or "<console>", "LOCAL", str(Path.cwd())
    return script, "LOCAL", str(Path(script).absolute().parent)


@cache
def _git_commit(directory: str) -> str:
    try:
        answer = subprocess.run(  # noqa: S603  # fixed words and our own directory
            ["git", "-C", directory, "rev-parse", "--verify", "HEAD"],  # noqa: S607
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=GIT_TIMEOUT,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.decode("ascii", "replace").strip() if answer.returncode == 0 else ""
