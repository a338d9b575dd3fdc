"""Add users and rights, reviews and policies, the transparency log, and webhooks."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import context, op

from cuvee.log.entry import Texts
from cuvee.store.engine import CLUSTERED, KEY, NEVER_REUSED, TEXT

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables, and note since when versions hold their stages, as far as known."""
    _users()
    _rights()
    _stages()
    _requests()
    _remarks()
    _log()
    _webhooks()
    op.create_index(
        "ix_experiments_artifact_location", "experiments", ["artifact_location"], unique=False
    )
    op.add_column("registered_models", sa.Column("folder", TEXT, nullable=False, server_default=""))
    _events()
    op.execute(
        "INSERT INTO holdings (model_pk, version, stage, since, user_id, ended_by) "
        "SELECT model_pk, version, stage, updated, '', '' FROM model_versions "
        "WHERE stage <> 'None' ORDER BY pk"
    )
    for table in ("policies", "log", "checkpoints"):
        for statement in context.config.attributes["database"].protect(table):
            op.execute(statement)


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("pk", KEY, autoincrement=True, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("password", TEXT, nullable=False),
        sa.Column("admin", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("name", name="uq_users_name"),
        **NEVER_REUSED,
    )
    op.create_table(
        "groups",
        sa.Column("pk", KEY, autoincrement=True, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("name", name="uq_groups_name"),
        **NEVER_REUSED,
    )
    op.create_table(
        "group_members",
        sa.Column("group_pk", sa.BigInteger(), nullable=False),
        sa.Column("user_pk", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("group_pk", "user_pk"),
        **CLUSTERED,
    )
    op.create_index("ix_group_members_user_pk", "group_members", ["user_pk"], unique=False)


def _rights() -> None:
    op.create_table(
        "tokens",
        sa.Column("pk", KEY, autoincrement=True, nullable=False),
        sa.Column("token_id", TEXT, nullable=False),
        sa.Column("user_pk", sa.BigInteger(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("scopes", TEXT, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=True),
        sa.Column("revoked", sa.BigInteger(), nullable=True),
        sa.Column("last_used", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("token_id", name="uq_tokens_token_id"),
    )
    op.create_index("ix_tokens_user_pk", "tokens", ["user_pk"], unique=False)
    op.create_table(
        "failed_logins",
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject"),
        **CLUSTERED,
    )
    op.create_table(
        "grants",
        sa.Column("pk", KEY, autoincrement=True, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("subject_kind", TEXT, nullable=False),
        sa.Column("subject_pk", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("granted_by", TEXT, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint(
            "kind",
            "target",
            "stage",
            "subject_kind",
            "subject_pk",
            name="uq_grants_kind_target_stage_subject_kind_subject_pk",
        ),
        **NEVER_REUSED,
    )
    op.create_index(
        "ix_grants_subject_kind_subject_pk", "grants", ["subject_kind", "subject_pk"], unique=False
    )


def _stages() -> None:
    op.create_table(
        "holdings",
        sa.Column("pk", KEY, autoincrement=True, nullable=False),
        sa.Column("model_pk", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("ended_by", TEXT, nullable=False),
        sa.Column("restores", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("pk"),
    )
    op.create_index(
        "ix_holdings_model_pk_stage_since", "holdings", ["model_pk", "stage", "since"], unique=False
    )
    op.create_index("ix_model_versions_digest", "model_versions", ["digest"], unique=False)
    op.create_index(
        "ix_holdings_model_pk_version", "holdings", ["model_pk", "version"], unique=False
    )
    op.create_table(
        "policies",
        sa.Column("pk", KEY, autoincrement=True, nullable=False),
        sa.Column("scope", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("document", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("scope", "version", name="uq_policies_scope_version"),
    )


def _requests() -> None:
    op.create_table(
        "requests",
        sa.Column("pk", KEY, autoincrement=True, nullable=False),
        sa.Column("version_pk", sa.BigInteger(), nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("comment", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("policy", TEXT, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("closed_by", TEXT, nullable=False),
        sa.Column("closed_comment", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("pk"),
        **NEVER_REUSED,
    )
    op.create_index("ix_requests_state_created", "requests", ["state", "created"], unique=False)
    op.create_index(
        "ix_requests_version_pk_state", "requests", ["version_pk", "state"], unique=False
    )
    op.create_table(
        "verdicts",
        sa.Column("pk", KEY, autoincrement=True, nullable=False),
        sa.Column("request_pk", sa.BigInteger(), nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("verdict", TEXT, nullable=False),
        sa.Column("comment", TEXT, nullable=False),
        sa.Column("archive", sa.BigInteger(), nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("policy", TEXT, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("pk"),
    )
    op.create_index("ix_verdicts_request_pk", "verdicts", ["request_pk"], unique=False)


def _remarks() -> None:
    op.create_table(
        "comments",
        sa.Column("pk", KEY, autoincrement=True, nullable=False),
        sa.Column("version_pk", sa.BigInteger(), nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("comment", TEXT, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("pk"),
        **NEVER_REUSED,
    )
    op.create_index("ix_comments_version_pk", "comments", ["version_pk"], unique=False)
    op.create_table(
        "checks",
        sa.Column("version_pk", sa.BigInteger(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("passed", sa.BigInteger(), nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("details", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version_pk", "name"),
        **CLUSTERED,
    )
    op.create_table(
        "emergencies",
        sa.Column("pk", KEY, autoincrement=True, nullable=False),
        sa.Column("model", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("comment", TEXT, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("closed", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", TEXT, nullable=False),
        sa.Column("closed_comment", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("pk"),
        **NEVER_REUSED,
    )
    op.create_index(
        "ix_emergencies_model_version", "emergencies", ["model", "version"], unique=False
    )
    op.create_table(
        "model_texts",
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("digest"),
        **CLUSTERED,
    )


def _log() -> None:
    op.create_table(
        "event_texts",
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("field", TEXT, nullable=False),
        sa.Column("salt", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("event", "field"),
        **CLUSTERED,
    )
    op.create_table(
        "log",
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("place"),
        sa.UniqueConstraint("event", name="uq_log_event"),
    )
    op.create_table(
        "log_tiles",
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("tile", sa.BigInteger(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "tile"),
        **CLUSTERED,
    )
    op.create_table(
        "checkpoints",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("size"),
    )


def _events() -> None:
    """Put the history into the form that the log proves: canonical, without free text."""
    op.add_column("events", sa.Column("details", TEXT, nullable=True))
    database = context.config.attributes["database"]
    for statement in database.unprotect("events"):
        op.execute(statement)
    connection = op.get_bind()
    names = ("sequence", "before", "after", "comment")
    events = sa.table("events", *map(sa.column, (*names, "details")))
    kept = sa.table("event_texts", *map(sa.column, ("event", "field", "salt", "text")))
    change = (
        events.update()
        .where(events.c.sequence == sa.bindparam("pk"))
        .values({name: sa.bindparam(f"new_{name}") for name in ("before", "after", "comment")})
    )
    last = 0
    while rows := connection.execute(
        sa.select(*(events.c[name] for name in names))
        .where(events.c.sequence > last)
        .order_by(events.c.sequence)
        .limit(10_000)
    ).fetchall():
        last = rows[-1][0]
        changes, taken = [], []
        for pk, before, after, comment in rows:
            texts = Texts()
            new = {
                "pk": pk,
                "new_before": texts.without("before", json.loads(before)),
                "new_after": texts.without("after", json.loads(after)),
                "new_comment": texts.take("comment", comment),
            }
            changes.append(new)
            taken += [dict(zip(kept.c.keys(), (pk, *row), strict=True)) for row in texts.rows]
        connection.execute(change, changes)
        if taken:
            connection.execute(kept.insert(), taken)
    connection.execute(events.update().values(details="{}"))
    for statement in database.protect("events"):
        op.execute(statement)


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("pk", KEY, autoincrement=True, nullable=False),
        sa.Column("webhook_id", TEXT, nullable=False),
        sa.Column("form", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("events", TEXT, nullable=False),
        sa.Column("model_pk", sa.BigInteger(), nullable=True),
        sa.Column("secret", TEXT, nullable=False),
        sa.Column("authorization", TEXT, nullable=False),
        sa.Column("verify", sa.BigInteger(), nullable=False),
        sa.Column("job", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("phase", sa.BigInteger(), nullable=False),
        sa.Column("follows", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("webhook_id", name="uq_webhooks_webhook_id"),
    )
    op.create_table(
        "deliveries",
        sa.Column("pk", KEY, autoincrement=True, nullable=False),
        sa.Column("delivery_id", TEXT, nullable=False),
        sa.Column("webhook_pk", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("lane", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("payload", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.BigInteger(), nullable=True),
        sa.Column("problem", TEXT, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("delivery_id", name="uq_deliveries_delivery_id"),
    )
    op.create_index(
        "ix_deliveries_state_webhook_pk_lane_pk",
        "deliveries",
        ["state", "webhook_pk", "lane", "pk"],
        unique=False,
    )
    op.create_index("ix_deliveries_webhook_pk_pk", "deliveries", ["webhook_pk", "pk"], unique=False)
    op.create_table(
        "cursors",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        **CLUSTERED,
    )
