"""Let webhooks have headers of their own: their values sealed, their names beside them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cuvee.store.engine import TEXT

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add the columns; no webhook has headers yet."""
    for name in ("headers", "header_names"):
        op.add_column("webhooks", sa.Column(name, TEXT, nullable=False, server_default=""))
