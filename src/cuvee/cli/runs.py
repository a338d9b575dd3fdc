"""``cuvee runs``: list, search, show; and what other modules add."""

from __future__ import annotations

import re
from typing import Any

import click

from cuvee.cli.diff import diff
from cuvee.cli.forks import fork, rewind
from cuvee.cli.options import (
    Do,
    as_json,
    collect,
    examples,
    find_experiment,
    limit,
    order_by,
    uses_store,
)
from cuvee.cli.output import duration, moment, pairs, print_fields, print_items, print_json
from cuvee.cli.trees import groups, tree
from cuvee.cli.watch import watch
from cuvee.errors import InvalidParameter

in_experiments = click.option(
    "--experiment",
    "experiments",
    multiple=True,
    metavar="NAME|ID",
    help="Experiment to look in; may be repeated. [default: all]",
)
deleted = click.option("--deleted", is_flag=True, help="Show deleted ones instead.")


@click.group()
def runs() -> None:
    """List, search, show, watch, compare, fork and rewind runs."""


@runs.command("list", epilog=examples("cuvee runs list --experiment wine"))
@in_experiments
@limit
@deleted
@as_json
@uses_store
def list_(
    do: Do, experiments: tuple[str, ...], limit: int, *, deleted: bool, as_json: bool
) -> None:
    """List runs, newest first."""
    _print(_search(do, experiments, limit, deleted=deleted), as_json=as_json)


@runs.command(
    epilog=examples(
        "cuvee runs search 'metrics.rmse < 0.7' --experiment wine --order-by 'metrics.rmse ASC'",
        "cuvee runs search \"params.features LIKE '%pH%' AND attributes.status = 'FINISHED'\"",
    )
)
@click.argument("query", metavar="FILTER")
@in_experiments
@order_by
@limit
@deleted
@as_json
@uses_store
def search(
    do: Do,
    query: str,
    experiments: tuple[str, ...],
    order_by: tuple[str, ...],
    limit: int,
    *,
    deleted: bool,
    as_json: bool,
) -> None:
    """Find the runs that FILTER describes."""
    asked = {"filter": query, "order_by": list(order_by)}
    try:
        found = _search(do, experiments, limit, deleted=deleted, **asked)
    except InvalidParameter as problem:
        _point(query, problem.message)
        raise
    _print(found, as_json=as_json)


@runs.command(epilog=examples("cuvee runs show 3f0c7e1a9d2b4c55a0e4b7d1f6a89c02"))
@click.argument("run_id")
@as_json
@uses_store
def show(do: Do, run_id: str, *, as_json: bool) -> None:
    """Show one run with its params, metrics and tags."""
    from cuvee.api.runs import GetRun

    run = do(GetRun(run_id=run_id)).run
    if as_json:
        print_json(run)
        return
    info = run.info
    print_fields(
        {
            "id": info.run_id,
            "name": info.run_name,
            "experiment": info.experiment_id,
            "status": info.status,
            "state": info.lifecycle_stage,
            "user": info.user_id,
            "started": moment(info.start_time),
            "ended": moment(info.end_time),
            "duration": duration(info.start_time, info.end_time),
            "artifacts": info.artifact_uri,
            **{f"param {key}": value for key, value in sorted(run.data.params.items())},
            **{f"metric {key}": value for key, value in sorted(run.data.metrics.items())},
            **{f"tag {key}": value for key, value in sorted(run.data.tags.items())},
        }
    )


def _search(
    do: Do, experiments: tuple[str, ...], limit: int, *, deleted: bool, **asked: Any
) -> list[Any]:
    from cuvee.api.experiments import SearchExperiments, ViewType
    from cuvee.api.runs import SearchRuns

    chosen = [find_experiment(do, one) for one in experiments]
    if not chosen:
        chosen = do(SearchExperiments(max_results=50_000, view_type="ALL")).experiments
    ids = [experiment.experiment_id for experiment in chosen]
    view: ViewType = "DELETED_ONLY" if deleted else "ACTIVE_ONLY"

    def fetch(token: str, size: int) -> tuple[list[Any], str | None]:
        op = SearchRuns(
            experiment_ids=ids, max_results=size, page_token=token, run_view_type=view, **asked
        )
        page = do(op)
        return page.runs, page.next_page_token

    return collect(fetch, limit)


def _point(query: str, message: str) -> None:
    """Show the line of a filter that an error is in, with a caret under the place."""
    place = re.search(r"\bFilter error at character (\d+):", message)
    if place:
        before = query[: int(place.group(1)) - 1]
        start = before.rfind("\n") + 1
        line = query[start:].partition("\n")[0]
        click.echo(f"  {line}\n  {' ' * (len(before) - start)}^", err=True)


def _print(found: list[Any], *, as_json: bool) -> None:
    print_items(
        found,
        ("RUN ID", "NAME", "EXPERIMENT", "STATUS", "STARTED", "DURATION", "USER", "METRICS"),
        [
            (
                run.info.run_id,
                run.info.run_name,
                run.info.experiment_id,
                run.info.status,
                moment(run.info.start_time),
                duration(run.info.start_time, run.info.end_time),
                run.info.user_id,
                pairs(run.data.metrics, 4),
            )
            for run in found
        ],
        wrap=("NAME", "METRICS"),
        as_json=as_json,
    )


for command in (watch, diff, fork, rewind, tree, groups):
    runs.add_command(command)
