"""Passwords are hashed and compared before the transaction that needs them begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from cuvee.api.base import Actor, Op
from cuvee.api.logins import FindLogin, FindSetup
from cuvee.api.users import CreateUser, SetUp, UpdateUserPassword
from cuvee.errors import Unauthenticated
from cuvee.rules.passwords import hash_password, is_password

Read = Callable[[Op[Any]], Any]
NO_SETUP = (
    "This setup token was used, has expired, or is not the latest: start the server again with "
    "--login, while it has no users, to get a new one."
)


def hashed(op: Op[Any], actor: Actor, read: Read) -> Op[Any]:
    """Return an operation with hashes in place of its passwords; takes tens of milliseconds.

    Args:
        op: the operation.
        actor: who asks.
        read: carries out an operation that changes nothing.

    Raises:
        Unauthenticated: the current password, or the setup token, is wrong.
    """
    if isinstance(op, UpdateUserPassword):
        current = ""
        if actor.user is not None and op.username == actor.name:
            current = read(FindLogin(name=op.username)).password
            how = "send the current password as 'current_password'"
            if not op.current_password:
                raise Unauthenticated(f"Current password is required: {how}.")
            if not is_password(current, op.current_password):
                raise Unauthenticated(f"Current password does not match: {how}.")
        return replace(op, password=hash_password(op.password), current_password=current)
    if isinstance(op, SetUp) and not read(FindSetup(secret=op.token)).value:
        raise Unauthenticated(NO_SETUP)  # before time is spent on its password: anyone may ask
    if isinstance(op, (CreateUser, SetUp)) and op.password:
        return replace(op, password=hash_password(op.password))
    return op
