"""``cuvee token``: secrets by which programs log in."""

from __future__ import annotations

import click

from cuvee.cli.options import Do, as_json, examples, uses_store
from cuvee.cli.output import moment, print_items, print_json
from cuvee.cli.user import comment


@click.group()
def token() -> None:
    """Create, list and revoke tokens.

    A token goes into MLFLOW_TRACKING_TOKEN, or stands for the password of its user.
    """


@token.command(
    epilog=examples(
        "cuvee token create laptop",
        "cuvee token create nightly --user build-bot --scope tracking --scope registry --days 365",
    )
)
@click.argument("name")
@click.option("--user", default="", help="For whom; you, unless you are an admin.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(["read", "tracking", "registry"]),
    help="Limit it: 'read' changes nothing, 'tracking' and 'registry' let it change these; with "
    "any it cannot administer. May be repeated.",
)
@click.option("--days", type=click.IntRange(1, 3650), default=90, show_default=True)
@comment
@as_json
@uses_store
def create(
    do: Do,
    name: str,
    *,
    user: str,
    scopes: tuple[str, ...],
    days: int,
    comment: str,
    as_json: bool,
) -> None:
    """Create a token and print it, this once; NAME says what it is for."""
    from cuvee.api.tokens import CreateToken

    op = CreateToken(
        name=name,
        username=user,
        scopes=list(scopes),  # type: ignore[arg-type]  # click.Choice leaves no others
        lifetime_days=days,
        comment=comment,
    )
    made = do(op)
    if as_json:
        print_json(made)
        return
    click.echo(made.secret)
    click.echo(
        f"Token {made.token.token_id} of {made.token.username}, until "
        f"{moment(made.token.expires)}. It is not shown again.",
        err=True,
    )


@token.command("list", epilog=examples("cuvee token list", "cuvee token list --user build-bot"))
@click.option("--user", default="", help="Whose; yours when absent, '*' for all.")
@as_json
@uses_store
def list_(do: Do, *, user: str, as_json: bool) -> None:
    """List tokens, newest first; their secrets are kept nowhere."""
    from cuvee.api.tokens import ListTokens

    found = do(ListTokens(username=user)).tokens
    print_items(
        found,
        ("ID", "USER", "NAME", "SCOPES", "EXPIRES", "REVOKED", "LAST USED"),
        [
            (
                t.token_id,
                t.username,
                t.name,
                ", ".join(t.scopes) or "all",
                moment(t.expires),
                moment(t.revoked),
                moment(t.last_used),
            )
            for t in found
        ],
        wrap=("NAME",),
        as_json=as_json,
    )


@token.command(epilog=examples("cuvee token revoke 9a65fcf3ee5a8c4f --comment 'laptop lost'"))
@click.argument("token_id", metavar="ID")
@comment
@uses_store
def revoke(do: Do, token_id: str, *, comment: str) -> None:
    """End a token from the next request on."""
    from cuvee.api.tokens import RevokeToken

    do(RevokeToken(token_id=token_id, comment=comment))
    click.echo(f"Revoked {token_id}.")
