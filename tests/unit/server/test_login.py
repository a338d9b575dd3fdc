"""Logging in to real servers: who is let in, how fast a revocation works, and what is not told."""

from __future__ import annotations

import base64
import http.client
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cuvee.api.tokens import CreateToken
from cuvee.api.users import CreateUser, DeactivateUser
from cuvee.rules.attempts import LIMITS
from cuvee.store.sql import SqlStore
from refusals.served import API, Answer, Site, check_refusal

PASSWORD = "correct horse battery"
CUVEE = "/api/1.0/cuvee/"
WHO = CUVEE + "whoami"
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def basic(name: str, password: str) -> dict[str, str]:
    """Return the header of HTTP Basic."""
    text = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"Authorization": f"Basic {text}"}


def bearer(token: str) -> dict[str, str]:
    """Return the header of a token."""
    return {"Authorization": f"Bearer {token}"}


ANN = basic("ann", PASSWORD)


def until_it_answers(site: Site) -> Site:
    """Wait for the processes of a server that has several; it says earlier that it is ready."""
    deadline = time.monotonic() + 30
    while True:
        try:
            for _ in range(10):
                asked(site.port, {})
        except OSError:  # noqa: PERF203  # until it listens
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return site


def post(site: Site, call: str, fields: dict[str, Any], headers: dict[str, str]) -> Answer:
    """Send JSON."""
    return site.send("POST", call, json.dumps(fields).encode(), headers={**JSON, **headers})


