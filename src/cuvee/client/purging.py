"""Deletion for good, a step after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cuvee.api.purge import GRACE_DAYS, CollectBlobs, Collected, Purge, PurgeItem
from cuvee.client.base import Calls, pages


def purge_items(
    do: Callable[[Any], Any], older_than_days: int, *, dry_run: bool, comment: str = ""
) -> list[PurgeItem]:
    """Remove what was deleted some days ago, or see what would go; see ``PurgeCalls.purge``."""
    op = Purge(older_than_days=older_than_days, dry_run=dry_run, comment=comment)
    return [item for page in pages(do, op) for item in page.items]


def purge_blobs(do: Callable[[Any], Any], *, dry_run: bool) -> Collected:
    """Remove stored bytes that nothing names, or count them."""
    found = list(pages(do, CollectBlobs(dry_run=dry_run)))
    return Collected(sum(page.count for page in found), sum(page.size for page in found))


class PurgeCalls(Calls):
    """Deletion for good; on a server it needs an admin."""

    def purge(
        self, older_than_days: int = GRACE_DAYS, *, dry_run: bool = True, comment: str = ""
    ) -> tuple[list[PurgeItem], Collected]:
        """Remove what was deleted some days ago, and bytes that nothing names.

        Args:
            older_than_days: how long ago it must have been deleted.
            dry_run: only say what would go, and what would stay and why.
            comment: why, for the history.
        """
        items = purge_items(self.do, older_than_days, dry_run=dry_run, comment=comment)
        return items, purge_blobs(self.do, dry_run=dry_run)
