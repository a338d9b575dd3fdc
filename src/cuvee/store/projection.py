"""Compares what the tables hold with what the events tell, a few hundred objects at a time.

Each step is a short transaction that only reads, in which an object's row and its events agree
whatever is being written; where a step has ended is all that the next one needs to know. So a
comparison needs no memory that grows with the history, and holds nobody up.
"""

from __future__ import annotations

import msgspec

from cuvee.api.log import CheckProjection, Projection, Walked
from cuvee.api.names import plain
from cuvee.store import (
    projection_registry,
    projection_rights,
    projection_tracking,
    projection_versions,
)
from cuvee.store.replays import said
from cuvee.store.tx import Tx

STEPS = {
    **projection_tracking.STEPS,
    **projection_registry.STEPS,
    **projection_versions.STEPS,
    **projection_rights.STEPS,
}
"""What is compared, in this order."""

DAMAGE = (ValueError, TypeError, LookupError, AttributeError, msgspec.MsgspecError)
"""What comes of events that cannot be read."""

_parts = list(STEPS)


def check_projection(tx: Tx, op: CheckProjection) -> Projection:
    part = op.walked.part or _parts[0]
    try:
        found, walked = STEPS[part](tx, op.walked)
        findings = [said(tx, one) for one in found]
    except DAMAGE as problem:
        walked = None
        behind = f" behind {op.walked.key}" if op.walked.key else ""
        findings = [
            f"the {part}{behind} cannot be compared, for an event is damaged: {plain(str(problem))}"
        ]
    if walked is None:
        following = _parts[_parts.index(part) + 1 :]
        walked = Walked(following[0] if following else "")
    return Projection(findings, walked)
