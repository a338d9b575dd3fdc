"""Asking a model for predictions: a server passes a question on to where the model is served."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Of, Permission, Read, Required
from cuvee.api.names import version_number


class Scoring(Struct, frozen=True):
    """Whether a version can be tried.

    Args:
        available: whether this server knows where the version is served.
    """

    available: bool = False


class Score(Struct, frozen=True, kw_only=True):
    """What a scoring server answered.

    Args:
        status: its HTTP status; None when there was no answer.
        body: what it answered; no more than 256 KiB.
        problem: why there is no answer, or none that helps, and what to do.
        milliseconds: how long it took.
    """

    status: int | None = None
    body: str = ""
    problem: str = ""
    milliseconds: float = 0.0


class GetScoring(Read[Scoring], frozen=True, kw_only=True):
    """Ask whether predictions of a version can be asked for here."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "model-versions/scoring"
    alone: ClassVar[bool] = True
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    version: Required

    def check(self) -> None:
        version_number(self.version)


class ScoreVersion(Read[Score], frozen=True, kw_only=True):
    """Ask a version for predictions, where an admin has said where it is served."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "model-versions/score"
    alone: ClassVar[bool] = True
    methods: ClassVar[tuple[str, ...]] = ("POST",)
    needs: ClassVar[Permission] = Permission.READ
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    max_body: ClassVar[int] = 2 << 20
    name: Required
    version: Required
    payload: Annotated[
        dict[str, Any],
        Meta(
            min_length=1,
            description="what the scoring protocol takes: `dataframe_split`, `dataframe_records`, "
            "`inputs` or `instances`",
        ),
    ]

    def check(self) -> None:
        version_number(self.version)
