"""What a server needs to find out who asks, in SQL."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from cuvee.api.base import Empty
from cuvee.api.logins import (
    BeginAttempt,
    CloseSession,
    CountUsers,
    Credential,
    FindCredential,
    FindLogin,
    FindSetup,
    Login,
    Number,
    OfferSetup,
    OpenSession,
    PassAttempt,
    TouchToken,
)
from cuvee.api.times import DAY
from cuvee.rules import attempts
from cuvee.rules.tokens import is_secret, token_id_of
from cuvee.store import schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.tx import Tx

_u = schema.users
_t = schema.tokens
_f = schema.failed_logins
REMEMBERED = 30 * DAY
"""Milliseconds for which an address from which a user has logged in is known."""

_any = hot(select(_u.c.pk).limit(1))
_login = hot(
    select(_u.c.pk, _u.c.name, _u.c.password, _u.c.admin, _u.c.active).where(
        _u.c.name == arg("name")
    )
)
_credential = hot(
    select(
        _t.c.pk,
        _t.c.kind,
        _t.c.digest,
        _t.c.scopes,
        _t.c.expires,
        _t.c.revoked,
        _t.c.last_used,
        _u.c.pk,
        _u.c.name,
        _u.c.admin,
        _u.c.active,
    )
    .join(_u, _u.c.pk == _t.c.user_pk)
    .where(_t.c.token_id == arg("token_id"))
)
_touch = hot(update(_t).where(_t.c.pk == arg("token_pk")).values(last_used=arg("now")))
_add = hot(insert(_t).values({c.name: arg(c.name) for c in _t.c if c.name != "pk"}))
_end = hot(
    update(_t)
    .where(_t.c.token_id == arg("token_id"), _t.c.revoked.is_(None))
    .values(revoked=arg("now"))
)
_end_setups = hot(
    update(_t).where(_t.c.kind == "setup", _t.c.revoked.is_(None)).values(revoked=arg("now"))
)
_setup = select(_t.c.pk, _t.c.digest).where(
    _t.c.token_id == arg("token_id"),
    _t.c.kind == "setup",
    _t.c.revoked.is_(None),
    _t.c.expires > arg("now"),
)
_see_setup, _lock_setup = hot(_setup), hot(_setup.with_for_update())
_old_sessions = hot(
    delete(_t).where(
        _t.c.user_pk == arg("user_pk"), _t.c.kind == "session", _t.c.expires < arg("now")
    )
)
_counted = hot(
    lambda db: select(_f.c.subject, _f.c.failures, _f.c.last).where(
        db.among(_f.c.subject, "subjects")
    )
)
_new = insert(_f)
_count = hot(
    _new.on_conflict_do_update(
        index_elements=["subject"],
        set_={"failures": _new.excluded.failures, "last": _new.excluded.last},
    )
)
_hold = hot(
    _new.on_conflict_do_update(index_elements=["subject"], set_={"failures": _f.c.failures})
)
_undo = hot(
    lambda db: (
        update(_f)
        .where(db.among(_f.c.subject, "subjects"), _f.c.failures > 0)
        .values(failures=_f.c.failures - 1)
    )
)
_forget = hot(delete(_f).where(_f.c.subject == arg("subject")))
_forget_old = hot(delete(_f).where(_f.c.last < arg("before")))


def count_users(tx: Tx, op: CountUsers) -> Number:  # noqa: ARG001
    return Number(0 if tx.value(_any) is None else 1)


def find_login(tx: Tx, op: FindLogin) -> Login:
    row = tx.first(_login, name=op.name)
    if row is None:
        return Login(0, op.name, "", admin=False, active=False)
    pk, name, password, admin, active = row
    return Login(pk, name, password, bool(admin), active == 1)


def find_credential(tx: Tx, op: FindCredential) -> Credential:
    row = tx.first(_credential, token_id=op.token_id)
    if row is None:
        return Credential(0, "", "", (), 0, True, 0, 0, "", admin=False, active=False)
    pk, kind, digest, scopes, expires, revoked, last_used, user, name, admin, active = row
    return Credential(
        pk,
        kind,
        digest,
        tuple(scopes.split()),
        expires or 0,
        revoked is not None,
        last_used or 0,
        user,
        name,
        bool(admin),
        active == 1,
    )


def begin_attempt(tx: Tx, op: BeginAttempt) -> Number:
    subjects = attempts.subjects(op.name, op.address)
    counted: dict[str, tuple[int, int]] = {}
    # The address first and alone: one that has to wait leaves no rows, whatever names it makes up.
    for kinds in (("address",), ("pair", "user")):
        # Attempts at the same time take turns here, also those of which nothing is counted yet.
        for kind in kinds:
            tx.bulk(_hold, [(subjects[kind], 0, tx.now)])
        wanted = [subjects[kind] for kind in (*kinds, "known")]
        rows = tx.all(_counted, subjects=tx.listed(wanted))
        found = {subject: (failures, last) for subject, failures, last in rows}
        counted.update((k, found[text]) for k, text in subjects.items() if text in found)
        wait = attempts.wait(counted, tx.now)
        if wait > 0:
            return Number(wait)
    # Counted before the password is looked at, so that many attempts at once do not all pass.
    for kind, text in sorted(subjects.items()):
        if kind != "known":
            failures, last = counted.get(kind, (0, 0))
            failures = 0 if tx.now - last > attempts.FORGOTTEN else failures
            tx.bulk(_count, [(text, failures + 1, tx.now)])
    return Number(0)


def pass_attempt(tx: Tx, op: PassAttempt) -> Empty:
    subjects = attempts.subjects(op.name, op.address)
    tx.run(_forget, subject=subjects["pair"])
    tx.run(_undo, subjects=tx.listed([subjects["address"], subjects["user"]]))
    tx.bulk(_count, [(subjects["known"], 0, tx.now)])
    tx.run(_forget_old, before=tx.now - REMEMBERED)
    return Empty()


def open_session(tx: Tx, op: OpenSession) -> Empty:
    tx.run(_old_sessions, user_pk=op.user, now=tx.now)
    _keep(tx, "session", op.user, op.token_id, op.digest, op.lifetime)
    return Empty()


def close_session(tx: Tx, op: CloseSession) -> Empty:
    token_id = token_id_of(op.secret)
    row = tx.first(_credential, token_id=token_id)
    # Ids are shown to admins and in logs: only who has the secret may end what it opens.
    if row is not None and row[1] == "session" and is_secret(row[2], op.secret):
        tx.run(_end, token_id=token_id, now=tx.now)
    return Empty()


def touch_token(tx: Tx, op: TouchToken) -> Empty:
    tx.run(_touch, token_pk=op.pk, now=tx.now)
    return Empty()


def offer_setup(tx: Tx, op: OfferSetup) -> Empty:
    tx.run(_end_setups, now=tx.now)
    _keep(tx, "setup", 0, op.token_id, op.digest, op.lifetime)
    return Empty()


def end_setup(tx: Tx, text: str) -> bool:
    """Use up the setup token; say whether ``text`` was a valid one."""
    if not _is_setup(tx, _lock_setup, text):
        return False
    tx.run(_end_setups, now=tx.now)
    return True


def find_setup(tx: Tx, op: FindSetup) -> Number:
    return Number(int(_is_setup(tx, _see_setup, op.secret)))


def _is_setup(tx: Tx, query: hot, text: str) -> bool:
    row = tx.first(query, token_id=token_id_of(text), now=tx.now)
    return row is not None and is_secret(row[1], text)


def _keep(tx: Tx, kind: str, user: int, token_id: str, digest: str, lifetime: int) -> None:
    tx.run(
        _add,
        token_id=token_id,
        user_pk=user,
        kind=kind,
        name="",
        digest=digest,
        scopes="",
        created=tx.now,
        expires=tx.now + lifetime,
        revoked=None,
        last_used=None,
    )
