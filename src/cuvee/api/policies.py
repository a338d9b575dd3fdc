"""Policies: which stages a model has, and what a move into each needs, as a document says it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct, field

from cuvee.api.base import CUVEE, Of, Permission, Read, Recorded, Required

EVERYTHING = "/"
"""The scope of all models; a folder's is its path with a slash at the end, a model's its name."""

Subjects = list[Annotated[str, Meta(pattern="^(user|group):.+", max_length=300)]]
"""Users and groups, as ``user:alice`` and ``group:risk``."""

Scope = Annotated[str, Meta(min_length=1, max_length=1000)]


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

    Args:
        stages: those between them.
        binding: whether narrower scopes may only be stricter about stages with a review and those
            that it protects; of folders and of all models only, where it is so unless the document
            says otherwise.
    """

    stages: list[Stage]
    binding: bool = False


BUILT_IN = Policy(stages=[Stage(name="Staging"), Stage(name="Production")])
"""What applies where no document says otherwise: MLflow's four stages, without review."""


class PolicyVersion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A policy as it was applied.

    Args:
        id: ``<scope>@<version>``; empty for the built-in stages.
        scope: a model's name, a folder (``team/``), or ``/`` for all models.
        version: number among those of the scope, from 1.
        digest: sha256 over the canonical form of the policy.
        user_id: who applied it.
        creation_timestamp: when.
        policy: the stages between ``None`` and ``Archived``; absent when this version removed the
            scope's policy.
        stages: the names of all stages, in their order.
    """

    id: str = ""
    scope: str = ""
    version: int = 0
    digest: str = ""
    user_id: str = ""
    creation_timestamp: int = 0
    policy: Policy | None = None
    stages: list[str] = []


class PolicyResult(Struct, frozen=True):
    """One policy."""

    policy_version: PolicyVersion


class PolicyList(Struct, frozen=True, omit_defaults=True):
    """The versions of a scope's policy, newest first."""

    policy_versions: list[PolicyVersion] = []


class StageChange(Struct, frozen=True):
    """A version that a policy moves, because it drops the stage that the version holds."""

    name: str
    version: str
    from_stage: str
    to_stage: str


class PolicyChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What applying or removing a policy does.

    Args:
        before: what applied to the scope before.
        after: what applies now.
        moved: the versions that it moves.
        unchanged: whether the scope had this policy already, so that nothing was done.
    """

    before: PolicyVersion
    after: PolicyVersion
    moved: list[StageChange] = []
    unchanged: bool = False


class ApplyPolicy(Recorded[PolicyChange], frozen=True, kw_only=True):
    """Give a model, a folder or the registry the stages and reviews that a document says."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "policies/apply"
    # MANAGE on the model that the document names, else ADMIN: the function looks, for the scope
    # stands in the document.
    needs: ClassVar[Permission] = Permission.LOGIN
    document: Annotated[
        str, Meta(min_length=1, max_length=100_000, description="the policy, in YAML or JSON")
    ]
    dry_run: Annotated[bool, Meta(description="say what would change, and change nothing")] = False


class GetModelPolicy(Read[PolicyResult], frozen=True, kw_only=True):
    """Read the policy that applies to a model, with the scope that it comes from."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "policies/of-model"
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required


class ListPolicyVersions(Read[PolicyList], frozen=True, kw_only=True):
    """Read all policies that a scope has had, newest first."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "policies/list"
    needs: ClassVar[Permission] = Permission.LOGIN
    scope: Scope


class RemovePolicy(Recorded[PolicyChange], frozen=True, kw_only=True):
    """Take a scope's policy away, so that the next larger scope's applies."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "policies/remove"
    needs: ClassVar[Permission] = Permission.LOGIN
    scope: Scope
