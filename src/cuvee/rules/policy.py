"""Stages and their review policies, as a document says them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Subjects = list[Annotated[str, Meta(pattern="^(user|group):.+", max_length=300)]]
"""Users and groups, as ``user:alice`` and ``group:risk``."""


class Review(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a move into a stage needs.

    Args:
        approvals: how many approvals.
        reviewers: who may approve (``from`` in the document); empty for all whose level allows it.
        exclude: whose approval does not count.
        checks: names of checks that must have passed, and expressions over what is known.
        reason: whether a move and a request must say why.
        expires: for how long an approval counts, such as ``7d`` or ``12h``; empty for ever.
        break_glass: who may move past this in an emergency.
    """

    approvals: Annotated[int, Meta(ge=0, le=100)] = 1
    reviewers: Subjects = field(default_factory=list, name="from")
    exclude: list[Literal["author", "requester"]] = field(
        default_factory=lambda: ["author", "requester"]
    )
    checks: list[Annotated[str, Meta(min_length=1, max_length=1000)]] = []
    reason: bool = False
    expires: str = ""
    break_glass: Subjects = []


class Stage(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A stage.

    Args:
        name: its name, as clients use it.
        holders: whether one version may hold it, or many.
        former: where the former holder goes when one may hold it, or when a move archives.
        protected: whether direct moves need ``CAN_MANAGE_PRODUCTION_VERSIONS``; when absent, the
            last stage and ``Production`` do.
        enter: who may move versions in, besides what levels give; empty for nobody more.
        leave: who may move versions out, likewise.
        review: what a move into it needs; nothing when absent.
    """

    name: Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9 _.-]{0,62}$")]
    holders: Literal["one", "many"] = "many"
    former: str = "Archived"
    protected: bool | None = None
    enter: Subjects = []
    leave: Subjects = []
    review: Review | None = None


class Policy(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The stages of a model, a folder or the registry, in their order.

    ``None`` and ``Archived`` are always there, before and after them.
    """

    stages: list[Stage]


BUILT_IN = Policy(stages=[Stage(name="Staging"), Stage(name="Production")])
"""What applies where no document says otherwise: MLflow's four stages, without review."""
