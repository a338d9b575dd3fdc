"""Writes that wait for a commit, and how those of one event loop are gathered into one.

A commit costs about as much for eight writes as for one. Whoever waits for an answer sends no other
request meanwhile, and sends the next one as soon as it is there; so a writer that took what waits
the moment it is done would always commit for half of its clients, and let the others wait. Here
those who were answered get the turns of the loop to come again, and no longer: a write waits until
as many are there as were answered last, or until the loop has nothing else to do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from cuvee.api.base import Actor, Op
    from cuvee.api.replies import Once

MAX_GROUP = 256
"""Writes that are committed at once, or a few more."""
QUIET = 3
"""Turns of the loop without another write, after which no other is expected."""
PATIENCE = 0.005
"""Seconds after which a loop that is never quiet hands over what there is."""

Answer = tuple[Any, BaseException | None]
"""What a write has returned, or why it was refused."""
Done = Callable[[Sequence[Answer]], None]
"""Told, on the thread that commits, the answers to a batch in its order; it must not raise."""
Tell = Callable[[Any, BaseException | None], None]
"""Told, on the loop's thread, the answer to one write; it must not raise."""


class Job(NamedTuple):
    """A checked operation that writes, for whom, and the request's key if it has one."""

    op: Op[Any]
    actor: Actor
    once: Once | None


class Batch(NamedTuple):
    """Writes that are handed over together, and who is told of all of them at once."""

    jobs: Sequence[Job]
    done: Done


class Gathering:
    """The writes of one event loop.

    Args:
        loop: the loop; all methods are called on its thread.
        hand_over: takes a batch to be committed.
    """

    def __init__(self, loop: AbstractEventLoop, hand_over: Callable[[Batch], None]) -> None:
        self.loop = loop
        self._hand_over = hand_over
        self._jobs: list[Job] = []
        self._waiting: list[Tell] = []
        self._busy = False
        self._looking = False
        self._since = 0.0
        self._all = 1

    def add(self, job: Job, tell: Tell) -> None:
        """Add a write, and who is told what came of it."""
        if not self._jobs:
            self._since = self.loop.time()
        self._jobs.append(job)
        self._waiting.append(tell)
        if not self._busy:
            if len(self._jobs) >= self._all:
                self._commit()
            elif not self._looking:
                self._look_soon(0)

    def _look_soon(self, quiet: int) -> None:
        self._looking = True
        self.loop.call_soon(self._look, len(self._jobs), quiet)

    def _look(self, seen: int, quiet: int) -> None:
        self._looking = False
        if self._busy or not self._jobs:
            return
        quiet = quiet + 1 if len(self._jobs) == seen else 0
        if quiet >= QUIET or self.loop.time() > self._since + PATIENCE:
            self._commit()
        else:
            self._look_soon(quiet)

    def _commit(self) -> None:
        jobs, self._jobs = self._jobs[:MAX_GROUP], self._jobs[MAX_GROUP:]
        waiting, self._waiting = self._waiting[:MAX_GROUP], self._waiting[MAX_GROUP:]
        self._busy = True
        self._hand_over(Batch(jobs, partial(self._done, waiting)))

    def _done(self, waiting: Sequence[Tell], answers: Sequence[Answer]) -> None:
        with suppress(RuntimeError):  # the loop has ended, and who waited with it
            self.loop.call_soon_threadsafe(self._answer, waiting, answers)

    def _answer(self, waiting: Sequence[Tell], answers: Sequence[Answer]) -> None:
        for tell, (result, problem) in zip(waiting, answers, strict=True):
            tell(result, problem)
        self._busy = False
        self._all = min(len(answers) + len(self._jobs), MAX_GROUP)
        self._since = self.loop.time()  # the commit's own time is nobody's patience
        if self._jobs and not self._looking:
            self._look_soon(0)


def settle(waiting: Any, result: Any, problem: BaseException | None) -> None:
    """Tell who waits at a future, of asyncio or of threads; unless nobody waits any more."""
    if waiting.done():  # cancelled
        return
    if problem is None:
        waiting.set_result(result)
    else:
        waiting.set_exception(problem)
