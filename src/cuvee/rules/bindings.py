"""What a binding policy holds narrower ones to: they may be stricter, never weaker; no I/O."""

from __future__ import annotations

from cuvee.rules.decide import lasting
from cuvee.rules.documents import is_protected
from cuvee.rules.policy import Policy, Review, Stage


def weaknesses(binding: Policy, policy: Policy) -> list[str]:
    """Return what a policy would allow that a binding one does not, one phrase for each rule.

    Stages with a review, and those that the document itself protects, bind; others are only names.

    Args:
        binding: the policy of the larger scope; one that does not bind holds to nothing.
        policy: the one that would apply instead.
    """
    if not binding.binding:
        return []
    held = {stage.name.lower(): stage for stage in policy.stages}
    found = []
    for stage in binding.stages:
        if not _binds(stage):
            continue
        other = held.get(stage.name.lower())
        if other is None:
            found.append(f"stage {stage.name} is missing")
            continue
        lost = _of_stage(binding, stage, policy, other)
        if stage.review is not None:
            lost += _of_review(stage.review, other.review)
        found += [f"{stage.name}: {phrase}" for phrase in lost]
    return found


def unreviewed(source: Stage, target: Stage) -> list[str]:
    """Return what a stage demands of versions that those in another one need not have had."""
    return _of_review(target.review, source.review) if target.review is not None else []


def reviews(binding: Policy, name: str) -> bool:
    """Say whether a policy that binds has a review of the stage of this name."""
    return binding.binding and any(
        stage.review is not None and stage.name.lower() == name.lower() for stage in binding.stages
    )


def _binds(stage: Stage) -> bool:
    return stage.review is not None or bool(stage.protected)


def _of_stage(binding: Policy, stage: Stage, policy: Policy, other: Stage) -> list[str]:
    found = []
    if stage.holders == "one" and other.holders != "one":
        found.append("holders must be one")
    # What binds must bind in the narrower policy too: another one may lie inside that.
    kept = is_protected(policy, other) and (_binds(other) or stage.review is not None)
    if is_protected(binding, stage) and not kept:
        found.append("it must be protected")
    for field in ("enter", "leave"):
        more = _more(getattr(other, field), getattr(stage, field))
        if more:
            found.append(f"{field} may not name {more}")
    return found


def _of_review(review: Review, other: Review | None) -> list[str]:
    if other is None:
        return ["a review is needed"]
    found = []
    if other.approvals < review.approvals:
        found.append(f"approvals must be at least {review.approvals}")
    if review.reviewers and (not other.reviewers or _more(other.reviewers, review.reviewers)):
        found.append(f"from may name only {', '.join(review.reviewers)}")
    counted = [who for who in review.exclude if who not in other.exclude]
    if counted:
        found.append(f"exclude must have {', '.join(counted)}")
    there = {" ".join(check.split()) for check in other.checks}
    lost = [check for check in review.checks if " ".join(check.split()) not in there]
    if lost:
        found.append(f"checks must have {', '.join(map(repr, lost))}")
    if review.reason and not other.reason:
        found.append("a reason is needed")
    if review.expires and (not other.expires or lasting(other.expires) > lasting(review.expires)):
        found.append(f"expires must be {review.expires} or less")
    more = _more(other.break_glass, review.break_glass)
    if more:
        found.append(f"break_glass may not name {more}")
    return found


def _more(given: list[str], allowed: list[str]) -> str:
    return ", ".join(one for one in given if one not in allowed)
