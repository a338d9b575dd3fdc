"""Requests that are wrong before any field is: paths, methods, URLs, and what is not HTTP."""

from __future__ import annotations

import contextlib
import re
import time

import pytest

from cuvee import api
from cuvee.api.access_lists import PERMISSIONS
from cuvee.api.base import CUVEE, MLFLOW, MLFLOW_3
from refusals.served import API, TYPE, Site, check_refusal

GET_EXPERIMENT = API + "experiments/get?experiment_id=0"
HOST = b"Host: localhost\r\n"
POST = b"POST / HTTP/1.1\r\n" + HOST
CREATE = b"POST /api/2.0/mlflow/experiments/create HTTP/1.1\r\n" + HOST
CREATE += b"Content-Type: application/json\r\n"


@pytest.mark.usefixtures("unchanged")
def test_unknown_paths_are_refused(site: Site) -> None:
    for path in (
        "/api", "/api/", "/api/2.0/mlflow", "/api/2.0/mlflow/", "/api/2.0/mlflow/experiments/get/",
        "/api/2.0/mlflow//experiments/get", "//api/2.0/mlflow/experiments/get",
        "/API/2.0/mlflow/experiments/get",
        "/api/3.0/mlflow/experiments/get", "/api/2.0/mlflow/experiments/get%20",
        "/api/2.0/mlflow/experiments%2Fget",
        "/api/2.0/mlflow/../mlflow/experiments/get", "/api/2.0/mlflow/%2e%2e/x", "/favicon.ico",
        "/%00", "/%ff",
        "/\xff", "/%", "/%zz", "/..", "/etc/passwd", "/static/../../etc/passwd",
        "/" + "a" * 30_000, "/index.html",
        "/api/2.0/mlflow/logged-models/", "/api/2.0/mlflow/logged-models//tags",
        "/ajax-api/2.0/mlflow/nothing",
        "/api/1.0/cuvee", "/api/1.0/cuvee/events/", "/api/openapi.json/", "/version/", "/health/",
        "/api/2.0/preview/mlflow/nothing", "/graphql", "/api/2.0/mlflow/traces",
    ):  # fmt: skip
        if path == "/\xff":
            continue  # http.client cannot send it; see the test on bytes that are not HTTP
        answer = site.send("GET", path)
        check_refusal(answer, path)
        assert answer.status in (400, 404), path


@pytest.mark.usefixtures("unchanged")
def test_wrong_methods_are_refused(site: Site) -> None:
    for op in api.ROUTED:
        target = f"{op.base}/{op.route}".replace("{model_id}", "m-0").replace("{tag_key}", "k")
        methods = {
            m for o in api.ROUTED if (o.base, o.route) == (op.base, op.route) for m in o.methods
        }
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "TRACE"):
            if method in methods or op.route == "logged-models/search":  # reads as an id
                continue
            answer = site.send(method, target, None if method in ("GET", "HEAD") else {})
            assert answer.status == 405, (method, target, answer)
            if method != "HEAD":
                check_refusal(answer, (method, target))
    for method in ("POST", "DELETE", "PUT"):
        check_refusal(site.send(method, "/", {}), method)
        check_refusal(site.send(method, "/api/openapi.json", {}), method)


@pytest.mark.usefixtures("unchanged")
def test_broken_query_strings_are_refused(site: Site) -> None:
    for query in (
        "experiment_id=%ff", "experiment_id=%ed%a0%80", "experiment_id=%c0%af",
        "experiment_id=%00", "experiment_id=1%00",
        "experiment_id=0&x=%ff", "%ff=1&experiment_id=0", "experiment_id", "experiment_id=", "",
        "&&&", "=", "=0",
        "experimentId=0", "EXPERIMENT_ID=0", "experiment_id=0" + "&x=1" * 3000,
        "experiment_id=" + "9" * 60_000,
        "experiment_id=0&experiment_id=x", "experiment_id[]=0", "experiment_id=%F4%90%80%80",
    ):  # fmt: skip
        check_refusal(site.send("GET", f"{API}experiments/get?{query}"), query[:60])


@pytest.mark.usefixtures("unchanged")
def test_broken_ids_in_the_path_are_refused(site: Site) -> None:
    for text in ("%ff", "%00", "%ed%a0%80", "%2e%2e", "..%2f..", "a%2Fb", "%", "m-0?x",
                 "a" * 30_000,
                 "%F0%9F%92%A5", "%0a", "%25", "search%20",
                 "\u0661".encode().decode("latin-1")):  # fmt: skip
        if text.isascii():
            answer = site.send("GET", f"{API}logged-models/{text}")
            check_refusal(answer, text[:50])
            answer = site.send("PATCH", f"{API}logged-models/{text}", {"status": "X"})
            check_refusal(answer, text[:50])


