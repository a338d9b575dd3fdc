"""``cuvee versions diff``: what has changed from one version of a model to another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from cuvee.cli.diff import DIFFERENT
from cuvee.cli.options import Do, as_json, examples, uses_store
from cuvee.cli.output import print_json, print_table

DIGITS = 12
"""How many of a digest's digits are shown."""


@click.command(
    epilog=examples(
        "cuvee versions diff lr_wine_quality Production 3",
        "cuvee versions diff lr_wine_quality 2 3 --exit-code && echo the same",
    )
)
@click.argument("name")
@click.argument("before")
@click.argument("after")
@click.option("--all", "everything", is_flag=True, help="Show what is the same, too.")
@click.option("--exit-code", is_flag=True, help="Exit with 3 when something differs.")
@as_json
@uses_store
@click.pass_context
def diff(
    context: click.Context,
    do: Do,
    name: str,
    before: str,
    after: str,
    *,
    everything: bool,
    exit_code: bool,
    as_json: bool,
) -> None:
    """Show what changes from version BEFORE to version AFTER.

    Each is a number, @ALIAS, or a stage for the version that holds it. The exit status is 0,
    whether or not something differs; with --exit-code it is 3 when something does.
    """
    from cuvee.api.comparisons import CompareVersions

    asked = CompareVersions(name=name, before=before, after=after, everything=everything)
    found = do(asked)
    rows = list(_rows(found))
    if as_json:
        print_json(found)
    else:
        _print(found, rows)
    different = any(str(old) != str(new) or note for _, _, old, new, note in rows)  # NaN is NaN
    context.exit(DIFFERENT if exit_code and different else 0)


def _rows(found: Any) -> Iterator[tuple[str, str, Any, Any, str]]:
    """Yield part, name, both values and what else there is to say."""
    for metric in found.metrics:
        change = "" if metric.delta is None else f"{metric.delta:+.6g}"
        yield "metrics", metric.key, metric.before, metric.after, change if metric.delta else ""
    for column in found.signature:
        note = f"breaks: {column.breaks}" if column.breaks else ""
        yield column.part, column.name, column.before, column.after, note
    for package in found.packages:
        yield package.kind, package.name, package.before, package.after, ""
    for file in found.files:
        old, new = (each and each[:DIGITS] for each in (file.before, file.after))
        yield "files", file.path, old, new, ""
    for part in ("params", "data", "code", "tags"):
        for text in getattr(found, part):
            yield part, text.key, text.before, text.after, ""
    if found.description:
        yield "about", "description", found.description.before, found.description.after, ""


def _print(found: Any, rows: list[tuple[str, str, Any, Any, str]]) -> None:
    if rows:
        numbers = (found.before.version, found.after.version)
        heads = ("PART", "NAME", *(f"VERSION {number}" for number in numbers), "NOTE")
        print_table(heads, rows, wrap=heads[1:])
    same = sum(each.count for each in found.same)
    click.echo(f"{same} values are the same." if rows else f"Nothing differs in {same} values.")
    for untold in found.untold:
        click.echo(f"Not compared: {untold.part}. {untold.says}", err=True)
