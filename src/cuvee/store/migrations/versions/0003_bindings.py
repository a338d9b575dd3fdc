"""Let policies bind, and tell models that have had one name apart."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cuvee.store.engine import CLUSTERED, TEXT

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Emergencies of a name belong to the model that has had it since before they began."""
    op.add_column(
        "policies", sa.Column("gone", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.create_table(
        "kept_names",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("folder", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name"),
        **CLUSTERED,
    )
    op.add_column("emergencies", sa.Column("model_pk", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE emergencies SET model_pk = (SELECT m.pk FROM registered_models m "
        "WHERE m.name = emergencies.model AND m.created <= emergencies.created)"
    )
    op.drop_index("ix_emergencies_model_version", "emergencies")
    op.create_index(
        "ix_emergencies_model_pk_version", "emergencies", ["model_pk", "version"], unique=False
    )
