"""What a server asks its store to find out who asks; none of it has an address."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from cuvee.api.base import Empty, Permission, Read, Write


class Login(Struct, frozen=True):
    """A user as a password is checked against; ``password`` is a hash."""

    user: int
    name: str
    password: str
    admin: bool
    active: bool

    def __repr__(self) -> str:
        return f"Login(name={self.name!r})"


class Credential(Struct, frozen=True):
    """A token or session and its user; ``digest`` is the sha256 of its secret."""

    pk: int
    kind: str
    digest: str
    scopes: tuple[str, ...]
    expires: int
    revoked: bool
    last_used: int
    user: int
    name: str
    admin: bool
    active: bool

    def __repr__(self) -> str:
        return f"Credential(pk={self.pk})"


class Number(Struct, frozen=True):
    """A number."""

    value: int


class FindLogin(Read[Login], frozen=True, kw_only=True):
    """Find a user by name; a stranger's has the number 0."""

    needs: ClassVar[Permission] = Permission.PUBLIC
    brief: ClassVar[bool] = True
    name: str


class FindCredential(Read[Credential], frozen=True, kw_only=True):
    """Find a token or session; a stranger's has the number 0."""

    needs: ClassVar[Permission] = Permission.PUBLIC
    brief: ClassVar[bool] = True
    token_id: str


class FindSetup(Read[Number], frozen=True, kw_only=True):
    """Say by 1 that a text is the setup token that waits to be used, else by 0."""

    needs: ClassVar[Permission] = Permission.PUBLIC
    brief: ClassVar[bool] = True
    secret: str

    def __repr__(self) -> str:
        return "FindSetup()"


class CountUsers(Read[Number], frozen=True, kw_only=True):
    """Count the users, those of the past too, up to one."""

    needs: ClassVar[Permission] = Permission.PUBLIC
    brief: ClassVar[bool] = True


class BeginAttempt(Write[Number], frozen=True, kw_only=True):
    """Count an attempt to log in, unless there were too many: then say how many ms to wait."""

    needs: ClassVar[Permission] = Permission.PUBLIC
    name: str
    address: str


class PassAttempt(Write[Empty], frozen=True, kw_only=True):
    """Take back what an attempt was counted, because the password was right."""

    needs: ClassVar[Permission] = Permission.PUBLIC
    name: str
    address: str


class OpenSession(Write[Empty], frozen=True, kw_only=True):
    """Keep the digest of a browser session's secret."""

    needs: ClassVar[Permission] = Permission.PUBLIC
    user: int
    token_id: str
    digest: str
    lifetime: int

    def __repr__(self) -> str:
        return f"OpenSession(user={self.user})"


class CloseSession(Write[Empty], frozen=True, kw_only=True):
    """End the browser session of a secret; nothing else, whatever the secret's id names."""

    needs: ClassVar[Permission] = Permission.PUBLIC
    secret: str

    def __repr__(self) -> str:
        return "CloseSession()"


class TouchToken(Write[Empty], frozen=True, kw_only=True):
    """Note that a token was used."""

    needs: ClassVar[Permission] = Permission.PUBLIC
    pk: int


class OfferSetup(Write[Empty], frozen=True, kw_only=True):
    """Keep the digest of the token that lets the first admin in; earlier ones end."""

    needs: ClassVar[Permission] = Permission.PUBLIC
    token_id: str
    digest: str
    lifetime: int

    def __repr__(self) -> str:
        return "OfferSetup()"
