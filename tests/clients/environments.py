"""Environments of real clients, built once and kept.

Each client has a virtual environment of its own under ``CUVEE_TEST_CACHE`` (``.cache`` of the
repository by default), named by what is in it, so that a change of requirements builds another and
a second test run builds none. ``python tests/clients/environments.py`` builds all of them ahead.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Environment:
    """What a client needs.

    Args:
        module: what the client is imported as.
        version: version of MLflow's API that it has, as (major, minor).
        requirements: what pip installs; empty for the interpreter that runs the tests.
        python: version of Python that it needs, such as "3.9"; empty for that same interpreter.
    """

    module: str
    version: tuple[int, int]
    requirements: tuple[str, ...] = ()
    python: str = ""


ENVIRONMENTS = {
    "cuvee": Environment("cuvee", (99, 0)),
    # With tools of others that log through this client (flows/tools.py).
    "mlflow-3.17": Environment(
        "mlflow",
        (3, 17),
        (
            "mlflow==3.17.2",
            "kedro-datasets>=9",
            "kedro-mlflow==2.0.3",
            "lightgbm==4.7.0",
            "optuna-integration[mlflow]==5.0.0",
        ),
    ),
    "mlflow-2.22": Environment("mlflow", (2, 22), ("mlflow==2.22.5",)),
    # The last 1.x runs where Python 3.9 and the packages of its time are: its sklearn flavor asks
    # scikit-learn for names that 1.3 took away, and it reads `pkg_resources` from setuptools.
    "mlflow-1.30": Environment(
        "mlflow",
        (1, 30),
        (
            "mlflow-skinny==1.30.1",
            "scikit-learn==1.2.2",
            "pandas==1.5.3",
            "numpy==1.26.4",
            "matplotlib<3.10",
            "setuptools<80",
        ),
        "3.9",
    ),
}


def since(major: int, minor: int = 0) -> list[str]:
    """Return the names of the clients whose API has what came with a version of MLflow."""
    return [name for name, e in ENVIRONMENTS.items() if e.version >= (major, minor)]


def interpreters(version: str) -> Iterator[str]:
    """Yield commands that may be a Python of this version, the likeliest first."""
    yield f"python{version}"
    root = os.environ.get("PYENV_ROOT") or answer("pyenv", "root")
    if root:
        found = Path(root, "versions").glob(f"{version}*/bin/python")
        yield from (str(path) for path in sorted(found, reverse=True))
    managed = answer("uv", "python", "find", version)
    if managed:
        yield managed


def answer(*command: str) -> str:
    """Return what a command prints, or nothing where it is missing or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def find_python(version: str) -> str:
    """Return the path of an interpreter that really runs and can make environments.

    Raises:
        LookupError: there is none; the message says what to install.
    """
    if not version:
        return sys.executable
    probe = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2], sys.executable)"
    for candidate in interpreters(version):
        found, _, path = answer(candidate, "-c", probe).partition(" ")
        if found == version:
            return path
    raise LookupError(
        f"A client of these tests runs on Python {version} only, and none was found as "
        f"python{version} on PATH, in pyenv or in uv. Install one: `pyenv install {version}`, "
        f"`uv python install {version}`, or your system's python{version} with its venv module."
    )


def cache() -> Path:
    """Return the folder in which environments are kept."""
    return Path(os.environ.get("CUVEE_TEST_CACHE") or REPOSITORY / ".cache").resolve()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock that other test processes of this machine respect."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def python_of(name: str, say: Callable[[str], None] = print) -> str:
    """Return the interpreter of a client's environment, which is built if it is not there yet.

    Args:
        name: a key of `ENVIRONMENTS`.
        say: takes sentences about progress.

    Raises:
        LookupError: the Python that it needs is not installed.
        RuntimeError: pip failed; the message ends with what it said.
    """
    environment = ENVIRONMENTS[name]
    if not environment.requirements:
        return sys.executable
    base = find_python(environment.python)
    # Not the path of the interpreter: that of a fresh environment of the tests is always new.
    release = answer(base, "-c", "import sys; print(sys.base_prefix, sys.version)")
    key = hashlib.sha256("\n".join((release, *environment.requirements)).encode())
    home = cache() / "clients" / f"{name}-{key.hexdigest()[:12]}"
    python, complete = home / "bin" / "python", home / "complete"
    with locked(home.with_suffix(home.suffix + ".lock")):
        # The marker is written last, so that a build that was cut short starts anew.
        if not complete.exists():
            say(f"building the environment of {name} in {home} (a minute or two, once)")
            shutil.rmtree(home, ignore_errors=True)
            pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            install([base, "-m", "venv", str(home)], name)
            install([*pip, *environment.requirements], name)
            complete.write_text("\n".join(environment.requirements), encoding="utf-8")
            say(f"built the environment of {name}")
    return str(python)


def install(command: list[str], name: str) -> None:
    """Run one step of a build.

    Raises:
        RuntimeError: it failed.
    """
    done = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
    if done.returncode != 0:
        raise RuntimeError(
            f"The environment of {name} could not be built: {' '.join(command)} ended with "
            f"{done.returncode}. It said:\n{(done.stdout + done.stderr)[-3000:]}"
        )


if __name__ == "__main__":
    for each in ENVIRONMENTS:
        sys.stdout.write(f"{each}: {python_of(each)}\n")
