"""Who may ask: the names that the server answers to, and pages of other origins."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from refusals.served import API, TYPE, Site, check_refusal

GET = API + "experiments/get?experiment_id=0"
CREATE = API + "experiments/create"
OURS = ["localhost", "localhost:5000", "LOCALHOST", "127.0.0.1", "127.9.9.9:80", "[::1]",
        "[::1]:5000", "10.1.2.3",
        "192.168.0.9:5000", "172.16.0.1", "[fd00::1]:1", "0.0.0.0:5000"]  # fmt: skip
FOREIGN = ["example.org", "example.org:5000", "", "evil-localhost", "localhost.evil.org",
           "127.0.0.1.evil.org", "8.8.8.8",
           "evil.org:80:localhost", "localhost@evil.org", "localhost/evil.org", "[::1]evil.org",
           "[::1].evil.org:80",
           "[", "]", "[]", ":", ":80", "172.32.0.1", "0x7f000001", "2130706433", "127.1",
           "local host", "localhost.",
           "\xff", "localhost,evil.org", "*", "[2001:4860::8888]"]  # fmt: skip
FOREIGN_ORIGINS = ["https://evil.org", "null", "http://localhost.evil.org", "http://evil.org:80",
                   "http://[", "[::1", "x",
                   "http://", "http://evil.org/localhost", "http://localhost@evil.org", "file://",
                   "", "http://8.8.8.8",
                   "\xff", "http://[::1].evil.org", "chrome-extension://abc"]  # fmt: skip


@pytest.mark.usefixtures("unchanged")
def test_a_foreign_host_name_is_refused_and_the_option_is_named(site: Site) -> None:
    for host in OURS:
        assert site.send("GET", GET, headers={"Host": host}).status == 200, host
    for host in FOREIGN:
        for method, target in (("GET", GET), ("GET", "/"), ("POST", CREATE), ("OPTIONS", CREATE)):
            body = b"{}" if method == "POST" else None
            answer = site.send(method, target, body, headers={"Host": host, **TYPE})
            check_refusal(answer, host)
            assert answer.status == 403, host
            assert "--allowed-hosts" in answer.json["message"]
    found = site.exchange(f"GET {GET} HTTP/1.0\r\n\r\n".encode())
    assert found.startswith(b"HTTP/1.1 403 ")


@pytest.mark.usefixtures("unchanged")
def test_of_two_host_names_both_must_be_ours(site: Site) -> None:
    for first, second in (("evil.org", "localhost"), ("localhost", "evil.org")):
        request = f"GET {GET} HTTP/1.1\r\nHost: {first}\r\nHost: {second}\r\n\r\n"
        found = site.exchange(request.encode())
        assert found.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 403 ")), (first, found[:200])


def test_health_and_version_answer_to_any_name(site: Site) -> None:
    for path in ("/health", "/version"):
        assert site.send("GET", path, headers={"Host": "lb.example.org"}).status == 200


@pytest.mark.usefixtures("unchanged")
def test_a_page_of_another_origin_may_read_but_not_change(site: Site) -> None:
    for origin in FOREIGN_ORIGINS:
        for method, target in (
            ("POST", CREATE), ("DELETE", API + "registered-models/delete"), ("PATCH",
            API + "registered-models/update"),
            ("PUT", "/api/2.0/mlflow-artifacts/artifacts/x"), ("DELETE",
            "/api/2.0/mlflow-artifacts/artifacts/x"),
            ("POST", API + "runs/search"),
        ):  # fmt: skip
            answer = site.send(method, target, b"{}", headers={"Origin": origin, **TYPE})
            check_refusal(answer, origin)
            assert answer.status == 403, (origin, answer)
        assert site.send("GET", GET, headers={"Origin": origin}).status == 200
        answer = site.send("OPTIONS", CREATE, headers={"Origin": origin})
        assert "access-control-allow-origin" not in answer.headers
    for origin in ("http://localhost:3000", "http://127.0.0.1", "http://[::1]:5000"):
        headers = {"Origin": origin, **TYPE}
        assert site.send("POST", API + "runs/search", b"{}", headers=headers).status == 200


@pytest.fixture
def open_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a server that answers to one more name."""
    directory = tmp_path_factory.mktemp("open")
    options = ("--allowed-hosts", "ml.example.org", "--static-prefix", "/p")
    found = Site(f"sqlite:///{directory}/c.db", directory, *options)
    yield found
    found.close()


def test_allowed_names_are_answered_and_everything_is_below_the_prefix(open_site: Site) -> None:
    headers = {"Host": "ML.example.org:443", "Origin": "https://ml.example.org", **TYPE}
    body = b'{"name": "x"}'
    assert open_site.send("POST", "/p" + CREATE, body, headers=headers).status == 200
    other = {**headers, "Host": "example.org"}
    assert open_site.send("POST", "/p" + CREATE, body, headers=other).status == 403
    for path in ("/health", "/version", "/", "/api/openapi.json"):
        assert open_site.send("GET", "/p" + path).status == 200, path
        check_refusal(open_site.send("GET", path), path)
    check_refusal(open_site.send("GET", "/pp/health"), "prefix of a prefix")
    check_refusal(open_site.send("POST", CREATE, body), "without the prefix")
    assert open_site.send("GET", "/p").status == 200
    put = "/api/2.0/mlflow-artifacts/artifacts/f.txt"
    assert open_site.send("PUT", "/p" + put, b"x", headers={}).status == 200
    check_refusal(open_site.send("GET", put), "without the prefix")
    assert open_site.send("GET", "/p" + put).body == b"x"


@pytest.mark.usefixtures("unchanged")
def test_a_login_that_cannot_be_read_is_refused(site: Site) -> None:
    def basic(text: bytes) -> str:
        return "Basic " + base64.b64encode(text).decode()

    for value in ("Basic", "Basic ", "Basic !", "Basic YQ", "basic ====", "Basic \xff",
                  basic(b"\xff:x"), basic(b":x"), basic(b""),
                  basic(b"a\x00b:x"), basic(b"a\nb:x"), basic(b"n" * 257 + b":x"),
                  basic("a\u202eb:x".encode()), "BASIC x y"):  # fmt: skip
        answer = site.send("GET", GET, headers={"Authorization": value})
        check_refusal(answer, value)
        assert (answer.status, answer.json["error_code"]) == (401, "UNAUTHENTICATED"), value
    for value in (
        "",
        "Bearer abc",
        "Digest x",
        basic(b"ann:secret"),
        "basic  " + basic(b"ann:")[6:],
        basic(b"ann"),
    ):
        assert site.send("GET", GET, headers={"Authorization": value}).status == 200, value


def test_the_actor_is_the_login_never_a_field(own_site: Site) -> None:
    login = "Basic " + base64.b64encode("zo\u00eb:secret".encode()).decode()
    body = {"name": "theirs", "actor": "root", "user_id": "root", "comment": "because"}
    answer = own_site.send("POST", CREATE, body, headers={"Authorization": login, **TYPE})
    assert answer.status == 200
    event = own_site.send("GET", "/api/1.0/cuvee/events?newest_first=TRUE").json["events"][0]
    assert (event["actor"], event["via"], event["comment"]) == ("zo\u00eb", "basic", "because")
    assert "secret" not in str(own_site.dump())
