"""Changes of many runs in one call: of those named, or of all that pass a filter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Force, Key, Of, Permission, Recorded, Required, Write
from cuvee.api.names import check_key, check_unique, experiment_number
from cuvee.api.runs import RunTag, check_run_tag
from cuvee.errors import InvalidParameter

MOST = 1000
"""Runs of one call; more would keep other writers waiting."""

RunIds = Annotated[list[Key], Meta(max_length=MOST)]
ExperimentIds = Annotated[list[Key], Meta(max_length=100)]
AtOnce = Annotated[int, Meta(ge=1, le=MOST, description="runs that the call changes at most")]
_OF = (Of("run", "run_ids"), Of("experiment", "experiment_ids"))


class RunRefusal(Struct, frozen=True):
    """A run that stayed as it was, and why."""

    run_id: str
    error_code: str
    message: str


class RunsChanged(Struct, frozen=True, omit_defaults=True):
    """What became of the runs of one call; all of it holds, or, when the call fails, nothing.

    Args:
        run_ids: those that are now as they were to be.
        refused: those that stayed as they were.
        next_page_token: goes on with the other runs that pass the filter; absent behind the last.
    """

    run_ids: list[str] = []
    refused: list[RunRefusal] = []
    next_page_token: str | None = None


class TagRuns(Write[RunsChanged], frozen=True, kw_only=True):
    """Set and remove tags of many runs; a tag that a run does not have is not an error.

    Args:
        run_ids: the runs.
        experiment_ids: in their place, those of these experiments that pass the filter.
        filter: which; all that are not deleted when empty.
        tags: tags to set.
        remove: keys of tags to remove.
        max_runs: runs of this call, with a filter.
        page_token: goes on where an earlier call stopped.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "runs/tag-many"
    of: ClassVar[tuple[Of, ...]] = (*_OF, Of("parents", "tags", Permission.READ))
    run_ids: RunIds = []
    experiment_ids: ExperimentIds = []
    filter: str = ""
    tags: Annotated[list[RunTag], Meta(max_length=100)] = []
    remove: Annotated[list[Required], Meta(max_length=100)] = []
    max_runs: AtOnce = MOST
    page_token: str = ""

    def check(self) -> None:
        _check_choice(self.run_ids, self.experiment_ids, self.filter, self.page_token)
        if not self.tags and not self.remove:
            raise InvalidParameter("Send 'tags' to set, keys of tags to 'remove', or both.")
        for tag in self.tags:
            check_run_tag(tag)
        for key in self.remove:
            check_key("tag", key)
        check_unique("tag", [*(tag.key for tag in self.tags), *self.remove])


class DeleteRuns(Recorded[RunsChanged], frozen=True, kw_only=True):
    """Mark many runs as deleted; they can be restored. Those behind a stage are refused.

    Args:
        run_ids: the runs.
        experiment_ids: in their place, those of these experiments that pass the filter.
        filter: which; all that are not deleted when empty.
        force: as when one is deleted.
        max_runs: runs of this call, with a filter.
        page_token: goes on where an earlier call stopped.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "runs/delete-many"
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = _OF
    run_ids: RunIds = []
    experiment_ids: ExperimentIds = []
    filter: str = ""
    force: Force = False
    max_runs: AtOnce = MOST
    page_token: str = ""

    def check(self) -> None:
        _check_choice(self.run_ids, self.experiment_ids, self.filter, self.page_token)


class RestoreRuns(Recorded[RunsChanged], frozen=True, kw_only=True):
    """Bring many deleted runs back.

    Args:
        run_ids: the runs.
        experiment_ids: in their place, the deleted ones of these experiments that pass the filter.
        filter: which; all deleted ones when empty.
        max_runs: runs of this call, with a filter.
        page_token: goes on where an earlier call stopped.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "runs/restore-many"
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = _OF
    run_ids: RunIds = []
    experiment_ids: ExperimentIds = []
    filter: str = ""
    max_runs: AtOnce = MOST
    page_token: str = ""

    def check(self) -> None:
        _check_choice(self.run_ids, self.experiment_ids, self.filter, self.page_token)


def _check_choice(
    run_ids: Sequence[str], experiment_ids: Sequence[str], text: str, page_token: str
) -> None:
    if bool(run_ids) == bool(experiment_ids):
        raise InvalidParameter(
            "Say which runs: send 'run_ids', or 'experiment_ids' with a filter, not both."
        )
    if run_ids and (text or page_token):
        raise InvalidParameter(
            "A filter and a page token go with 'experiment_ids': runs named by 'run_ids' are "
            "changed whatever they are."
        )
    for experiment_id in experiment_ids:
        experiment_number(experiment_id)
