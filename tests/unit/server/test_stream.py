"""Following the history of real servers: nothing is lost, repeated, shown to others or held up."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cuvee.api.base import Actor
from cuvee.api.models import CreateRegisteredModel, UpdateRegisteredModel
from cuvee.api.permissions import GrantPermission
from cuvee.api.tokens import CreateToken, RevokeToken
from cuvee.api.users import CreateUser
from cuvee.client.client import Client
from cuvee.client.connect import close_all
from cuvee.server.feed import MOST_EACH
from cuvee.server.stream import PATH
from cuvee.store.sql import SqlStore
from postgres import running_postgres
from refusals.served import Site, check_refusal, wait_for

PASSWORD = "correct horse battery"
CALL = "/api/2.0/mlflow/registered-models/create"


class Follower:
    """One open stream; reads event by event.

    Args:
        port: the server's.
        query: filters.
        headers: sent as they are.
    """

    def __init__(self, port: int, query: str = "", **headers: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request("GET", f"{PATH}?{query}", headers=named)
        self.answer = self.connection.getresponse()

    def events(self) -> Iterator[dict[str, Any]]:
        """Give the events until the stream ends."""
        fields: dict[str, str] = {}
        for line in self.answer:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                fields[name] = value
            else:
                if "data" in fields:
                    event = json.loads(fields["data"])
                    assert (fields["id"], fields["event"]) == (
                        str(event["sequence"]),
                        event["action"],
                    )
                    yield event
                fields = {}

    def take(self, count: int) -> list[dict[str, Any]]:
        """Return the next events."""
        found = self.events()
        return [next(found) for _ in range(count)]

    def close(self) -> None:
        """Cut the connection."""
        self.answer.close()
        self.connection.close()


def create(port: int, names: list[str]) -> None:
    """Make registered models, one after another, on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for name in names:
        body = json.dumps({"name": name})
        connection.request("POST", CALL, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()
    connection.close()


def write(ports: list[int], each: int, prefix: str) -> None:
    """Make models on four threads."""
    with ThreadPoolExecutor(4) as threads:
        jobs = [
            threads.submit(create, ports[i % len(ports)], [f"{prefix}{i}.{n}" for n in range(each)])
            for i in range(4)
        ]
        for job in jobs:
            job.result(60)


@contextlib.contextmanager
def running(url: str, folder: Path, *options: str) -> Iterator[Site]:
    """Run a server."""
    site = Site(url, folder, *options)
    try:
        yield site
    finally:
        if site.process.poll() is None:
            site.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a server of this test's own."""
    with running(f"sqlite:///{tmp_path}/cuvee.db", tmp_path) as found:
        yield found


def test_events_arrive_in_order_once_each_while_several_threads_write(site: Site) -> None:
    followers = [Follower(site.port, "since=0") for _ in range(3)]
    headers = {k.lower(): v for k, v in followers[0].answer.getheaders()}
    assert headers["content-type"].startswith("text/event-stream")
    assert headers["cache-control"].startswith("no-cache")
    assert headers["x-accel-buffering"] == "no"
    write([site.port], 40, "m")
    for follower in followers:
        found, made = [], 0
        for event in follower.events():
            found.append(event["sequence"])
            made += event["action"] == "model.created"
            if made == 160:
                break
        assert found == list(range(1, len(found) + 1))
        follower.close()


def test_a_new_stream_begins_now_and_one_that_was_cut_resumes(site: Site) -> None:
    create(site.port, ["old"])
    follower = Follower(site.port, "action=model.created")
    create(site.port, ["a", "b"])
    first = follower.take(2)
    follower.close()
    create(site.port, ["c", "d"])
    follower = Follower(
        site.port, "action=model.created&since=1", Last_Event_ID=str(first[0]["sequence"])
    )
    create(site.port, ["e"])
    names = [e["object"] for e in [*first[:1], *follower.take(4)]]
    follower.close()
    assert names == [f"model:{name}" for name in "abcde"]


def test_an_event_arrives_soon_after_its_commit(site: Site) -> None:
    follower = Follower(site.port, "object=model:quick")
    began = time.monotonic()
    create(site.port, ["quick"])
    assert follower.take(1)[0]["object"] == "model:quick"
    assert time.monotonic() - began < 3.0  # a tenth of that where nothing else runs
    follower.close()


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("newest_first=true", {}),
        ("page_token=3", {}),
        ("since=x", {}),
        ("since=100000", {}),
        ("", {"Last-Event-ID": "abc"}),
        ("", {"Last-Event-ID": "9" * 30}),
        ("", {"Last-Event-ID": "-1"}),
    ],
)
def test_a_stream_that_cannot_be_is_refused(
    site: Site, query: str, headers: dict[str, str]
) -> None:
    check_refusal(site.send("GET", f"{PATH}?{query}", headers=headers), query)
    assert site.send("POST", PATH, {}).status == 405
    assert site.send("HEAD", PATH).status == 405


