"""A request with a key is carried out once, however often it is sent."""

from __future__ import annotations

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from conformance.people import People
from cuvee.api.base import Store
from cuvee.api.events import ListEvents
from cuvee.api.experiments import CreateExperiment, DeleteExperiment, SearchExperiments
from cuvee.api.replies import REMEMBERED, SweepReplies
from cuvee.api.runs import CreateRun, GetRun, RunTag, SearchRuns, SetTag
from cuvee.api.tokens import CreateToken
from cuvee.errors import InvalidParameter, KeyReused
from cuvee.store import schema
from cuvee.store.sql import SqlStore

API = "/api/2.0/mlflow/"


class Raw:
    """Requests as they stand on the wire."""

    def __init__(self, url: str) -> None:
        self.place = urlsplit(url)

    def send(
        self, method: str, path: str, body: bytes, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        link = http.client.HTTPConnection(self.place.hostname or "", self.place.port, timeout=20)
        try:
            sent = {"Content-Type": "application/json"}
            sent |= {k.replace("_", "-"): v for k, v in headers.items()}
            link.request(method, path, body, sent)
            answer = link.getresponse()
            found = {k.lower(): v for k, v in answer.getheaders()}
            return answer.status, found, answer.read()
        finally:
            link.close()

    def post(self, call: str, fields: dict[str, Any], key: str) -> tuple[int, dict[str, str], Any]:
        status, headers, body = self.send(
            "POST", API + call, json.dumps(fields).encode(), Idempotency_Key=key
        )
        return status, headers, json.loads(body)


def runs_of(store: Store) -> int:
    return len(store.do(SearchRuns(experiment_ids=["0"])).runs)


def test_the_same_key_creates_once(store: Store) -> None:
    op = CreateRun(experiment_id="0", start_time=1)
    first = store.do(op, key="a")

    assert store.do(op, key="a") == first
    assert store.do(op, key="b") != first
    assert runs_of(store) == 2
    actions = [e.action for e in store.do(ListEvents(action="run.created")).events]
    assert len(actions) == 2


def test_the_stored_answer_is_given_even_when_the_object_has_changed(store: Store) -> None:
    op = CreateRun(experiment_id="0", run_name="first", start_time=1)
    first = store.do(op, key="a").run
    store.do(SetTag(run_id=first.info.run_id, key="k", value="v"))

    assert store.do(op, key="a").run == first
    assert store.do(GetRun(run_id=first.info.run_id)).run.data.tags["k"] == "v"


def test_a_repeated_change_does_not_undo_a_later_one(store: Store) -> None:
    run = store.do(CreateRun(experiment_id="0")).run.info.run_id
    old = SetTag(run_id=run, key="k", value="old")
    store.do(old, key="a")
    store.do(SetTag(run_id=run, key="k", value="new"), key="b")
    store.do(old, key="a")

    assert store.do(GetRun(run_id=run)).run.data.tags["k"] == "new"


def test_another_request_under_the_key_is_refused_and_changes_nothing(store: Store) -> None:
    store.do(CreateRun(experiment_id="0"), key="a")

    with pytest.raises(KeyReused, match="make a new key"):
        store.do(CreateRun(experiment_id="0", run_name="other"), key="a")
    with pytest.raises(KeyReused):
        store.do(CreateExperiment(name="x"), key="a")
    assert runs_of(store) == 1
    assert len(store.do(SearchExperiments(max_results=9)).experiments) == 1


def test_a_refusal_is_not_remembered(store: Store) -> None:
    number = store.do(CreateExperiment(name="x")).experiment_id
    store.do(DeleteExperiment(experiment_id=number))
    op = CreateRun(experiment_id=number)
    with pytest.raises(InvalidParameter):
        store.do(op, key="a")
    from cuvee.api.experiments import RestoreExperiment

    store.do(RestoreExperiment(experiment_id=number))
    store.do(op, key="a")
    store.do(op, key="a")

    assert len(store.do(SearchRuns(experiment_ids=[number])).runs) == 1


def test_a_key_is_its_actors(people: People) -> None:
    op = CreateRun(experiment_id="0")
    ann, bob = people("ann"), people("bob")
    assert ann._store.do(op, _actor("ann"), key="a") != bob._store.do(op, _actor("bob"), key="a")  # noqa: SLF001


def _actor(name: str) -> Any:
    from cuvee.api.base import Actor

    return Actor(name)


def test_requests_with_one_key_at_once_are_carried_out_once(store: Store) -> None:
    op = CreateRun(experiment_id="0", start_time=1)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: store.do(op, key="one"), range(16)))

    assert len({a.run.info.run_id for a in answers}) == 1
    assert runs_of(store) == 1


