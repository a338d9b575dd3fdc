"""Questions to models that are served go where an admin says, and nothing else does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cuvee.api.base import Actor
from cuvee.api.models import CreateRegisteredModel, RenameRegisteredModel
from cuvee.api.scoring import GetScoring, ScoreVersion
from cuvee.api.versions import CreateModelVersion
from cuvee.errors import InvalidParameter, NotFound, TooManyRequests
from cuvee.server import scoring
from cuvee.server.scoring import MAX_ANSWER, Places, Scorer
from cuvee.store.sql import SqlStore
from receiver import Receiver, eventually, receiving
from refusals.served import Site

NAME = "lr wine/ü?#"
ASKED = {"dataframe_split": {"columns": ["pH"], "data": [[3.5], [2**60]]}}
WHO = Actor("somebody")
SCORE = "/api/1.0/cuvee/model-versions/score"
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nx"
IN_PARTS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore.open(f"sqlite:///{tmp_path}/c.db")
    for name in ("wine", "lr wine%2F"):
        store.do(CreateRegisteredModel(name=name))
        for _ in range(2):
            store.do(CreateModelVersion(name=name, source="s3://b/x"))
    yield store
    store.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def scorer(store: SqlStore, *entries: str) -> Scorer:
    return Scorer(store, Places(entries))


def asked(version: str = "2", name: str = "wine") -> ScoreVersion:
    return ScoreVersion(name=name, version=version, payload=ASKED)


def test_a_version_is_asked_where_it_is_served(store: SqlStore, receiver: Receiver) -> None:
    receiver.behave = lambda handler, _: handler.answer(200, b'{"predictions": [5.5]}')
    own = f"wine/2=http://127.0.0.1:{receiver.port}/own?x=1"
    common = f"http://127.0.0.1:{receiver.port}/all/{{name}}/{{version}}/invocations"
    models = scorer(store, own, common)
    found = models.score(asked(), WHO)
    assert (found.status, found.body, found.problem) == (200, '{"predictions": [5.5]}', "")
    assert found.milliseconds > 0
    assert models.score(asked("1"), WHO).status == 200
    assert models.score(asked("1", "lr wine%2F"), WHO).status == 200
    paths = ["/own?x=1", "/all/wine/1/invocations", "/all/lr%20wine%252F/1/invocations"]
    assert [got.path for got in receiver.got] == paths
    assert {json.dumps(got.json) for got in receiver.got} == {json.dumps(ASKED)}
    assert {got.headers["content-type"] for got in receiver.got} == {"application/json"}


def test_only_what_is_there_is_asked_for(store: SqlStore, receiver: Receiver) -> None:
    models = scorer(store, f"wine/2=http://127.0.0.1:{receiver.port}/")
    with pytest.raises(InvalidParameter, match="--scoring-url"):
        models.score(asked("1"), WHO)
    for missing in (asked("3"), asked("2", "beer")):
        with pytest.raises(NotFound):
            models.score(missing, WHO)
    store.do(RenameRegisteredModel(name="wine", new_name="vin"))
    with pytest.raises(InvalidParameter, match="--scoring-url"):  # it is another name's address
        models.score(asked("2", "vin"), WHO)
    assert receiver.got == []
    assert not models.get(GetScoring(name="vin", version="2"), WHO).available


def test_what_can_be_asked_is_said(store: SqlStore) -> None:
    models = scorer(store, "wine/2=http://127.0.0.1:1/")
    assert models.get(GetScoring(name="wine", version="2"), WHO).available
    assert not models.get(GetScoring(name="wine", version="1"), WHO).available
    with pytest.raises(NotFound):
        models.get(GetScoring(name="wine", version="9"), WHO)


@pytest.mark.parametrize(
    "entry",
    [
        *("", "wine/2", "http://h/", "http://h/{name}", "http://{name}.h/{version}", "ftp://h/"),
        *("wine=http://h/", "wine/x=http://h/", "/2=http://h/", "wine/2=http://", "wine/2=ftp://h"),
        *("wine/2=http://h:0/", "wine/2=http://h:99999/", "http://h/?{name}{version}"),
        *("wine/2=http://user:secret@h/", "wine/2=http://h/\r\nX: y", "wine/2=http://h /"),
    ],
)
def test_an_entry_that_cannot_be_used_stops_the_server(entry: str) -> None:
    with pytest.raises(InvalidParameter, match="--scoring-url"):
        Places([entry])


def test_what_a_served_model_says_of_a_mistake_is_passed_on(
    store: SqlStore, receiver: Receiver
) -> None:
    receiver.behave = lambda handler, _: handler.answer(400, b'{"message": "no column pH"}')
    found = scorer(store, f"wine/2=http://127.0.0.1:{receiver.port}/").score(asked(), WHO)
    assert (found.status, found.body) == (400, '{"message": "no column pH"}')
    assert "400" in found.problem


def test_a_redirect_is_not_followed(store: SqlStore, receiver: Receiver) -> None:
    with receiving() as other:
        receiver.behave = lambda handler, _: handler.answer(307, Location=other.url)
        found = scorer(store, f"wine/2=http://127.0.0.1:{receiver.port}/").score(asked(), WHO)
        assert found.status == 307
        assert other.got == []


def test_a_long_answer_is_cut_and_that_is_said(store: SqlStore, receiver: Receiver) -> None:
    models = scorer(store, f"wine/2=http://127.0.0.1:{receiver.port}/")
    receiver.behave = lambda handler, _: handler.answer(200, b"x" * MAX_ANSWER)
    assert models.score(asked(), WHO).problem == ""
    receiver.behave = lambda handler, _: handler.answer(200, b"x" * (MAX_ANSWER + 9))
    found = models.score(asked(), WHO)
    assert (len(found.body), found.problem[:22]) == (MAX_ANSWER, "The answer has more th")


@pytest.mark.parametrize("beginning", [b"", WHOLE, IN_PARTS, IN_PARTS + b"1\r\nx\r\n"])
def test_a_model_that_hangs_ends_in_bounded_time(
    store: SqlStore, receiver: Receiver, beginning: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def behave(handler: Any, _: object) -> None:
        handler.wfile.write(beginning)
        time.sleep(20)

    monkeypatch.setattr(scoring, "TIMEOUT", 0.5)
    receiver.behave = behave
    start = time.monotonic()
    found = scorer(store, f"wine/2=http://127.0.0.1:{receiver.port}/").score(asked(), WHO)
    assert time.monotonic() - start < 10
    assert found.status is None
    assert "model's server" in found.problem


def test_nobody_there_is_said(store: SqlStore) -> None:
    found = scorer(store, "wine/2=http://127.0.0.1:1/").score(asked(), WHO)
    assert (found.status, found.problem) == (None, "The model's server refuses connections.")


def test_no_more_than_a_few_wait_and_others_are_told(store: SqlStore, receiver: Receiver) -> None:
    receiver.behave = lambda *_: time.sleep(20)
    models = scorer(store, f"wine/2=http://127.0.0.1:{receiver.port}/")
    with ThreadPoolExecutor(scoring.AT_ONCE) as many:
        waiting = [many.submit(models.score, asked(), WHO) for _ in range(scoring.AT_ONCE)]
        eventually(lambda: len(receiver.got) == scoring.AT_ONCE)
        with pytest.raises(TooManyRequests, match="ask again"):
            models.score(asked(), WHO)
        models.close()
        assert [w.result().status for w in waiting] == [None] * scoring.AT_ONCE


def test_a_server_passes_questions_on(tmp_path: Path, receiver: Receiver) -> None:
    receiver.behave = lambda handler, got: handler.answer(200, got.body)
    url = f"http://127.0.0.1:{receiver.port}/{{name}}/{{version}}"
    site = Site(f"sqlite:///{tmp_path}/c.db", tmp_path, "--scoring-url", url)
    try:
        for path, body in (
            ("registered-models/create", {"name": "wine"}),
            ("model-versions/create", {"name": "wine", "source": "s3://b/x"}),
        ):
            assert site.send("POST", f"/api/2.0/mlflow/{path}", body).status == 200
        first = {"name": "wine", "version": "1"}
        said = site.send("POST", SCORE, {**first, "payload": ASKED})
        assert (said.status, json.loads(said.json["body"])) == (200, ASKED)
        found = site.send("GET", "/api/1.0/cuvee/model-versions/scoring?name=wine&version=1")
        assert found.json == {"available": True}
        payloads: list[Any] = [{}, [], "x", None]
        for wrong in payloads:
            assert site.send("POST", SCORE, {**first, "payload": wrong}).status == 400
        assert len(receiver.got) == 1
    finally:
        site.close()


def test_a_wrong_address_is_told_at_the_start(tmp_path: Path) -> None:
    words = ["server", "--port", "0", "--scoring-url", "http://h/"]
    done = subprocess.run(
        [sys.executable, "-m", "cuvee", *words], cwd=tmp_path, capture_output=True, text=True,
        check=False, timeout=60, env={**os.environ, "CUVEE_SCORING_URLS": ""},
    )  # fmt: skip
    assert done.returncode != 0
    assert "--scoring-url 'http://h/'" in done.stderr
    assert "Traceback" not in done.stderr
