"""The client's methods for changes of many runs in one call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from msgspec.structs import replace

from cuvee.api.run_batches import MOST, DeleteRuns, RestoreRuns, RunsChanged, TagRuns
from cuvee.api.runs import RunTag
from cuvee.client.base import Calls, pages

Batch = TypeVar("Batch", TagRuns, DeleteRuns, RestoreRuns)


class RunBatchCalls(Calls):
    """Changes of many runs; each call to the server changes 1000 at most, wholly or not at all."""

    def tag_runs(
        self,
        run_ids: Iterable[str] = (),
        *,
        experiment_ids: Iterable[str] = (),
        filter_string: str = "",
        tags: Mapping[str, Any] | None = None,
        remove: Iterable[str] = (),
    ) -> RunsChanged:
        """Set and remove tags of many runs; say which were changed, and which not and why.

        Args:
            run_ids: the runs.
            experiment_ids: in their place, those of these experiments that pass the filter.
            filter_string: which; all that are not deleted when empty.
            tags: tags to set.
            remove: keys of tags to remove.
        """
        op = TagRuns(
            experiment_ids=[str(i) for i in experiment_ids],
            filter=filter_string,
            tags=[RunTag(key, str(value)) for key, value in (tags or {}).items()],
            remove=list(remove),
        )
        return self._change_all(op, list(run_ids))

    def delete_runs(
        self,
        run_ids: Iterable[str] = (),
        *,
        experiment_ids: Iterable[str] = (),
        filter_string: str = "",
        force: bool = False,
        comment: str = "",
    ) -> RunsChanged:
        """Mark many runs as deleted; say which were, and which not and why.

        Args:
            run_ids: the runs.
            experiment_ids: in their place, those of these experiments that pass the filter.
            filter_string: which; all that are not deleted when empty.
            force: delete those behind a version in a stage, too.
            comment: why, for the history.
        """
        op = DeleteRuns(
            experiment_ids=[str(i) for i in experiment_ids],
            filter=filter_string,
            force=force,
            comment=comment,
        )
        found = self._change_all(op, list(run_ids))
        if (log := self.journal) is not None:
            for run_id in found.run_ids:
                log.runs.pop(run_id, None)
        return found

    def restore_runs(
        self,
        run_ids: Iterable[str] = (),
        *,
        experiment_ids: Iterable[str] = (),
        filter_string: str = "",
        comment: str = "",
    ) -> RunsChanged:
        """Bring many deleted runs back; say which are, and which not and why.

        Args:
            run_ids: the runs.
            experiment_ids: in their place, the deleted ones of these that pass the filter.
            filter_string: which; all deleted ones when empty.
            comment: why, for the history.
        """
        op = RestoreRuns(
            experiment_ids=[str(i) for i in experiment_ids], filter=filter_string, comment=comment
        )
        return self._change_all(op, list(run_ids))

    def _change_all(self, op: Batch, run_ids: list[str]) -> RunsChanged:
        """Send the calls that it takes, one after another."""
        found: list[RunsChanged] = []
        if run_ids:
            for first in range(0, len(run_ids), MOST):
                some = run_ids[first : first + MOST]
                found.append(self.do(replace(op, run_ids=some)))
        else:
            found += pages(self.do, op)
        return RunsChanged(
            [run_id for part in found for run_id in part.run_ids],
            [refusal for part in found for refusal in part.refused],
        )
