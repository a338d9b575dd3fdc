"""Runs forked and rewound at a step."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar

from msgspec import Meta

from cuvee.api.base import CUVEE, Empty, Int64, Of, Permission, Recorded, Required
from cuvee.api.names import MAX_RUN_NAME, shown
from cuvee.api.runs import RunResult
from cuvee.errors import InvalidParameter

FORKED_FROM_TAG = "cuvee.forked_from"
FORKED_AT_TAG = "cuvee.forked_at"


class ForkRun(Recorded[RunResult], frozen=True, kw_only=True):
    """Start a run that goes on where another was at a step.

    It has the other's params, tags, inputs and its metrics up to the step, that step included.

    Args:
        run_id: the other run.
        step: up to where.
        new_run_id: an id of the caller's making, as for ``runs/create``.
        run_name: the other's name when it is absent.
        artifacts: whether it gets the other's files too, whenever they were logged; their bytes
            are not copied.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "runs/fork"
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_id"),)
    run_id: Required
    step: Int64
    new_run_id: str = ""
    run_name: Annotated[str, Meta(max_length=MAX_RUN_NAME)] = ""
    artifacts: bool = False

    def check(self) -> None:
        if self.new_run_id and not re.fullmatch("[0-9a-f]{32}", self.new_run_id):
            raise InvalidParameter(
                f"{shown(self.new_run_id)} cannot be a run's id of your own: send 32 random "
                "hexadecimal digits in lower case, or leave it out."
            )


class RewindRun(Recorded[Empty], frozen=True, kw_only=True):
    """Remove a run's points after a step for good; params, tags and files stay."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "runs/rewind"
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_id"),)
    run_id: Required
    step: Int64
