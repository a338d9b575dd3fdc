"""The size and shape of files, and words that do not belong in them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from structure.project import ROOT, SRC, modules, name, project_files, texts, tree

MAX_FILE = 500
MAX_FUNCTION = 60
OURS = modules("src", "tests", "bench", "examples")
every_module = pytest.mark.parametrize("path", OURS, ids=name)

VAGUE = re.compile(r"(^|_)(utils?|helpers?|common|managers?)($|_)", re.IGNORECASE)
DIALECT = re.compile(r"\b(sqlite|postgres(ql)?)(?!\w*(\+\w+)?:)")
STATEMENT = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)\b", re.DOTALL
)
MACHINE = re.compile(
    r"(?<![\w.])/home/\w|/Users/\w|C:\\Users|/root/\.|/work/\w|/tmp/w\b|pypi\.org|pythonhosted\.org|"
    r"npmjs\.|index-url|extra-index|artifactory|nexus3?\b"
)
BINARY = {".png", ".ico", ".woff2", ".gz"}


@every_module
def test_no_file_is_longer_than_500_lines_and_no_function_than_60(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_FILE
    long = [
        f"{node.name} (line {node.lineno}): {(node.end_lineno or 0) - node.lineno + 1} lines"
        for node in ast.walk(tree(path))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (node.end_lineno or 0) - node.lineno + 1 > MAX_FUNCTION
    ]
    assert long == []


@pytest.mark.parametrize("path", modules("src"), ids=name)
def test_every_module_is_documented_and_postpones_annotations(path: Path) -> None:
    module = tree(path)
    assert ast.get_docstring(module), "say in one sentence what the module is for"
    if len(module.body) > 1:
        first = module.body[1]
        assert isinstance(first, ast.ImportFrom)
        assert (first.module, first.names[0].name) == ("__future__", "annotations")


@every_module
def test_nothing_is_called_by_a_vague_name(path: Path) -> None:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = [node.name for node in ast.walk(tree(path)) if isinstance(node, kinds)]
    names += path.relative_to(ROOT).with_suffix("").parts
    assert [n for n in names if VAGUE.search(n)] == []


@pytest.mark.parametrize("path", modules("src"), ids=name)
def test_dialects_are_named_in_the_engine_only(path: Path) -> None:
    if path in (SRC / "store" / "engine.py", *(SRC / "cli").iterdir()):
        return  # the command line explains what URLs there are
    found = [f"{line}: {text[:80]!r}" for line, text in texts(path) if DIALECT.search(text)]
    for node in ast.walk(tree(path)):
        written = node.arg if isinstance(node, ast.keyword) else None
        written = node.attr if isinstance(node, ast.Attribute) else written
        written = node.id if isinstance(node, ast.Name) else written
        written = node.name if isinstance(node, ast.alias) else written
        if written and re.search("sqlite|postgres|psycopg", written):
            found.append(f"{getattr(node, 'lineno', '?')}: {written}")
    assert found == []


@pytest.mark.parametrize("path", modules("src"), ids=name)
def test_sql_is_written_in_the_store_only(path: Path) -> None:
    found = [f"{line}: {text[:80]!r}" for line, text in texts(path) if STATEMENT.search(text)]
    assert found == [] or path.is_relative_to(SRC / "store")


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = [
        f"{name(path)}:{number}: {line.strip()[:100]}"
        for path in project_files()
        if path.suffix not in BINARY and path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if MACHINE.search(line)
    ]
    assert found == []


def test_no_two_files_of_tests_have_the_same_name() -> None:
    """They would be one module to pytest, which then collects neither."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))
