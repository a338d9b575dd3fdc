"""``cuvee versions loads``: who loads a model's versions."""

from __future__ import annotations

import time
from typing import Any

import click

from cuvee.cli.options import Do, as_json, collect, examples, limit, uses_store
from cuvee.cli.output import moment, print_items

HEADS = {"user_day": "DAY AND USER"}


@click.command(
    epilog=examples(
        "cuvee versions loads lr_wine_quality",
        "cuvee versions loads lr_wine_quality 2 --by day --days 30",
    )
)
@click.argument("name")
@click.argument("version", required=False, default="")
@click.option(
    "--by",
    type=click.Choice(["user", "day", "version", "user_day"]),
    default="user",
    show_default=True,
    help="What each line is about; days are those of UTC.",
)
@click.option("--days", type=click.IntRange(min=1, max=100_000), help="Only the last so many days.")
@limit
@as_json
@uses_store
def loads(
    do: Do, name: str, version: str, by: str, days: int | None, limit: int, *, as_json: bool
) -> None:
    """Show who has loaded a version, how often and when.

    It is VERSION of the registered model NAME; without VERSION, all its versions. Servers count
    loads by models:/NAME/... URIs.
    """
    from cuvee.api.loads import ListLoads
    from cuvee.api.times import DAY

    begin = max(0, int(time.time() * 1000) - (days - 1) * DAY) if days else None

    def fetch(token: str, size: int) -> tuple[list[Any], str | None]:
        op = ListLoads(
            name=name,
            version=version,
            by=by,  # type: ignore[arg-type]  # click has seen that it is one of them
            from_time=begin,
            max_results=size,
            page_token=token,
        )
        page = do(op)
        return page.loads, page.next_page_token

    found = collect(fetch, limit)
    print_items(
        found,
        (HEADS.get(by, by.upper()), "LOADS", "FIRST", "LAST"),
        [
            (
                " ".join(filter(None, (one.day, one.user_id, one.version))),
                one.count,
                moment(one.first),
                moment(one.last),
            )
            for one in found
        ],
        wrap=(),
        as_json=as_json,
    )
