"""Users: people and service accounts that can log in."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, get_args

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Empty, Key, Permission, Read, Recorded, Required
from cuvee.api.roles import Role
from cuvee.api.spelling import is_plain
from cuvee.errors import InvalidParameter

MIN_PASSWORD, MAX_PASSWORD = 12, 1024
_NAME = re.compile(r"[^\s:/\\](?:[^:/\\]{0,254}[^\s:/\\])?")

UserKind = Literal["person", "service"]


class User(Struct, frozen=True, kw_only=True):
    """Someone who can log in.

    Args:
        id: a number that no other user, past or future, has.
        username: the name; never given to anyone else, so that the history stays true.
        is_admin: may do everything.
        kind: a person, or a service account, which logs in by tokens.
        active: whether the user can log in.
        created: milliseconds since 1970.
        groups: names of the groups that the user is a member of.
        roles: the same as MLflow's roles.
    """

    id: int
    username: str
    is_admin: bool = False
    kind: str = "person"
    active: bool = True
    created: int = 0
    groups: list[str] = []
    roles: list[Role] = []


class UserResult(Struct, frozen=True):
    """One user."""

    user: User


class CurrentUser(Struct, frozen=True):
    """The user who asks; ``is_basic_auth`` says that a password would be one's own to change."""

    user: User
    is_basic_auth: bool


class UserList(Struct, frozen=True):
    """Users by name."""

    users: list[User]


LoginKind = Literal["password", "token"]
LOGIN_KINDS: tuple[LoginKind, ...] = get_args(LoginKind)
"""What the server's ``Authenticator`` takes; a browser's session begins with one of them."""


class Whoami(Struct, frozen=True, kw_only=True):
    """Who the server takes the caller for.

    Args:
        username: the name that the history would show.
        via: how it is known: ``os``, ``basic`` (unverified), ``password``, ``token``, ``session``.
        user_id: the user's number; null on a server without users.
        is_admin: may do everything.
        scopes: to what the token is limited; empty when it is not.
        groups: names of the user's groups.
        logins: how people and programs log in to this server; nobody does where it is empty.
    """

    username: str
    via: str
    user_id: int | None = None
    is_admin: bool = False
    scopes: list[str] = []
    groups: list[str] = []
    logins: list[LoginKind] = []


class CreateUser(Recorded[UserResult], frozen=True, kw_only=True):
    """Create a user; the first one is an admin, and from then on everyone must log in."""

    route: ClassVar[str] = "users/create"
    needs: ClassVar[Permission] = Permission.ADMIN
    hashes: ClassVar[bool] = True
    keyed: ClassVar[bool] = False
    username: Required
    password: Annotated[str, Meta(description="at least 12 characters")] = ""
    is_admin: bool = False
    kind: UserKind = "person"

    def check(self) -> None:
        check_username(self.username)
        if self.password or self.kind == "person":
            check_password(self.password)

    def __repr__(self) -> str:
        return f"CreateUser(username={self.username!r})"


class GetUser(Read[UserResult], frozen=True, kw_only=True):
    """Read one user; who is no admin may read oneself."""

    route: ClassVar[str] = "users/get"
    needs: ClassVar[Permission] = Permission.LOGIN
    username: Key


class GetCurrentUser(Read[CurrentUser], frozen=True, kw_only=True):
    """Read the user who asks."""

    route: ClassVar[str] = "users/current"
    needs: ClassVar[Permission] = Permission.LOGIN


class ListUsers(Read[UserList], frozen=True, kw_only=True):
    """List the users by name; who is no admin sees names only."""

    route: ClassVar[str] = "users/list"
    needs: ClassVar[Permission] = Permission.LOGIN


class UpdateUserPassword(Recorded[Empty], frozen=True, kw_only=True):
    """Set a password and end the user's sessions; one's own needs the current one too."""

    route: ClassVar[str] = "users/update-password"
    methods: ClassVar[tuple[str, ...]] = ("PATCH",)
    needs: ClassVar[Permission] = Permission.LOGIN
    hashes: ClassVar[bool] = True
    keyed: ClassVar[bool] = False
    username: Key
    password: Required
    current_password: str = ""

    def check(self) -> None:
        check_password(self.password)
        if len(self.current_password) > MAX_PASSWORD:
            raise InvalidParameter("The current password is too long: send the right one.")

    def __repr__(self) -> str:
        return f"UpdateUserPassword(username={self.username!r})"


class UpdateUserAdmin(Recorded[Empty], frozen=True, kw_only=True):
    """Make a user an admin, or no longer one; an active admin must remain."""

    route: ClassVar[str] = "users/update-admin"
    methods: ClassVar[tuple[str, ...]] = ("PATCH",)
    needs: ClassVar[Permission] = Permission.ADMIN
    username: Key
    is_admin: bool


class DeleteUser(Recorded[Empty], frozen=True, kw_only=True):
    """End a user's access for good: no login, tokens, groups or grants; the name stays taken."""

    route: ClassVar[str] = "users/delete"
    methods: ClassVar[tuple[str, ...]] = ("DELETE",)
    needs: ClassVar[Permission] = Permission.ADMIN
    username: Key


class DeactivateUser(Recorded[Empty], frozen=True, kw_only=True):
    """Refuse a user's logins from the next request on; groups, grants and tokens are kept."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "users/deactivate"
    needs: ClassVar[Permission] = Permission.ADMIN
    username: Key


class ActivateUser(Recorded[Empty], frozen=True, kw_only=True):
    """Let a deactivated or deleted user log in again; a deleted one has nothing but the name."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "users/activate"
    needs: ClassVar[Permission] = Permission.ADMIN
    username: Key


class WhoAmI(Read[Whoami], frozen=True, kw_only=True):
    """Read who the server takes the caller for, and how it knows."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "whoami"
    needs: ClassVar[Permission] = Permission.LOGIN


class SetUp(Recorded[UserResult], frozen=True, kw_only=True):
    """Create the first admin with the token that the server printed when it started."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "setup"
    needs: ClassVar[Permission] = Permission.PUBLIC
    hashes: ClassVar[bool] = True
    keyed: ClassVar[bool] = False
    token: Annotated[str, Meta(min_length=1, max_length=256)]
    username: Required
    password: Required

    def check(self) -> None:
        check_username(self.username)
        check_password(self.password)

    def __repr__(self) -> str:
        return f"SetUp(username={self.username!r})"


def check_username(name: str) -> None:
    """Refuse a user name that HTTP Basic or the history could not carry."""
    if not _NAME.fullmatch(name) or not is_plain(name) or name.casefold() in RESERVED:
        raise InvalidParameter(
            "This user name is not allowed: use 1 to 256 Latin letters, digits and signs without "
            "':', '/' and '\\', no space at either end, and none of "
            f"{', '.join(sorted(RESERVED))}."
        )


def check_password(password: str) -> None:
    """Refuse a password that is too short to resist guessing."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InvalidParameter(
            f"A password needs {MIN_PASSWORD} to {MAX_PASSWORD} characters; this one has "
            f"{len(password)}. Several words in a row are long enough and easy to keep in mind."
        )
    if password.startswith("cuvee_"):
        raise InvalidParameter("A password must not begin with 'cuvee_': tokens do.")
    if len(set(password)) < 4:
        raise InvalidParameter("This password repeats a few characters only: choose another.")


RESERVED = frozenset({"token", "anonymous", "system", "cuvee"})
"""Names that mean something else in a login or in the history."""
