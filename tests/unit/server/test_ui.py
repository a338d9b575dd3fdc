"""The web UI over HTTP: which addresses it has, what a browser may keep, and what may run."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cuvee.api.users import CreateUser
from cuvee.server.ui import FOLDER, SECTIONS, Ui, is_local, login_address
from cuvee.store.sql import SqlStore
from refusals.served import Answer, Site

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server without users."""
    folder = tmp_path_factory.mktemp("ui")
    found = Site(f"sqlite:///{folder}/cuvee.db", folder)
    yield found
    found.close()


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server below a prefix, on which one must log in."""
    folder = tmp_path_factory.mktemp("prefix")
    url = f"sqlite:///{folder}/cuvee.db"
    store = SqlStore.open(url)
    store.do(CreateUser(username="ann", password=PASSWORD))
    store.close()
    found = Site(url, folder, "--static-prefix", "/ml/cuvee")
    yield found
    found.close()


def entry(page: bytes) -> str:
    """Return the address of the script that the page starts with."""
    found = re.search(rb'<script type="module"[^>]* src="\./([^"]+)"', page)
    assert found, page
    return found[1].decode()


def is_ui(answer: Answer) -> bool:
    return answer.headers["content-type"].startswith("text/html") and b'id="root"' in answer.body


@pytest.mark.parametrize(
    "path", ["/", *(f"/{s}" for s in sorted(SECTIONS - {""})), "/models/a%2Fb"]
)
def test_every_section_and_what_is_below_it_is_the_ui(path: str, site: Site) -> None:
    for suffix in ("", "?q=1") if path == "/" else ("", "/", "/x/y", "?q=1"):
        answer = site.send("GET", path + suffix)
        assert answer.status == 200, path + suffix
        assert is_ui(answer)


def test_what_a_browser_mistypes_is_the_ui_and_not_found(site: Site) -> None:
    answer = site.send("GET", "/nowhere/at/all", headers=HTML)
    assert answer.status == 404
    assert is_ui(answer)
    plain = site.send("GET", "/nowhere/at/all")
    assert plain.status == 404
    assert plain.json["error_code"] == "ENDPOINT_NOT_FOUND"


@pytest.mark.parametrize("path", ["/api/nowhere", "/ajax-api/2.0/mlflow/nowhere", "/api", "/api/"])
def test_calls_that_there_are_not_are_refused_as_calls(path: str, site: Site) -> None:
    answer = site.send("GET", path, headers=HTML)
    assert answer.status == 404
    assert answer.json["error_code"] == "ENDPOINT_NOT_FOUND"


def test_the_page_allows_nothing_inline_and_nothing_from_elsewhere(site: Site) -> None:
    headers = site.send("GET", "/models/wine").headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'self'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "http" not in policy
    assert headers["cache-control"] == "no-cache"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"


def test_a_browser_keeps_hashed_files_and_asks_again_for_the_others(site: Site) -> None:
    page = site.send("GET", "/")
    script = site.send("GET", f"/{entry(page.body)}")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.headers["x-content-type-options"] == "nosniff"
    assert site.send("GET", "/theme.js").headers["cache-control"] == "no-cache"
    for path, etag in (("/", page.headers["etag"]), ("/theme.js", None)):
        known = etag or site.send("GET", path).headers["etag"]
        again = site.send("GET", path, headers={"If-None-Match": known})
        assert (again.status, again.body) == (304, b"")


def test_a_page_says_how_many_events_there_were_and_is_another_with_the_next(site: Site) -> None:
    first = site.send("GET", "/")
    site.api("registered-models/create", name="told")
    second = site.send("GET", "/", headers={"If-None-Match": first.headers["etag"]})
    assert second.status == 200
    assert place(second.body) == place(first.body) + 1
    assert place(Ui("").page("/", {}, None).body) is None


def place(page: bytes) -> Any:
    """Return how many events a page says that there were."""
    found = re.search(rb'<meta name="cuvee-events" content="(\d+)"', page)
    return int(found[1]) if found else None


def test_files_come_as_they_were_compressed(site: Site) -> None:
    path = f"/{entry(site.send('GET', '/').body)}"
    plain = site.send("GET", path)
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == "Accept-Encoding"
    packed = site.send("GET", path, headers={"Accept-Encoding": "deflate, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    smallest = site.send("GET", path, headers={"Accept-Encoding": "gzip, deflate, br;q=0.9"})
    assert smallest.headers["content-encoding"] == "br"
    assert len(smallest.body) < len(packed.body) < len(plain.body)
    refused = site.send("GET", path, headers={"Accept-Encoding": "gzip;q=0, br;q=0.0"})
    assert refused.body == plain.body


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../index.html",
        "/assets/..%2findex.html",
        "/assets/%2e%2e/%2e%2e/errors.py",
        "/..%5c..%5cerrors.py",
        "/assets//../../errors.py",
        "/manifest.json",
        "/stamp",
        "/index.html",
        "/assets/",
        "/assets",
        "/%74heme.js",
        "//theme.js",
        "/theme.js/",
        "/theme.js%00",
        "/theme.js.gz",
    ],
)
def test_no_other_spelling_reaches_a_file(path: str, site: Site) -> None:
    assert site.send("GET", path).status == 404


def test_only_reading_reaches_the_ui(site: Site) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = site.send(method, "/models/wine", b"{}")
        assert answer.status in (404, 405), method
        assert answer.headers["content-type"] == "application/json"


def test_below_a_prefix_every_address_is_below_it(below: Site) -> None:
    page = below.send("GET", "/ml/cuvee/login")
    assert page.status == 200
    cookie = logged_in(below, "/ml/cuvee/login")
    page = below.send("GET", "/ml/cuvee/models/wine", headers=cookie)
    assert b'<base href="/ml/cuvee/">' in page.body
    assert not re.search(rb'(src|href)="/(?!ml/cuvee/)', page.body)
    assert below.send("GET", f"/ml/cuvee/{entry(page.body)}").status == 200
    assert below.send("GET", f"/{entry(page.body)}").status == 404
    assert below.send("GET", "/models/wine", headers=HTML).status == 404


def logged_in(site: Site, path: str) -> dict[str, str]:
    """Log in on the page and return the cookie."""
    form = b"username=ann&password=correct+horse+battery"
    answer = site.send("POST", path, form, headers=FORM)
    assert answer.status == 303, answer
    return {"Cookie": answer.headers["set-cookie"].partition(";")[0]}


def test_a_deep_link_asks_for_a_login_and_comes_back(below: Site) -> None:
    answer = below.send("GET", "/ml/cuvee/models/a%2Fb?tab=history&x=1")
    assert answer.status == 303
    login = answer.headers["location"]
    assert login == "/ml/cuvee/login?next=%2Fmodels%2Fa%252Fb%3Ftab%3Dhistory%26x%3D1"
    form = b"username=ann&password=correct+horse+battery"
    back = below.send("POST", login, form, headers=FORM)
    assert back.headers["location"] == "/ml/cuvee/models/a%2Fb?tab=history&x=1"
    assert below.send("GET", "/ml/cuvee/theme.js").status == 200


def test_a_script_of_a_page_gets_no_challenge_that_opens_a_window(below: Site) -> None:
    path = "/ml/cuvee/api/1.0/cuvee/whoami"
    script = below.send("GET", path, headers={"Sec-Fetch-Dest": "empty"})
    assert (script.status, script.headers["www-authenticate"]) == (401, 'Session realm="mlflow"')
    assert below.send("GET", path).headers["www-authenticate"] == 'Basic realm="mlflow"'


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "/%5Cevil.example",
        "https://evil.example",
        "/%09/evil.example",
        "/a%0d%0aX:1",
    ],
)
def test_a_login_leads_to_no_other_server(elsewhere: str, below: Site) -> None:
    form = b"username=ann&password=correct+horse+battery"
    answer = below.send("POST", f"/ml/cuvee/login?next={elsewhere}", form, headers=FORM)
    assert answer.headers["location"] == "/ml/cuvee/"


def test_addresses_are_local_only_when_every_browser_thinks_so() -> None:
    assert is_local("/")
    assert is_local("/models/x?tab=a#b")
    for address in ("", "models", "//x", "/\\x", "/a\\b", "/a b", "/a\n", "/" + "a" * 2001):
        assert not is_local(address), address
    assert login_address("/p", "/login", "/", b"") == "/p/login"
    assert login_address("", "/login", "//evil", b"") == "/login"


def test_a_server_without_a_built_ui_says_how_to_build_it(tmp_path: Path) -> None:
    ui = Ui("", tmp_path)
    answer = ui.page("/", {}, 7)
    assert answer.status == 200
    assert b"hatch_build.py" in answer.body
    assert b"<script" not in answer.body
    assert ui.static("/theme.js", {}) is None


def test_the_built_ui_is_all_served() -> None:
    ui = Ui("")
    manifest = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    for part in manifest.values():
        for name in [part["file"], *part.get("css", [])]:
            answer = ui.static(f"/{name}", {b"accept-encoding": b"br"})
            assert answer is not None
            assert (b"content-encoding", b"br") in answer.headers
