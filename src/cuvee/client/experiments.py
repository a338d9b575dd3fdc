"""The client's methods for experiments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cuvee.api import experiment_overviews as glances
from cuvee.api import experiments as api
from cuvee.client.base import Calls
from cuvee.client.values import PagedList, tag_items, view_name
from cuvee.errors import NotFound


class ExperimentCalls(Calls):
    """Experiments; ``comment`` is the reason that the history keeps."""

    def create_experiment(
        self,
        name: str,
        artifact_location: str | None = None,
        tags: Mapping[str, Any] | None = None,
        *,
        comment: str = "",
    ) -> str:
        """Create an experiment and return its id."""
        op = api.CreateExperiment(
            name=name,
            artifact_location=str(artifact_location or ""),
            tags=tag_items(api.ExperimentTag, tags),
            comment=comment,
        )
        return self.do(op).experiment_id

    def get_experiment(self, experiment_id: str) -> api.Experiment:
        """Return an experiment, a deleted one too."""
        return self.do(api.GetExperiment(experiment_id=str(experiment_id))).experiment

    def get_experiment_by_name(self, name: str) -> api.Experiment | None:
        """Return the experiment of this name, a deleted one too; None when there is none."""
        try:
            return self.do(api.GetExperimentByName(experiment_name=name)).experiment
        except NotFound as problem:
            if problem.error_code != NotFound.error_code:
                raise  # the server has no such call: that is another problem
            return None

    def search_experiments(
        self,
        view_type: int | str = 1,
        max_results: int | None = 1000,
        filter_string: str | None = None,
        order_by: list[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[api.Experiment]:
        """Return a page of the experiments that pass a filter."""
        op = api.SearchExperiments(
            max_results=1000 if max_results is None else max_results,
            page_token=page_token or "",
            filter=filter_string or "",
            order_by=order_by or [],
            view_type=view_name(view_type),
        )
        page = self.do(op)
        return PagedList(page.experiments, page.next_page_token)

    def get_experiment_overviews(
        self, experiment_ids: list[str], *, metric: str = ""
    ) -> list[glances.ExperimentOverview]:
        """Return how much goes on in experiments: their runs, those running, and the last start.

        Args:
            experiment_ids: up to 100 experiments; those that one may not read are left out.
            metric: a metric; its best value in each experiment, and the run of it, are read too.
        """
        ids = [str(one) for one in experiment_ids]
        op = glances.GetExperimentOverviews(experiment_ids=ids, metric=metric)
        return self.do(op).experiments

    def rename_experiment(self, experiment_id: str, new_name: str, *, comment: str = "") -> None:
        """Give an experiment another name."""
        op = api.UpdateExperiment(
            experiment_id=str(experiment_id), new_name=new_name, comment=comment
        )
        self.do(op)

    def delete_experiment(
        self, experiment_id: str, *, comment: str = "", force: bool = False
    ) -> None:
        """Mark an experiment and its runs as deleted; by ``force`` if a stage rests on one."""
        self.do(
            api.DeleteExperiment(experiment_id=str(experiment_id), comment=comment, force=force)
        )
        if (log := self.journal) is not None:
            log.experiments.discard(str(experiment_id))

    def restore_experiment(self, experiment_id: str, *, comment: str = "") -> None:
        """Bring a deleted experiment and its runs back."""
        self.do(api.RestoreExperiment(experiment_id=str(experiment_id), comment=comment))

    def set_experiment_tag(
        self, experiment_id: str, key: str, value: Any, *, comment: str = ""
    ) -> None:
        """Set a tag of an experiment."""
        op = api.SetExperimentTag(
            experiment_id=str(experiment_id), key=key, value=str(value), comment=comment
        )
        self.do(op)

    def delete_experiment_tag(self, experiment_id: str, key: str, *, comment: str = "") -> None:
        """Remove a tag of an experiment."""
        op = api.DeleteExperimentTag(experiment_id=str(experiment_id), key=key, comment=comment)
        self.do(op)
