"""SQLite and PostgreSQL: everything in which they differ, and nothing else.

SQLAlchemy writes the SQL; the drivers run it. A statement is compiled once per database (``hot``)
or when it is needed, and handed to the driver's cursor with positional values, so that no layer of
result objects stands between the store's functions and plain tuples.
"""

from __future__ import annotations

import json
import math
import re
import sqlite3
import time
from collections.abc import Hashable, Sequence
from functools import partial
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote, urlsplit

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Integer,
    Text,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy import any_ as sql_any
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import insert as insert  # noqa: PLC0414  # compiles on both

from cuvee.errors import CuveeError, InvalidParameter, StorageFull, Unavailable
from cuvee.store.room import LogRoom
from cuvee.store.statements import ESCAPE, Rows, eventually, teach, text_arg, too_late, too_slow
from cuvee.store.statements import Prepared as Prepared  # noqa: PLC0414  # with the rest from here
from cuvee.store.statements import arg as arg  # noqa: PLC0414  # likewise
from cuvee.store.statements import hot as hot  # noqa: PLC0414  # likewise

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql import ClauseElement
    from sqlalchemy.types import TypeEngine

KEY = BigInteger().with_variant(Integer, "sqlite")
"""A generated primary key; SQLite generates only those of type INTEGER."""

TEXT = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that compares and sorts by its bytes on both."""

CLUSTERED: dict[str, Any] = {"sqlite_with_rowid": False}
"""Rows lie in the order of the primary key, without a second index."""

NEVER_REUSED: dict[str, Any] = {"sqlite_autoincrement": True}
"""A generated primary key is never given out again, not even the last one."""

STEPS = 20_000  # of SQLite's machine, about a millisecond, between two looks at the clock
MAX_LIKE = 12_000
"""Characters of the longest pattern that is surely no longer than SQLite's LIKE takes."""


def only(condition: str) -> dict[str, Any]:
    """Return the options of an index that has only the rows of which a condition holds."""
    return dict.fromkeys(("sqlite_where", "postgresql_where"), literal_column(condition))


