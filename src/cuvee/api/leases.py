"""Leases: a run's process says that it lives, and a run whose process died tells so."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from cuvee.api.base import CUVEE, Of, Permission, Read, Required, Write
from cuvee.api.names import check_run_id
from cuvee.api.replies import Swept
from cuvee.api.runs import LEGACY_RUN_ID, LeaseSeconds, RunStatus
from cuvee.errors import InvalidParameter

LOST_TAG = "cuvee.lost"
LAST_SEEN_TAG = "cuvee.lost.last_seen"
OUTPUT_TAG = "cuvee.lost.output"
GRACE = 10_000
"""Milliseconds between the end of a lease and the end of the run."""
MAX_TAIL = 64 << 10


class Lease(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When a run's process was last heard of, and until when it need not be.

    Args:
        run_id: the run.
        status: the run's; a process learns here that somebody has ended it.
        last_seen: milliseconds since 1970; 0 when the run has no lease.
        expires: milliseconds since 1970; 0 when the run has no lease, or has lost it.
        lost: whether the run was ended because its process was not heard of.
        reopened: whether this call has brought a lost run back.
        tail: the last lines of the process's output.
    """

    run_id: str
    status: RunStatus
    last_seen: int = 0
    expires: int = 0
    lost: bool = False
    reopened: bool = False
    tail: str = ""


class LeaseResult(Struct, frozen=True):
    """One lease."""

    lease: Lease


class Heartbeat(Write[LeaseResult], frozen=True, kw_only=True):
    """Say that a run's process lives; without another word in time the run becomes FAILED."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "runs/heartbeat"
    keyed: ClassVar[bool] = False
    legacy: ClassVar[dict[str, str]] = LEGACY_RUN_ID
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_id"),)
    run_id: Required
    lease: LeaseSeconds = 30
    tail: str | None = None

    def check(self) -> None:
        check_run_id(self.run_id)
        if self.tail is not None and len(self.tail.encode()) > MAX_TAIL:
            raise InvalidParameter(
                f"The tail has more than {MAX_TAIL >> 10} KiB: send the last lines only."
            )


class GetLease(Read[LeaseResult], frozen=True, kw_only=True):
    """Read when a run's process was last heard of, and the last lines of its output."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "runs/lease"
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_id"),)
    run_id: Required


class EndLostRuns(Write[Swept], frozen=True, kw_only=True):
    """End runs whose leases are over, some at a time."""

    needs: ClassVar[Permission] = Permission.ADMIN


class CountLostRuns(Read[Swept], frozen=True, kw_only=True):
    """Count the runs, up to some, whose leases were over at a time."""

    needs: ClassVar[Permission] = Permission.ADMIN
    before: int
