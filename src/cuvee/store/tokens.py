"""Tokens in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from cuvee.api.base import Empty
from cuvee.api.names import plain
from cuvee.api.times import DAY
from cuvee.api.tokens import CreateToken, ListTokens, NewToken, RevokeToken, Token, TokenList
from cuvee.errors import InvalidParameter, NotFound, PermissionDenied
from cuvee.log.rights import trace
from cuvee.rules.tokens import new_secret
from cuvee.store import schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.tx import Tx
from cuvee.store.users import allow_self_or_admin, find_user

_t = schema.tokens
_u = schema.users

_columns = (
    _t.c.token_id,
    _u.c.name,
    _t.c.name,
    _t.c.scopes,
    _t.c.created,
    _t.c.expires,
    _t.c.revoked,
    _t.c.last_used,
)
_query = (select(*_columns).join(_u, _u.c.pk == _t.c.user_pk).where(_t.c.kind == "token")).order_by(
    _t.c.pk.desc()
)
_all = hot(_query)
_of_user = hot(_query.where(_t.c.user_pk == arg("user_pk")))
_by_id = hot(_query.where(_t.c.token_id == arg("token_id")))
_add = hot(insert(_t).values({c.name: arg(c.name) for c in _t.c if c.name != "pk"}))
_revoke = hot(
    update(_t)
    .where(_t.c.token_id == arg("token_id"), _t.c.revoked.is_(None))
    .values(revoked=arg("now"))
)


def create_token(tx: Tx, op: CreateToken) -> NewToken:
    user = _owner(tx, op.username)
    _allow_creation(tx, user)
    secret = new_secret()
    scopes: list[str] = sorted(set(op.scopes))
    expires = tx.now + op.lifetime_days * DAY
    tx.run(
        _add,
        token_id=secret.token_id,
        user_pk=user[0],
        kind="token",
        name=op.name,
        digest=secret.digest,
        scopes=" ".join(scopes),
        created=tx.now,
        expires=expires,
        revoked=None,
        last_used=None,
    )
    tx.record(
        "token.created",
        f"token:{secret.token_id}",
        after={
            "user": user[1],
            "name": op.name,
            "scopes": scopes,
            "expires": expires,
            "digest": trace(secret.digest),
        },
        comment=op.comment,
    )
    token = Token(
        token_id=secret.token_id,
        username=user[1],
        name=op.name,
        scopes=scopes,
        created=tx.now,
        expires=expires,
    )
    return NewToken(token=token, secret=secret.text)


def _allow_creation(tx: Tx, user: tuple[Any, ...]) -> None:
    if tx.actor.user is None:
        return
    if user[0] == tx.actor.user:
        if tx.actor.via == "token":
            raise PermissionDenied(
                "A token cannot create further ones for its user, or a leaked one would never "
                "end: log in with the password, or let an admin do it."
            )
        return
    allow_self_or_admin(tx, user[1])
    if user[2] != "service":
        raise PermissionDenied(
            "An admin creates tokens for service accounts only: people create their own, so that "
            "the history's names are theirs."
        )


def list_tokens(tx: Tx, op: ListTokens) -> TokenList:
    if op.username == "*":
        allow_self_or_admin(tx, "")
        return TokenList([_token(row) for row in tx.all(_all)])
    user = _owner(tx, op.username)
    allow_self_or_admin(tx, user[1])
    return TokenList([_token(row) for row in tx.all(_of_user, user_pk=user[0])])


def revoke_token(tx: Tx, op: RevokeToken) -> Empty:
    row = tx.first(_by_id, token_id=op.token_id)
    if row is None or not (tx.actor.user is None or tx.actor.admin or row[1] == tx.actor.name):
        raise NotFound(f"Token with id={plain(op.token_id)} not found: tokens/list has the ids.")
    if tx.run(_revoke, token_id=op.token_id, now=tx.now):
        tx.record(
            "token.revoked",
            f"token:{op.token_id}",
            before={"user": row[1], "name": row[2]},
            comment=op.comment,
        )
    return Empty()


def _owner(tx: Tx, name: str) -> tuple[Any, ...]:
    if not name and tx.actor.user is None:
        raise InvalidParameter("Nobody is logged in: say for which 'username'.")
    return find_user(tx, name or tx.actor.name)


def _token(row: tuple[Any, ...]) -> Token:
    token_id, username, name, scopes, created, expires, revoked, last_used = row
    return Token(
        token_id=token_id,
        username=username,
        name=name,
        scopes=scopes.split(),
        created=created,
        expires=expires or 0,
        revoked=revoked,
        last_used=last_used,
    )