class Database:
    """A database by its URL: opens connections and speaks its dialect."""

    dialect: Dialect
    group_commit = False
    """Whether one writer commits for all (SQLite); PostgreSQL does its own group commit."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.plans: dict[Hashable, Any] = {}
        self.settling: tuple[int, set[str]] = (0, set())  # see store/log.py
        self.policies: tuple[int, dict[str, Any]] = (0, {})  # see store/policies.py
        self.residues = False  # see store/wiping.py
        self.patience = 0.0  # seconds that a search may take; any number when 0
        self.sources = ""  # see store/sources.py

    def connect(self, *, read_only: bool = False) -> Any:
        """Open a driver connection that leaves transactions to ``begin`` and ``commit``."""
        raise NotImplementedError

    def begin(self, cursor: Any, *, write: bool, search: bool = False) -> float:
        """Start a transaction; one that writes takes the write lock at once.

        Statements of a ``search`` are ended when it takes too long; the moment is returned.
        """
        raise NotImplementedError

    def translate(self, problem: Exception) -> CuveeError | None:
        """Turn a driver's error into ours where the cause is known."""
        raise NotImplementedError

    def lost_race(self, problem: Exception) -> bool:
        """Say whether the same transaction, run again, would see what it collided with."""
        raise NotImplementedError

    def prepare(self, statement: hot | ClauseElement | Prepared) -> Prepared:
        """Compile a statement, unless it is compiled already."""
        if isinstance(statement, hot):
            found = statement.compiled.get(self.dialect.name)
            if found is None:
                source = statement.statement
                written = source(self) if isinstance(source, FunctionType) else source
                found = self._compile(cast("ClauseElement", written))
                statement.compiled[self.dialect.name] = found
            return found
        return statement if isinstance(statement, tuple) else self._compile(statement)

    def _compile(self, statement: ClauseElement) -> Prepared:
        compiled = statement.compile(
            dialect=self.dialect, compile_kwargs={"render_postcompile": True}
        )
        return str(compiled), tuple(compiled.positiontup or ()), compiled.params  # type: ignore[attr-defined]

    def array(self, column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
        """Return "column is one of values" with all values bound as one, however many."""
        return self._among(
            column, bindparam(None, self.listed(values), type_=self.list_type(column))
        )

    def among(self, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
        """Return "column is one of the values given as ``name``", which ``listed`` prepares."""
        return self._among(column, bindparam(name, required=False, type_=self.list_type(column)))

    def list_type(self, column: ColumnElement[Any]) -> TypeEngine[Any]:
        """Return the type of a list of values of ``column``, bound as one."""
        raise NotImplementedError

    def listed(self, values: Sequence[Any]) -> Any:
        """Return many values as one value to bind."""
        raise NotImplementedError

    def _among(self, column: ColumnElement[Any], one: BindParameter[Any]) -> ColumnElement[bool]:
        raise NotImplementedError

    def gather(self, *columns: ColumnElement[Any]) -> ColumnElement[str]:
        """Return a query's columns as one JSON text: an array of an array for each column.

        The database writes it without the interpreter's lock, and one value is fetched in place of
        thousands of rows, between which threads would wait for each other.
        """
        raise NotImplementedError

    def like(
        self, column: ColumnElement[Any], name: str, *, long: bool = False
    ) -> ColumnElement[bool]:
        """Return a case-sensitive LIKE: ``%`` any characters, ``_`` one, nothing escaped.

        Args:
            column: what is compared.
            name: what the pattern is bound as.
            long: the pattern has more than ``MAX_LIKE`` characters.
        """
        raise NotImplementedError

    def ilike(self, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
        """Return a LIKE that ignores case, beyond ASCII too; its pattern is lowered and escaped."""
        raise NotImplementedError

    def bulk(self, cursor: Any, statement: hot, rows: Rows) -> None:
        """Insert or update many rows; their values stand in the order of the statement's."""
        cursor.executemany(self.prepare(statement)[0], rows)

    def recording(self, cursor: Any) -> set[str]:  # noqa: ARG002  # writers take turns
        """Return the other transactions, still open, that may have recorded an event."""
        return set()

    def lock(self, cursor: Any, what: str, *, shared: bool = False) -> None:
        """Take turns with the transactions that lock the same, until the commit.

        Args:
            cursor: the transaction's cursor.
            what: ``log``, ``artifacts``, ``policies`` or ``schema``.
            shared: only those that are not wait.
        """

    def tables(self, cursor: Any) -> set[str]:
        """Return the names of the tables that exist."""
        raise NotImplementedError

    def protect(self, table: str, keys: Sequence[Sequence[str]] = ()) -> list[str]:
        """Return statements that make a table append-only; ``keys`` are its unique columns."""
        raise NotImplementedError

    def unprotect(self, table: str) -> list[str]:
        """Return statements that take back what ``protect`` did, for a migration."""
        raise NotImplementedError

    def sqlalchemy_url(self) -> str:
        """Return the URL as SQLAlchemy (for Alembic) wants it."""
        raise NotImplementedError


class SqliteDatabase(Database):
    """SQLite in a file, in WAL mode with ``synchronous=FULL``: what is committed is on disk."""

    group_commit = True

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.dialect = sqlite.dialect(paramstyle="qmark")
        path = url.partition(":///")[2].partition("?")[0]
        if not path or path == ":memory:":
            raise InvalidParameter(
                "An in-memory database would lose what it acknowledged: name a file, as in "
                "sqlite:///cuvee.db."
            )
        self.file = Path(path)
        self._room = LogRoom(self.file)

    def connect(self, *, read_only: bool = False) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = None
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                self.file, timeout=30, isolation_level=None, check_same_thread=False
            )
            self._prepare(connection, read_only=read_only)
        except (OSError, sqlite3.Error) as problem:
            if connection is not None:
                connection.close()
            raise Unavailable(
                f"The database file {self.file} cannot be used ({problem}): check that it is an "
                "SQLite database and that its directory can be written to."
            ) from None
        return connection

    @staticmethod
    def _prepare(connection: sqlite3.Connection, *, read_only: bool) -> None:
        teach(connection)
        # No timeout makes SQLite wait here for the others who open a new file.
        eventually(lambda: connection.execute("PRAGMA journal_mode=WAL"), "locked")
        for pragma in (
            "synchronous=FULL",
            "secure_delete=FAST",  # what is deleted is overwritten where a page is written anyway
            "cache_size=-32000",
            "wal_autocheckpoint=4000",
            "case_sensitive_like=ON",
            "temp_store=MEMORY",
            f"query_only={'ON' if read_only else 'OFF'}",
        ):
            connection.execute("PRAGMA " + pragma)

    def begin(self, cursor: sqlite3.Cursor, *, write: bool, search: bool = False) -> float:
        if write:
            cursor.execute("BEGIN IMMEDIATE")
            self._room.keep()
            return math.inf
        end = time.monotonic() + self.patience if search and self.patience else math.inf
        late = partial(too_late, cursor.connection, end) if end < math.inf else None
        cursor.connection.set_progress_handler(late, STEPS)
        cursor.execute("BEGIN")
        return end

    def translate(self, problem: Exception) -> CuveeError | None:
        text = str(problem)
        if isinstance(problem, sqlite3.Error):
            if text == "interrupted":
                return too_slow(self.patience)
            if "disk is full" in text or "disk I/O" in text:
                return StorageFull(
                    "The server's disk is full; nothing of this request was stored. "
                    "Free some space and send it again."
                )
            if "locked" in text or "busy" in text:
                return Unavailable("Another process is writing to the database: try again.")
            if "readonly" in text or "unable to open" in text:
                return Unavailable("The server cannot write to its database file now: try again.")
        return None

    def lost_race(self, problem: Exception) -> bool:  # noqa: ARG002  # writers take turns
        return False

    def list_type(self, column: ColumnElement[Any]) -> TypeEngine[Any]:  # noqa: ARG002
        return Text()

    def listed(self, values: Sequence[Any]) -> str:
        return json.dumps(list(values))

    def _among(self, column: ColumnElement[Any], one: BindParameter[Any]) -> ColumnElement[bool]:
        return column.in_(select(func.json_each(one).table_valued("value").c.value))

    def gather(self, *columns: ColumnElement[Any]) -> ColumnElement[str]:
        return func.json_array(*(func.json_group_array(c) for c in columns), type_=Text)

    def like(
        self, column: ColumnElement[Any], name: str, *, long: bool = False
    ) -> ColumnElement[bool]:
        # SQLite refuses longer patterns; its own LIKE can use an index.
        if not long:
            return column.like(text_arg(name))
        found: ColumnElement[bool] = func.fits(text_arg(name), column) == 1
        return found

    def ilike(self, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
        found: ColumnElement[bool] = func.ifits(text_arg(name), column) == 1
        return found

    def tables(self, cursor: sqlite3.Cursor) -> set[str]:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name for (name,) in cursor.fetchall()}

    def protect(self, table: str, keys: Sequence[Sequence[str]] = ()) -> list[str]:
        # REPLACE removes the rows that are in its way, and the trigger on DELETE does not see it.
        same = " OR ".join(" AND ".join(f"{c} = NEW.{c}" for c in key) for key in keys)
        taken = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
        deeds = {"update": "", "delete": "", "insert": taken}
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} {when}"
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb, when in deeds.items()
            if when != taken or keys
        ]

    def unprotect(self, table: str) -> list[str]:
        return [f"DROP TRIGGER IF EXISTS {table}_no_{v}" for v in ("update", "delete", "insert")]

    def sqlalchemy_url(self) -> str:
        return f"sqlite:///{self.file}"


