"""Users, groups and tokens; on servers with a login too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cuvee.api.base import Actor, Op, Store
from cuvee.api.events import ListEvents
from cuvee.api.experiments import CreateExperiment, DeleteExperiment
from cuvee.api.groups import (
    AddMember,
    CreateGroup,
    DeleteGroup,
    GetGroup,
    ListGroups,
    RemoveMember,
    UpdateGroup,
)
from cuvee.api.logins import FindLogin
from cuvee.api.models import CreateRegisteredModel, GetRegisteredModel
from cuvee.api.permissions import GrantPermission
from cuvee.api.roles import (
    AssignRole,
    CreateRole,
    DeleteRole,
    GetRole,
    ListRoles,
    ListRoleUsers,
    ListUserRoles,
    UnassignRole,
    UpdateRole,
)
from cuvee.api.tokens import CreateToken, ListTokens, RevokeToken
from cuvee.api.user_permissions import AddRolePermission, RemoveRolePermission
from cuvee.api.users import (
    ActivateUser,
    CreateUser,
    DeactivateUser,
    DeleteUser,
    GetCurrentUser,
    GetUser,
    ListUsers,
    UpdateUserAdmin,
    UpdateUserPassword,
    WhoAmI,
)
from cuvee.errors import (
    AlreadyExists,
    BadRequest,
    CuveeError,
    InvalidParameter,
    NotFound,
    PermissionDenied,
    Unauthenticated,
)
from cuvee.rules.tokens import token_id_of
from cuvee.store.sql import SqlStore

PASSWORD = "correct horse battery"
OTHER = "staple of another stack"
As = Callable[..., Store]


class Mine:
    """A store in this process, used for one actor."""

    def __init__(self, store: SqlStore, actor: Actor) -> None:
        self.store, self.actor = store, actor

    def do(self, op: Op[Any], actor: Actor | None = None, *, key: str = "") -> Any:
        """Carry out an operation for the actor, whoever is given."""
        del actor, key
        return self.store.do(op, self.actor)

    def close(self) -> None:
        """Leave the store open."""


@pytest.fixture(params=["in process", "over HTTP"])
def as_user(request: pytest.FixtureRequest, local_store: SqlStore) -> Iterator[As]:
    """A function that returns the store as a user sees it; ``ann`` is the first admin."""
    url = "" if request.param == "in process" else request.getfixturevalue("served_url")
    opened: list[Store] = []

    def enter(name: str, password: str = PASSWORD, token: str = "") -> Store:
        found: Store
        if url:
            from cuvee.client.http import Http
            from cuvee.client.remote import HttpStore
            from cuvee.settings import Settings
            from cuvee.uris import ServerUri

            settings = Settings(
                username="" if token else name,
                password="" if token else password,
                token=token,
                http_max_retries=0,
            )
            found = HttpStore(Http(ServerUri(url=url), settings))
        else:
            login = local_store.do(FindLogin(name=name))
            via = "token" if token else "password"
            token_id = token_id_of(token)
            found = Mine(local_store, Actor(name, via, login.user, login.admin, token=token_id))
        opened.append(found)
        return found

    local_store.do(CreateUser(username="ann", password=PASSWORD))
    yield enter
    for each in opened:
        each.close()


def events(store: Store, subject: str) -> list[tuple[str, str]]:
    """Return (action, actor) of an object's events."""
    return [(e.action, e.actor) for e in store.do(ListEvents(object=subject)).events]


def test_the_first_user_is_an_admin_and_the_next_is_not(as_user: As) -> None:
    ann = as_user("ann")
    bob = ann.do(CreateUser(username="bob", password=PASSWORD)).user
    assert (bob.username, bob.is_admin, bob.kind, bob.active) == ("bob", False, "person", True)
    assert ann.do(GetUser(username="ann")).user.is_admin
    assert [(u.username, u.is_admin) for u in ann.do(ListUsers()).users] == [
        ("ann", True),
        ("bob", False),
    ]
    assert events(ann, "user:bob") == [("user.created", "ann")]
    assert PASSWORD not in str(ann.do(ListEvents()))


def test_a_taken_name_is_refused_in_any_case_and_after_deletion(as_user: As) -> None:
    ann = as_user("ann")
    first = ann.do(CreateUser(username="bob", password=PASSWORD)).user
    for name in ("bob", "BOB", "Ann"):
        with pytest.raises(AlreadyExists):
            ann.do(CreateUser(username=name, password=PASSWORD))
    ann.do(DeleteUser(username="bob"))
    with pytest.raises(AlreadyExists):
        ann.do(CreateUser(username="bob", password=PASSWORD))
    ann.do(ActivateUser(username="bob"))
    assert ann.do(GetUser(username="bob")).user.id == first.id