def test_a_user_has_so_many_streams_and_no_more(site: Site) -> None:
    followers = [Follower(site.port) for _ in range(MOST_EACH)]
    answer = site.send("GET", PATH)
    check_refusal(answer, "one more")
    assert (answer.status, answer.headers["retry-after"]) == (429, "15")
    followers.pop().close()
    found: list[Follower] = []

    def room() -> bool:
        found.append(Follower(site.port))
        return found[-1].answer.status == 200

    wait_for(room)
    create(site.port, ["x"])
    for follower in followers:
        assert follower.take(1)[0]["object"] == "model:x"
    for follower in [*followers, *found]:
        follower.close()


def test_the_server_stops_although_streams_are_open(tmp_path: Path) -> None:
    with running(f"sqlite:///{tmp_path}/cuvee.db", tmp_path) as site:
        followers = [Follower(site.port) for _ in range(10)]
        store = SqlStore.open(site.url)
        for n in range(300):  # more than the sockets hold, for one who reads none of it
            store.do(CreateRegisteredModel(name=f"m{n}", description="x" * 90_000))
        store.close()
        followers.append(Follower(site.port, "since=0"))
        time.sleep(1.5)
        began = time.monotonic()
        site.process.send_signal(signal.SIGTERM)
        assert site.process.wait(20) == 0
        assert time.monotonic() - began < 2.0, time.monotonic() - began
        site.close()
        assert not [line for line in site.log if "Error" in line or "Traceback" in line], site.log
        for follower in followers[:10]:
            follower.close()
        followers[-1].close()


# ---------------------------------------------------------------- who may see what


def basic(name: str) -> str:
    """Return the header of HTTP Basic."""
    return "Basic " + base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()


