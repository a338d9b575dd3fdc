"""The inbox of reviews: requests of all models, to read one and to look through."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from cuvee.api.base import CUVEE, Id, Permission, Read
from cuvee.api.comments import CommentId, comment_number
from cuvee.api.names import page_number
from cuvee.api.reviews import RequestPage, TransitionRequestResult


class GetTransitionRequest(Read[TransitionRequestResult], frozen=True, kw_only=True):
    """Read one request to move a version, open or not, by its id."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "requests/get"
    # READ on the model that it is about: the function looks.
    needs: ClassVar[Permission] = Permission.LOGIN
    id: CommentId

    def check(self) -> None:
        comment_number(self.id)


class SearchTransitionRequests(Read[RequestPage], frozen=True, kw_only=True):
    """Find requests to move versions: open ones oldest first, ended ones the last ended first.

    Args:
        name: only of this model; of all that the caller may read when empty.
        state: whether they are open or were ended.
        role: only those that the caller has made (``requester``), may approve or has judged
            (``reviewer``).
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "requests/search"
    searches: ClassVar[bool] = True
    needs: ClassVar[Permission] = Permission.LOGIN
    name: Id = ""
    state: Literal["open", "closed"] = "open"
    role: Literal["any", "requester", "reviewer"] = "any"
    max_results: Annotated[int, Meta(ge=1, le=1000)] = 100
    page_token: Annotated[str, Meta(max_length=60)] = ""

    def check(self) -> None:
        place_of(self.page_token)


def place_of(token: str) -> tuple[int, int]:
    """Return the time and the number behind which a page begins.

    Raises:
        InvalidParameter: no page had this token.
    """
    if not token:
        return 0, 0
    time, _, number = token.partition(".")
    return page_number(time or "."), page_number(number or ".")  # neither part is empty