def test_who_is_no_admin_manages_nobody(as_user: As) -> None:
    ann = as_user("ann")
    ann.do(CreateUser(username="bob", password=PASSWORD))
    ann.do(CreateGroup(name="risk"))
    bob = as_user("bob")
    refused: list[Op[Any]] = [
        CreateUser(username="eve", password=PASSWORD),
        UpdateUserAdmin(username="bob", is_admin=True),
        UpdateUserPassword(username="ann", password=OTHER),
        DeactivateUser(username="ann"),
        ActivateUser(username="ann"),
        DeleteUser(username="ann"),
        GetUser(username="ann"),
        CreateGroup(name="mine"),
        UpdateGroup(name="risk", description="mine"),
        DeleteGroup(name="risk"),
        AddMember(name="risk", username="bob"),
        RemoveMember(name="risk", username="bob"),
        CreateRole(name="mine"),
        UpdateRole(role_id=1, name="mine"),
        DeleteRole(role_id=1),
        AssignRole(username="bob", role_id=1),
        UnassignRole(username="bob", role_id=1),
        ListUserRoles(username="ann"),
        CreateToken(name="x", username="ann"),
        ListTokens(username="ann"),
        ListTokens(username="*"),
    ]
    before = ann.do(ListEvents()).events
    for op in refused:
        with pytest.raises(PermissionDenied):
            bob.do(op)
    assert ann.do(ListEvents()).events == before
    assert bob.do(GetUser(username="bob")).user.username == "bob"
    assert bob.do(GetCurrentUser()).user.username == "bob"
    names = bob.do(ListUsers()).users
    assert [(u.username, u.is_admin, u.created) for u in names] == [
        ("ann", False, 0),
        ("bob", False, 0),
    ]


def test_there_is_always_an_active_admin(as_user: As) -> None:
    ann = as_user("ann")
    ann.do(CreateUser(username="bob", password=PASSWORD))
    for op in (UpdateUserAdmin(username="ann", is_admin=False), DeactivateUser(username="ann")):
        with pytest.raises(BadRequest, match="only active admin"):
            ann.do(op)
    with pytest.raises(BadRequest, match="own account"):
        ann.do(DeleteUser(username="ann"))
    ann.do(UpdateUserAdmin(username="bob", is_admin=True))
    as_user("bob").do(DeactivateUser(username="ann"))
    with pytest.raises(BadRequest, match="only active admin"):
        as_user("bob").do(UpdateUserAdmin(username="bob", is_admin=False))


def test_ones_own_password_needs_the_current_one(as_user: As) -> None:
    ann = as_user("ann")
    ann.do(CreateUser(username="bob", password=PASSWORD))
    bob = as_user("bob")
    for current in ("", OTHER, "$argon2id$v=19$m=65536,t=3,p=4$x$x"):
        op = UpdateUserPassword(username="bob", password=OTHER, current_password=current)
        with pytest.raises(Unauthenticated, match="current password"):
            bob.do(op)
    bob.do(UpdateUserPassword(username="bob", password=OTHER, current_password=PASSWORD))
    assert as_user("bob", OTHER).do(WhoAmI()).username == "bob"
    ann.do(UpdateUserPassword(username="bob", password=PASSWORD, comment="forgotten"))
    assert events(ann, "user:bob")[1:] == [
        ("user.password_set", "bob"),
        ("user.password_set", "ann"),
    ]
    found = ann.do(ListEvents(object="user:bob")).events
    assert [e.comment for e in found] == ["", "", "forgotten"]
    assert all("argon2" not in str(e) and OTHER not in str(e) for e in found)


@pytest.mark.parametrize("password", ["short", "x" * 2000, "aaaaaaaaaaaaaaaaaa"])
def test_a_weak_password_changes_nothing(as_user: As, password: str) -> None:
    ann = as_user("ann")
    with pytest.raises(InvalidParameter) as caught:
        ann.do(CreateUser(username="bob", password=password))
    assert password not in caught.value.message
    with pytest.raises(InvalidParameter):
        ann.do(UpdateUserPassword(username="ann", password=password, current_password=PASSWORD))
    assert [u.username for u in ann.do(ListUsers()).users] == ["ann"]
    assert as_user("ann").do(WhoAmI()).username == "ann"


