"""Reviews: requests to move a version to a stage, and what others say to them.

The calls below ``/api/2.0/mlflow`` are those of the Databricks workspace registry, whose clients
work unchanged; fields that it does not have are added, and such clients pass over them.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct, field

from cuvee.api.base import CUVEE, Comment, Level, Of, Permission, Read, Recorded, Required
from cuvee.api.models import RegisteredModelTag
from cuvee.api.names import version_number
from cuvee.api.stages import is_resting
from cuvee.api.versions import (
    ExpectedHolder,
    ModelVersion,
    ModelVersionTag,
    VersionStatus,
    check_expected,
)
from cuvee.errors import InvalidParameter

ActivityType = Literal[
    "APPLIED_TRANSITION",
    "REQUESTED_TRANSITION",
    "CANCELLED_REQUEST",
    "APPROVED_REQUEST",
    "REJECTED_REQUEST",
    "SYSTEM_TRANSITION",
    "NEW_COMMENT",
]
ActivityAction = Literal[
    "APPROVE_TRANSITION_REQUEST",
    "REJECT_TRANSITION_REQUEST",
    "CANCEL_TRANSITION_REQUEST",
    "EDIT_COMMENT",
    "DELETE_COMMENT",
]
ReviewState = Literal["allowed", "waiting", "refused"]
RequestStatus = Literal["open", "approved", "rejected", "cancelled", "closed"]
MODEL: tuple[Of, ...] = (Of("model", "name"),)


def permission_name(level: Level) -> str:
    """Return a level as the workspace registry spells it."""
    return "CAN_READ" if level == Level.USE else f"CAN_{level.name}"


class VoidApproval(Struct, frozen=True):
    """An approval that does not count, and why."""

    user_id: str
    reason: str


class CheckResult(Struct, frozen=True, omit_defaults=True):
    """What became of a required check; one that is ``unknown`` has not passed."""

    check: str
    state: Literal["passed", "failed", "unknown"]
    reason: str


class Refusal(Struct, frozen=True):
    """Something that the caller may not do with a request, and why."""

    action: ActivityAction
    reason: str


class Verdict(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a reviewer has said about a request."""

    user_id: str
    verdict: Literal["approved", "rejected"]
    comment: str = ""
    creation_timestamp: int


class TransitionRequest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request to move a version to a stage.

    Args:
        available_actions: what the caller may do with it; ``refusals`` say why not the rest.
        id, name, version: which request it is, and of what; this and what follows is not in the
            workspace registry.
        status: what has become of it; ``closed`` when it was granted by a direct move.
        state: what the stage's policy says now; about an open request, as all up to ``waits``.
        approvals: who has approved and counts; ``required_approvals`` must.
        missing: one sentence for each thing that is missing.
        void_approvals: approvals that do not count any more.
        checks: what the required checks say.
        holder: the version that holds the stage now; empty for nobody.
        stale: what has changed since it was asked for.
        waits: whether it waits for the caller's approval.
        from_stage: where the version was when it was asked for.
        verdicts: what reviewers have said about it, oldest first.
        closed_timestamp, closed_by, closed_comment: when, by whom and why it was ended.
    """

    creation_timestamp: int
    user_id: str
    to_stage: str
    comment: str = ""
    available_actions: list[ActivityAction] = []
    id: str = ""
    name: str = ""
    version: str = ""
    state: ReviewState = "waiting"
    approvals: list[str] = []
    required_approvals: int = 0
    missing: list[str] = []
    void_approvals: list[VoidApproval] = []
    status: RequestStatus = "open"
    checks: list[CheckResult] = []
    holder: str = ""
    stale: list[str] = []
    refusals: list[Refusal] = []
    waits: bool = False
    from_stage: str = ""
    verdicts: list[Verdict] = []
    closed_timestamp: int | None = None
    closed_by: str = ""
    closed_comment: str = ""


class Activity(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that was done about a version's stage, or said about the version.

    Args:
        id: of the activity; of the comment, when it is one.
        system_comment: why the registry did it by itself.
        request_id: the request that it belongs to; this and what follows is not in the workspace
            registry. See ``TransitionRequest``.
    """

    id: str
    activity_type: ActivityType
    user_id: str
    comment: str = ""
    system_comment: str = ""
    from_stage: str = ""
    to_stage: str = ""
    creation_timestamp: int
    last_updated_timestamp: int
    request_id: str = ""
    available_actions: list[ActivityAction] = []
    state: ReviewState | None = None
    approvals: list[str] = []
    required_approvals: int = 0
    missing: list[str] = []
    void_approvals: list[VoidApproval] = []


