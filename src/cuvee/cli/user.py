"""``cuvee user``: who can log in."""

from __future__ import annotations

import sys
from typing import Any

import click

from cuvee.cli.options import Do, as_json, examples, uses_store
from cuvee.cli.output import moment, print_fields, print_items, print_json

comment = click.option("--comment", default="", help="Why, for the history.")
password_stdin = click.option(
    "--password-stdin",
    is_flag=True,
    help="Read the password from standard input instead of asking for it.",
)


def read_password(user: str, *, stdin: bool) -> str:
    """Return a new password: the first line of standard input, or asked for twice."""
    if stdin:
        return sys.stdin.readline().rstrip("\n")
    found: str = click.prompt(
        f"Password for {user} (12 characters or more)",
        hide_input=True,
        confirmation_prompt=True,
        err=True,
    )
    return found


@click.group()
def user() -> None:
    """Create, list and change users.

    Works on a server, with the login in CUVEE_TRACKING_USERNAME and CUVEE_TRACKING_PASSWORD, or
    directly on a database, for which access to the database is enough.
    """


@user.command(
    epilog=examples(
        "cuvee user create ann",
        "cuvee user create ann --tracking-uri sqlite:///cuvee-data/cuvee.db",
        "cuvee user create build-bot --service",
        "printf '%s' \"$PASSWORD\" | cuvee user create bob --admin --password-stdin",
    )
)
@click.argument("name")
@click.option("--admin", is_flag=True, help="May do everything; the first user always may.")
@click.option("--service", is_flag=True, help="A program's account: no password, only tokens.")
@password_stdin
@comment
@as_json
@uses_store
def create(
    do: Do,
    name: str,
    *,
    admin: bool,
    service: bool,
    password_stdin: bool,
    comment: str,
    as_json: bool,
) -> None:
    """Create a user; from the first one on, everyone must log in."""
    from cuvee.api.users import CreateUser

    password = "" if service else read_password(name, stdin=password_stdin)
    op = CreateUser(
        username=name,
        password=password,
        is_admin=admin,
        kind="service" if service else "person",
        comment=comment,
    )
    made = do(op).user
    if as_json:
        print_json(made)
    else:
        click.echo(f"Created {'the admin' if made.is_admin else 'the user'} {made.username}.")


@user.command(
    epilog=examples("cuvee user setup ann --token cuvee_... --tracking-uri http://127.0.0.1:5000")
)
@click.argument("name")
@click.option("--token", required=True, help="The token that the server printed when it started.")
@password_stdin
@uses_store
def setup(do: Do, name: str, *, token: str, password_stdin: bool) -> None:
    """Create the first admin of a server.

    The server was started with --login, which printed the token.
    """
    from cuvee.api.users import SetUp

    password = read_password(name, stdin=password_stdin)
    made = do(SetUp(token=token, username=name, password=password)).user
    click.echo(f"Created the admin {made.username}.")


@user.command("list", epilog=examples("cuvee user list", "cuvee user list --json"))
@as_json
@uses_store
def list_(do: Do, *, as_json: bool) -> None:
    """List the users by name."""
    from cuvee.api.users import ListUsers

    found = do(ListUsers()).users
    print_items(
        found,
        ("NAME", "KIND", "ADMIN", "ACTIVE", "GROUPS", "CREATED"),
        [(u.username, u.kind, *_state(u)) for u in found],
        wrap=("GROUPS",),
        as_json=as_json,
    )


def _state(user: Any) -> tuple[str, str, str, str]:
    admin, active = "yes" if user.is_admin else "", "yes" if user.active else "no"
    return admin, active, ", ".join(user.groups), moment(user.created)


@user.command(epilog=examples("cuvee user show ann"))
@click.argument("name")
@as_json
@uses_store
def show(do: Do, name: str, *, as_json: bool) -> None:
    """Show one user."""
    from cuvee.api.users import GetUser

    found = do(GetUser(username=name)).user
    if as_json:
        print_json(found)
        return
    fields = ("admin", "active", "groups", "created")
    values = dict(zip(fields, _state(found), strict=True))
    print_fields({"name": found.username, "kind": found.kind, **values})


@user.command(epilog=examples("cuvee user whoami"))
@as_json
@uses_store
def whoami(do: Do, *, as_json: bool) -> None:
    """Show who the server takes you for."""
    from cuvee.api.users import WhoAmI

    found = do(WhoAmI())
    if as_json:
        print_json(found)
        return
    print_fields(
        {
            "name": found.username,
            "known by": found.via,
            "admin": "yes" if found.is_admin else "no",
            "scopes": ", ".join(found.scopes),
            "groups": ", ".join(found.groups),
        }
    )


@user.command(
    "set-password", epilog=examples("cuvee user set-password ann", "cuvee user set-password bob")
)
@click.argument("name")
@password_stdin
@comment
@uses_store
def set_password(do: Do, name: str, *, password_stdin: bool, comment: str) -> None:
    """Set a password and end the user's browser sessions.

    Your own needs the current one, which is taken from CUVEE_TRACKING_PASSWORD or asked for.
    """
    from cuvee.api.users import UpdateUserPassword, WhoAmI

    who = do(WhoAmI())
    current = ""
    if who.user_id is not None and who.username == name:
        from cuvee.settings import Settings

        current = Settings.read().password or click.prompt(
            "Current password", hide_input=True, err=True
        )
    password = read_password(name, stdin=password_stdin)
    op = UpdateUserPassword(
        username=name, password=password, current_password=current, comment=comment
    )
    do(op)
    click.echo(f"Set the password of {name}.")


@user.command(epilog=examples("cuvee user admin ann on", "cuvee user admin ann off"))
@click.argument("name")
@click.argument("state", type=click.Choice(["on", "off"]))
@comment
@uses_store
def admin(do: Do, name: str, state: str, *, comment: str) -> None:
    """Make a user an admin, or no longer one."""
    from cuvee.api.users import UpdateUserAdmin

    do(UpdateUserAdmin(username=name, is_admin=state == "on", comment=comment))
    click.echo(f"{name} is {'an admin now' if state == 'on' else 'no admin any more'}.")


@user.command(epilog=examples("cuvee user deactivate ann --comment 'on leave'"))
@click.argument("name")
@comment
@uses_store
def deactivate(do: Do, name: str, *, comment: str) -> None:
    """Refuse a user's logins.

    Tokens and browser sessions are refused too, from the next request on.
    """
    from cuvee.api.users import DeactivateUser

    do(DeactivateUser(username=name, comment=comment))
    click.echo(f"{name} can no longer log in.")


@user.command(epilog=examples("cuvee user activate ann"))
@click.argument("name")
@comment
@uses_store
def activate(do: Do, name: str, *, comment: str) -> None:
    """Let a deactivated or deleted user log in again."""
    from cuvee.api.users import ActivateUser

    do(ActivateUser(username=name, comment=comment))
    click.echo(f"{name} can log in again.")


@user.command(epilog=examples("cuvee user delete ann --comment 'left the company'"))
@click.argument("name")
@comment
@uses_store
def delete(do: Do, name: str, *, comment: str) -> None:
    """End a user's access for good.

    Takes away login, tokens, groups and grants. The name stays taken, so that the history
    always means the same person by it.
    """
    from cuvee.api.users import DeleteUser

    do(DeleteUser(username=name, comment=comment))
    click.echo(f"Deleted {name}; the history keeps the name.")
