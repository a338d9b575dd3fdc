"""Views of pages that the server keeps, for addresses that would be too long."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Permission, Read, Write

LONGEST_VIEW = 65536
MOST_VIEWS = 2000
"""Views that are kept of one person."""

ViewQuery = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=LONGEST_VIEW,
        pattern="^[!->@-~][!-~]*$",
        description="what stands behind the ? of an address, percent-encoded",
    ),
]
ViewId = Annotated[
    str, Meta(pattern="^[0-9a-f]{32}$", description="32 hexadecimal digits in lower case")
]


class KeptView(Struct, frozen=True):
    """A view of a page.

    Args:
        view_id: the beginning of the sha256 of ``query``; ``?kept=`` and it stand in an address
            for the query.
        query: what the address would have behind its ``?``.
    """

    view_id: str
    query: str


class KeepView(Write[KeptView], frozen=True, kw_only=True):
    """Keep what the address of a page says of its view, and return the id that stands for it.

    The same query always has the same id, and is kept once. Whoever has a login and the id can
    read it, as with the address itself; what it shows depends on the reader's rights. Of each
    person the 2,000 are kept that were kept or opened last. No event tells of it.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "views/keep"
    needs: ClassVar[Permission] = Permission.LOGIN
    query: ViewQuery


class GetView(Read[KeptView], frozen=True, kw_only=True):
    """Return what an id in an address stands for."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "views/get"
    needs: ClassVar[Permission] = Permission.LOGIN
    view_id: ViewId
