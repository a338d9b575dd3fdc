"""Registered models that people follow: what is new of them, to whom, and for how long."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from conformance.people import NAMED, ROOT
from cuvee.api.base import Actor, Store
from cuvee.api.events import ListEvents
from cuvee.api.follows import (
    MOST,
    FollowedModel,
    FollowModel,
    ListFollowedModels,
    MarkModelsSeen,
    UnfollowHiddenModels,
    UnfollowModel,
)
from cuvee.api.models import (
    CreateRegisteredModel,
    DeleteRegisteredModel,
    RenameRegisteredModel,
    UpdateRegisteredModel,
)
from cuvee.api.permissions import GrantPermission
from cuvee.api.users import ActivateUser, DeleteUser
from cuvee.api.versions import CreateModelVersion, TransitionStage
from cuvee.errors import InvalidParameter, NotFound, PermissionDenied
from cuvee.store import schema
from cuvee.store.sql import SqlStore

ALICE, BOB = NAMED["alice"], NAMED["bob"]


def followed(
    store: Store, actor: Actor | None = None, max_events: int = 3
) -> dict[str, FollowedModel]:
    found = store.do(ListFollowedModels(max_events=max_events), actor).models
    return {model.name: model for model in found}


def size(store: Store, actor: Actor | None = None) -> int:
    return store.do(ListFollowedModels(), actor).sequence


def describe(store: Store, name: str, *texts: str, actor: Actor | None = None) -> None:
    for text in texts:
        store.do(UpdateRegisteredModel(name=name, description=text), actor)


def make(store: Store, *names: str, actor: Actor | None = None) -> None:
    for name in names:
        store.do(CreateRegisteredModel(name=name), actor)


def test_only_what_comes_after_is_new(store: Store) -> None:
    make(store, "wine", "wine2", "beer")
    store.do(FollowModel(name="wine"))
    assert followed(store)["wine"].unread == 0, "its creation came before"
    made = store.do(CreateModelVersion(name="wine", source="s3://cellar/m")).model_version
    store.do(
        TransitionStage(name="wine", version=made.version, stage="Staging", comment="it is ready")
    )
    describe(store, "wine2", "another whose name begins so")
    describe(store, "beer", "another")

    (wine,) = followed(store).values()

    assert wine.unread == 2
    assert [e.action for e in wine.events] == ["version.transitioned", "version.created"]
    assert (wine.events[0].comment, wine.events[0].object) == ("it is ready", "version:wine/1")
    newest = store.do(ListEvents(newest_first=True, max_results=1)).events[0].sequence
    assert size(store) == newest


def test_following_and_unfollowing_twice_is_following_and_unfollowing(store: Store) -> None:
    make(store, "wine")
    store.do(FollowModel(name="wine"))
    describe(store, "wine", "red")
    store.do(FollowModel(name="wine"))
    assert followed(store)["wine"].unread == 1, "it was not begun anew"
    for _ in range(2):
        store.do(UnfollowModel(name="wine"))
        assert followed(store) == {}
    actions = [event.action for event in store.do(ListEvents()).events]
    assert actions == ["model.created", "model.description_set"], "no event tells of it"


def test_what_was_seen_stays_seen(store: Store) -> None:
    make(store, "wine", "beer")
    for name in ("wine", "beer"):
        store.do(FollowModel(name=name))
    describe(store, "wine", "a", "b")
    looked = size(store)
    describe(store, "wine", "c")
    describe(store, "beer", "d")
    store.do(MarkModelsSeen(sequence=looked, name="wine"))
    found = followed(store)
    assert [(m.name, m.unread) for m in found.values()] == [("beer", 1), ("wine", 1)]
    assert found["wine"].events[0].after == {"description": "c"}
    store.do(MarkModelsSeen(sequence=size(store)))
    store.do(MarkModelsSeen(sequence=looked))
    assert {m.unread for m in followed(store).values()} == {0}, "an older place changes nothing"


def test_events_shown_are_as_many_as_asked_for(store: Store) -> None:
    make(store, "wine")
    store.do(FollowModel(name="wine"))
    describe(store, "wine", *"abcde")
    shown = {most: followed(store, max_events=most)["wine"] for most in (0, 2, 20)}
    assert {most: len(m.events) for most, m in shown.items()} == {0: 0, 2: 2, 20: 5}
    assert {m.unread for m in shown.values()} == {5}


@pytest.mark.parametrize("op", [FollowModel, UnfollowModel])
def test_a_model_that_is_not_there_is_said_not_to_be(store: Store, op: type[FollowModel]) -> None:
    with pytest.raises(NotFound, match="registered-models/search"):
        store.do(op(name="wine"))


def test_nothing_is_seen_before_it_happens(store: Store) -> None:
    make(store, "wine")
    with pytest.raises(InvalidParameter, match="no event 2 yet, the newest is 1"):
        store.do(MarkModelsSeen(sequence=2))
    with pytest.raises(NotFound, match="registered-models/followed lists"):
        store.do(MarkModelsSeen(sequence=1, name="wine"))
    for wrong in (-1, 2**63):
        with pytest.raises(InvalidParameter):
            store.do(MarkModelsSeen(sequence=wrong))


def test_a_new_name_is_followed_and_an_old_one_is_not(store: Store) -> None:
    make(store, "wine", "old")
    store.do(FollowModel(name="wine"))
    describe(store, "old", "of another")
    store.do(DeleteRegisteredModel(name="old"))
    store.do(RenameRegisteredModel(name="wine", new_name="old"))
    describe(store, "old", "mine")
    make(store, "wine")
    (found,) = followed(store, max_events=20).values()
    assert [e.action for e in found.events] == ["model.description_set", "model.renamed"]
    assert (found.name, found.unread) == ("old", 2)


def test_a_deleted_model_is_followed_no_longer(store: Store) -> None:
    make(store, "wine")
    store.do(FollowModel(name="wine"))
    store.do(DeleteRegisteredModel(name="wine"))
    make(store, "wine")
    assert followed(store) == {}


def test_what_one_did_oneself_is_no_news(crowd: Store) -> None:
    make(crowd, "wine", actor=ROOT)
    for name in ("alice", "bob"):
        crowd.do(GrantPermission(object="model:wine", user=name, permission="CAN_EDIT"), ROOT)
    for actor in (ALICE, BOB):
        crowd.do(FollowModel(name="wine"), actor)
    describe(crowd, "wine", "red", "white", actor=ALICE)
    assert followed(crowd, ALICE)["wine"].unread == 0
    assert followed(crowd, BOB)["wine"].unread == 2


def test_each_follows_for_themselves(crowd: Store) -> None:
    make(crowd, "wine", actor=ROOT)
    for name in ("alice", "bob"):
        crowd.do(GrantPermission(object="model:wine", user=name, permission="CAN_READ"), ROOT)
    crowd.do(FollowModel(name="wine"), BOB)
    describe(crowd, "wine", "red", actor=ROOT)
    assert followed(crowd, ALICE) == {}
    crowd.do(FollowModel(name="wine"), ALICE)
    crowd.do(MarkModelsSeen(sequence=size(crowd, ALICE)), ALICE)
    assert followed(crowd, BOB)["wine"].events[0].actor == "root"
    crowd.do(UnfollowModel(name="wine"), ALICE)
    assert followed(crowd, BOB)["wine"].unread == 1


def test_a_right_that_was_withdrawn_hides_the_model(crowd: Store) -> None:
    make(crowd, "wine", actor=ROOT)
    for person in (BOB, NAMED["carol"]):
        with pytest.raises((PermissionDenied, NotFound)):
            crowd.do(FollowModel(name="wine"), person)
    crowd.do(GrantPermission(object="model:wine", user="bob", permission="CAN_READ"), ROOT)
    crowd.do(FollowModel(name="wine"), BOB)
    crowd.do(GrantPermission(object="model:wine", user="bob", permission="DENY"), ROOT)
    describe(crowd, "wine", "secret", actor=ROOT)
    assert followed(crowd, BOB) == {}
    with pytest.raises(NotFound):
        crowd.do(MarkModelsSeen(sequence=1, name="wine"), BOB)
    crowd.do(GrantPermission(object="model:wine", user="bob", permission="CAN_READ"), ROOT)
    found = followed(crowd, BOB)["wine"].events
    told = ["permission.granted", "model.description_set", "permission.granted"]
    assert [e.action for e in found] == told


def test_whoever_may_not_read_a_model_any_longer_can_unfollow_it(crowd: Store) -> None:
    make(crowd, "wine", "beer", "water", actor=ROOT)
    for name in ("wine", "beer", "water"):
        given = {"object": f"model:{name}", "user": "bob"}
        crowd.do(GrantPermission(**given, permission="CAN_READ"), ROOT)
        crowd.do(FollowModel(name=name), BOB)
        if name != "water":
            crowd.do(GrantPermission(**given, permission="DENY"), ROOT)
    found = crowd.do(ListFollowedModels(), BOB)
    assert ([model.name for model in found.models], found.hidden) == (["water"], 2)
    crowd.do(UnfollowModel(name="wine"), BOB)
    assert crowd.do(ListFollowedModels(), BOB).hidden == 1
    for name in ("wine", "nothing"):  # which is not there
        with pytest.raises(NotFound) as refused:
            crowd.do(UnfollowModel(name=name), BOB)
        assert str(refused.value).replace(name, "x").startswith("Registered Model with name=x not")
    for name in ("beer", "nothing"):  # which alice has never followed
        with pytest.raises(NotFound, match="registered-models/search"):
            crowd.do(UnfollowModel(name=name), ALICE)
    for _ in range(2):
        crowd.do(UnfollowHiddenModels(), BOB)
        found = crowd.do(ListFollowedModels(), BOB)
        assert ([model.name for model in found.models], found.hidden) == (["water"], 0)


def test_a_deleted_user_follows_nothing(crowd: Store, local_store: SqlStore) -> None:
    make(crowd, "wine", actor=ROOT)
    crowd.do(GrantPermission(object="models:", user="alice", permission="CAN_READ"), ROOT)
    for person in (ALICE, ROOT):
        crowd.do(FollowModel(name="wine"), person)
    crowd.do(DeleteUser(username="alice"), ROOT)
    crowd.do(ActivateUser(username="alice"), ROOT)
    crowd.do(GrantPermission(object="models:", user="alice", permission="CAN_READ"), ROOT)
    assert followed(local_store, ALICE) == {}
    assert list(followed(crowd, ROOT)) == ["wine"]


def test_nobody_follows_more_than_so_many(store: Store, local_store: SqlStore) -> None:
    make(store, "wine", "beer")
    rows = [{"user_pk": 0, "model_pk": 1000 + n, "since": 1, "seen": 0} for n in range(MOST - 1)]
    sql, names, own = local_store.database.prepare(insert(schema.follows).values(rows))
    connection = local_store.database.connect()
    connection.cursor().execute(sql, [own[name] for name in names])
    connection.close()
    store.do(FollowModel(name="wine"))
    with pytest.raises(InvalidParameter, match="You follow 1000 models, which is the most"):
        store.do(FollowModel(name="beer"))
    store.do(FollowModel(name="wine"))
    store.do(UnfollowModel(name="wine"))
    store.do(FollowModel(name="beer"))
