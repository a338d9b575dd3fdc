"""The verifier is one short file that needs nothing."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from cuvee.log import verifier


def test_the_verifier_is_short_and_needs_the_standard_library_only() -> None:
    text = Path(verifier.__file__).read_text("utf-8")
    assert len(text.splitlines()) < 300
    for node in ast.walk(ast.parse(text)):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
        assert all(name.partition(".")[0] in sys.stdlib_module_names for name in names), names
