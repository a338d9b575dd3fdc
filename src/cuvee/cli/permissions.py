"""``cuvee permissions``: what was given to whom, and why someone can or cannot do something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from cuvee.cli.options import Do, as_json, examples, uses_store
from cuvee.cli.output import moment, print_items, print_json

F = TypeVar("F", bound=Callable[..., Any])

LEVELS = (
    "CAN_CREATE",
    "CAN_READ",
    "CAN_USE",
    "CAN_EDIT",
    "CAN_MANAGE_STAGING_VERSIONS",
    "CAN_MANAGE_PRODUCTION_VERSIONS",
    "CAN_MANAGE",
    "DENY",
)
comment = click.option("--comment", default="", help="Why, for the history.")


def of_subject(command: F) -> F:
    """Add --user and --group."""
    command = click.option("--group", default="", help="A group; everyone is all users.")(command)
    return click.option("--user", default="", help="A user.")(command)


def of_object(command: F) -> F:
    """Add the options that name an object, and --stage."""
    for option, metavar, text in (
        ("--stage", "NAME", "Of a model: for moves in and out of this stage only."),
        ("--object", "TEXT", "Any of these, as experiment:7, model:wine, models:team/."),
        ("--folder", "FOLDER/", "All whose names begin so; '' is everything."),
        ("--model", "NAME", "A registered model."),
        ("--experiment", "ID", "An experiment."),
    ):
        default = "" if option == "--stage" else None
        name = "text" if option == "--object" else option[2:]
        command = click.option(option, name, metavar=metavar, help=text, default=default)(command)
    return command


def chosen(
    *,
    experiment: str | None = None,
    model: str | None = None,
    folder: str | None = None,
    text: str | None = None,
) -> str:
    """Return the object that options name, as a text; one of them must."""
    named = {"experiment": experiment, "model": model, "folder": folder}
    given = [f"{noun}:{value}" for noun, value in named.items() if value is not None]
    given += [] if text is None else [text]
    if len(given) != 1:
        raise click.UsageError("Name one of --experiment, --model, --folder and --object.")
    return given[0]


def shown(name: str) -> str:
    """Return the text of an object as people read it: ``folder:`` is everything."""
    noun, _, rest = name.partition(":")
    everything = {"folder": "everything", "experiments": "all experiments", "models": "all models"}
    return name if rest else everything.get(noun, name)


@click.group()
def permissions() -> None:
    """See, explain and take back what `cuvee grant` has given."""


@permissions.command(
    "list", epilog=examples("cuvee permissions list --model wine", "cuvee permissions list")
)
@of_subject
@of_object
@as_json
@uses_store
def list_(do: Do, user: str, group: str, stage: str, *, as_json: bool, **where: str | None) -> None:
    """List the grants on an object, or those of a user or group."""
    from cuvee.api.permissions import ListPermissions

    named = any(value is not None for value in where.values())
    name = chosen(**where) if named else ""
    found = do(ListPermissions(object=name, user=user, group=group)).grants
    found = [grant for grant in found if not stage or grant.stage == stage]
    print_items(
        found,
        ("OBJECT", "STAGE", "WHO", "LEVEL", "BY", "SINCE"),
        [
            (
                shown(g.object),
                g.stage,
                f"user {g.user}" if g.user else f"group {g.group}",
                g.permission,
                g.granted_by,
                moment(g.created),
            )
            for g in found
        ],
        wrap=("OBJECT",),
        as_json=as_json,
    )


@permissions.command(
    epilog=examples(
        "cuvee permissions explain CAN_EDIT --user bob --model wine",
        "cuvee permissions explain CAN_READ --experiment 7",
    )
)
@click.argument("level", type=click.Choice(LEVELS[:-1]), default="CAN_READ")
@click.option("--user", default="", help="Whom it is about.  [default: yourself]")
@of_object
@as_json
@uses_store
def explain(
    do: Do, level: str, user: str, stage: str, *, as_json: bool, **where: str | None
) -> None:
    """Say why a user has, or lacks, LEVEL on an object."""
    from cuvee.api.permissions import ExplainPermission

    found = do(
        ExplainPermission(
            object=chosen(**where),
            permission=level,  # type: ignore[arg-type]  # one of LEVELS
            user=user,
            stage=stage,
        )
    )
    if as_json:
        print_json(found)
        return
    click.echo(
        f"{found.user} {'has' if found.allowed else 'lacks'} {level} on {shown(found.object)}."
    )
    click.echo(found.because)
    if found.next:
        click.echo(found.next)


@permissions.command(epilog=examples("cuvee permissions revoke --user bob --model wine"))
@of_subject
@of_object
@comment
@uses_store
def revoke(do: Do, user: str, group: str, stage: str, comment: str, **where: str | None) -> None:
    """Take back what was given on an object itself."""
    from cuvee.api.permissions import RevokePermission

    name = chosen(**where)
    do(RevokePermission(object=name, user=user, group=group, stage=stage, comment=comment))
    click.echo(f"{user or group} has no level of their own on {shown(name)} any more.")
