"""The model directory: made new, filled, measured, and never left through a file name."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from cuvee.errors import AlreadyExists, InvalidParameter

# Added by clients after a download, so not part of the model.
DOWNLOAD_MARK = "registered_model_meta"


def new_directory(path: str | Path) -> Path:
    """Make the directory that a model is saved to.

    Raises:
        AlreadyExists: it exists and is not empty.
    """
    root = Path(path)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise AlreadyExists(f"{root} exists already. Save the model to a new or empty directory.")
    root.mkdir(parents=True, exist_ok=True)
    return root


def inside(root: Path, name: object) -> Path:
    """Return the path of a file that MLmodel names, if it lies in the model's directory.

    Args:
        root: the model's directory.
        name: relative path, as MLmodel has it.

    Raises:
        InvalidParameter: the name leads out of the directory, or to nothing.
    """
    if not isinstance(name, str) or not name or "\0" in name:
        raise InvalidParameter(f"The file MLmodel names the file {name!r}, which is no file name.")
    base = root.resolve()
    found = (base / name).resolve()
    if not found.is_relative_to(base):
        raise InvalidParameter(
            f"The file MLmodel names {name!r}, which is outside the model's directory. Do not use "
            "this model: its maker tried to reach other files."
        )
    if not found.exists():
        raise InvalidParameter(f"The model is incomplete: its file {name!r} is missing.")
    return found


def files_below(path: Path) -> list[Path]:
    """Return all files below a directory in a fixed order, or the file itself."""
    if path.is_file():
        return [path]
    return sorted(p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts)


def size_of(root: Path) -> int:
    """Return the size of all files below a directory, in bytes."""
    return sum(p.stat().st_size for p in files_below(root))


def copy_code(code_paths: Sequence[str] | None, root: Path) -> str | None:
    """Copy Python files and packages into the model's ``code`` directory.

    Args:
        code_paths: files and directories.
        root: the model's directory.

    Returns:
        ``code``, or None where there is nothing to copy.

    Raises:
        InvalidParameter: one of them does not exist, or holds the model itself.
    """
    if isinstance(code_paths, (str, os.PathLike)):
        raise InvalidParameter("code_paths must be a list of paths.")
    if not code_paths:
        return None
    target = root / "code"
    target.mkdir()
    for each in code_paths:
        source = Path(each).resolve()
        if not source.exists():
            raise InvalidParameter(f"The code path {each!r} does not exist.")
        if root.resolve().is_relative_to(source):
            raise InvalidParameter(f"The code path {each!r} holds the directory to save to.")
        copy_into(source, target)
    return "code"


def copy_into(source: Path, directory: Path) -> Path:
    """Copy a file or a tree into a directory, without compiled Python files."""
    target = directory / source.name
    if source.is_dir():
        ignore = shutil.ignore_patterns("__pycache__", "*.pyc", ".git")
        shutil.copytree(source, target, ignore=ignore, dirs_exist_ok=True)
    else:
        shutil.copyfile(source, target)
    return target