LETTERS = ("pg_c_utf8", "und-x-icu", "C.utf8", "en_US.utf8", "default")
"""PostgreSQL's collations that know the case of letters beyond ASCII, the built-in one first."""

_COLLATIONS = """
SELECT collname FROM pg_collation
WHERE collname = ANY(%s) AND collencoding IN (-1, pg_char_to_encoding(getdatabaseencoding()))
"""


class PostgresDatabase(Database):
    """PostgreSQL through psycopg 3."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.dialect = cast("Any", postgresql.psycopg.dialect)(paramstyle="format")
        self._letters: str | None = None

    def connect(self, *, read_only: bool = False) -> Any:
        psycopg = _psycopg()
        try:
            connection = psycopg.connect(self._driver_url(), autocommit=True)
        except psycopg.OperationalError as problem:
            reason = str(problem).partition("\n")[0]
            raise Unavailable(
                f"PostgreSQL does not answer ({reason}): check the host, the port, the database "
                "and the password in its URL, and that it runs."
            ) from None
        connection.execute(f"SET default_transaction_read_only = {'on' if read_only else 'off'}")
        if self._letters is None:
            found = connection.execute(_COLLATIONS, [list(LETTERS)]).fetchall()
            self._letters = min((name for (name,) in found), key=LETTERS.index)
        return connection

    def _driver_url(self) -> str:
        return re.sub(r"^postgres(ql)?(\+\w+)?:", "postgresql:", self.url)

    def begin(self, cursor: Any, *, write: bool, search: bool = False) -> float:
        begin = "BEGIN" if write else "BEGIN ISOLATION LEVEL REPEATABLE READ"
        if not (search and self.patience):
            cursor.execute(begin)
            return math.inf
        milliseconds = max(1, round(self.patience * 1000))  # of each statement; 0 is no limit
        cursor.execute(f"{begin}; SET LOCAL statement_timeout = {milliseconds}")
        return time.monotonic() + self.patience

    def translate(self, problem: Exception) -> CuveeError | None:
        errors = _psycopg().errors
        if isinstance(problem, errors.QueryCanceled):
            return too_slow(self.patience)
        if isinstance(problem, errors.DiskFull):
            return StorageFull("The database server's disk is full; nothing was stored.")
        if isinstance(problem, errors.ProgramLimitExceeded):
            return InvalidParameter("A name or path is longer than an index can hold: shorten it.")
        if isinstance(problem, (errors.OperationalError, errors.InterfaceError)):
            return Unavailable("The database does not answer now: try again.")
        return None

    def lost_race(self, problem: Exception) -> bool:
        e = _psycopg().errors
        return isinstance(problem, (e.UniqueViolation, e.DeadlockDetected, e.SerializationFailure))

    def list_type(self, column: ColumnElement[Any]) -> TypeEngine[Any]:
        return ARRAY(column.type)

    def listed(self, values: Sequence[Any]) -> list[Any]:
        return list(values)

    def _among(self, column: ColumnElement[Any], one: BindParameter[Any]) -> ColumnElement[bool]:
        return column == sql_any(one)

    def gather(self, *columns: ColumnElement[Any]) -> ColumnElement[str]:
        # An array of no rows is NULL.
        arrays = (func.coalesce(func.json_agg(c), literal_column("'[]'::json")) for c in columns)
        return sql_cast(func.json_build_array(*arrays), Text)

    def like(
        self,
        column: ColumnElement[Any],
        name: str,
        *,
        long: bool = False,  # noqa: ARG002  # any length will do
    ) -> ColumnElement[bool]:
        return column.like(text_arg(name), escape="")

    def ilike(self, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
        # "C" folds ASCII only, so the column is lowered by the rules of another collation.
        lowered = func.lower(column.collate(self._letters or "default"))
        return lowered.collate("C").like(text_arg(name), escape=ESCAPE)

    def bulk(self, cursor: Any, statement: hot, rows: Rows) -> None:
        sql, names, _ = self.prepare(statement)
        rows = list(rows)
        if len(rows) < 4:  # executemany would open a pipeline, which costs more than it saves
            for row in rows:
                cursor.execute(sql, row)
            return
        if " VALUES (" not in sql:  # an UPDATE
            cursor.executemany(sql, rows)
            return
        # One statement with an array per column: a round trip instead of a thousand.
        table = cast("Any", statement.statement).table
        types = (table.c[name].type.compile(self.dialect) for name in names)
        arrays = ", ".join(f"%s::{t.partition(' COLLATE')[0]}[]" for t in types)
        head, _, tail = sql.partition(" VALUES (")
        rest = tail[tail.index(")", tail.rindex("%s")) + 1 :]
        columns = [list(column) for column in zip(*rows, strict=True)]
        cursor.execute(f"{head} SELECT * FROM unnest({arrays}){rest}", columns)

    def recording(self, cursor: Any) -> set[str]:
        # An INSERT locks its table before it takes a number, and lets go once all can see its row.
        cursor.execute(
            "SELECT virtualtransaction FROM pg_locks WHERE relation = 'events'::regclass "
            "AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid()"
        )
        return {name for (name,) in cursor.fetchall()}

    def lock(self, cursor: Any, what: str, *, shared: bool = False) -> None:
        number = 1129596229 + ("log", "artifacts", "policies", "schema").index(what)
        cursor.execute(f"SELECT pg_advisory_xact_lock{'_shared' if shared else ''}({number})")

    def tables(self, cursor: Any) -> set[str]:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        return {name for (name,) in cursor.fetchall()}

    def protect(self, table: str, keys: Sequence[Sequence[str]] = ()) -> list[str]:  # noqa: ARG002
        name = f"{table}_append_only"
        refuse = f"BEGIN RAISE EXCEPTION '{table} is append-only'; END"
        deeds = f"UPDATE OR DELETE OR TRUNCATE ON {table}"
        return [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {refuse} $$",
            f"CREATE TRIGGER {name} BEFORE {deeds} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
        ]

    def unprotect(self, table: str) -> list[str]:
        return [f"DROP FUNCTION {table}_append_only CASCADE"]

    def sqlalchemy_url(self) -> str:
        return re.sub(r"^postgres(ql)?(\+\w+)?:", "postgresql+psycopg:", self.url)


def _psycopg() -> Any:
    try:
        import psycopg
    except ImportError:
        raise InvalidParameter(
            "PostgreSQL needs its driver: pip install 'cuvee[postgres]'."
        ) from None
    return psycopg


def open_database(url: str) -> Database:
    """Return the database that a URL names.

    Args:
        url: ``sqlite:///file.db`` or ``postgresql://user@host/name``.

    Raises:
        InvalidParameter: the URL names a database that Cuvee does not speak.
    """
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        return SqliteDatabase(unquote(url) if "%" in url else url)
    if re.fullmatch(r"postgres(ql)?(\+\w+)?", scheme):
        return PostgresDatabase(url)
    raise InvalidParameter(
        f"Cuvee does not know the database URL {url.partition('@')[2] or url!r}: use "
        "sqlite:///path/to/file.db or postgresql://user:password@host/name."
    )
