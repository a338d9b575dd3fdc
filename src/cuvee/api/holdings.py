"""Which version holds a stage, which held it when, and the ways back and across."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Of, Permission, Read, Recorded, Required
from cuvee.api.names import version_number
from cuvee.api.times import moment_of
from cuvee.api.versions import (
    BreakGlass,
    ExpectedHolder,
    ModelVersion,
    ModelVersionResult,
    VersionList,
    check_expected,
)


class Holding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A time during which a version held a stage.

    Args:
        version: its number.
        stage: the stage.
        since: from when, in milliseconds since 1970.
        until: until when; absent while it lasts.
        user_id: who moved the version there; empty when that is not known.
        ended_by: who moved it away, or deleted it.
        deleted: whether the version has been deleted.
    """

    version: str
    stage: str
    since: int
    until: int | None = None
    user_id: str = ""
    ended_by: str = ""
    deleted: bool = False


class StageHolder(Struct, frozen=True, omit_defaults=True):
    """A version and the time during which it held the stage that was asked about.

    Args:
        former: the version to which a rollback gives the stage back; empty when there is none, and
            when the question is about a moment.
    """

    model_version: ModelVersion
    holding: Holding
    former: str = ""


class HoldingPage(Struct, frozen=True, omit_defaults=True):
    """A page of holdings, newest first, and the token of the next."""

    holdings: list[Holding] = []
    next_page_token: str | None = None


class GetStageHolder(Read[StageHolder], frozen=True, kw_only=True):
    """Read the version that holds a stage, or that held it at some moment."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "stages/holder"
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    stage: Required
    at: Annotated[
        str,
        Meta(
            max_length=100,
            description="ISO 8601, UTC unless it has an offset, or milliseconds; empty for now",
        ),
    ] = ""

    def check(self) -> None:
        if self.at:
            moment_of(self.at)


class ListHoldings(Read[HoldingPage], frozen=True, kw_only=True):
    """Read which versions held which stages from when to when, newest first."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "stages/holdings"
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    stage: str = ""
    version: str = ""
    max_results: Annotated[int, Meta(ge=1, le=1000)] = 100
    page_token: str = ""

    def check(self) -> None:
        if self.version:
            version_number(self.version)


class RollbackStage(Recorded[ModelVersionResult], frozen=True, kw_only=True):
    """Give a stage back to the version that held it before the one that holds it now."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "model-versions/rollback"
    # More than READ: the function looks, for it depends on the stages.
    needs: ClassVar[Permission] = Permission.READ
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    stage: Required
    expected_holder: ExpectedHolder = None
    break_glass: BreakGlass = False

    def check(self) -> None:
        check_expected(self.expected_holder)


class SwapStages(Recorded[VersionList], frozen=True, kw_only=True):
    """Move a version to a stage, and the version that holds it to the first one's stage."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "model-versions/swap"
    # More than READ: the function looks, for it depends on the stages.
    needs: ClassVar[Permission] = Permission.READ
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    version: Required
    stage: Required
    expected_holder: ExpectedHolder = None
    break_glass: BreakGlass = False

    def check(self) -> None:
        version_number(self.version)
        check_expected(self.expected_holder)
