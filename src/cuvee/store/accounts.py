"""What a user, by name, is now: what somebody did earlier counts while they still could do it."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.tx import Tx

_u = schema.users

_any = hot(select(_u.c.pk).limit(1))
_user = hot(select(_u.c.pk, _u.c.active, _u.c.admin).where(_u.c.name == arg("name")))


class Account(NamedTuple):
    """A user as of now.

    Args:
        pk: primary key; None where there are no users, and names are not checked.
        admin: whether the user may do everything.
        problem: why the user can do nothing; empty when they can.
    """

    pk: int | None
    admin: bool
    problem: str = ""


def account_of(tx: Tx, name: str) -> Account:
    """Return what the user of a name is now."""
    row = tx.first(_user, name=name)
    if row is None and tx.first(_any) is None:
        return Account(None, admin=True)
    if row is None:
        return Account(None, admin=False, problem=f"{name} is no user of this server")
    pk, active, admin = row
    if active != 1:
        what = "switched off" if active == 0 else "deleted"
        return Account(pk, admin=False, problem=f"the account of {name} is {what}")
    return Account(pk, bool(admin))
