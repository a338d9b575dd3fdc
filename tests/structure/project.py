"""The project's files, as text and as syntax trees."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "cuvee"


@cache
def project_files() -> list[Path]:
    """Return the files that belong to the project: tracked, or new and not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def modules(*folders: str) -> list[Path]:
    """Return the Python files below some folders of the project."""
    roots = [ROOT / folder for folder in folders]
    return [
        path
        for path in project_files()
        if path.suffix == ".py" and any(path.is_relative_to(root) for root in roots)
    ]


@cache
def tree(path: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name(path: Path) -> str:
    """Return a file's path within the project, for messages."""
    return path.relative_to(ROOT).as_posix()


def docstrings(module: ast.Module) -> set[ast.AST]:
    """Return the string nodes that document something, also behind an assignment."""
    return {
        node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and text of the strings that the code uses; not those that document it."""
    module = tree(path)
    documenting = docstrings(module)
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and node not in documenting:
            yield from [(node.lineno, node.value)] if isinstance(node.value, str) else []


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and full name of what a module imports at run time, at its top or later."""
    module = tree(path)
    only_types = {
        inner
        for node in ast.walk(module)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(module):
        if node in only_types:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
