"""Users in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update

from cuvee.api.base import Empty
from cuvee.api.names import plain, shown
from cuvee.api.spelling import alike
from cuvee.api.users import (
    LOGIN_KINDS,
    ActivateUser,
    CreateUser,
    CurrentUser,
    DeactivateUser,
    DeleteUser,
    GetCurrentUser,
    GetUser,
    ListUsers,
    SetUp,
    UpdateUserAdmin,
    UpdateUserPassword,
    User,
    UserList,
    UserResult,
    WhoAmI,
    Whoami,
)
from cuvee.errors import (
    AlreadyExists,
    BadRequest,
    Conflict,
    InvalidParameter,
    NotFound,
    PermissionDenied,
    Unauthenticated,
)
from cuvee.log.rights import trace
from cuvee.store import schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.groups import groups_by_user
from cuvee.store.logins import end_setup
from cuvee.store.passwords import NO_SETUP
from cuvee.store.roles import load_roles
from cuvee.store.tx import Tx

_u = schema.users
_t = schema.tokens
ACTIVE, INACTIVE, DELETED = 1, 0, -1
"""Values of ``users.active``. A deleted user's row stays: nobody else gets the name, so that the
history's names always mean the same person."""

_columns = (_u.c.pk, _u.c.name, _u.c.kind, _u.c.password, _u.c.admin, _u.c.active, _u.c.created)
_by_name = hot(select(*_columns).where(_u.c.name == arg("name")))
_lock = hot(select(*_columns).where(_u.c.name == arg("name")).with_for_update())
_by_pk = hot(select(*_columns).where(_u.c.pk == arg("user_pk")))
_all = hot(select(*_columns).where(_u.c.active != DELETED).order_by(_u.c.name))
_any = hot(select(_u.c.pk).limit(1))
_admins = hot(
    select(_u.c.pk)
    .where(_u.c.admin == 1, _u.c.active == ACTIVE)
    .order_by(_u.c.pk)
    .with_for_update()
)
_add = hot(
    insert(_u).values({c.name: arg(c.name) for c in _u.c if c.name != "pk"}).returning(_u.c.pk)
)
_set = hot(
    update(_u)
    .where(_u.c.pk == arg("user_pk"))
    .values({c: arg(c) for c in ("password", "admin", "active", "updated")})
)
_end_sessions = hot(
    update(_t)
    .where(_t.c.user_pk == arg("user_pk"), _t.c.kind == "session", _t.c.revoked.is_(None))
    .values(revoked=arg("now"))
)
_end_tokens = hot(
    update(_t)
    .where(_t.c.user_pk == arg("user_pk"), _t.c.revoked.is_(None))
    .values(revoked=arg("now"))
)
_leave = hot(delete(schema.group_members).where(schema.group_members.c.user_pk == arg("user_pk")))
_drop_grants = hot(
    delete(schema.grants).where(
        schema.grants.c.subject_kind == "user", schema.grants.c.subject_pk == arg("user_pk")
    )
)
_drop_follows = hot(delete(schema.follows).where(schema.follows.c.user_pk == arg("user_pk")))
_every_name = hot(select(_u.c.name))


def create_user(tx: Tx, op: CreateUser) -> UserResult:
    first = tx.value(_any) is None
    if first and not (op.password and op.kind == "person"):
        raise InvalidParameter("The first user is an admin: create a person with a password.")
    return _create(tx, op, admin=op.is_admin or first)


def set_up(tx: Tx, op: SetUp) -> UserResult:
    # Whoever comes second waits here for the first, and then finds the token used.
    if not end_setup(tx, op.token) or tx.value(_any) is not None:
        raise Unauthenticated(NO_SETUP)
    tx.actor = type(tx.actor)(op.username, "setup", 0)
    asked = CreateUser(username=op.username, password=op.password, comment=op.comment)
    return _create(tx, asked, admin=True)


def _create(tx: Tx, op: CreateUser, *, admin: bool) -> UserResult:
    if any(alike(name, op.username) for (name,) in tx.all(_every_name)):
        raise AlreadyExists(
            f"User {shown(op.username)} already exists, or the name is taken by a deleted user "
            "or one whose name looks the same (case, 1 l I, 0 O, rn m): choose another, or let an "
            "admin activate the user again."
        )
    pk = tx.value(
        _add,
        name=op.username,
        kind=op.kind,
        password=op.password,
        admin=int(admin),
        active=ACTIVE,
        created=tx.now,
        updated=tx.now,
    )
    tx.record(
        "user.created",
        f"user:{op.username}",
        after={"kind": op.kind, "admin": admin, "password_digest": trace(op.password)},
        comment=op.comment,
    )
    user = User(
        id=pk, username=op.username, is_admin=admin, kind=op.kind, active=True, created=tx.now
    )
    return UserResult(user)


def get_user(tx: Tx, op: GetUser) -> UserResult:
    allow_self_or_admin(tx, op.username)
    return UserResult(_load(tx, [find_user(tx, op.username)])[0])


def get_current_user(tx: Tx, op: GetCurrentUser) -> CurrentUser:  # noqa: ARG001
    row = None if tx.actor.user is None else tx.first(_by_pk, user_pk=tx.actor.user)
    if row is None:
        return CurrentUser(User(id=0, username=tx.actor.name, is_admin=True), False)
    return CurrentUser(_load(tx, [row])[0], bool(row[3]))


def list_users(tx: Tx, op: ListUsers) -> UserList:  # noqa: ARG001
    rows = tx.all(_all)
    if is_admin(tx):
        return UserList(_load(tx, rows))
    return UserList([User(id=row[0], username=row[1], kind=row[2]) for row in rows])


