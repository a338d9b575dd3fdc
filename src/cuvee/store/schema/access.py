"""Who there is, how they prove it, and what they may."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, UniqueConstraint

from cuvee.store.engine import CLUSTERED, NEVER_REUSED, TEXT
from cuvee.store.schema.base import metadata, number, own, pk, text

# People and service accounts; ``password`` is an argon2 hash, empty for those without one.
users = Table(
    "users",
    metadata,
    pk(),
    Column("name", TEXT, nullable=False, unique=True),
    text("kind"),
    text("password"),
    number("admin"),
    number("active"),
    number("created"),
    number("updated"),
    **NEVER_REUSED,
)
groups = Table(
    "groups",
    metadata,
    pk(),
    Column("name", TEXT, nullable=False, unique=True),
    text("description"),
    number("created"),
    **NEVER_REUSED,
)
group_members = Table(
    "group_members",
    metadata,
    number("group_pk"),
    number("user_pk"),
    own("group_pk", "user_pk"),
    Index(None, "user_pk"),
    **CLUSTERED,
)
# Tokens and browser sessions (``kind``); only a hash of the secret is kept.
tokens = Table(
    "tokens",
    metadata,
    pk(),
    Column("token_id", TEXT, nullable=False, unique=True),
    number("user_pk"),
    text("kind"),
    text("name"),
    text("digest"),
    text("scopes"),
    number("created"),
    number("expires", null=True),
    number("revoked", null=True),
    number("last_used", null=True),
    Index(None, "user_pk"),
)
# Failed logins, by user name and by address.
failed_logins = Table(
    "failed_logins",
    metadata,
    text("subject"),
    number("failures"),
    number("last"),
    own("subject"),
    **CLUSTERED,
)
# Levels on experiments and models. ``target`` is ``#<id>`` for one of them, a folder (``team/``),
# or empty for all; ``stage`` narrows a grant on models to moves in and out of one stage.
grants = Table(
    "grants",
    metadata,
    pk(),
    text("kind"),
    text("target"),
    text("stage"),
    text("subject_kind"),
    number("subject_pk"),
    number("level"),
    text("granted_by"),
    number("created"),
    UniqueConstraint("kind", "target", "stage", "subject_kind", "subject_pk"),
    Index(None, "subject_kind", "subject_pk"),
    **NEVER_REUSED,
)
