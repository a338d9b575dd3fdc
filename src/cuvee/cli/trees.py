"""``cuvee runs tree`` and ``cuvee runs groups``."""

from __future__ import annotations

from typing import Any

import click

from cuvee.cli.options import Do, as_json, examples, find_experiment, limit, uses_store
from cuvee.cli.output import print_items, print_json, print_table

metrics = click.option(
    "--metric", "metrics", multiple=True, metavar="KEY", help="Sum this one up; may be repeated."
)


@click.command(epilog=examples("cuvee runs tree 3f0c7e1a9d2b4c55a0e4b7d1f6a89c02 --metric rmse"))
@click.argument("run_id")
@metrics
@limit
@as_json
@uses_store
def tree(do: Do, run_id: str, metrics: tuple[str, ...], limit: int, *, as_json: bool) -> None:
    """Show the runs nested in a run, and their metrics together."""
    from cuvee.api.trees import GetRunTree

    op = GetRunTree(run_id=run_id, metrics=list(metrics), max_nodes=min(limit, 10_000))
    found = do(op).tree
    if as_json:
        print_json(found)
        return
    print_table(
        ("RUN", "NAME", "STATUS", "CHILDREN"),
        [
            ("  " * n.depth + n.run_id, n.run_name, n.status, "" if n.children < 0 else n.children)
            for n in _in_order(found.nodes)
        ],
        wrap=("NAME",),
    )
    counts = ", ".join(f"{s.count} {s.status}" for s in found.statuses)
    click.echo(f"{found.descendants} nested runs" + (f": {counts}." if counts else "."))
    for m in found.metrics:
        click.echo(f"{m.key}: min {m.min:g}, mean {m.mean:g}, max {m.max:g} of {m.count}")
    if len(found.nodes) <= found.descendants:
        click.echo(f"Showing the first {len(found.nodes)}; ask for more with --limit.", err=True)


def _in_order(nodes: list[Any]) -> list[Any]:
    """Return nodes so that each comes behind its parent, as people read a tree."""
    nested: dict[str, list[Any]] = {}
    for node in nodes[1:]:
        nested.setdefault(node.parent_run_id, []).append(node)
    found: list[Any] = []
    waiting = nodes[:1]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting += reversed(nested.get(node.run_id, []))
    return found


@click.command(epilog=examples("cuvee runs groups wine --metric rmse"))
@click.argument("experiment")
@metrics
@limit
@as_json
@uses_store
def groups(do: Do, experiment: str, metrics: tuple[str, ...], limit: int, *, as_json: bool) -> None:
    """List the groups of runs of an experiment.

    Runs with the same tag cuvee.group are a group.
    """
    from cuvee.api.trees import ListRunGroups

    number = find_experiment(do, experiment).experiment_id
    op = ListRunGroups(experiment_ids=[number], metrics=list(metrics), max_results=min(limit, 1000))
    found = do(op).groups
    print_items(
        found,
        ("GROUP", "RUNS", "STATUS", *(f"{key} MEAN (SD)" for key in metrics)),
        [
            (
                g.group,
                g.runs,
                ", ".join(f"{s.count} {s.status}" for s in g.statuses),
                *(_mean(g, key) for key in metrics),
            )
            for g in found
        ],
        wrap=("GROUP",),
        as_json=as_json,
    )


def _mean(group: Any, key: str) -> str:
    for m in group.metrics:
        if m.key == key:
            return f"{m.mean:g}" + ("" if m.sd is None else f" ({m.sd:g})")
    return ""