def test_groups_have_members_until_they_are_deleted(as_user: As) -> None:
    ann = as_user("ann")
    ann.do(CreateUser(username="bob", password=PASSWORD))
    first = ann.do(CreateGroup(name="risk", description="approves")).group
    with pytest.raises(AlreadyExists):
        ann.do(CreateGroup(name="risk"))
    for name in ("bob", "ann", "bob"):
        ann.do(AddMember(name="risk", username=name))
    assert ann.do(GetGroup(name="risk")).group.members == ["ann", "bob"]
    assert ann.do(GetUser(username="bob")).user.groups == ["risk"]
    assert as_user("bob").do(WhoAmI()).groups == ["risk"]
    with pytest.raises(NotFound):
        ann.do(AddMember(name="risk", username="nobody"))
    with pytest.raises(NotFound):
        ann.do(AddMember(name="none", username="bob"))
    renamed = ann.do(UpdateGroup(name="risk", new_name="model risk")).group
    assert (renamed.id, renamed.members, renamed.description) == (
        first.id,
        ["ann", "bob"],
        "approves",
    )
    ann.do(RemoveMember(name="model risk", username="ann"))
    ann.do(RemoveMember(name="model risk", username="ann"))
    ann.do(DeleteGroup(name="model risk"))
    assert ann.do(ListGroups()).groups == []
    again = ann.do(CreateGroup(name="model risk")).group
    assert again.id > first.id
    assert again.members == []
    assert [action for action, _ in events(ann, "group:model risk")] == [
        "group.updated",
        "group.member_removed",
        "group.deleted",
        "group.created",
    ]


def test_roles_are_groups(as_user: As) -> None:
    ann = as_user("ann")
    role = ann.do(CreateRole(name="risk", description="approves")).role
    assert ann.do(GetGroup(name="risk")).group.id == role.id
    assert ann.do(AssignRole(username="ann", role_id=role.id)).assignment.role_id == role.id
    assert ann.do(ListUserRoles(username="ann")).roles == [role]
    assert ann.do(GetUser(username="ann")).user.roles == [role]
    assert [a.user_id for a in ann.do(ListRoleUsers(role_id=role.id)).assignments] == [1]
    ann.do(CreateRegisteredModel(name="grape"))
    given = AddRolePermission(
        role_id=role.id,
        resource_type="registered_model",
        resource_pattern="grape",
        permission="EDIT",
    )
    permission = ann.do(given).role_permission
    assert ann.do(GetRole(role_id=role.id)).role.permissions == [permission]
    ann.do(RemoveRolePermission(role_permission_id=permission.id))
    changed = ann.do(UpdateRole(role_id=role.id, name="risks")).role
    assert (changed.name, changed.description) == ("risks", "approves")
    assert ann.do(GetRole(role_id=role.id)).role == changed
    assert ann.do(ListRoles()).roles == ann.do(ListRoles(workspace=["default"])).roles == [changed]
    assert ann.do(ListRoles(workspace=["other"])).roles == []
    ann.do(UnassignRole(username="ann", role_id=role.id))
    ann.do(DeleteRole(role_id=role.id))
    gone: list[Op[Any]] = [
        GetRole(role_id=role.id),
        DeleteRole(role_id=role.id),
        AssignRole(username="ann", role_id=role.id),
        ListRoleUsers(role_id=role.id),
    ]
    for op in gone:
        with pytest.raises(NotFound):
            ann.do(op)


def test_a_deleted_user_comes_back_with_nothing(as_user: As) -> None:
    ann = as_user("ann")
    ann.do(CreateUser(username="bob", password=PASSWORD, is_admin=True))
    ann.do(CreateGroup(name="risk"))
    ann.do(AddMember(name="risk", username="bob"))
    as_user("bob").do(CreateToken(name="laptop"))
    ann.do(DeleteUser(username="bob"))
    for op in (GetUser(username="bob"), AddMember(name="risk", username="bob")):
        with pytest.raises(NotFound):
            ann.do(op)
    assert [u.username for u in ann.do(ListUsers()).users] == ["ann"]
    assert ann.do(GetGroup(name="risk")).group.members == []
    ann.do(ActivateUser(username="bob"))
    back = ann.do(GetUser(username="bob")).user
    assert (back.is_admin, back.groups, back.active) == (False, [], True)
    assert [t.revoked is None for t in ann.do(ListTokens(username="bob")).tokens] == [False]