def asked(port: int, headers: dict[str, str], source: str = "127.0.0.1") -> int:
    """Ask who one is, on a connection of its own from an address; return the status."""
    connection = http.client.HTTPConnection(
        "127.0.0.1", port, timeout=30, source_address=(source, 0)
    )
    try:
        connection.request("GET", WHO, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the servers of these tests have their one database."""
    return tmp_path_factory.mktemp("login")


@pytest.fixture(scope="module")
def store(folder: Path) -> Iterator[SqlStore]:
    """The database, seen past all logins, with the admin ``ann`` in it."""
    opened = SqlStore.open(f"sqlite:///{folder}/cuvee.db")
    opened.do(CreateUser(username="ann", password=PASSWORD))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def site(folder: Path, store: SqlStore) -> Iterator[Site]:
    """A server with users."""
    found = Site(store.database.url, folder, "--workers", "1")
    yield found
    found.close()


@pytest.fixture(scope="module")
def other(folder: Path, site: Site) -> Iterator[Site]:
    """Another server on the same database, with two processes."""
    found = Site(site.url, folder, "--workers", "2")
    yield until_it_answers(found)
    found.close()


def test_everything_but_a_few_addresses_asks_for_a_login(site: Site) -> None:
    for path in ("/health", "/version", "/api/3.0/mlflow/server-info", "/login", "/setup"):
        assert site.send("GET", path).status == 200, path
    for method, path in (
        ("GET", WHO),
        ("GET", "/api/openapi.json"),
        ("GET", API + "experiments/get?experiment_id=0"),
        ("POST", API + "experiments/create"),
        ("POST", CUVEE + "nothing"),
        ("GET", "/nothing"),
        ("HEAD", "/"),
        ("OPTIONS", API + "experiments/create"),
        ("GET", "/api/2.0/mlflow-artifacts/artifacts?path=x"),
        ("PUT", "/api/2.0/mlflow-artifacts/artifacts/x"),
        ("GET", "/get-artifact?path=x&run_id=y"),
    ):
        answer = site.send(method, path, b"{}" if method in ("POST", "PUT") else None)
        assert answer.status == 401, (method, path)
        assert answer.headers["www-authenticate"] == 'Basic realm="mlflow"'
        if method != "HEAD":
            check_refusal(answer, path)
    home = site.send("GET", "/")
    assert (home.status, home.headers["location"]) == (303, "/login")


def test_a_password_a_token_and_a_session_let_in(site: Site, store: SqlStore) -> None:
    token = store.do(CreateToken(name="t", username="ann")).secret
    for headers, via in (
        (ANN, "password"),
        (bearer(token), "token"),
        (basic("ann", token), "token"),
        (basic("token", token), "token"),
    ):
        answer = site.send("GET", WHO, headers=headers)
        assert (answer.status, answer.json["username"], answer.json["via"]) == (200, "ann", via)
    for bad in (
        basic("bob", token),
        basic("ann", token[:-1] + "!"),
        bearer(token[:-1]),
        bearer(""),
        bearer("\xff"),
        {"Authorization": "Digest x"},
        {"Cookie": f"cuvee_session={token}"},
        {"Cookie": "cuvee_session=; x=\xff"},
    ):
        check_refusal(site.send("GET", WHO, headers=bad), bad)


def test_what_is_revoked_or_changed_counts_at_once_on_every_server(
    site: Site, other: Site, store: SqlStore
) -> None:
    store.do(CreateUser(username="cat", password=PASSWORD))
    made = store.do(CreateToken(name="t", username="cat"))
    ways = [basic("cat", PASSWORD), bearer(made.secret)]
    ports = [site.port, *[other.port] * 4]  # the connections fall on both processes
    for headers in ways:
        assert {asked(port, headers) for port in ports} == {200}
    body = {"username": "cat"}
    assert post(site, CUVEE + "users/deactivate", body, ANN).status == 200
    for headers in ways:
        assert {asked(port, headers) for port in ports} == {401}
    assert post(site, CUVEE + "users/activate", body, ANN).status == 200
    for headers in ways:
        assert {asked(port, headers) for port in ports} == {200}
    assert post(site, CUVEE + "tokens/revoke", {"token_id": made.token.token_id}, ANN).status == 200
    assert {asked(port, bearer(made.secret)) for port in ports} == {401}
    changed = json.dumps({**body, "password": "staple of another stack"}).encode()
    path = API + "users/update-password"
    assert site.send("PATCH", path, changed, headers={**JSON, **ANN}).status == 200
    assert {asked(port, basic("cat", PASSWORD), "127.0.0.9") for port in ports} == {401}
    assert {asked(port, basic("cat", "staple of another stack")) for port in ports} == {200}


def cookie_of(answer: Answer) -> dict[str, str]:
    """Return the header that sends a cookie back."""
    return {"Cookie": answer.headers["set-cookie"].partition(";")[0]}


def test_a_session_behind_a_proxy_with_https_is_for_https_only(
    folder: Path, site: Site, store: SqlStore
) -> None:
    fields = {"username": "ann", "password": PASSWORD}
    https = {"X-Forwarded-Proto": "https"}
    direct = post(site, CUVEE + "login", fields, https)
    assert not direct.headers["set-cookie"].endswith("; Secure")
    behind = Site(store.database.url, folder, "--forwarded-allow-ips", "127.0.0.1")
    try:
        answer = post(behind, CUVEE + "login", fields, https)
    finally:
        behind.close()
    assert answer.headers["set-cookie"].endswith("; Secure")


def test_a_browser_logs_in_and_out(site: Site) -> None:
    fields = {"username": "ann", "password": PASSWORD}
    answer = post(site, CUVEE + "login", fields, {})
    assert answer.json == {"username": "ann", "is_admin": True}
    assert re.fullmatch(
        r"cuvee_session=cuvee_\w+[\w-]+; Path=/; Max-Age=\d+; HttpOnly; SameSite=Lax",
        answer.headers["set-cookie"],
    )
    cookie = cookie_of(answer)
    assert site.send("GET", WHO, headers=cookie).json["via"] == "session"
    home = site.send("GET", "/", headers=cookie)
    assert home.status == 200
    assert b'id="root"' in home.body
    out = site.send("POST", "/logout", b"", headers={**cookie, **FORM})
    assert (out.status, out.headers["location"]) == (303, "/login")
    assert site.send("GET", WHO, headers=cookie).status == 401
    form = b"username=ann&password=correct+horse+battery"
    answer = site.send("POST", "/login", form, headers=FORM)
    assert (answer.status, answer.headers["location"]) == (303, "/")
    wrong = site.send("POST", "/login", b"username=ann&password=wrong", headers=FORM)
    assert wrong.status == 401
    assert "set-cookie" not in wrong.headers
    assert b"<form" in wrong.body


def test_a_page_elsewhere_cannot_use_the_cookie_nor_log_in(site: Site) -> None:
    fields = {"username": "ann", "password": PASSWORD}
    cookie = cookie_of(post(site, CUVEE + "login", fields, {}))
    create = API + "experiments/create"
    host = f"127.0.0.1:{site.port}"
    for headers in (
        {"Origin": "http://127.0.0.1:1", **JSON},
        {"Origin": f"http://localhost:{site.port}", **JSON},
        {"Origin": "https://evil.example", **JSON},
        {"Origin": "null", **JSON},
    ):
        answer = site.send("POST", create, b'{"name": "x"}', headers={**cookie, **headers})
        check_refusal(answer, headers)
        assert answer.status == 403, headers
        answer = post(site, CUVEE + "login", fields, headers)
        assert answer.status == 403, headers
        assert "set-cookie" not in answer.headers
    for kind in ("cross-site", "same-site", "none"):
        headers = {"Sec-Fetch-Site": kind, "Origin": f"http://{host}", **JSON}
        answer = site.send("POST", create, b'{"name": "x"}', headers={**cookie, **headers})
        assert answer.status == 403, kind
        assert post(site, CUVEE + "login", fields, headers).status == 403
    put = "/api/2.0/mlflow-artifacts/artifacts/x"
    for sent in ({}, {"Content-Type": "text/plain"}, FORM):
        assert site.send("PUT", put, b"x", headers={**cookie, **sent}).status == 403
    ours = {"Origin": f"http://{host}", **cookie}
    assert site.send("PUT", put, b"x", headers=ours).status == 200
    assert post(site, create, {"name": "ours"}, ours).status == 200
    browser = {"Sec-Fetch-Site": "same-origin", "Origin": "http://10.0.0.1", **cookie}
    assert post(site, create, {"name": "behind a proxy"}, browser).status == 200


STRANGE = [b"", b"{}", b"[]", b"null", b'"x"', b"5", b"\xff", b"{" * 9000, b"x" * 20_000,
           b"=&=&=%ff",
           b'{"username": 5, "password": "x"}', b'{"username": "\\ud800", "password": "x"}',
           b'{"username": "a\\u0000", "password": "x"}', b"username=%ff&password=x",
           b"username=a&username=b", b"&" * 100, b'{"username": "zz", "password": "wrong"}',
           b'{"username": "' + b"n" * 300 + b'", "password": "x"}', b"username=%0a&password=%00",
           b'{"username": "x", "password": "' + b"p" * 2000 + b'"}']  # fmt: skip


@pytest.mark.parametrize("path", ["/login", "/setup", CUVEE + "login", CUVEE + "setup"])
def test_strange_logins_are_refused_without_a_failure_inside(site: Site, path: str) -> None:
    said = len(site.log)
    for body in STRANGE:
        for kind in (JSON, FORM, {}):
            answer = site.send("POST", path, body, headers=kind)
            assert 400 <= answer.status < 500, (body[:60], kind, answer)
            assert "set-cookie" not in answer.headers
    for method in ("PUT", "DELETE", "PATCH"):
        assert 400 <= site.send(method, path, b"{}", headers=JSON).status < 500
    assert site.log[said:] == []


def test_scopes_are_enforced_on_every_call(site: Site, store: SqlStore) -> None:
    token = store.do(CreateToken(name="t", username="ann", scopes=["registry"])).secret
    headers = bearer(token)
    assert post(site, API + "registered-models/create", {"name": "m"}, headers).status == 200
    assert site.send("GET", API + "users/current", headers=headers).status == 200
    put = "/api/2.0/mlflow-artifacts/artifacts/y"
    assert site.send("PUT", put, b"x", headers=headers).status == 403
    for call in ("experiments/create", "users/create"):
        fields = {"name": "n", "username": "eve", "password": PASSWORD}
        answer = post(site, API + call, fields, headers)
        check_refusal(answer, call)
        assert answer.status == 403


def test_strangers_and_wrong_passwords_look_the_same(site: Site, store: SqlStore) -> None:
    store.do(CreateUser(username="gone", password=PASSWORD, is_admin=True))
    store.do(DeactivateUser(username="gone"))
    store.do(CreateUser(username="bot", kind="service"))
    found, times = set(), []
    for name, password in (
        ("ann", "wrong password"),
        ("nobody", "wrong password"),
        ("gone", PASSWORD),
        ("bot", ""),
        ("bot", "nobody has this password"),
    ):
        start = time.perf_counter()
        answer = site.send("GET", WHO, headers=basic(name, password))
        times.append(time.perf_counter() - start)
        found.add((answer.status, answer.body))
    assert len(found) == 1
    assert min(times) > 0.01, times  # none is answered without the work of argon2


def test_wrong_logins_are_slowed_down_but_not_the_user_elsewhere(site: Site, other: Site) -> None:
    free = LIMITS["pair"].free
    sites = (site, other)

    def guess(i: int) -> int:
        return asked(sites[i % 2].port, basic("ann", f"wrong password {i}"), "127.0.0.2")

    with ThreadPoolExecutor(8) as threads:  # many at once count like one after another
        found = list(threads.map(guess, range(60)))
    assert 0 < found.count(401) <= free + 8  # a second has passed, or several
    assert found.count(429) == 60 - found.count(401)
    assert asked(other.port, ANN, "127.0.0.3") == 200


def test_who_is_slowed_down_is_told_for_how_long(site: Site) -> None:
    found: set[int] = set()
    for i in range(60):
        answer = site.send("GET", WHO, headers=basic("nobody at all", f"wrong password {i}"))
        found.add(answer.status)
        if answer.status == 429:
            break
    assert found == {401, 429}
    check_refusal(answer, "too many")
    assert answer.json["error_code"] == "REQUEST_LIMIT_EXCEEDED"
    assert int(answer.headers["retry-after"]) >= 1
    assert asked(site.port, ANN) == 200


def test_equal_logins_at_once_are_compared_once(site: Site, store: SqlStore) -> None:
    store.do(CreateUser(username="dog", password=PASSWORD))
    with ThreadPoolExecutor(32) as threads:
        found = list(
            threads.map(lambda _: asked(site.port, basic("dog", PASSWORD), "127.0.0.4"), range(64))
        )
    assert set(found) == {200}


def test_secrets_are_kept_and_logged_nowhere(site: Site, store: SqlStore) -> None:
    made = store.do(CreateToken(name="t", username="ann"))
    answer = post(site, CUVEE + "login", {"username": "ann", "password": PASSWORD}, {})
    session = cookie_of(answer)["Cookie"].partition("=")[2]
    for headers in (bearer(made.secret), basic("ann", made.secret + "x"), {"Cookie": session}):
        site.send("GET", WHO, headers=headers)
    for wrong in (12345678901234, ["hunter2hunter2"], "hunter2hun"):
        fields = {"username": "eve", "password": wrong}
        answer = post(site, API + "users/create", fields, ANN)
        assert answer.status == 400
        assert b"hunter2" not in answer.body
        assert b"12345678901234" not in answer.body
    rows = str(site.dump()) + "".join(site.log)
    for secret in (PASSWORD, made.secret, made.secret[-20:], session[-20:], "hunter2"):
        assert secret not in rows


def test_a_users_last_use_of_a_token_is_noted(site: Site, store: SqlStore) -> None:
    made = store.do(CreateToken(name="seen", username="ann"))
    for _ in range(20):
        assert site.send("GET", WHO, headers=bearer(made.secret)).status == 200
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        listed = site.send("GET", CUVEE + "tokens/list", headers=ANN).json["tokens"]
        (seen,) = [t["last_used"] for t in listed if t["token_id"] == made.token.token_id]
        if seen:
            break
        time.sleep(0.05)
    assert seen >= made.token.created


# ---------------------------------------------------------------- the first admin


def test_a_server_that_others_reach_refuses_to_start_without_users(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cuvee", "server", "--host", "0.0.0.0", "--port", "0"]  # noqa: S104
    command += ["--backend-store-uri", f"sqlite:///{tmp_path}/c.db"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "--login" in done.stderr
    assert "cuvee user create" in done.stderr


def test_a_setup_token_makes_one_admin_on_all_workers(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/c.db"
    first = Site(url, tmp_path, "--login")
    old = re.findall(r"cuvee_\w+[\w-]+", "".join(first.log))[0]
    first.close()
    site = Site(url, tmp_path, "--login", "--workers", "2")
    try:
        until_it_answers(site)
        token = re.findall(r"cuvee_\w+[\w-]+", "".join(site.log))[0]
        for path in (WHO, API + "experiments/get?experiment_id=0", "/api/openapi.json"):
            answer = site.send("GET", path)
            assert answer.status == 401
            assert "cuvee user setup" in answer.json["message"]
        assert site.send("GET", "/").headers["location"] == "/setup"
        setup = CUVEE + "setup"
        fields = {"username": "ann", "password": PASSWORD}
        for bad in (old, token + "x", token[:-1], "x"):
            answer = post(site, setup, {**fields, "token": bad}, {})
            check_refusal(answer, bad)
            assert answer.status == 401
        assert post(site, setup, {**fields, "token": token, "password": "x"}, {}).status == 400

        def ask(i: int) -> int:
            connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
            body = json.dumps({**fields, "username": f"ann{i}", "token": token})
            connection.request("POST", setup, body, JSON)
            status = connection.getresponse().status
            connection.close()
            return status

        with ThreadPoolExecutor(6) as threads:
            assert sorted(threads.map(ask, range(6))) == [200, 401, 401, 401, 401, 401]
        names = [row[1] for row in site.dump()["users"]]
        assert len(names) == 1
        deadline = time.monotonic() + 5
        while {asked(site.port, basic(names[0], PASSWORD)) for _ in range(6)} != {200}:
            assert time.monotonic() < deadline
        assert token not in str(site.dump())
    finally:
        site.close()


def test_the_setup_page_logs_the_first_admin_in(tmp_path: Path) -> None:
    site = Site(f"sqlite:///{tmp_path}/c.db", tmp_path, "--login", "--static-prefix", "/ml")
    try:
        token = re.findall(r"cuvee_\w+[\w-]+", "".join(site.log))[0]
        form = f"token={token}&username=ann&password=short".encode()
        answer = site.send("POST", "/ml/setup", form, headers=FORM)
        assert answer.status == 400
        assert b"12 to 1024" in answer.body
        form = f"token={token}&username=ann&password=correct+horse+battery".encode()
        answer = site.send("POST", "/ml/setup", form, headers=FORM)
        assert (answer.status, answer.headers["location"]) == (303, "/ml/")
        assert "; Path=/ml;" in answer.headers["set-cookie"]
        assert site.send("GET", "/ml/", headers=cookie_of(answer)).status == 200
    finally:
        site.close()


def test_an_open_server_closes_with_its_first_user(tmp_path: Path) -> None:
    site = Site(f"sqlite:///{tmp_path}/c.db", tmp_path)
    try:
        open_to_all = site.send("GET", WHO).json
        assert (open_to_all["user_id"], open_to_all["logins"]) == (None, [])
        fields = {"username": "ann", "password": PASSWORD}
        assert post(site, API + "users/create", fields, {}).json["user"]["is_admin"]
        assert site.send("GET", WHO).status == 401
        mine = site.send("GET", WHO, headers=ANN).json
        assert (mine["is_admin"], mine["logins"]) == (True, ["password", "token"])
    finally:
        site.close()


def test_an_open_server_notices_a_user_made_elsewhere(tmp_path: Path) -> None:
    site = Site(f"sqlite:///{tmp_path}/c.db", tmp_path)
    try:
        assert site.send("GET", WHO).status == 200
        store = SqlStore.open(site.url)
        store.do(CreateUser(username="ann", password=PASSWORD))
        store.close()
        time.sleep(1.1)
        assert site.send("GET", WHO).status == 401
    finally:
        site.close()


def test_refusals_begin_with_the_words_that_mlflows_clients_look_for(
    site: Site, store: SqlStore
) -> None:
    store.do(CreateUser(username="wanda", password=PASSWORD))
    wanda, new = basic("wanda", PASSWORD), {"username": "xaver", "password": PASSWORD}
    own = {"username": "wanda", "password": PASSWORD}
    password = API + "users/update-password"
    for answer, words in (
        (post(site, API + "users/create", new, {}), "You are not authenticated."),
        (post(site, API + "users/create", new, basic("wanda", "x")), "You are not authenticated."),
        (post(site, API + "users/create", new, wanda), "Permission denied."),
        (post(site, API + "users/create", own, ANN), "User 'wanda' already exists"),
        (site.send("PATCH", password, own, headers={**JSON, **wanda}), "Current password is requ"),
    ):
        assert answer.json["message"].startswith(words), answer
