"""``cuvee grant``: let a user or a group do something."""

from __future__ import annotations

import click

from cuvee.cli.options import Do, examples, uses_store
from cuvee.cli.permissions import LEVELS, chosen, comment, of_object, of_subject, shown


@click.command(
    epilog=examples(
        "cuvee grant CAN_EDIT --group everyone --folder ''",
        "cuvee grant CAN_READ --user bob --experiment 7",
        "cuvee grant CAN_MANAGE_PRODUCTION_VERSIONS --group risk --model wine --stage Production",
        "cuvee grant DENY --user carol --folder credit/",
    )
)
@click.argument("level", type=click.Choice(LEVELS))
@of_subject
@of_object
@comment
@uses_store
def grant(
    do: Do, level: str, user: str, group: str, stage: str, comment: str, **where: str | None
) -> None:
    """Give LEVEL on something to a user or a group.

    It replaces the level given there before. DENY takes everything away, whatever else is given.
    """
    from cuvee.api.permissions import GrantPermission

    name = chosen(**where)
    do(
        GrantPermission(
            object=name,
            permission=level,  # type: ignore[arg-type]  # one of LEVELS
            user=user,
            group=group,
            stage=stage,
            comment=comment,
        )
    )
    click.echo(f"{user or group} has {level} on {shown(name)}.")
