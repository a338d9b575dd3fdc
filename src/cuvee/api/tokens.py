"""Tokens: secrets by which programs log in for a user."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Empty, Id, Key, Permission, Read, Recorded

Scope = Literal["read", "tracking", "registry"]


class Token(Struct, frozen=True, kw_only=True):
    """A token, without its secret.

    Args:
        token_id: names the token; it is the part of the secret that may be shown.
        username: for whom it logs in.
        name: what it is for.
        scopes: to what it is limited; empty when it may do all that its user may.
        created: milliseconds since 1970.
        expires: when it ends, in milliseconds since 1970.
        revoked: when it was revoked, or null.
        last_used: when it was used last, to the minute, or null.
    """

    token_id: str
    username: str
    name: str
    scopes: list[str]
    created: int
    expires: int
    revoked: int | None = None
    last_used: int | None = None


class NewToken(Struct, frozen=True, kw_only=True):
    """A new token and its secret, which is shown this once."""

    token: Token
    secret: str

    def __repr__(self) -> str:
        return f"NewToken(token_id={self.token.token_id!r})"


class TokenList(Struct, frozen=True):
    """Tokens, newest first."""

    tokens: list[Token]


class CreateToken(Recorded[NewToken], frozen=True, kw_only=True):
    """Create a token for oneself or, as an admin, for a service account."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "tokens/create"
    keyed: ClassVar[bool] = False
    needs: ClassVar[Permission] = Permission.LOGIN
    name: Annotated[str, Meta(min_length=1, max_length=256, description="what it is for")]
    username: Annotated[str, Meta(max_length=256, description="oneself when absent")] = ""
    scopes: Annotated[list[Scope], Meta(max_length=3)] = []
    lifetime_days: Annotated[int, Meta(ge=1, le=3650)] = 90


class ListTokens(Read[TokenList], frozen=True, kw_only=True):
    """List one's own tokens or, as an admin, those of a user or (``*``) of all."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "tokens/list"
    needs: ClassVar[Permission] = Permission.LOGIN
    username: Id = ""


class RevokeToken(Recorded[Empty], frozen=True, kw_only=True):
    """End a token from the next request on; one's own or, as an admin, anyone's."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "tokens/revoke"
    needs: ClassVar[Permission] = Permission.LOGIN
    token_id: Key
