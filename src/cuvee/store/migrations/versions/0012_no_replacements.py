"""Let nobody replace what the history holds."""

from __future__ import annotations

from alembic import context, op

revision = "0012"
down_revision = "0011"

KEYS = {
    "events": [["sequence"]],
    "policies": [["pk"], ["scope", "version"]],
    "log": [["place"], ["event"]],
    "checkpoints": [["size"]],
}


def upgrade() -> None:
    """Make the triggers anew, on SQLite with one more."""
    database = context.config.attributes["database"]
    for table, keys in KEYS.items():
        for statement in (*database.unprotect(table), *database.protect(table, keys)):
            op.execute(statement)
