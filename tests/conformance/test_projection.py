"""Whatever is edited in the database behind the server's back, the log tells otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Table

from conformance.histories import furnish
from cuvee.api.base import Actor
from cuvee.api.events import EraseEventTexts, ListEvents
from cuvee.api.log import CheckProjection, Projection
from cuvee.api.models import SetRegisteredModelAlias
from cuvee.api.versions import DeleteModelVersion
from cuvee.log.comparison import compare
from cuvee.log.entry import FREE_TEXT
from cuvee.store import projection
from cuvee.store.schema import APPEND_ONLY, metadata
from cuvee.store.sql import SqlStore

COVERED: dict[str, set[str]] = {
    "experiments": {"updated"},
    "experiment_tags": set(),
    "runs": set(),
    "logged_models": {c.name for c in metadata.tables["logged_models"].c} - {"lifecycle"},
    "registered_models": {"updated"},
    "registered_model_tags": set(),
    "aliases": set(),
    "model_versions": {"created", "updated"},
    "model_version_tags": set(),
    "version_files": {"size"},
    "holdings": {"restores"},
    "policies": set(),
    "requests": {"updated"},
    "verdicts": {"archive"},
    "comments": {"updated"},
    "checks": {"details"},
    "emergencies": set(),
    "deployments": set(),
    "users": {"created", "updated"},
    "groups": {"created"},
    "group_members": set(),
    "tokens": {"kind", "created", "last_used"},
    "grants": {"granted_by", "created"},
}
"""The tables whose rows events tell of, and the columns that no event tells."""

OTHERS = {
    "keys", "params", "tags", "latest", "tails", "chunks", "datasets", "run_datasets",
    "run_dataset_tags",
    "run_model_inputs", "run_model_outputs", "logged_model_params", "logged_model_tags",
    "logged_model_metrics", "artifact_files", "model_texts", "sealed", "failed_logins", "webhooks",
    "attempts", "replies", "leases", "kept_names", "deliveries", "cursors", "events", "event_texts",
    "log", "log_tiles", "checkpoints", "follows", "kept_views", "loads",
}  # fmt: skip
"""Tables whose contents are no events, or are the history itself."""

ALONE = {
    ("experiments", "name"), ("experiments", "artifact_location"), ("experiments", "lifecycle"),
    ("experiments", "created"), ("experiment_tags", "value"), ("runs", "name"),
    ("runs", "status"), ("runs", "start_time"), ("runs", "end_time"), ("runs", "lifecycle"),
    ("runs", "user_id"), ("runs", "created_by"), ("runs", "artifact_uri"),
    ("registered_models", "description"),
    ("registered_models", "folder"), ("registered_models", "user_id"), ("aliases", "version"),
    ("registered_models", "last_version"), ("registered_model_tags", "value"),
    ("model_versions", "stage"), ("model_versions", "description"), ("model_versions", "source"),
    ("model_versions", "location"), ("model_versions", "run_id"), ("model_versions", "run_link"),
    ("model_versions", "model_id"), ("model_versions", "user_id"),
    ("model_version_tags", "value"), ("version_files", "digest"), ("holdings", "stage"),
    ("holdings", "since"), ("holdings", "until"), ("holdings", "user_id"),
    ("policies", "document"), ("policies", "user_id"), ("requests", "stage"),
    ("requests", "state"), ("requests", "digest"), ("verdicts", "verdict"), ("verdicts", "digest"),
    ("verdicts", "policy"), ("comments", "comment"), ("checks", "passed"), ("checks", "url"),
    ("checks", "digest"), ("emergencies", "stage"), ("emergencies", "user_id"), ("users", "kind"),
    ("users", "password"), ("users", "admin"), ("users", "active"), ("groups", "description"),
    ("tokens", "digest"), ("tokens", "scopes"), ("tokens", "expires"), ("tokens", "revoked"),
    ("grants", "level"), ("deployments", "target"), ("deployments", "url"),
    ("deployments", "user_id"), ("deployments", "since"), ("deployments", "until"),
    ("deployments", "ended_by"),
}  # fmt: skip
"""Columns whose edit is one difference; others are keys, and make one thing into another."""


FLAGS = ("passed", "admin", "active")


class Attacker:
    """Writes to the database as its owner can, within a transaction that is taken back."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.database = store.database
        self.connection = store.database.connect()
        self.cursor = self.connection.cursor()

    def begin(self) -> None:
        """Begin, with the triggers out of the way."""
        self.database.begin(self.cursor, write=True)
        for table in APPEND_ONLY:
            for statement in self.database.unprotect(table):
                self.cursor.execute(statement)

    def run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run SQL with ``?`` for values."""
        mark = "?" if self.database.group_commit else "%s"
        self.cursor.execute(statement.replace("?", mark), values)
        return list(self.cursor.fetchall()) if self.cursor.description else []

    def compare(self) -> list[str]:
        """Compare what is there now with the log."""
        tx = self.store._tx(self.cursor, Actor("auditor"), {})  # noqa: SLF001

        def do(op: CheckProjection) -> Projection:
            return projection.check_projection(tx, op)

        return compare(do)

    def back(self) -> None:
        """Take everything back."""
        self.cursor.execute("ROLLBACK")


@pytest.fixture
def attacker(local_store: SqlStore) -> Iterator[Attacker]:
    furnish(local_store)
    found = Attacker(local_store)
    assert compare(local_store.do) == []
    yield found
    found.connection.close()


def test_it_is_said_of_every_column_whether_an_event_tells_it() -> None:
    assert COVERED.keys() | OTHERS == metadata.tables.keys()
    assert not COVERED.keys() & OTHERS
    for table, columns in COVERED.items():
        assert columns <= {c.name for c in metadata.tables[table].c}


def test_an_edit_of_any_column_is_found_and_named(attacker: Attacker) -> None:
    for name, untold in COVERED.items():
        table = metadata.tables[name]
        for column in table.c:
            if column.name in untold or (column.name == "pk" and not column.foreign_keys):
                continue
            alone = (name, column.name) in ALONE
            attacker.begin()
            before, after = edit(attacker, table, column.name)
            found = attacker.compare()
            attacker.back()
            assert found, (name, column.name, before, after)
            if alone:
                assert len(found) == 1, found
                assert "and by the log" in found[0]
    assert attacker.compare() == []


def edit(attacker: Attacker, table: Table, column: str) -> tuple[Any, Any]:
    """Change a column of a table's last row."""
    keys = [c.name for c in table.primary_key]
    condition = " WHERE kind = 'token'" if table.name == "tokens" else ""
    order = ", ".join(f"{key} DESC" for key in keys)
    row = attacker.run(f"SELECT * FROM {table.name}{condition} ORDER BY {order} LIMIT 1")[0]
    held = dict(zip([c.name for c in table.c], row, strict=True))
    old = held[column]
    number = isinstance(old, int) or table.c[column].type.python_type is int
    new: Any = int(not old) if column in FLAGS else (old or 0) + 1 if number else f"{old or ''}x"
    where = " AND ".join(f"{key} = ?" for key in keys)
    attacker.run(
        f"UPDATE {table.name} SET {column} = ? WHERE {where}", new, *(held[k] for k in keys)
    )
    return old, new