class TransitionRequestResult(Struct, frozen=True):
    """One request."""

    request: TransitionRequest


class ActivityResult(Struct, frozen=True):
    """One activity."""

    activity: Activity


class RequestList(Struct, frozen=True, omit_defaults=True):
    """The open requests of a version."""

    requests: list[Activity] = []


class RequestPage(Struct, frozen=True, omit_defaults=True):
    """A page of requests and the token of the next."""

    requests: list[TransitionRequest] = []
    next_page_token: str | None = None


class ActivityPage(Struct, frozen=True, omit_defaults=True):
    """A page of activities and the token of the next."""

    activities: list[Activity] = []
    next_page_token: str | None = None


class WorkspaceModelVersion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A version as the workspace registry shows it, with its open requests."""

    name: str
    version: str
    creation_timestamp: int
    last_updated_timestamp: int
    user_id: str | None = None
    current_stage: str
    description: str = field(default_factory=str)
    source: str = field(default_factory=str)
    run_id: str = field(default_factory=str)
    run_link: str = field(default_factory=str)
    status: VersionStatus = field(default_factory=lambda: "READY")
    status_message: str | None = None
    tag_items: list[ModelVersionTag] = field(default_factory=list, name="tags")
    open_requests: list[Activity] = []
    permission_level: str
    digest: str = ""


class WorkspaceModelVersionResult(Struct, frozen=True):
    """One version as the workspace registry shows it."""

    model_version_databricks: WorkspaceModelVersion


class WorkspaceModel(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A registered model as the workspace registry shows it: with an id and the caller's level."""

    id: str
    name: str
    creation_timestamp: int
    last_updated_timestamp: int
    user_id: str | None = None
    description: str | None = None
    latest_versions: list[ModelVersion] = []
    tag_items: list[RegisteredModelTag] = field(default_factory=list, name="tags")
    permission_level: str


class WorkspaceModelResult(Struct, frozen=True):
    """One registered model as the workspace registry shows it."""

    registered_model_databricks: WorkspaceModel


