"""``cuvee comments``: say something about a version, and read what was done and said."""

from __future__ import annotations

from typing import Any

import click

from cuvee.cli.options import Do, as_json, collect, examples, limit, uses_store
from cuvee.cli.output import moment, print_items


@click.group()
def comments() -> None:
    """Comment on versions; read what was said and done."""


@comments.command(epilog=examples("cuvee comments add lr_wine_quality 2 'tested on reds'"))
@click.argument("name")
@click.argument("version")
@click.argument("text")
@uses_store
def add(do: Do, name: str, version: str, text: str) -> None:
    """Say TEXT about VERSION of the model NAME."""
    from cuvee.api.comments import CreateComment

    made = do(CreateComment(name=name, version=version, comment=text)).comment
    click.echo(f"Comment {made.id}.")


@comments.command("list", epilog=examples("cuvee comments list lr_wine_quality 2"))
@click.argument("name")
@click.argument("version")
@limit
@as_json
@uses_store
def list_(do: Do, name: str, version: str, limit: int, *, as_json: bool) -> None:
    """List what was done and said about VERSION, newest first."""
    from cuvee.api.reviews import ListActivities

    def fetch(token: str, size: int) -> tuple[list[Any], str | None]:
        op = ListActivities(name=name, version=version, max_results=size, page_token=token)
        page = do(op)
        return page.activities, page.next_page_token

    found = collect(fetch, limit)
    print_items(
        found,
        ("TIME", "BY", "WHAT", "FROM", "TO", "ID", "COMMENT"),
        [
            (
                moment(a.creation_timestamp),
                a.user_id,
                a.activity_type,
                a.from_stage,
                a.to_stage,
                a.id,
                a.comment or a.system_comment,
            )
            for a in found
        ],
        wrap=("COMMENT",),
        as_json=as_json,
    )


@comments.command(epilog=examples("cuvee comments edit 7 'tested on reds and whites'"))
@click.argument("comment_id", metavar="ID")
@click.argument("text")
@uses_store
def edit(do: Do, comment_id: str, text: str) -> None:
    """Change your own comment."""
    from cuvee.api.comments import UpdateComment

    do(UpdateComment(id=comment_id, comment=text))
    click.echo(f"Comment {comment_id} is changed.")


@comments.command(epilog=examples("cuvee comments delete 7"))
@click.argument("comment_id", metavar="ID")
@uses_store
def delete(do: Do, comment_id: str) -> None:
    """Remove a comment."""
    from cuvee.api.comments import DeleteComment

    do(DeleteComment(id=comment_id))
    click.echo(f"Comment {comment_id} is removed.")