def test_a_row_that_is_removed_is_missed(attacker: Attacker) -> None:
    for name in COVERED:
        if name == "verdicts":
            continue
        attacker.begin()
        condition = " WHERE kind = 'token'" if name == "tokens" else ""
        attacker.run(f"DELETE FROM {name}{condition}")
        found = attacker.compare()
        attacker.back()
        assert found, name


def test_a_row_that_was_slipped_in_is_found(attacker: Attacker) -> None:
    for name in COVERED:
        if name == "logged_models":  # only their deletion is an event
            continue
        table = metadata.tables[name]
        attacker.begin()
        slip_in(attacker, table)
        found = attacker.compare()
        attacker.back()
        assert found, name


def slip_in(attacker: Attacker, table: Table) -> None:
    """Insert a copy of a row that differs in its keys only."""
    condition = " WHERE kind = 'token'" if table.name == "tokens" else ""
    rows = attacker.run(f"SELECT * FROM {table.name}{condition}")
    row = dict(zip([c.name for c in table.c], rows[-1], strict=True))
    unique = {c.name for c in table.primary_key} | {c.name for c in table.c if c.unique}
    unique |= {
        c.name
        for constraint in table.constraints
        for c in getattr(constraint, "columns", ())
        if type(constraint).__name__ == "UniqueConstraint"
    }
    own = [name for name in row if name in unique and not name.endswith(("_pk", "_id"))]
    for key in own or [name for name in row if name in unique]:
        row[key] = row[key] + 1000 if isinstance(row[key], int) else f"{row[key]}z"
    for key in ("run_id", "token_id"):
        if key in unique:
            row[key] += "z"
    names = ", ".join(row)
    marks = ", ".join("?" * len(row))
    attacker.run(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", *row.values())


def test_a_forged_approval_is_named(attacker: Attacker) -> None:
    attacker.begin()
    attacker.run(
        "INSERT INTO verdicts (request_pk, user_id, verdict, comment, archive, digest, policy, "
        "created) VALUES (2, 'eve', 'approved', '', 0, '', 'port@1', 1)"
    )
    (found,) = attacker.compare()
    attacker.back()
    assert found == (
        "version:port/1: verdicts on request 2 by eve is 'approved of no files under port@1 at 1', "
        "and by the log not there"
    )


def test_an_approval_that_was_made_younger_is_found(attacker: Attacker) -> None:
    """Approvals expire, and whoever has the database could keep one alive."""
    attacker.begin()
    attacker.run("UPDATE verdicts SET created = created + 1")
    (found,) = attacker.compare()
    attacker.back()
    assert "verdicts on request 1 by ann is 'approved of" in found


def test_what_people_wrote_is_not_told_where_it_was_slipped_in(attacker: Attacker) -> None:
    attacker.begin()
    attacker.run(
        "INSERT INTO comments (version_pk, user_id, comment, created, updated) "
        "SELECT version_pk, user_id, 'call Ann, 555-0199', created, updated FROM comments"
    )
    attacker.run("UPDATE requests SET closed_comment = '555-0199'")
    attacker.run("UPDATE verdicts SET comment = '555-0199'")
    found = attacker.compare()
    attacker.back()
    assert len(found) >= 3
    assert "555-0199" not in str(found)


@pytest.mark.parametrize("alias", sorted(FREE_TEXT))
def test_an_alias_that_is_named_like_a_text_is_none(attacker: Attacker, alias: str) -> None:
    store = attacker.store
    for version in ("1", "2"):
        store.do(SetRegisteredModelAlias(name="port", alias=alias, version=version))
    store.do(SetRegisteredModelAlias(name="port", alias="other", version="2"))
    store.do(DeleteModelVersion(name="port", version="2", force=True))
    assert compare(store.do) == []
    changed = store.do(ListEvents(action="model.alias_set")).events[-2]
    assert (changed.before, changed.after) == ({alias: "1"}, {alias: "2"})
    assert store.do(EraseEventTexts(sequence=changed.sequence)).fields == []


def test_a_past_that_was_removed_with_its_event_is_found(attacker: Attacker) -> None:
    """Without the event of a change, what it has changed is found."""
    rows = attacker.run("SELECT sequence, action FROM events ORDER BY sequence")
    told_again = {"run.finished", "experiment.deleted", "user.password_set"}  # by a later event
    for sequence, action in rows:
        attacker.begin()
        attacker.run("DELETE FROM events WHERE sequence = ?", sequence)
        found = attacker.compare()
        attacker.back()
        assert found or action in told_again or action.startswith(("log.", "event.")), action
