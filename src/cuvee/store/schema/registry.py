"""Registered models, their versions, and how versions come to their stages."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, UniqueConstraint

from cuvee.store.engine import CLUSTERED, NEVER_REUSED, TEXT
from cuvee.store.schema.base import metadata, number, own, pk, text

registered_models = Table(
    "registered_models",
    metadata,
    pk(),
    Column("name", TEXT, nullable=False, unique=True),
    text("description", null=True),
    text("user_id"),
    number("created"),
    number("updated"),
    number("last_version"),
    Column("folder", TEXT, nullable=False, server_default=""),
)
registered_model_tags = Table(
    "registered_model_tags",
    metadata,
    number("model_pk"),
    text("key"),
    text("value"),
    own("model_pk", "key"),
    **CLUSTERED,
)
aliases = Table(
    "aliases",
    metadata,
    number("model_pk"),
    text("alias"),
    number("version"),
    own("model_pk", "alias"),
    **CLUSTERED,
)
model_versions = Table(
    "model_versions",
    metadata,
    pk(),
    number("model_pk"),
    number("version"),
    text("stage"),
    text("description"),
    text("source"),
    text("location"),
    text("run_id"),
    text("run_link"),
    text("model_id"),
    text("user_id"),
    number("created"),
    number("updated"),
    text("digest"),
    UniqueConstraint("model_pk", "version"),
    Index(None, "model_pk", "stage", "version"),
    Index(None, "run_id"),
    Index(None, "model_id"),
    Index(None, "digest"),
)
model_version_tags = Table(
    "model_version_tags",
    metadata,
    number("version_pk"),
    text("key"),
    text("value"),
    own("version_pk", "key"),
    **CLUSTERED,
)

# How often each user has loaded a version on each day (UTC, days since 1970); written down by
# servers a moment later, not in the history, for loading changes nothing.
loads = Table(
    "loads",
    metadata,
    number("version_pk"),
    number("day"),
    text("user_id"),
    number("number"),
    number("first"),
    number("last"),
    own("version_pk", "day", "user_id"),
    **CLUSTERED,
)

# Which version held which stage from when to when; ``until`` is NULL for those that hold it now.
# ``user_id`` moved it there, ``ended_by`` moved it away; both are empty where that is not known.
# ``restores`` is the holding that a rollback went back to.
holdings = Table(
    "holdings",
    metadata,
    pk(),
    number("model_pk"),
    number("version"),
    text("stage"),
    number("since"),
    number("until", null=True),
    text("user_id"),
    text("ended_by"),
    number("restores", null=True),
    Index(None, "model_pk", "stage", "since"),
    Index(None, "model_pk", "version", "until"),
)
# Where versions run, as it was told; ``until`` is NULL for those that run now. Of each model one
# version at most runs at a target.
deployments = Table(
    "deployments",
    metadata,
    pk(),
    number("model_pk"),
    number("version"),
    text("target"),
    text("url"),
    text("user_id"),
    number("since"),
    number("until", null=True),
    text("ended_by"),
    Index(None, "model_pk", "until"),
    **NEVER_REUSED,
)
# Stages and their review policies, as documents; the highest version of a scope applies, and one
# whose document is empty takes the scope's away. A scope is a model (``credit/pd``), a folder
# (``credit/``) or everything (an empty text). ``gone`` marks where a model has left its name:
# what stands before is about another one.
policies = Table(
    "policies",
    metadata,
    pk(),
    text("scope"),
    number("version"),
    text("document"),
    text("digest"),
    text("user_id"),
    number("created"),
    Column("gone", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("scope", "version"),
)
# Names that models in a folder with a binding policy have left: outside of it they are for admins.
kept_names = Table(
    "kept_names",
    metadata,
    text("name"),
    text("folder"),
    own("name"),
    **CLUSTERED,
)
# Requests to move a version to a stage. ``digest`` and ``policy`` say what was asked about, and
# under which rules (``<scope>@<version>``; empty for the built-in stages).
requests = Table(
    "requests",
    metadata,
    pk(),
    number("version_pk"),
    text("stage"),
    text("user_id"),
    text("comment"),
    text("state"),
    text("digest"),
    text("policy"),
    number("created"),
    number("updated"),
    text("closed_by"),
    text("closed_comment"),
    Index(None, "version_pk", "state"),
    Index(None, "state", "created"),
    **NEVER_REUSED,
)
# What reviewers said about requests. It counts while the version's digest and the policy are
# those that stand here.
verdicts = Table(
    "verdicts",
    metadata,
    pk(),
    number("request_pk"),
    text("user_id"),
    text("verdict"),
    text("comment"),
    number("archive"),
    text("digest"),
    text("policy"),
    number("created"),
    Index(None, "request_pk"),
)
comments = Table(
    "comments",
    metadata,
    pk(),
    number("version_pk"),
    text("user_id"),
    text("comment"),
    number("created"),
    number("updated"),
    Index(None, "version_pk"),
    **NEVER_REUSED,
)
# Who (0 where nobody logs in) follows which models, and up to which event they have looked.
follows = Table(
    "follows",
    metadata,
    number("user_pk"),
    number("model_pk"),
    number("since"),
    number("seen"),
    own("user_pk", "model_pk"),
    Index(None, "model_pk"),
    **CLUSTERED,
)
# Results of checks, the newest of each name; they count while the version's digest is theirs.
checks = Table(
    "checks",
    metadata,
    number("version_pk"),
    text("name"),
    number("passed"),
    text("url"),
    text("details"),
    text("digest"),
    text("user_id"),
    number("created"),
    own("version_pk", "name"),
    **CLUSTERED,
)
# Moves past the policy in an emergency; each must be reviewed and closed afterwards, also when the
# version is gone: the model's name and the version's number stay. ``model_pk`` is NULL when the
# model is gone, so that none of the same name is taken for it.
emergencies = Table(
    "emergencies",
    metadata,
    pk(),
    text("model"),
    number("version"),
    text("stage"),
    text("user_id"),
    text("comment"),
    number("created"),
    number("closed", null=True),
    text("closed_by"),
    text("closed_comment"),
    number("model_pk", null=True),
    Index(None, "model_pk", "version"),
    **NEVER_REUSED,
)
