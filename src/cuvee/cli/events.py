"""``cuvee events``: who changed what, when and why."""

from __future__ import annotations

from typing import Any

import click

from cuvee.cli.options import Do, as_json, collect, examples, limit, uses_store
from cuvee.cli.output import moment, print_items


@click.command(
    epilog=examples(
        "cuvee events",
        "cuvee events --object version:lr_wine_quality/2",
        "cuvee events --actor alice --json",
    )
)
@click.option(
    "--object", "changed", metavar="NOUN:ID", help="Only this object's events.", default=""
)
@click.option("--action", metavar="NOUN.VERB", help="Only events of this kind.", default="")
@click.option("--actor", metavar="NAME", help="Only what this user did.", default="")
@limit
@as_json
@uses_store
def events(do: Do, changed: str, action: str, actor: str, limit: int, *, as_json: bool) -> None:
    """Show who changed what, when and why.

    Changes to experiments, runs and the registry, newest first.
    """
    from cuvee.api.events import ListEvents
    from cuvee.server.pages import changes

    def fetch(token: str, size: int) -> tuple[list[Any], str | None]:
        page = do(
            ListEvents(
                object=changed,
                action=action,
                actor=actor,
                newest_first=True,
                max_results=size,
                page_token=token,
            )
        )
        return page.events, page.next_page_token

    found = collect(fetch, limit)
    print_items(
        found,
        ("NO", "TIME", "WHO", "ACTION", "OBJECT", "CHANGE", "WHY"),
        [
            (
                e.sequence,
                moment(e.time),
                e.actor,
                e.action,
                e.object,
                "; ".join(changes(e)),
                e.comment,
            )
            for e in found
        ],
        wrap=("CHANGE", "WHY"),
        as_json=as_json,
    )
