"""Writes of one event loop: gathered while others are committed, and never kept for long."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cuvee.api.base import Actor
from cuvee.api.experiments import CreateExperiment
from cuvee.api.runs import GetRun, SetTag
from cuvee.errors import AlreadyExists, NotFound, Unavailable
from cuvee.store.gathering import MAX_GROUP, PATIENCE, QUIET, Batch, Gathering, Job, settle
from cuvee.store.sql import SqlStore

OP = CreateExperiment(name="e")
JOB = Job(OP, Actor("ann"), None)
MANY = 100


class Disk:
    """Takes batches, and commits them when it is told to."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.sizes: list[int] = []

    def take(self, batch: Batch) -> None:
        self.batches.append(batch)
        self.sizes.append(len(batch.jobs))

    def commit(self) -> None:
        batch = self.batches.pop(0)
        batch.done([(number, None) for number, _ in enumerate(batch.jobs)])


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def added(gathering: Gathering) -> asyncio.Future[Any]:
    """Add a write, and return the future of its result."""
    waiting: asyncio.Future[Any] = gathering.loop.create_future()
    gathering.add(JOB, partial(settle, waiting))
    return waiting


def gathered(scene: Callable[[Gathering, Disk], Any]) -> Disk:
    """Play a scene on a loop."""
    disk = Disk()

    async def play() -> None:
        await scene(Gathering(asyncio.get_running_loop(), disk.take), disk)

    asyncio.run(play())
    return disk


def test_who_is_alone_never_waits() -> None:
    async def scene(gathering: Gathering, disk: Disk) -> None:
        for number in range(5):
            waiting = added(gathering)
            assert len(disk.sizes) == number + 1  # at once, in the same turn
            disk.commit()
            assert await waiting == 0

    assert gathered(scene).sizes == [1] * 5


@pytest.mark.parametrize("seconds", [0, 2 * PATIENCE], ids=["quick", "slow"])
def test_clients_that_come_again_at_once_are_committed_together(seconds: float) -> None:
    async def client(gathering: Gathering, left: int) -> None:
        for _ in range(left):
            await added(gathering)
            await turns(1)  # on the way to the client and back

    async def scene(gathering: Gathering, disk: Disk) -> None:
        clients = [asyncio.ensure_future(client(gathering, 20)) for _ in range(8)]
        while not all(each.done() for each in clients):
            await turns(QUIET + 3)
            if disk.batches:
                await asyncio.sleep(seconds)
                disk.commit()

    sizes = gathered(scene).sizes
    assert sum(sizes) == 160
    assert sizes[0] == 1  # the first could not know that others come
    assert sizes[1:-1] == [8] * (len(sizes) - 2)


def test_nobody_waits_for_who_has_left() -> None:
    async def scene(gathering: Gathering, disk: Disk) -> None:
        for _ in range(8):
            added(gathering)
        disk.commit()  # the first
        await turns(QUIET + 3)
        disk.commit()  # the seven that came meanwhile
        await turns(QUIET + 3)
        waiting = added(gathering)
        await turns(QUIET + 3)
        assert disk.sizes == [1, 7, 1]
        disk.commit()
        assert await waiting == 0

    gathered(scene)


def test_a_loop_that_is_never_quiet_hands_over_what_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(gathering: Gathering, disk: Disk) -> None:
        turn = 0  # by the machine's clock one could take as long as ten
        begin = gathering.loop.time()
        monkeypatch.setattr(gathering.loop, "time", lambda: begin + turn * PATIENCE / 10)
        for _ in range(MANY + 1):
            added(gathering)
        disk.commit()
        await turns(QUIET + 3)
        disk.commit()  # so many are expected again
        await turns(QUIET + 3)
        for _ in range(MANY):  # and one comes in each turn
            added(gathering)
            if len(disk.sizes) > 2:
                break
            turn += 1
            await asyncio.sleep(0)
        assert disk.sizes[:2] == [1, MANY]
        assert 2 < disk.sizes[2] < MANY / 2

    gathered(scene)


def test_more_than_fit_are_committed_in_turn() -> None:
    async def scene(gathering: Gathering, disk: Disk) -> None:
        waiting = [added(gathering) for _ in range(2 * MAX_GROUP + 10)]
        while disk.batches:
            disk.commit()
            await turns(QUIET + 3)
        done = await asyncio.gather(*waiting)
        assert len(done) == len(waiting)

    assert gathered(scene).sizes == [1, MAX_GROUP, MAX_GROUP, 9]


def test_who_does_not_wait_any_more_holds_up_nobody() -> None:
    async def scene(gathering: Gathering, disk: Disk) -> None:
        gone, there = added(gathering), added(gathering)
        gone.cancel()
        disk.commit()
        await turns(QUIET + 3)
        disk.commit()
        assert await there == 0

    assert gathered(scene).sizes == [1, 1]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore.open(f"sqlite:///{tmp_path}/c.db")
    yield store
    store.close()


def test_each_is_told_its_own_answer(store: SqlStore) -> None:
    run = "0" * 32

    async def play() -> list[Any]:
        ops = [
            *(CreateExperiment(name=f"e{number}") for number in range(40)),
            CreateExperiment(name="e7"),
            SetTag(run_id=run, key="k", value="v"),
        ]
        return await asyncio.gather(
            *(store.written(op, store.user) for op in ops), return_exceptions=True
        )

    *made, taken, missing = asyncio.run(play())
    assert [one.experiment_id for one in made] == [str(number + 1) for number in range(40)]
    assert isinstance(taken, AlreadyExists)
    assert isinstance(missing, NotFound)
    with pytest.raises(NotFound):
        store.do(GetRun(run_id=run))


def test_a_second_loop_has_writes_of_its_own(store: SqlStore) -> None:
    """As when a server's loop ends, and another begins in the same process."""
    for name in ("a", "b"):
        made = asyncio.run(store.written(CreateExperiment(name=name), store.user))
        assert made.experiment_id
    told: list[Any] = []

    async def play(name: str) -> None:
        told.append(await store.written(CreateExperiment(name=name), store.user))

    threads = [threading.Thread(target=lambda n=n: asyncio.run(play(n))) for n in "cdef"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(told) == 4


def test_a_store_that_is_closed_says_so(store: SqlStore) -> None:
    store.close()
    with pytest.raises(Unavailable, match="shutting down"):
        asyncio.run(store.written(OP, store.user))
