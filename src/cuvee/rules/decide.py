"""Whether a version may enter a stage: approvals counted, checks looked at; no I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from cuvee.errors import InvalidParameter
from cuvee.rules.checks import Result
from cuvee.rules.policy import Review, Stage

_LASTS = re.compile(r"([1-9]\d{0,5})\s*(m|h|d|w)")
_MILLISECONDS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}


class Approval(Struct, frozen=True, kw_only=True):
    """One approval on record.

    Args:
        user: who gave it; ``groups`` are the groups that the user is in now.
        digest, policy: what was approved, and under which rules.
        time: when, milliseconds since 1970.
        lost: why the user could not give it now; empty when they could.
    """

    user: str
    groups: frozenset[str] = frozenset()
    digest: str
    policy: str
    time: int
    lost: str = ""


class Case(Struct, frozen=True, kw_only=True):
    """A version before a stage.

    Args:
        digest: the version's content now; empty while nothing of it is stored here.
        policy: id of the policy that applies now.
        now: milliseconds since 1970.
        author: who registered the version.
        requesters: who asks for the move.
        approvals: those on the open requests.
        checks: what became of the required checks.
        reason: why the version is to be moved.
    """

    digest: str
    policy: str
    now: int
    author: str
    requesters: frozenset[str] = frozenset()
    approvals: Sequence[Approval] = ()
    checks: Sequence[Result] = ()
    reason: str = ""


class Void(Struct, frozen=True):
    """An approval that does not count, and why."""

    user: str
    reason: str


class Decision(Struct, frozen=True, kw_only=True):
    """What a stage's policy says to a move.

    Args:
        state: ``allowed``; ``waiting`` for approvals or results; ``refused`` by a check that has
            failed or for want of a reason, which no approval can mend.
        approvals: who has approved and counts.
        required: how many must.
        missing: one sentence for each thing that is missing.
        void: approvals that do not count.
    """

    state: Literal["allowed", "waiting", "refused"]
    approvals: list[str] = []
    required: int = 0
    missing: list[str] = []
    void: list[Void] = []


def decide(stage: Stage, case: Case) -> Decision:
    """Decide whether a version may enter a stage now."""
    review = stage.review
    if review is None:
        return Decision(state="allowed")
    counted: set[str] = set()
    void = []
    for given in case.approvals:
        problem = objection(review, case, given)
        if problem:
            void.append(Void(given.user, problem))
        else:
            counted.add(given.user)
    missing = []
    lacking = review.approvals - len(counted)
    if lacking > 0:
        missing.append(f"{_count(lacking, 'approval')} by {_reviewers(review)}")
    refused = [r for r in case.checks if r.state == "failed"]
    waiting = [r for r in case.checks if r.state == "unknown"]
    missing += [f"check {r.check!r} failed: {r.sentence}" for r in refused]
    missing += [f"check {r.check!r} has not passed: {r.sentence}" for r in waiting]
    if review.reason and not case.reason.strip():
        missing.append("a reason: say why in the comment")
    stuck = bool(refused) or (review.reason and not case.reason.strip())
    return Decision(
        state="refused" if stuck else "waiting" if missing else "allowed",
        approvals=sorted(counted),
        required=review.approvals,
        missing=missing,
        void=void,
    )


def objection(review: Review, case: Case, given: Approval) -> str:
    """Return why an approval does not count; empty when it does."""
    if given.digest != case.digest:
        return "the version's files have changed since"
    if given.policy != case.policy:
        was, now = (f"{policy!r}" if policy else "none" for policy in (given.policy, case.policy))
        return f"the policy has changed since (from {was} to {now})"
    if review.expires and case.now - given.time >= lasting(review.expires):
        return f"it has expired: approvals count for {review.expires}"
    excluded = given.lost or exclusion(review, case, given.user)
    if excluded:
        return excluded
    if review.reviewers and not is_one_of(review.reviewers, given.user, given.groups):
        return f"{given.user} is not one of {', '.join(review.reviewers)} now"
    return ""


def exclusion(review: Review, case: Case, user: str) -> str:
    """Return why a user's approval cannot count whatever else holds; empty when it can."""
    if "author" in review.exclude and user == case.author:
        return f"{user} has registered the version: somebody else must approve it"
    if "requester" in review.exclude and user in case.requesters:
        return f"{user} has asked for the move: somebody else must approve it"
    return ""


def is_one_of(subjects: Sequence[str], user: str, groups: frozenset[str]) -> bool:
    """Say whether a user is among ``user:<name>`` and ``group:<name>``."""
    return f"user:{user}" in subjects or any(f"group:{group}" in subjects for group in groups)


def lasting(text: str) -> int:
    """Return how long ``7d``, ``12h``, ``30m`` or ``2w`` is, in milliseconds.

    Raises:
        InvalidParameter: it is not such a time.
    """
    match = _LASTS.fullmatch(text.strip())
    if match is None:
        raise InvalidParameter(
            f"{text[:40]!r} is not a time that approvals can last: write 30m, 12h, 7d or 2w."
        )
    return int(match[1]) * _MILLISECONDS[match[2]]


def verdict(decision: Decision) -> Mapping[str, object]:
    """Return what the event of a move says about its grounds."""
    said: dict[str, object] = {
        "verdict": decision.state,
        "approvers": decision.approvals,
        "required_approvals": decision.required,
    }
    return said


def _count(number: int, what: str) -> str:
    return f"{number} more {what}{'' if number == 1 else 's'}"


def _reviewers(review: Review) -> str:
    who = ", ".join(review.reviewers) or "whoever may move versions to this stage"
    also = " or ".join(
        {"author": "who registered the version", "requester": "who asked for it"}[e]
        for e in review.exclude
    )
    return f"{who}, not {also}" if also else who