class Explanation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a stage's policy says to a version that would enter it now.

    Args:
        policy: id of the policy, ``<scope>@<version>``; empty for the built-in stages.
        digest: the content that approvals are pinned to.
        gated: whether the stage takes versions by review only.
        refused: why the caller may not make the move without a request, whatever the policy says;
            empty when they may.
        break_glass: whether the caller may move past what is missing in an emergency.
    """

    state: ReviewState
    policy: str = ""
    digest: str = ""
    gated: bool = False
    approvals: list[str] = []
    required_approvals: int = 0
    missing: list[str] = []
    void_approvals: list[VoidApproval] = []
    checks: list[CheckResult] = []
    refused: str = ""
    break_glass: bool = False


class CreateTransitionRequest(Recorded[TransitionRequestResult], frozen=True, kw_only=True):
    """Ask for a version to be moved to a stage."""

    route: ClassVar[str] = "transition-requests/create"
    needs: ClassVar[Permission] = Permission.READ
    of: ClassVar[tuple[Of, ...]] = MODEL
    name: Required
    version: Required
    stage: Required

    def check(self) -> None:
        version_number(self.version)


class ListTransitionRequests(Read[RequestList], frozen=True, kw_only=True):
    """Read the open requests of a version."""

    route: ClassVar[str] = "transition-requests/list"
    of: ClassVar[tuple[Of, ...]] = MODEL
    name: Required
    version: Required

    def check(self) -> None:
        version_number(self.version)


class ApproveTransitionRequest(Recorded[ActivityResult], frozen=True, kw_only=True):
    """Approve the open requests for a stage; the approval that completes the policy moves.

    Args:
        expected_holder: the version that the reviewer has compared with, which must still hold the
            stage.
    """

    route: ClassVar[str] = "transition-requests/approve"
    needs: ClassVar[Permission] = Permission.READ
    of: ClassVar[tuple[Of, ...]] = MODEL
    name: Required
    version: Required
    stage: Required
    archive_existing_versions: bool = False
    expected_holder: ExpectedHolder = None

    def check(self) -> None:
        version_number(self.version)
        check_expected(self.expected_holder)
        if self.archive_existing_versions and is_resting(self.stage):
            raise InvalidParameter(
                f"archive_existing_versions does not work with '{self.stage}': send false."
            )


class RejectTransitionRequest(Recorded[ActivityResult], frozen=True, kw_only=True):
    """Reject the open requests for a stage, saying why."""

    route: ClassVar[str] = "transition-requests/reject"
    needs: ClassVar[Permission] = Permission.READ
    of: ClassVar[tuple[Of, ...]] = MODEL
    name: Required
    version: Required
    stage: Required

    def check(self) -> None:
        version_number(self.version)
        if not self.comment.strip():
            raise InvalidParameter(
                "A rejection needs a reason: say in 'comment' what would have to change."
            )


class DeleteTransitionRequest(Recorded[ActivityResult], frozen=True, kw_only=True):
    """Cancel one user's open request for a stage; who manages the model may cancel any."""

    route: ClassVar[str] = "transition-requests/delete"
    methods: ClassVar[tuple[str, ...]] = ("DELETE",)
    needs: ClassVar[Permission] = Permission.READ
    of: ClassVar[tuple[Of, ...]] = MODEL
    name: Required
    version: Required
    stage: Required
    creator: Required

    def check(self) -> None:
        version_number(self.version)


class TransitionWorkspaceVersion(Recorded[WorkspaceModelVersionResult], frozen=True, kw_only=True):
    """Move a version to a stage, as ``model-versions/transition-stage`` does."""

    route: ClassVar[str] = "databricks/model-versions/transition-stage"
    needs: ClassVar[Permission] = Permission.READ
    of: ClassVar[tuple[Of, ...]] = MODEL
    name: Required
    version: Required
    stage: Required
    archive_existing_versions: bool = False

    def check(self) -> None:
        version_number(self.version)
        if self.archive_existing_versions and is_resting(self.stage):
            raise InvalidParameter(
                f"archive_existing_versions does not work with '{self.stage}': send false."
            )


class GetWorkspaceModel(Read[WorkspaceModelResult], frozen=True, kw_only=True):
    """Read a registered model with its id and the caller's permission level."""

    route: ClassVar[str] = "databricks/registered-models/get"
    of: ClassVar[tuple[Of, ...]] = MODEL
    name: Required


class ExplainTransition(Read[Explanation], frozen=True, kw_only=True):
    """Read what a version lacks for a stage, and what its required checks say."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "requests/explain"
    of: ClassVar[tuple[Of, ...]] = MODEL
    name: Required
    version: Required
    stage: Required
    comment: Comment = ""

    def check(self) -> None:
        version_number(self.version)


class ListWaitingRequests(Read[RequestPage], frozen=True, kw_only=True):
    """Read the open requests of all models that wait for the caller's word, oldest first."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "requests/waiting"
    needs: ClassVar[Permission] = Permission.LOGIN
    max_results: Annotated[int, Meta(ge=1, le=1000)] = 100
    page_token: str = ""


class ListActivities(Read[ActivityPage], frozen=True, kw_only=True):
    """Read what was done about a version's stage and said about the version, newest first."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "activities/list"
    of: ClassVar[tuple[Of, ...]] = MODEL
    name: Required
    version: Required
    max_results: Annotated[int, Meta(ge=1, le=1000)] = 100
    page_token: str = ""

    def check(self) -> None:
        version_number(self.version)