@pytest.mark.usefixtures("unchanged")
def test_an_endless_head_is_refused_before_it_fills_the_memory(site: Site) -> None:
    idle = site.memory()
    for start in (b"GET /" + b"a" * 1000, b"GET / HTTP/1.1\r\nX: ", b"GET / HTTP/1.1\r\n"):
        with site.raw(20) as connection:
            connection.sendall(start)
            part = b"x" * 65536 if not start.endswith(b"\n") else b"X-A: b\r\n" * 8192
            begin = time.monotonic()
            try:
                for _ in range(1600):
                    connection.sendall(part)
            except OSError:
                pass
            assert time.monotonic() - begin < 20
    with site.raw(20) as connection:
        connection.sendall(b"GET /?" + b"a" * 100_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n")
        found = connection.recv(1 << 16)
        assert found.startswith(b"HTTP/1.1 414 "), found[:200]
    with site.raw(20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: " + b"a" * 700_000)
        found = connection.recv(1 << 16)
        assert found.startswith(b"HTTP/1.1 431 "), found[:200]
        assert b'"error_code"' in found
    assert site.memory() < idle + 64 * 2**20


NOT_HTTP = {
    "nothing but a line": b"\r\n\r\nhello\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "unknown method": b"FETCH / HTTP/1.1\r\n" + HOST + b"\r\n",
    "no version": b"GET /\r\n\r\n",
    "version 9": b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    "8-bit path": b"GET /\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n",
    "UTF-8 path": "GET /\u00e9 HTTP/1.1\r\n".encode() + HOST + b"\r\n",
    "NUL in the path": b"GET /a\x00b HTTP/1.1\r\n" + HOST + b"\r\n",
    "NUL in a header": b"GET / HTTP/1.1\r\nX: a\x00b\r\n" + HOST + b"\r\n",
    "space in a header name": b"GET / HTTP/1.1\r\nX Y: a\r\n" + HOST + b"\r\n",
    "no colon": b"GET / HTTP/1.1\r\nXY\r\n" + HOST + b"\r\n",
    "bare CR": b"GET / HTTP/1.1\rHost: localhost\r\r",
    "two lengths": POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "length and chunks": CREATE
    + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "odd encoding": POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "bad chunk": CREATE
    + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n0\r\n\r\n",
    "huge chunk": CREATE
    + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\nx",
    "CONNECT": b"CONNECT localhost:1 HTTP/1.1\r\n" + HOST + b"\r\n",
    "asterisk": b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    "asterisk for a page": b"GET * HTTP/1.1\r\nAccept: text/html\r\n" + HOST + b"\r\n",
    "host of half an address": b"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("title", NOT_HTTP)
@pytest.mark.usefixtures("unchanged")
def test_what_is_not_http_gets_an_answer_and_no_error_inside(site: Site, title: str) -> None:
    found = site.exchange(NOT_HTTP[title])
    assert re.match(rb"HTTP/1.1 4\d\d ", found), (title, found[:200])
    assert b'"error_code"' in found, (title, found)
    assert b"Traceback" not in found
    assert site.send("GET", "/health").status == 200


@pytest.mark.usefixtures("unchanged")
def test_pipelined_requests_are_answered_in_order(site: Site) -> None:
    get = f"GET {GET_EXPERIMENT} HTTP/1.1\r\n".encode() + HOST + b"\r\n"
    bad = b"GET /nothing HTTP/1.1\r\n" + HOST + b"\r\n"
    body = b'{"name": 5}'
    post = CREATE + b"Content-Length: %d\r\n\r\n" % len(body) + body
    found = site.exchange(get + bad + post + get + bad)
    assert re.findall(rb"HTTP/1.1 (\d+) ", found) == [b"200", b"404", b"400", b"200", b"404"]


@pytest.mark.usefixtures("unchanged")
def test_what_is_malformed_is_refused_after_what_came_before_it(site: Site) -> None:
    get = f"GET {GET_EXPERIMENT} HTTP/1.1\r\n".encode() + HOST + b"\r\n"
    chunks = CREATE + b"Transfer-Encoding: chunked\r\n\r\n"
    for broken in (
        b"BAD\r\n\r\n",
        b"GET / HTTP/1.1\r\nX Y: z\r\n\r\n",
        chunks + b"zz\r\n",
        chunks + b"2\r\n{}\r\n-1\r\n",
    ):
        for before in range(4):
            found = site.exchange(get * before + broken + get)
            statuses = re.findall(rb"HTTP/1.1 (\d+) ", found)
            assert statuses == [b"200"] * before + [b"400"], (broken, before, found)


@pytest.mark.usefixtures("unchanged")
def test_what_follows_a_body_is_bounded_and_no_header(site: Site) -> None:
    idle = site.memory()
    chunks = CREATE + b"Transfer-Encoding: chunked\r\n\r\n"
    body = b'b\r\n{"name": 5}\r\n'
    for start in (chunks + body + b"0\r\nX: ", chunks + b"b;x="):
        with site.raw(20) as connection:
            connection.sendall(start)
            with contextlib.suppress(OSError):
                for _ in range(1600):
                    connection.sendall(b"x" * 65536)
            assert connection.recv(1 << 16).startswith(b"HTTP/1.1 4")
    assert site.memory() < idle + 64 * 2**20
    found = site.exchange(chunks + body + b"0\r\nHost: a\r\nHost: b\r\n\r\n")
    assert found.startswith(b"HTTP/1.1 400 "), found
    assert b"'name'" in found


@pytest.mark.usefixtures("unchanged")
def test_a_refused_body_does_not_disturb_the_next_request(site: Site) -> None:
    body = b"x" * 5_000_000
    refused = (
        f"POST {API}experiments/create HTTP/1.1\r\nContent-Type: text/plain\r\n"
        f"Content-Length: {len(body)}\r\n"
    ).encode() + HOST + b"\r\n" + body  # fmt: skip
    get = f"GET {GET_EXPERIMENT} HTTP/1.1\r\n".encode() + HOST + b"\r\n"
    found = site.exchange(refused + get)
    assert re.findall(rb"HTTP/1.1 (\d+) ", found) == [b"400", b"200"]


@pytest.mark.usefixtures("unchanged")
def test_half_open_connections_keep_nobody_waiting(site: Site) -> None:
    starts = [b"", b"G", b"GET / HT", b"GET / HTTP/1.1\r\nHost:", CREATE,
              CREATE + b"Content-Length: 50\r\n\r\n{",
              CREATE + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"]  # fmt: skip
    from contextlib import ExitStack

    with ExitStack() as stack:
        for start in starts * 10:
            connection = stack.enter_context(site.raw())
            connection.sendall(start)
        begin = time.monotonic()
        assert site.send("GET", GET_EXPERIMENT).status == 200
        assert time.monotonic() - begin < 3


@pytest.mark.usefixtures("unchanged")
def test_expect_100_continue_is_kept_and_a_refusal_comes_first(site: Site) -> None:
    head = CREATE + b"Expect: 100-continue\r\n"
    with site.raw() as connection:
        connection.sendall(head + b"Content-Length: 11\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b'{"name": 5}')
        assert connection.recv(1000).startswith(b"HTTP/1.1 400 ")
    found = site.exchange(head + b"Content-Length: 100000000\r\n\r\n")
    assert found.startswith(b"HTTP/1.1 413 ")


@pytest.mark.usefixtures("unchanged")
def test_an_offer_of_http2_or_websockets_is_passed_over(site: Site) -> None:
    for offer in (b"h2c", b"websocket", b"\xff"):
        upgrade = b"Connection: Upgrade\r\nUpgrade: " + offer + b"\r\n"
        get = f"GET {GET_EXPERIMENT} HTTP/1.1\r\n".encode() + HOST + upgrade + b"\r\n"
        found = site.exchange(get)
        assert re.findall(rb"HTTP/1.1 (\d+) ", found) == [b"200"], (offer, found[:300])
        body = b'{"name": 5}'
        post = CREATE + upgrade + b"Content-Length: 11\r\n\r\n" + body
        head, end, rest = post.partition(b"\r\n\r\n")
        chunked = CREATE + upgrade + b"Transfer-Encoding: chunked\r\n\r\nb\r\n" + body
        found = site.exchange(get + post + get + chunked + b"\r\n0\r\n\r\n" + get)
        statuses = re.findall(rb"HTTP/1.1 (\d+) ", found)
        assert statuses == [b"200", b"400", b"200", b"400", b"200"], (offer, found)
        assert found.count(b"Invalid value 5 for parameter 'name'") == 2
        with site.raw() as connection:  # the body comes later
            connection.sendall(head + end)
            time.sleep(0.1)
            connection.sendall(rest)
            assert b"Invalid value 5 for parameter 'name'" in connection.recv(1000)


@pytest.mark.usefixtures("unchanged")
def test_headers_with_any_bytes_are_survived(site: Site) -> None:
    for name in ("Authorization", "Origin", "Range", "If-None-Match", "If-Range", "User-Agent",
                 "Cookie",
                 "X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "Accept", "Accept-Encoding",
                 "Content-Encoding", "Content-MD5", "Content-Digest", "Content-Range",
                 "X-MLFLOW-WORKSPACE"):  # fmt: skip
        for value in ("", "\xff\xfe", "x" * 20_000, "[", "http://[", "bytes=9-1", "a, b; c=\x80"):
            for method, target in (("GET", GET_EXPERIMENT), ("POST", API + "experiments/create"),
                                   ("PUT", "/api/2.0/mlflow-artifacts/artifacts/../x"),
                                   ("GET",
                                   "/api/2.0/mlflow-artifacts/artifacts?path=none")):  # fmt: skip
                body = None if method == "GET" else b"{}"
                answer = site.send(method, target, body, headers={**TYPE, name: value})
                assert answer.status < 500, (name, value, answer)
                assert method == "GET" or answer.status >= 400, (name, value, answer)


def test_every_route_is_below_a_known_base() -> None:
    assert {op.base for op in api.ROUTED} <= {MLFLOW, MLFLOW_3, CUVEE, PERMISSIONS}
