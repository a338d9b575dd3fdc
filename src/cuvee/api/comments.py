"""Comments on model versions."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Empty, Of, Permission, Read, Required, Write
from cuvee.api.names import shown, version_number
from cuvee.api.reviews import MODEL, ActivityAction
from cuvee.errors import InvalidParameter

Text = Annotated[str, Meta(min_length=1, max_length=65535)]
CommentId = Annotated[str, Meta(min_length=1, max_length=30)]


class VersionComment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A comment on a version; ``available_actions`` are the caller's."""

    id: str
    comment: str
    user_id: str
    creation_timestamp: int
    last_updated_timestamp: int
    available_actions: list[ActivityAction] = []


class CommentResult(Struct, frozen=True):
    """One comment."""

    comment: VersionComment


class CommentPage(Struct, frozen=True, omit_defaults=True):
    """A page of comments and the token of the next."""

    comments: list[VersionComment] = []
    next_page_token: str | None = None


class CreateComment(Write[CommentResult], frozen=True, kw_only=True):
    """Comment on a version."""

    route: ClassVar[str] = "comments/create"
    needs: ClassVar[Permission] = Permission.READ
    of: ClassVar[tuple[Of, ...]] = MODEL
    name: Required
    version: Required
    comment: Text

    def check(self) -> None:
        version_number(self.version)


class UpdateComment(Write[CommentResult], frozen=True, kw_only=True):
    """Change one's own comment."""

    route: ClassVar[str] = "comments/update"
    methods: ClassVar[tuple[str, ...]] = ("PATCH",)
    needs: ClassVar[Permission] = Permission.LOGIN
    id: CommentId
    comment: Text

    def check(self) -> None:
        comment_number(self.id)


class DeleteComment(Write[Empty], frozen=True, kw_only=True):
    """Remove one's own comment; who manages the model may remove any."""

    route: ClassVar[str] = "comments/delete"
    methods: ClassVar[tuple[str, ...]] = ("DELETE",)
    needs: ClassVar[Permission] = Permission.LOGIN
    id: CommentId

    def check(self) -> None:
        comment_number(self.id)


class ListComments(Read[CommentPage], frozen=True, kw_only=True):
    """Read the comments on a version, oldest first."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "comments/list"
    of: ClassVar[tuple[Of, ...]] = MODEL
    name: Required
    version: Required
    max_results: Annotated[int, Meta(ge=1, le=1000)] = 100
    page_token: str = ""

    def check(self) -> None:
        version_number(self.version)


def comment_number(text: str) -> int:
    """Return a comment's (or another numbered thing's) id as a number."""
    if text.isascii() and text.isdecimal() and len(text) <= 18:
        return int(text)
    raise InvalidParameter(f"{shown(text)} is not an id that this server gave out: it is a number.")