def update_user_password(tx: Tx, op: UpdateUserPassword) -> Empty:
    allow_self_or_admin(tx, op.username)
    row = find_user(tx, op.username, lock=True)
    # Both are hashes by now; see ``passwords``. The current one was checked before this began.
    if row[0] == tx.actor.user and op.current_password != row[3]:
        raise Conflict("The password has just been changed by someone else: try again.")
    _update(tx, row, password=op.password)
    tx.run(_end_sessions, user_pk=row[0], now=tx.now)
    tx.record(
        "user.password_set",
        f"user:{op.username}",
        after={"password_digest": trace(op.password)},
        comment=op.comment,
    )
    return Empty()


def update_user_admin(tx: Tx, op: UpdateUserAdmin) -> Empty:
    admins = tx.all(_admins)
    row = find_user(tx, op.username, lock=True)
    if bool(row[4]) != op.is_admin:
        if not op.is_admin:
            _keep_an_admin(admins, row)
        _update(tx, row, admin=int(op.is_admin))
        tx.record(
            "user.admin_set",
            f"user:{op.username}",
            before={"admin": not op.is_admin},
            after={"admin": op.is_admin},
            comment=op.comment,
        )
    return Empty()


def delete_user(tx: Tx, op: DeleteUser) -> Empty:
    admins = tx.all(_admins)
    row = find_user(tx, op.username, lock=True)
    if row[0] == tx.actor.user:
        raise BadRequest("Nobody can delete their own account: let another admin do it.")
    _keep_an_admin(admins, row)
    before = _load(tx, [row])[0]
    _update(tx, row, password="", admin=0, active=DELETED)
    for statement in (_end_tokens, _leave, _drop_grants, _drop_follows):
        values = {"now": tx.now} if statement is _end_tokens else {}
        tx.run(statement, user_pk=row[0], **values)
    tx.record(
        "user.deleted",
        f"user:{op.username}",
        before={"kind": row[2], "admin": bool(row[4]), "groups": before.groups},
        comment=op.comment,
    )
    return Empty()


def deactivate_user(tx: Tx, op: DeactivateUser) -> Empty:
    admins = tx.all(_admins)
    row = find_user(tx, op.username, lock=True)
    if row[5] == ACTIVE:
        _keep_an_admin(admins, row)
        _update(tx, row, active=INACTIVE)
        tx.run(_end_sessions, user_pk=row[0], now=tx.now)
        tx.record("user.deactivated", f"user:{op.username}", comment=op.comment)
    return Empty()


def activate_user(tx: Tx, op: ActivateUser) -> Empty:
    row = tx.first(_lock, name=op.username)
    if row is None:
        raise _no_user(op.username)
    if row[5] != ACTIVE:
        _update(tx, row, active=ACTIVE)
        tx.record("user.activated", f"user:{op.username}", comment=op.comment)
    return Empty()


def who_am_i(tx: Tx, op: WhoAmI) -> Whoami:  # noqa: ARG001
    actor = tx.actor
    groups = [] if actor.user is None else groups_by_user(tx, [actor.user]).get(actor.user, [])
    return Whoami(
        username=actor.name,
        via=actor.via,
        user_id=actor.user,
        is_admin=actor.admin,
        scopes=list(actor.scopes),
        groups=[name for _, name, _ in groups],
        logins=[] if actor.user is None else list(LOGIN_KINDS),
    )


def find_user(tx: Tx, name: str, *, lock: bool = False) -> tuple[Any, ...]:
    """Return a user's row: pk, name, kind, password, admin, active, created.

    Raises:
        NotFound: there is none with this name, or no longer.
    """
    row = tx.first(_lock if lock else _by_name, name=name)
    if row is None or row[5] == DELETED:
        raise _no_user(name)
    return row


def _no_user(name: str) -> NotFound:
    return NotFound(f"User with username={plain(name)} not found: users/list has the names.")


def is_admin(tx: Tx) -> bool:
    """Say whether the actor may administer: an admin, or anyone where there are no users."""
    return tx.actor.user is None or tx.actor.admin


def allow_self_or_admin(tx: Tx, name: str) -> None:
    """Refuse what only an admin may ask about others.

    Raises:
        PermissionDenied: the actor is neither an admin nor the user of this name.
    """
    if not is_admin(tx) and tx.actor.name != name:
        raise PermissionDenied("Permission denied. Only an admin may ask this about another user.")


def _update(tx: Tx, row: tuple[Any, ...], **changed: Any) -> None:
    values = {"password": row[3], "admin": row[4], "active": row[5], **changed}
    tx.run(_set, user_pk=row[0], updated=tx.now, **values)


def _keep_an_admin(admins: list[tuple[Any, ...]], row: tuple[Any, ...]) -> None:
    if admins == [(row[0],)]:
        raise BadRequest("This is the only active admin: make another user an admin first.")


def _load(tx: Tx, rows: list[tuple[Any, ...]]) -> list[User]:
    groups = groups_by_user(tx, [row[0] for row in rows])
    roles = {
        role.id: role for role in load_roles(tx, {g for held in groups.values() for g in held})
    }
    return [
        User(
            id=pk,
            username=name,
            is_admin=bool(admin),
            kind=kind,
            active=active == ACTIVE,
            created=created,
            groups=[group[1] for group in groups.get(pk, [])],
            roles=[roles[group[0]] for group in groups.get(pk, [])],
        )
        for pk, name, kind, _, admin, active, created in rows
    ]