def test_a_token_is_shown_once_and_listed_without_its_secret(as_user: As) -> None:
    ann = as_user("ann")
    made = ann.do(CreateToken(name="laptop", scopes=["registry", "read"], lifetime_days=7))
    assert made.secret.startswith(f"cuvee_{made.token.token_id}_")
    assert (made.token.username, made.token.scopes) == ("ann", ["read", "registry"])
    assert made.token.expires - made.token.created == 7 * 86_400_000
    listed = ann.do(ListTokens()).tokens
    assert [t.token_id for t in listed] == [made.token.token_id]
    assert made.secret not in str(listed) + str(ann.do(ListEvents())) + repr(made)
    ann.do(RevokeToken(token_id=made.token.token_id, comment="lost"))
    ann.do(RevokeToken(token_id=made.token.token_id))
    assert ann.do(ListTokens()).tokens[0].revoked
    assert events(ann, f"token:{made.token.token_id}") == [
        ("token.created", "ann"),
        ("token.revoked", "ann"),
    ]


def test_tokens_are_for_oneself_or_for_service_accounts(as_user: As) -> None:
    ann = as_user("ann")
    ann.do(CreateUser(username="bob", password=PASSWORD))
    ann.do(CreateUser(username="bot", kind="service"))
    with pytest.raises(PermissionDenied, match="service accounts"):
        ann.do(CreateToken(name="x", username="bob"))
    made = ann.do(CreateToken(name="nightly", username="bot"))
    bot = as_user("bot", token=made.secret)
    assert (bot.do(WhoAmI()).username, bot.do(WhoAmI()).via) == ("bot", "token")
    with pytest.raises(PermissionDenied, match="token cannot create"):
        bot.do(CreateToken(name="further"))
    bobs = as_user("bob").do(CreateToken(name="mine")).token.token_id
    with pytest.raises(NotFound):
        bot.do(RevokeToken(token_id=bobs))
    ann.do(RevokeToken(token_id=bobs))
    with pytest.raises(NotFound):
        ann.do(RevokeToken(token_id="0" * 16))


def test_the_history_names_the_token_that_was_used(as_user: As) -> None:
    """So that of a leaked one it can be told what it did; what it made is still its user's."""
    ann = as_user("ann")
    ann.do(CreateUser(username="bob", password=PASSWORD))
    ann.do(GrantPermission(object="experiments:", user="bob", permission="CAN_EDIT"))
    made = as_user("bob").do(CreateToken(name="nightly"))
    bob = as_user("bob", token=made.secret)
    number = bob.do(CreateExperiment(name="night")).experiment_id
    bob.do(DeleteExperiment(experiment_id=number))  # who created it may
    told = ann.do(ListEvents(object=f"experiment:{number}")).events
    assert [event.via for event in told] == [f"token:{made.token.token_id}"] * 2
    assert made.secret not in str(told)
    assert ann.do(ListEvents(object="user:bob")).events[0].via != told[0].via


def test_a_store_without_users_refuses_nothing_and_knows_nobody(store: Store) -> None:
    who = store.do(WhoAmI())
    assert (who.user_id, who.via) == (None, "os")
    assert store.do(GetCurrentUser()).user.username == who.username
    with pytest.raises(InvalidParameter, match="username"):
        store.do(CreateToken(name="x"))
    for op in (CreateUser(username="bot", kind="service"), CreateUser(username="x")):
        with pytest.raises(CuveeError):
            store.do(op)
    assert store.do(ListUsers()).users == []


def test_an_admin_may_do_everything(as_user: As) -> None:
    ann = as_user("ann")
    ann.do(CreateRegisteredModel(name="grape"))
    assert ann.do(GetRegisteredModel(name="grape")).registered_model.user_id == "ann"


def test_a_name_that_looks_like_anothers_is_taken(as_user: As) -> None:
    ann = as_user("ann")
    ann.do(CreateUser(username="bill", password=PASSWORD))
    ann.do(CreateGroup(name="modern"))
    ann.do(DeleteUser(username="bill"))  # the history names him for ever
    for name in ("bilI", "BILL", "bi1l"):
        with pytest.raises(AlreadyExists):
            ann.do(CreateUser(username=name, password=PASSWORD))
    for name in ("modem", "Modern"):
        with pytest.raises(AlreadyExists):
            ann.do(CreateGroup(name=name))
    ann.do(UpdateGroup(name="modern", new_name="Modern"))  # its own
    with pytest.raises(InvalidParameter):
        ann.do(CreateGroup(name="\u0435veryone"))
