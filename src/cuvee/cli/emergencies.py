"""``cuvee emergencies``: moves past a policy, which somebody else must review and close."""

from __future__ import annotations

from typing import Any

import click

from cuvee.cli.options import Do, as_json, collect, examples, limit, uses_store
from cuvee.cli.output import moment, print_items


@click.group()
def emergencies() -> None:
    """List moves past a policy, and close them after a review."""


@emergencies.command("list", epilog=examples("cuvee emergencies list --open"))
@click.option("--model", default="", help="Only those of this model.")
@click.option("--open", "open_only", is_flag=True, help="Only those that nobody has closed.")
@limit
@as_json
@uses_store
def list_(do: Do, model: str, limit: int, *, open_only: bool, as_json: bool) -> None:
    """List moves past a policy, newest first."""
    from cuvee.api.checks import ListEmergencies

    def fetch(token: str, size: int) -> tuple[list[Any], str | None]:
        op = ListEmergencies(name=model, open_only=open_only, max_results=size, page_token=token)
        page = do(op)
        return page.emergencies, page.next_page_token

    found = collect(fetch, limit)
    print_items(
        found,
        ("ID", "MODEL", "VERSION", "TO", "BY", "TIME", "WHY", "CLOSED BY", "CONCLUSION"),
        [
            (
                e.id,
                e.name,
                e.version,
                e.stage,
                e.user_id,
                moment(e.creation_timestamp),
                e.comment,
                e.closed_by,
                e.conclusion,
            )
            for e in found
        ],
        wrap=("WHY", "CONCLUSION"),
        as_json=as_json,
    )


@emergencies.command(epilog=examples("cuvee emergencies close 3 --comment 'reviewed: was right'"))
@click.argument("emergency_id", metavar="ID")
@click.option("--comment", required=True, help="What the review has found.")
@uses_store
def close(do: Do, emergency_id: str, comment: str) -> None:
    """Close an emergency that somebody else has opened."""
    from cuvee.api.checks import CloseEmergency

    do(CloseEmergency(id=emergency_id, comment=comment))
    click.echo(f"Emergency {emergency_id} is closed.")
