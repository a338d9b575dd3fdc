"""``cuvee group``: groups of users."""

from __future__ import annotations

import click

from cuvee.cli.options import Do, as_json, examples, uses_store
from cuvee.cli.output import moment, print_fields, print_items, print_json
from cuvee.cli.user import comment


@click.group()
def group() -> None:
    """Create, list and change groups of users."""


@group.command(epilog=examples("cuvee group create risk --description 'approves models'"))
@click.argument("name")
@click.option("--description", default="", help="What it is for.")
@comment
@uses_store
def create(do: Do, name: str, *, description: str, comment: str) -> None:
    """Create a group."""
    from cuvee.api.groups import CreateGroup

    do(CreateGroup(name=name, description=description, comment=comment))
    click.echo(f"Created the group {name}.")


@group.command("list", epilog=examples("cuvee group list", "cuvee group list --json"))
@as_json
@uses_store
def list_(do: Do, *, as_json: bool) -> None:
    """List the groups by name."""
    from cuvee.api.groups import ListGroups

    found = do(ListGroups()).groups
    print_items(
        found,
        ("NAME", "MEMBERS", "DESCRIPTION"),
        [(g.name, ", ".join(g.members), g.description) for g in found],
        wrap=("MEMBERS", "DESCRIPTION"),
        as_json=as_json,
    )


@group.command(epilog=examples("cuvee group show risk"))
@click.argument("name")
@as_json
@uses_store
def show(do: Do, name: str, *, as_json: bool) -> None:
    """Show one group."""
    from cuvee.api.groups import GetGroup

    found = do(GetGroup(name=name)).group
    if as_json:
        print_json(found)
        return
    print_fields(
        {
            "name": found.name,
            "description": found.description,
            "members": ", ".join(found.members),
            "created": moment(found.created),
        }
    )


@group.command(epilog=examples("cuvee group add risk ann", "cuvee group add risk bob eve"))
@click.argument("name")
@click.argument("users", nargs=-1, required=True, metavar="USER...")
@comment
@uses_store
def add(do: Do, name: str, users: tuple[str, ...], *, comment: str) -> None:
    """Add users to a group."""
    from cuvee.api.groups import AddMember

    for user in users:
        do(AddMember(name=name, username=user, comment=comment))
    click.echo(f"{', '.join(users)}: in {name}.")


@group.command(epilog=examples("cuvee group remove risk ann"))
@click.argument("name")
@click.argument("users", nargs=-1, required=True, metavar="USER...")
@comment
@uses_store
def remove(do: Do, name: str, users: tuple[str, ...], *, comment: str) -> None:
    """Take users out of a group."""
    from cuvee.api.groups import RemoveMember

    for user in users:
        do(RemoveMember(name=name, username=user, comment=comment))
    click.echo(f"{', '.join(users)}: no longer in {name}.")


@group.command(epilog=examples("cuvee group rename risk model-risk"))
@click.argument("name")
@click.argument("new_name")
@comment
@uses_store
def rename(do: Do, name: str, new_name: str, *, comment: str) -> None:
    """Give a group another name; members and rights stay."""
    from cuvee.api.groups import UpdateGroup

    do(UpdateGroup(name=name, new_name=new_name, comment=comment))
    click.echo(f"{name} is {new_name} now.")


@group.command(epilog=examples("cuvee group delete risk"))
@click.argument("name")
@comment
@uses_store
def delete(do: Do, name: str, *, comment: str) -> None:
    """Delete a group with what its members may do through it."""
    from cuvee.api.groups import DeleteGroup

    do(DeleteGroup(name=name, comment=comment))
    click.echo(f"Deleted the group {name}.")
