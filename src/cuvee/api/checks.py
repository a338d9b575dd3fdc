"""Checks of model versions that somebody posts, and moves past the policy in an emergency."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Empty, Id, Of, Permission, Read, Recorded, Required
from cuvee.api.comments import comment_number
from cuvee.api.names import version_number
from cuvee.api.reviews import MODEL
from cuvee.errors import InvalidParameter

CheckName = Annotated[
    str,
    Meta(pattern=r"^[^\W_][\w.:/@-]{0,249}$", description="one word, such as golden-set"),
]


class Check(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The result of a named check.

    Args:
        passed: whether it passed.
        url, details: the evidence.
        digest: the content that was checked; ``counts`` says whether it is still the version's.
    """

    name: str
    passed: bool
    url: str = ""
    details: str = ""
    digest: str = ""
    counts: bool = True
    user_id: str
    creation_timestamp: int


class CheckReply(Struct, frozen=True):
    """One check."""

    check: Check


class CheckList(Struct, frozen=True, omit_defaults=True):
    """The checks of a version, by name."""

    checks: list[Check] = []


class SetCheck(Recorded[CheckReply], frozen=True, kw_only=True):
    """Post the result of a check of a version's files; the newest of each name counts.

    Args:
        digest: the content that was checked, when the caller knows it: refused unless it is the
            version's.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "checks/set"
    of: ClassVar[tuple[Of, ...]] = MODEL
    name: Required
    version: Required
    check_name: CheckName
    passed: bool
    url: Annotated[str, Meta(max_length=2048)] = ""
    details: Annotated[str, Meta(max_length=65535)] = ""
    digest: Annotated[str, Meta(max_length=64)] = ""

    def check(self) -> None:
        version_number(self.version)
        if self.url and not self.url.lower().startswith(("https://", "http://")):
            raise InvalidParameter("The url of a check must start with https:// or http://.")


class ListChecks(Read[CheckList], frozen=True, kw_only=True):
    """Read the results of checks that were posted for a version."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "checks/list"
    of: ClassVar[tuple[Of, ...]] = MODEL
    name: Required
    version: Required

    def check(self) -> None:
        version_number(self.version)


class DeleteCheck(Recorded[Empty], frozen=True, kw_only=True):
    """Take back the result of a check."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "checks/delete"
    methods: ClassVar[tuple[str, ...]] = ("DELETE",)
    of: ClassVar[tuple[Of, ...]] = MODEL
    name: Required
    version: Required
    check_name: CheckName

    def check(self) -> None:
        version_number(self.version)


class Emergency(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A move past the policy, which somebody else must review and close.

    Args:
        user_id, comment: who moved, and why.
        closed_timestamp, closed_by, conclusion: absent while it is open.
        refused: why the caller may not close it; empty when they may, and once it is closed.
    """

    id: str
    name: str
    version: str
    stage: str
    user_id: str
    comment: str
    creation_timestamp: int
    closed_timestamp: int | None = None
    closed_by: str = ""
    conclusion: str = ""
    refused: str = ""


class EmergencyReply(Struct, frozen=True):
    """One emergency."""

    emergency: Emergency


class EmergencyPage(Struct, frozen=True, omit_defaults=True):
    """A page of emergencies and the token of the next."""

    emergencies: list[Emergency] = []
    next_page_token: str | None = None


class ListEmergencies(Read[EmergencyPage], frozen=True, kw_only=True):
    """Read moves past the policy, newest first: of one model, or of all that the caller sees."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "emergencies/list"
    needs: ClassVar[Permission] = Permission.LOGIN
    name: Id = ""
    open_only: bool = False
    max_results: Annotated[int, Meta(ge=1, le=1000)] = 100
    page_token: str = ""


class CloseEmergency(Recorded[EmergencyReply], frozen=True, kw_only=True):
    """Close an emergency with a conclusion (``comment``); not by who moved."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "emergencies/close"
    needs: ClassVar[Permission] = Permission.LOGIN
    id: Annotated[str, Meta(min_length=1, max_length=30)]

    def check(self) -> None:
        comment_number(self.id)
        if not self.comment.strip():
            raise InvalidParameter("Closing an emergency needs a conclusion: say it in 'comment'.")