def test_a_key_does_not_keep_a_secret(local_store: SqlStore) -> None:
    from cuvee.api.users import CreateUser

    user = local_store.do(CreateUser(username="ann", password="correct horse battery"))
    del user
    op = CreateToken(name="t", username="ann")
    first = local_store.do(op, key="a")
    assert local_store.do(op, key="a").token != first.token
    connection = local_store.database.connect()
    assert connection.execute("SELECT count(*) FROM replies").fetchone()[0] == 0
    connection.close()


@pytest.mark.parametrize("method", ["headers", "bad", "twice"])
def test_keys_on_the_wire(served_url: str, method: str) -> None:
    raw = Raw(served_url)
    fields = {"experiment_id": "0", "start_time": 1}
    if method == "headers":
        status, headers, first = raw.post("runs/create", fields, "k")
        assert (status, headers["idempotency-retention"]) == (200, "86400")
        assert "idempotency-replayed" not in headers
        status, headers, again = raw.post("runs/create", fields, "k")
        assert (status, headers["idempotency-replayed"], again) == (200, "true", first)
        status, _, refusal = raw.post("runs/create", {**fields, "start_time": 2}, "k")
        assert (status, refusal["error_code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    elif method == "bad":
        for key in ("", "k" * 256, "\xe9", "a\tb"):
            status, _, refusal = raw.post("runs/create", fields, key)
            assert (status, refusal["error_code"]) == (400, "INVALID_PARAMETER_VALUE"), key
    else:
        link = http.client.HTTPConnection(raw.place.hostname or "", raw.place.port, timeout=20)
        link.putrequest("POST", API + "runs/create")
        for name, value in (("Content-Type", "application/json"), ("Content-Length", "2")):
            link.putheader(name, value)
        link.putheader("Idempotency-Key", "a")
        link.putheader("Idempotency-Key", "b")
        link.endheaders(b"{}")
        assert link.getresponse().status == 400
        link.close()


def test_an_upload_with_a_key_does_not_undo_a_later_one(served_url: str, store: Store) -> None:
    raw = Raw(served_url)
    run = store.do(CreateRun(experiment_id="0")).run.info.run_id
    path = f"/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/f"
    for body, key, status in ((b"old", "a", 200), (b"new", "b", 200), (b"old", "a", 200)):
        assert raw.send("PUT", path, body, Idempotency_Key=key)[0] == status
    assert raw.send("PUT", path, b"other", Idempotency_Key="a")[0] == 422
    assert raw.send("GET", path, b"")[2] == b"new"


def test_answers_are_forgotten_after_a_day_and_not_before(local_store: SqlStore) -> None:
    op = CreateRun(experiment_id="0", start_time=1)
    first = local_store.do(op, key="a")
    local_store.do(op, key="b")
    connection = local_store.database.connect()
    past = 1000 * (REMEMBERED + 60)
    cursor = connection.execute(f"UPDATE replies SET created = created - {past} WHERE key = 'b'")
    connection.commit()
    connection.close()
    assert cursor.rowcount == 1
    assert schema.replies.name == "replies"

    assert local_store.do(SweepReplies()).count == 1
    assert local_store.do(SweepReplies()).count == 0
    assert local_store.do(op, key="a") == first
    local_store.do(op, key="b")
    assert runs_of(local_store) == 3


def test_a_parent_tag_survives_a_repeated_creation(store: Store) -> None:
    op = CreateRun(experiment_id="0", tags=[RunTag("k", "v")])
    assert store.do(op, key="x").run.data.tags == store.do(op, key="x").run.data.tags
