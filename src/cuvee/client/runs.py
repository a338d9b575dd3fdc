"""The client's methods for runs, params, metrics, tags, inputs and outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from cuvee.api import run_overviews as overviews
from cuvee.api import runs as api
from cuvee.api.datasets import DatasetInput, LogInputs, LogOutputs, ModelInput, ModelOutput
from cuvee.api.metrics import MAX_HISTORY_PAGE, GetMetricHistory, LogMetric, Metric
from cuvee.client.context import USER, user_name
from cuvee.client.journaled import JournaledCalls
from cuvee.client.values import (
    Logged,
    PagedList,
    milliseconds,
    now,
    number,
    status_name,
    step_number,
    tag_items,
    view_name,
)

PARENT = "mlflow.parentRunId"
MAX_INT = 2**63 - 1


class RunCalls(JournaledCalls):
    """Runs.

    What is logged goes to the journal, if there is one, and from there to the server in the
    background; with ``synchronous=True`` a call returns when the server has answered.
    """

    def create_run(
        self,
        experiment_id: str,
        start_time: int | None = None,
        tags: Mapping[str, Any] | None = None,
        run_name: str | None = None,
    ) -> api.Run:
        """Start a run; ``start_time`` is in milliseconds since 1970."""
        op = api.CreateRun(
            experiment_id=str(experiment_id),
            user_id=str((tags or {}).get(USER) or user_name()),
            run_name=run_name or "",
            start_time=now() if start_time is None else start_time,
            tags=tag_items(api.RunTag, tags),
        )
        return self.do(op).run

    def get_run(self, run_id: str) -> api.Run:
        """Return a run, a deleted one too."""
        return self.do(api.GetRun(run_id=run_id)).run

    def get_run_overview(
        self, run_id: str, max_items: int = 100, max_text: int = 0
    ) -> overviews.RunOverview:
        """Return a run with the first of its metrics and params, and how many there are.

        Args:
            run_id: the run.
            max_items: metrics, and params, at most.
            max_text: characters of a param; all when 0.
        """
        op = overviews.GetRunOverview(run_id=run_id, max_items=max_items, max_text=max_text)
        return self.do(op)

    def list_run_values(
        self,
        run_id: str,
        kind: Literal["metric", "param"],
        find: str = "",
        max_items: int = 100,
        max_text: int = 0,
    ) -> overviews.RunValues:
        """Return the latest metrics of a run, or its params, whose keys contain a text.

        Args:
            run_id: the run.
            kind: which of them.
            find: part of the keys, in capitals or not; all when empty.
            max_items: how many at most, the first by their keys.
            max_text: characters of a param; all when 0.
        """
        op = overviews.ListRunValues(
            run_id=run_id, kind=kind, find=find, max_items=max_items, max_text=max_text
        )
        return self.do(op)

    def resolve_run_ids(self, ids: Sequence[str]) -> api.RunNames:
        """Find the runs that up to 100 ids mean, of each 8 or more of its first digits.

        Those that are not there, or that you may not read, are left out; what several runs begin
        with is in ``unclear``.
        """
        return self.do(api.ResolveRunIds(ids=list(ids)))

    def get_parent_run(self, run_id: str) -> api.Run | None:
        """Return the run that a run was nested in, if any."""
        parent = self.get_run(run_id).data.tags.get(PARENT)
        return self.get_run(parent) if parent else None

    def set_terminated(
        self,
        run_id: str,
        status: str | int | None = None,
        end_time: int | None = None,
        *,
        comment: str = "",
    ) -> None:
        """End a run; FINISHED now, unless said otherwise."""
        op = api.UpdateRun(
            run_id=run_id,
            status=status_name(status or "FINISHED"),
            end_time=now() if end_time is None else end_time,
            comment=comment,
        )
        if (log := self.journal) is None:
            self.do(op)
        else:
            self.put(log, run_id, op, ends=op.status not in ("RUNNING", "SCHEDULED"))

    def update_run(
        self,
        run_id: str,
        status: str | int | None = None,
        name: str | None = None,
        *,
        comment: str = "",
    ) -> None:
        """Change a run's status or name."""
        op = api.UpdateRun(
            run_id=run_id,
            status=status_name(status) if status else None,
            run_name=name or "",
            comment=comment,
        )
        self.do(op)

    def delete_run(self, run_id: str, *, comment: str = "", force: bool = False) -> None:
        """Mark a run as deleted; behind a version in a stage by ``force`` only."""
        self.do(api.DeleteRun(run_id=run_id, comment=comment, force=force))
        if (log := self.journal) is not None:
            log.runs.pop(run_id, None)

    def restore_run(self, run_id: str, *, comment: str = "") -> None:
        """Bring a deleted run back."""
        self.do(api.RestoreRun(run_id=run_id, comment=comment))

    def search_runs(
        self,
        experiment_ids: Sequence[str],
        filter_string: str = "",
        run_view_type: int | str = 1,
        max_results: int = 1000,
        order_by: list[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[api.Run]:
        """Return a page of the runs that pass a filter."""
        ids = [experiment_ids] if isinstance(experiment_ids, (str, int)) else experiment_ids
        op = api.SearchRuns(
            experiment_ids=[str(i) for i in ids],
            filter=filter_string or "",
            run_view_type=view_name(run_view_type),
            max_results=max_results,
            order_by=list(order_by or []),
            page_token=page_token or "",
        )
        page = self.do(op)
        return PagedList(page.runs, page.next_page_token)

    def log_param(self, run_id: str, key: str, value: Any, synchronous: bool | None = None) -> Any:
        """Log a param and return its value, or, if ``synchronous`` is False, what waits for it."""
        log = None if synchronous is True else self.journal
        if log is None:
            self.do(api.LogParam(run_id=run_id, key=key, value=str(value)))
        else:
            self.put_batch(log, run_id, params=[api.Param(key, str(value))])
        return self.logged(log) if synchronous is False else value

    def log_metric(
        self,
        run_id: str,
        key: str,
        value: float,
        timestamp: int | None = None,
        step: int | None = None,
        synchronous: bool | None = None,
        dataset_name: str | None = None,
        dataset_digest: str | None = None,
        model_id: str | None = None,
    ) -> Logged | None:
        """Log one point of a metric; ``timestamp`` is in milliseconds since 1970."""
        value = number(key, value)
        when = milliseconds(timestamp)
        place = step_number(step)
        log = None if synchronous is True else self.journal
        if log is None:
            op = LogMetric(
                run_id=run_id,
                key=key,
                value=value,
                timestamp=when,
                step=place,
                model_id=model_id,
                dataset_name=dataset_name,
                dataset_digest=dataset_digest,
            )
            self.do(op)
        elif (
            model_id is None
            and dataset_name is None
            and 0 <= when <= MAX_INT
            and -MAX_INT <= place <= MAX_INT
            and type(key) is str
        ):
            if run_id not in log.runs:
                self.admit(log, run_id)
            log.point(run_id, key, value, when, place)
            log.runs[run_id].latest[key] = (value, when, place)
        else:
            point = Metric(key, value, when, place, model_id, dataset_name, dataset_digest)
            self.put_batch(log, run_id, metrics=[point])
        return self.logged(log) if synchronous is False else None

    def log_batch(
        self,
        run_id: str,
        metrics: Sequence[Metric] = (),
        params: Sequence[api.Param] = (),
        tags: Sequence[api.RunTag] = (),
        synchronous: bool | None = None,
    ) -> Logged | None:
        """Log metrics, params and tags; up to 1000 (100 params, 100 tags) whole or not at all."""
        whole = len(metrics) + len(params) + len(tags) <= api.MAX_BATCH
        if whole and len(params) <= 100 and len(tags) <= 100:
            batches = [(list(metrics), list(params), list(tags))]
        else:  # params first: they are what can be refused
            batches = [
                *(([], list(params[i : i + 100]), []) for i in range(0, len(params), 100)),
                *(([], [], list(tags[i : i + 100])) for i in range(0, len(tags), 100)),
                *((list(metrics[i : i + 1000]), [], []) for i in range(0, len(metrics), 1000)),
            ]
        log = None if synchronous is True else self.journal
        for points, settings, marks in batches:
            if log is None:
                self.do(api.LogBatch(run_id=run_id, metrics=points, params=settings, tags=marks))
            else:
                self.put_batch(log, run_id, points, settings, marks)
        return self.logged(log) if synchronous is False else None

    def set_tag(
        self, run_id: str, key: str, value: Any, synchronous: bool | None = None
    ) -> Logged | None:
        """Set a tag of a run."""
        log = None if synchronous is True else self.journal
        if log is None:
            self.do(api.SetTag(run_id=run_id, key=key, value=str(value)))
        else:
            self.put_batch(log, run_id, tags=[api.RunTag(key, str(value))])
        return self.logged(log) if synchronous is False else None

    def delete_tag(self, run_id: str, key: str) -> None:
        """Remove a tag of a run."""
        op = api.DeleteTag(run_id=run_id, key=key)
        if (log := self.journal) is None or not self.may_drop(log, run_id, key):
            self.do(op)  # which says that there is no such tag
        else:
            self.put(log, run_id, op)

    def get_metric_history(self, run_id: str, key: str) -> PagedList[Metric]:
        """Return every point of a metric, ordered by time, step and value."""
        points: list[Metric] = []
        token = ""
        while True:
            op = GetMetricHistory(
                run_id=run_id,
                metric_key=key,
                page_token=token,
                max_results=MAX_HISTORY_PAGE,
            )
            page = self.do(op)
            points += page.metrics
            token = page.next_page_token or ""
            if not token:
                return PagedList(points, None)

    def log_inputs(
        self,
        run_id: str,
        datasets: Sequence[DatasetInput] | None = None,
        models: Sequence[ModelInput] | None = None,
    ) -> None:
        """Record datasets and logged models as inputs of a run."""
        op = LogInputs(run_id=run_id, datasets=list(datasets or []), models=list(models or []))
        if (log := self.journal) is None:
            self.do(op)
        else:
            self.put(log, run_id, op)

    def log_outputs(self, run_id: str, models: Sequence[ModelOutput]) -> None:
        """Record logged models as outputs of a run."""
        op = LogOutputs(run_id=run_id, models=list(models))
        if (log := self.journal) is None:
            self.do(op)
        else:
            self.put(log, run_id, op)
