"""``cuvee experiments``: list, search, show; and what other modules add."""

from __future__ import annotations

from typing import Any

import click

from cuvee.cli.folders import archive, move, restore, tree
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
from cuvee.cli.output import moment, print_fields, print_items, print_json

deleted = click.option("--deleted", is_flag=True, help="Show deleted ones instead.")


@click.group()
def experiments() -> None:
    """List, search, show, move and archive experiments."""


@experiments.command("list", epilog=examples("cuvee experiments list --json"))
@limit
@deleted
@as_json
@uses_store
def list_(do: Do, limit: int, *, deleted: bool, as_json: bool) -> None:
    """List experiments, newest first."""
    _print(_search(do, limit, deleted=deleted), as_json=as_json)


@experiments.command(
    epilog=examples(
        "cuvee experiments search \"name LIKE 'wine%'\"",
        "cuvee experiments search \"tags.team = 'cellar'\" --order-by 'name ASC'",
    )
)
@click.argument("query", metavar="FILTER")
@order_by
@limit
@deleted
@as_json
@uses_store
def search(
    do: Do, query: str, order_by: tuple[str, ...], limit: int, *, deleted: bool, as_json: bool
) -> None:
    """Find the experiments that FILTER describes."""
    found = _search(do, limit, deleted=deleted, filter=query, order_by=list(order_by))
    _print(found, as_json=as_json)


@experiments.command(epilog=examples("cuvee experiments show wine", "cuvee experiments show 1"))
@click.argument("name_or_id")
@as_json
@uses_store
def show(do: Do, name_or_id: str, *, as_json: bool) -> None:
    """Show one experiment, by name or id."""
    found = find_experiment(do, name_or_id)
    if as_json:
        print_json(found)
        return
    print_fields(
        {
            "id": found.experiment_id,
            "name": found.name,
            "state": found.lifecycle_stage,
            "artifacts": found.artifact_location,
            "created": moment(found.creation_time),
            "updated": moment(found.last_update_time),
            **{f"tag {key}": value for key, value in sorted(found.tags.items())},
        }
    )


def _search(do: Do, limit: int, *, deleted: bool, **asked: Any) -> list[Any]:
    from cuvee.api.experiments import SearchExperiments, ViewType

    view: ViewType = "DELETED_ONLY" if deleted else "ACTIVE_ONLY"

    def fetch(token: str, size: int) -> tuple[list[Any], str | None]:
        op = SearchExperiments(max_results=size, page_token=token, view_type=view, **asked)
        page = do(op)
        return page.experiments, page.next_page_token

    return collect(fetch, limit)


def _print(found: list[Any], *, as_json: bool) -> None:
    print_items(
        found,
        ("ID", "NAME", "CREATED", "UPDATED"),
        [
            (e.experiment_id, e.name, moment(e.creation_time), moment(e.last_update_time))
            for e in found
        ],
        wrap=("NAME",),
        as_json=as_json,
    )


for command in (move, archive, restore, tree):
    experiments.add_command(command)