def test_a_stream_shows_what_its_user_may_read_and_ends_with_the_token(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/cuvee.db"
    store = SqlStore.open(url)
    for name in ("ann", "bob"):
        store.do(CreateUser(username=name, password=PASSWORD, is_admin=name == "ann"))
    token = store.do(CreateToken(username="bob", name="ci"))
    store.do(CreateRegisteredModel(name="his"))
    store.do(GrantPermission(object="model:his", user="bob", permission="CAN_READ"))
    with running(url, tmp_path) as site:
        assert site.send("GET", PATH).status == 401
        assert site.send("GET", PATH, headers={"Authorization": "Bearer x"}).status == 401
        bob = Follower(site.port, Authorization=f"Bearer {token.secret}")
        ann = Follower(site.port, Authorization=basic("ann"))
        store.do(CreateRegisteredModel(name="hers"))
        store.do(UpdateRegisteredModel(name="his", description="new"))
        store.do(CreateRegisteredModel(name="also"))
        assert [e["object"] for e in ann.take(3)] == ["model:hers", "model:his", "model:also"]
        assert bob.take(1)[0]["object"] == "model:his"
        began = time.monotonic()
        store.do(RevokeToken(token_id=token.token.token_id))
        assert {e["object"] for e in bob.events()} <= {"user:bob"}  # until it ends
        assert time.monotonic() - began < 5
        assert ann.take(1)
        ann.close()
        bob.close()
    store.close()


def test_two_servers_on_one_postgresql_tell_the_same(tmp_path: Path) -> None:
    with running_postgres(durable=False) as url, contextlib.ExitStack() as stack:
        folders = [tmp_path / "a", tmp_path / "b"]
        key = str(tmp_path / "log.key")
        sites = []
        for folder in folders:
            folder.mkdir()
            sites.append(stack.enter_context(running(url, folder, "--log-key", key)))
        followers = [Follower(site.port, "since=0") for site in sites]
        write([site.port for site in sites], 20, "p")
        told = []
        for follower in followers:
            found, made = [], 0
            for event in follower.events():
                found.append((event["sequence"], event["object"]))
                made += event["action"] == "model.created"
                if made == 80:
                    break
            told.append(found)
            follower.close()
        assert [n for n, _ in told[0]] == list(range(1, len(told[0]) + 1))
        assert told[0] == told[1]


def test_a_page_is_told_what_other_servers_commit_after_it_was_given(tmp_path: Path) -> None:
    """Also what had begun before: the place is one in the log, and asks no clock."""
    with running_postgres(durable=False) as url, contextlib.ExitStack() as stack:
        sites = []
        for name in "ab":
            (tmp_path / name).mkdir()
            options = ("--log-key", str(tmp_path / "log.key"))
            sites.append(stack.enter_context(running(url, tmp_path / name, *options)))
        first, second = sites
        create(second.port, ["before"])
        moment = int(time.time() * 1000)
        late = stack.enter_context(psycopg.connect(url))
        late.execute(
            "INSERT INTO events (time, actor, via, action, object, before, after, comment)"
            " SELECT time - 60000, actor, via, action, 'model:late', before, after, comment"
            " FROM events WHERE object = 'model:before'"
        )
        page = first.send("GET", "/", headers={"Accept": "text/html"}).body
        since = page.partition(b'name="cuvee-events" content="')[2].partition(b'"')[0].decode()
        create(second.port, ["after"])
        late.commit()
        follower = Follower(first.port, f"since={since}")
        told = follower.take(2)
        follower.close()
        assert {event["object"] for event in told} == {"model:after", "model:late"}
        assert any(event["time"] < moment for event in told)


@contextlib.contextmanager
def three_servers(folder: Path) -> Iterator[list[Site]]:
    """Run three servers on one PostgreSQL, which share the key of the log."""
    with running_postgres(durable=False) as url, contextlib.ExitStack() as stack:
        key = str(folder / "log.key")
        sites = []
        for name in "abc":
            (folder / name).mkdir()
            sites.append(stack.enter_context(running(url, folder / name, "--log-key", key)))
        yield sites


def test_what_one_of_three_servers_does_the_others_tell_and_sign_within_a_second(
    tmp_path: Path,
) -> None:
    with three_servers(tmp_path) as sites:
        followers = [Follower(site.port, "action=model.created") for site in sites]
        told, signed = [], []
        for n in range(EVENTS):
            time.sleep(n % 5 / 10)  # or each would come just after a look for what others commit
            began = time.monotonic()
            create(sites[n % 3].port, [f"m{n}"])
            for at in (1, 2):
                (event,) = followers[(n + at) % 3].take(1)
                assert event["object"] == f"model:m{n}"
            told.append(time.monotonic() - began)
            other = sites[(n + 1) % 3]
            wait_for(lambda o=other, s=event["sequence"]: checkpoint(o) >= s)
            signed.append(time.monotonic() - began)
            followers[n % 3].take(1)
        for follower in followers:
            follower.close()
    for name, taken in (("told", sorted(told)), ("signed", sorted(signed))):
        print(name, *(f"{part:.0%}: {taken[int(part * (EVENTS - 1))]:.2f} s" for part in PARTS))  # noqa: T201  # read it with -rP
        # Measured with nothing else running, of 60: all within 0.5 s; at a load of 4 for each core,
        # half within 0.4 s and all within 1.1 s. A machine that stands still must not fail it.
        assert taken[EVENTS // 2] < 1.0, taken
        assert taken[int(0.9 * EVENTS)] < 2.0, taken


EVENTS = 30
PARTS = (0, 0.5, 0.75, 0.9, 1)


def test_what_a_server_commits_before_it_is_killed_another_signs_at_once(tmp_path: Path) -> None:
    with three_servers(tmp_path) as sites:
        for n, (dying, other) in enumerate([(sites[0], sites[2]), (sites[1], sites[2])]):
            create(dying.port, [f"last{n}"])
            dying.process.kill()
            began = time.monotonic()
            page = other.send("GET", f"/api/1.0/cuvee/events?object=model:last{n}").json
            wait_for(lambda s=page["events"][0]["sequence"]: checkpoint(sites[2]) >= s)
            assert time.monotonic() - began < 2.0
            dying.close()


def checkpoint(site: Site) -> int:
    """Return how many entries the latest checkpoint covers."""
    answer = site.send("GET", "/api/1.0/cuvee/log/checkpoint")
    return int(answer.json["size"]) if answer.status == 200 else 0


# ---------------------------------------------------------------- the library and the command


def test_the_client_goes_on_after_the_server_was_started_anew(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/cuvee.db"
    with running(url, tmp_path) as site:
        port = site.port
        client = Client(f"http://127.0.0.1:{port}")
        following = client.follow_events(action="model.created")
        create(port, ["a", "b"])
        assert [next(following).object for _ in range(2)] == ["model:a", "model:b"]
    store = SqlStore.open(url)
    store.do(CreateRegisteredModel(name="c"), Actor("ann"))
    store.close()
    with running(url, tmp_path, "--port", str(port)) as site:
        create(port, ["d"])
        assert [next(following).object for _ in range(2)] == ["model:c", "model:d"]
        following.close()  # type: ignore[attr-defined]
    close_all()


def test_the_client_follows_an_embedded_store(tmp_path: Path) -> None:
    client = Client(f"sqlite:///{tmp_path}/cuvee.db")
    client.create_registered_model("old")
    following = client.follow_events(action="model.created")
    client.create_registered_model("new")
    assert next(following).object == "model:new"
    threading.Timer(0.3, client.create_registered_model, ["later"]).start()
    assert next(following).object == "model:later"
    assert next(client.follow_events(object="model:old", since=0)).object == "model:old"
    close_all()


@pytest.mark.parametrize("served", [True, False], ids=["server", "embedded"])
def test_ctrl_c_ends_the_command_cleanly(site: Site, tmp_path: Path, *, served: bool) -> None:
    uri = f"http://127.0.0.1:{site.port}" if served else f"sqlite:///{tmp_path}/cuvee.db"
    create(site.port, ["shown"])
    command = [sys.executable, "-u", "-m", "cuvee", "events", "--follow", "--since", "0", "--json"]
    process = subprocess.Popen(
        [*command, "--action", "model.created", "--tracking-uri", uri],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["object"] == "model:shown"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "", "")
