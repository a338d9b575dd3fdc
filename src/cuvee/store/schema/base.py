"""What the tables are made of."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, PrimaryKeyConstraint

from cuvee.store.engine import KEY, TEXT

HEAD = "0020"
"""The newest migration; a test compares it with the migrations' own."""

VERSION_TABLE = "cuvee_schema"

APPEND_ONLY = {
    "events": [["sequence"]],
    "policies": [["pk"], ["scope", "version"]],
    "log": [["place"], ["event"]],
    "checkpoints": [["size"]],
}
"""Tables whose rows the database lets nobody change, delete or replace; their unique columns."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)


def text(name: str, *, null: bool = False) -> Column[str]:
    """Return a column of text that sorts by its bytes."""
    return Column(name, TEXT, nullable=null)


def number(name: str, *, null: bool = False) -> Column[int]:
    """Return a column of 64-bit integers; times are milliseconds since 1970."""
    return Column(name, BigInteger, nullable=null)


def binary(name: str) -> Column[bytes]:
    """Return a column of bytes."""
    return Column(name, LargeBinary, nullable=False)


def pk(name: str = "pk") -> Column[int]:
    """Return a generated primary key."""
    return Column(name, KEY, primary_key=True, autoincrement=True)


def own(*columns: str) -> PrimaryKeyConstraint:
    """Return a primary key of columns that have a meaning of their own."""
    return PrimaryKeyConstraint(*columns)
