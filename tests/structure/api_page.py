"""Writes docs/api.md from the list of operations: ``python tests/structure/api_page.py``."""

from __future__ import annotations

import re
from inspect import getdoc
from pathlib import Path
from typing import Any

from cuvee import api
from cuvee.api.base import Op

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
HEAD = """# Calls

Every call of the server, made from the list of operations (`python tests/structure/api_page.py`).
`/api/openapi.json` describes their fields and answers.

Calls below `/api/2.0/mlflow/` are MLflow's; they answer below `/ajax-api/2.0/mlflow/` and
`/api/2.0/preview/mlflow/` too. GET takes the fields as a query string, the other methods as a JSON
object. [permissions.md](permissions.md) says what read, edit and manage mean, and of what.
"""


def page() -> str:
    """Return the page."""
    parts = [HEAD]
    noun = ""
    for op in api.ROUTED:
        room = op.__module__.rpartition(".")[2]
        if room != noun:
            noun = room
            title = room.replace("_", " ").capitalize()
            parts.append(f"\n## {title}\n\n| call | needs | what it does |\n|---|---|---|\n")
        parts.append(_row(op))
    return "".join(parts)


def _row(op: type[Op[Any]]) -> str:
    summary = re.sub(r"\s+", " ", (getdoc(op) or "").partition("\n\n")[0]).replace("|", "\\|")
    methods = ", ".join(op.methods)
    return f"| {methods} `{op.base}/{op.route}` | {op.needs.value} | {summary} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
