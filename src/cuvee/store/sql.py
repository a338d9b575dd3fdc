"""The store over SQL: transactions and group commit."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property, partial
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cuvee.api import wire
from cuvee.api.base import Actor, Op, result_type
from cuvee.api.log import Ordered, OrderEvents
from cuvee.api.replies import Once, Reply, once
from cuvee.errors import CuveeError, Internal, StorageFull, Unavailable
from cuvee.store.dispatch import FUNCTIONS, carry_out
from cuvee.store.engine import Database, open_database
from cuvee.store.gathering import MAX_GROUP, Answer, Batch, Gathering, Job, Tell, settle
from cuvee.store.holds import Hold, hold
from cuvee.store.log import any_waiting
from cuvee.store.sealing import Sealing
from cuvee.store.tx import Bytes, Keys, Tx
from cuvee.store.wiping import wipe

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from asyncio import Future as AsyncFuture

    from cuvee.log.note import SigningKey

R = TypeVar("R")
LOG_KEEPER = Actor("cuvee", via="server")
"""Who puts events in order and signs the log."""
MAX_RETRIES = 10
CONNECTIONS = 8
CALM = 100
"""Writes since the last that was refused, from which on no refusal is expected."""


class SqlStore:
    """A store over SQLite or PostgreSQL; safe for use by many threads.

    Args:
        database: where the data are.
        artifact_root: URI below which new experiments keep their artifacts.
    """

    def __init__(self, database: Database, *, artifact_root: str = "mlflow-artifacts:") -> None:
        self.database = database
        self.artifact_root = artifact_root
        self.known_keys = Keys()
        self.signing: SigningKey | None = None
        """The key that signs the log, in a process that keeps it."""
        file: Path | None = getattr(database, "file", None)
        named = os.environ.get("CUVEE_SECRET_KEY")
        self.sealing = Sealing(Path(named) if named else file and file.parent / "secret.key")
        """Seals secrets; a server is told with which key."""
        self.blobs: Bytes | None = None
        """The bytes of artifacts, in a process that has them."""
        self.recorded = threading.Event()
        """Set when an event was committed by this process."""
        self.on_recorded: Callable[[], None] | None = None
        """Called at the same moments, by whatever thread committed."""
        self._local = threading.local()
        self._connections: list[Any] = []
        self._batches: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._gathering: Gathering | None = None
        self._closed = False
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._writer: threading.Thread | None = None
        self._calm = CALM
        self._pool: ThreadPoolExecutor | None = None

    @classmethod
    def open(cls, url: str, *, artifact_root: str = "mlflow-artifacts:") -> SqlStore:
        """Open the store at a database URL, creating its tables in an empty database.

        Args:
            url: ``sqlite:///file.db`` or ``postgresql://user@host/name``.
            artifact_root: URI below which new experiments keep their artifacts.

        Raises:
            SchemaMismatch: the tables belong to another version, or to another program.
        """
        from cuvee.store import migrate

        database = open_database(url)
        migrate.ensure(database, artifact_root)
        return cls(database, artifact_root=artifact_root)

    def do(self, op: Op[R], actor: Actor | None = None, *, key: str = "") -> R:
        """Carry out an operation and wait for it.

        Args:
            op: what to do.
            actor: for whom; the process's user when None.
            key: the actor's name for this change: with it, asking again changes nothing more.

        Raises:
            CuveeError: the operation was refused, and nothing was changed.
        """
        op = wire.recheck(op)
        op.check()
        actor = actor or self.user
        if not op.writes:
            return self.read(op, actor)
        if op.hashes:
            op = self.hashed(op, actor)
        if not (key and op.keyed):
            result: R = self._write(op, actor)
            return result
        request = wire.encode_op(op)
        named = once(key, request.method, request.target, request.body or b"")
        reply: Reply = self._write(op, actor, named)
        found: R = wire.decode_result(result_type(type(op)), reply.body)
        return found

    def _write(self, op: Op[Any], actor: Actor, named: Once | None = None) -> Any:
        if self.database.group_commit:
            future: Future[Any] = Future()
            self.submit(Batch([Job(op, actor, named)], lambda answers: settle(future, *answers[0])))
            return future.result()
        # On this thread, which works at the interpreter's end too.
        return self._guard(lambda: self._transact(op, actor, named, write=True))

    @cached_property
    def user(self) -> Actor:
        """The user that this process runs as."""
        try:
            return Actor(getuser())
        except (OSError, KeyError):
            return Actor("unknown")

    def hashed(self, op: Op[R], actor: Actor) -> Op[R]:
        """Return a checked operation with hashes for passwords; takes tens of milliseconds."""
        from cuvee.store.passwords import hashed

        return hashed(op, actor, lambda asked: self.read(asked, self.user))

    def read(self, op: Op[R], actor: Actor, *, ordered: bool = False) -> R:
        """Carry out a checked operation that changes nothing, in a snapshot, on this thread.

        Args:
            op: what to do.
            actor: for whom.
            ordered: the caller has just put the events in order.
        """
        if op.history and not ordered:
            self.order_events()
        result: R = self._guard(lambda: self._transact(op, actor, write=False))
        return result

    def order_events(self) -> Ordered | None:
        """Bring what is committed into the log; cheap when it is there already."""
        if not self._guard(self._any_waiting):
            return None
        done: Ordered = self._write(OrderEvents(), LOG_KEEPER)
        return done

    def _any_waiting(self) -> bool:
        cursor = self._cursor(write=False)
        self.database.begin(cursor, write=False)
        try:
            return any_waiting(self._tx(cursor, LOG_KEEPER, {}))
        finally:
            self._roll_back(cursor)

    def is_near(self, op: Op[Any] | type[Op[Any]]) -> bool:
        """Say whether an operation is done sooner on this thread than handed to another."""
        return op.brief and self.database.group_commit

    def look_up(self, op: Op[R]) -> R:
        """Carry out the server's own operation of a single query: no transaction around it."""

        def look() -> R:
            cursor = self._cursor(write=False)
            try:
                found: R = FUNCTIONS[type(op)](self._tx(cursor, self.user, {}), op)
            except Exception:
                self._local.reader = None
                cursor.connection.close()
                raise
            return found

        result: R = self._guard(look)
        return result

    def submit(self, batch: Batch) -> None:
        """Queue checked operations that write."""
        with self._lock:
            closed = self._closed
            if closed:
                pass
            elif self.database.group_commit:
                if self._writer is None:
                    self._writer = threading.Thread(
                        target=self._write_groups, name="cuvee-writer", daemon=True
                    )
                    self._writer.start()
                self._batches.put(batch)
            else:
                if self._pool is None:
                    self._pool = ThreadPoolExecutor(CONNECTIONS, "cuvee-writer")
                self._pool.submit(self._write_each, batch)
        if closed:
            problem = Unavailable("The server is shutting down: try again.")
            batch.done([(None, problem)] * len(batch.jobs))

    def later(self, op: Op[Any], actor: Actor) -> None:
        """Carry out a checked operation that writes, for which nobody waits."""
        self.submit(Batch([Job(op, actor, None)], _tell_nobody))

    async def written(self, op: Op[R], actor: Actor, named: Once | None = None) -> Any:
        """Carry out a checked operation that writes, while the running loop does other things.

        Args:
            op: what to do.
            actor: for whom.
            named: the request's key, if it has one; the result is a ``Reply`` then.
        """
        from asyncio import get_running_loop

        loop = get_running_loop()
        waiting: AsyncFuture[Any] = loop.create_future()
        self.write_soon(op, actor, loop, partial(settle, waiting), named)
        return await waiting

    def write_soon(
        self,
        op: Op[Any],
        actor: Actor,
        loop: AbstractEventLoop,
        tell: Tell,
        named: Once | None = None,
    ) -> None:
        """Carry out a checked operation that writes for who waits at a running loop.

        Args:
            op: what to do.
            actor: for whom.
            loop: the loop, whose thread this is.
            tell: called on the loop with the result or the problem, never before this returns.
            named: the request's key, if it has one.
        """
        job = Job(op, actor, named)
        if self.database.group_commit:
            gathering = self._gathering
            if gathering is None or gathering.loop is not loop:
                gathering = self._gathering = Gathering(loop, self.submit)
            gathering.add(job, tell)
            return

        # A future of threads, wrapped, would take ten times as long to hand over.
        def done(answers: Sequence[Answer]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and who waited with it
                loop.call_soon_threadsafe(tell, *answers[0])

        self.submit(Batch([job], done))

    def hold(self, job: str) -> Hold | None:
        """Become the one process that does a job on this database; None while another does."""
        return hold(self.database, job)

    def wipe(self) -> None:
        """Overwrite what the files still have of a text that was erased."""
        wipe(self.database)

    def close(self) -> None:
        """Finish the waiting writes and close the connections."""
        if self._pid == os.getpid() and self.recorded.is_set() and not self._closed:
            with contextlib.suppress(Exception):  # it can as well be done by whoever opens it next
                self.order_events()
        with self._lock:
            self._closed = True
            writer, pool = self._writer, self._pool
        if self._pid != os.getpid():
            return  # a fork must not touch its parent's connections
        if writer is not None:
            self._batches.put(None)
            writer.join()
        if pool is not None:
            pool.shutdown()
        with self._lock:
            while self._connections:
                self._connections.pop().close()

    # ------------------------------------------------------------ transactions

    def _transact(
        self, op: Op[Any], actor: Actor, named: Once | None = None, *, write: bool
    ) -> Any:
        cursor = self._cursor(write=write)
        end = self.database.begin(cursor, write=write, search=op.searches)
        try:
            tx = self._tx(cursor, actor, {})
            tx.end = end
            result = carry_out(tx, op, named)
            cursor.execute("COMMIT")
        except BaseException:
            self._roll_back(cursor)
            raise
        if tx.new_keys:
            self.known_keys.update(tx.new_keys)
        if tx.recorded:
            self._tell()
        return result

    def _tx(self, cursor: Any, actor: Actor, pending_keys: dict[str, int]) -> Tx:
        return Tx(
            self.database,
            cursor,
            actor=actor,
            known_keys=self.known_keys,
            pending_keys=pending_keys,
            artifact_root=self.artifact_root,
            signing=self.signing,
            sealing=self.sealing,
            blobs=self.blobs,
        )

    def _cursor(self, *, write: bool) -> Any:
        name = "writer" if write else "reader"
        held = getattr(self._local, name, None)
        if held is not None and not getattr(held[0], "closed", False):
            return held[1]
        connection = self.database.connect(read_only=not write)
        cursor = connection.cursor()
        setattr(self._local, name, (connection, cursor))
        with self._lock:
            self._connections.append(connection)
        return cursor

    def _roll_back(self, cursor: Any) -> None:
        self.database.policies = (0, {})  # some may have come with this transaction
        try:
            cursor.execute("ROLLBACK")
        except Exception:  # noqa: BLE001  # the connection is gone, and the transaction with it
            cursor.connection.close()
            self._local.writer = self._local.reader = None  # the next transaction opens another

    def _guard(self, work: Callable[[], Any]) -> Any:
        for attempt in range(MAX_RETRIES):
            try:
                return work()
            except Exception as problem:  # noqa: PERF203  # races are rare
                if isinstance(problem, CuveeError):
                    raise
                if self.database.lost_race(problem) and attempt < MAX_RETRIES - 1:
                    continue
                known = self.database.translate(problem)
                if known is not None:
                    raise known from problem
                raise
        raise Internal  # not reached: the last attempt returns or raises

    def _write_each(self, batch: Batch) -> None:
        batch.done([self._write_one(job) for job in batch.jobs])

    def _write_one(self, job: Job) -> Answer:
        try:
            write = partial(self._transact, job.op, job.actor, job.once, write=True)
            return self._guard(write), None
        except BaseException as problem:  # noqa: BLE001  # whoever waits must hear of it
            return None, problem

    # ------------------------------------------------------------ group commit

    def _write_groups(self) -> None:
        """Take whatever waits, carry it out, commit once, then answer all."""
        ended = False
        while not ended:
            found = self._batches.get()
            group: list[Batch] = []
            size = 0
            while found is not None:
                group.append(found)
                size += len(found.jobs)
                if size >= MAX_GROUP or self._batches.empty():
                    break
                found = self._batches.get()
            ended = found is None
            if group:
                self._write_group(group)

    def _write_group(self, group: list[Batch]) -> None:
        jobs = [job for batch in group for job in batch.jobs]
        answers: list[Answer] = []
        try:
            new_keys = self._guard(lambda: self._commit_group(jobs, answers))
        except BaseException as problem:  # noqa: BLE001  # whoever waits must hear of it
            answers = [(None, problem)] * len(jobs)
        else:
            if new_keys:
                self.known_keys.update(new_keys)
        start = 0
        for batch in group:
            end = start + len(batch.jobs)
            batch.done(answers[start:end])
            start = end

    def _commit_group(self, group: Sequence[Job], answers: list[Answer]) -> dict[str, int]:
        # A savepoint for each costs a fifth of the time, and is needed where one is refused. So all
        # are carried out without; where one was refused lately, they would often be so twice.
        if self._calm >= CALM or len(group) == 1:
            found = self._carry_out_all(group, answers, apart=False)
            if found is not None:
                return found
        return self._carry_out_all(group, answers, apart=True) or {}

    def _carry_out_all(
        self,
        group: Sequence[Job],
        answers: list[Answer],
        *,
        apart: bool,
    ) -> dict[str, int] | None:
        """Carry out a group in a transaction; None when that must be done again, each apart."""
        answers.clear()
        cursor = self._cursor(write=True)
        self.database.begin(cursor, write=True)
        new_keys: dict[str, int] = {}
        recorded = False
        try:
            for job in group:
                tx = self._tx(cursor, job.actor, new_keys)
                try:
                    carried = self._in_savepoint if apart else _carry_out
                    result = carried(cursor, tx, job)
                except BaseException as problem:  # noqa: BLE001  # answered to its caller
                    answers.append((None, self._explain(problem)))
                    self._calm = 0
                    if not apart:  # the transaction is its savepoint
                        self._roll_back(cursor)
                        return {} if len(group) == 1 else None
                else:
                    answers.append((result, None))
                    self._calm += 1
                    new_keys.update(tx.new_keys)
                    recorded = recorded or tx.recorded
            cursor.execute("COMMIT")
        except BaseException:
            self._roll_back(cursor)
            raise
        if recorded:
            self._tell()
        return new_keys

    def _tell(self) -> None:
        if not self.recorded.is_set():  # who waits clears it before looking
            self.recorded.set()
        tell = self.on_recorded
        if tell is not None:
            tell()

    @staticmethod
    def _in_savepoint(cursor: Any, tx: Tx, job: Job) -> Any:
        cursor.execute("SAVEPOINT job")
        try:
            result = carry_out(tx, job.op, job.once)
        except BaseException:
            tx.database.policies = (0, {})
            cursor.execute("ROLLBACK TO job")
            cursor.execute("RELEASE job")
            raise
        cursor.execute("RELEASE job")
        return result

    def _explain(self, problem: BaseException) -> BaseException:
        if isinstance(problem, CuveeError) or not isinstance(problem, Exception):
            return problem
        known = self.database.translate(problem)
        if isinstance(known, (StorageFull, Unavailable)):
            raise problem  # the whole group meets the same trouble
        return problem


def _carry_out(cursor: Any, tx: Tx, job: Job) -> Any:  # noqa: ARG001  # as in a savepoint
    return carry_out(tx, job.op, job.once)


def _tell_nobody(answers: Sequence[Answer]) -> None:
    pass
