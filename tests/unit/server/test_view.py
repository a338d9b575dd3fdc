"""Files shown inside a page: with no origin of their own, so that they reach nothing here."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from refusals.served import API, Answer, Site

HOSTILE = b"<script>fetch('/api/1.0/cuvee/whoami').then(() => alert(document.cookie))</script>"
PROXY = "/api/2.0/mlflow-artifacts/artifacts/"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with a run."""
    folder = tmp_path_factory.mktemp("view")
    found = Site(f"sqlite:///{folder}/cuvee.db", folder)
    yield found
    found.close()


@pytest.fixture(scope="module")
def run(site: Site) -> tuple[str, str]:
    """Return a run's id and where its files are."""
    info = site.api("runs/create", experiment_id="0")["run"]["info"]
    return info["run_id"], info["artifact_uri"].partition(":")[2].strip("/")


def shown(site: Site, run: tuple[str, str], name: str, data: bytes = HOSTILE) -> Answer:
    """Store a file and return how it is shown."""
    assert site.send("PUT", f"{PROXY}{run[1]}/{quote(name)}", data, headers={}).status == 200
    return site.send("GET", f"/view/get-artifact?run_id={run[0]}&path={quote(name)}")


@pytest.mark.parametrize("name", ["a.html", "a.HTM", "a.xhtml"])
def test_html_runs_with_no_origin_and_no_network(
    name: str, site: Site, run: tuple[str, str]
) -> None:
    answer = shown(site, run, name)
    assert answer.body == HOSTILE
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    directives = [d.strip() for d in answer.headers["content-security-policy"].split(";")]
    assert "sandbox allow-scripts" in directives
    assert "default-src 'none'" in directives
    assert "form-action 'none'" in directives
    assert "frame-ancestors 'self'" in directives
    assert not [d for d in directives if "'self'" in d and not d.startswith("frame-ancestors")]
    assert "set-cookie" not in answer.headers
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["content-disposition"] == "inline"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.svg", "image/svg+xml"),
        ("a.png", "image/png"),
        ("a.md", "text/plain; charset=utf-8"),
        ("a.xml", "text/plain; charset=utf-8"),
        ("a.js", "text/plain; charset=utf-8"),
        ("noending", "application/octet-stream"),
        ("a.html.gz", "application/octet-stream"),
        ("a.swf", "application/octet-stream"),
        ("a.pdf", "application/pdf"),
        ("a.css", "application/octet-stream"),
        ("html", "text/html; charset=utf-8"),
    ],
)
def test_nothing_else_runs_scripts(name: str, kind: str, site: Site, run: tuple[str, str]) -> None:
    answer = shown(site, run, name)
    assert answer.headers["content-type"] == kind
    policy = answer.headers["content-security-policy"]
    if kind.startswith("text/html"):
        assert policy.startswith("sandbox allow-scripts;")
    else:
        assert policy.startswith("sandbox;")
        assert "script-src" not in policy


def test_downloads_are_as_they_were(site: Site, run: tuple[str, str]) -> None:
    shown(site, run, "a.html")
    answer = site.send("GET", f"/get-artifact?run_id={run[0]}&path=a.html")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-security-policy"] == "sandbox"


@pytest.mark.parametrize(
    "path",
    [
        "/view",
        "/view/",
        "/view/nothing",
        "/view//get-artifact?run_id={run}&path=a.html",
        "/view/../get-artifact?run_id={run}&path=a.html",
        "/%76iew/get-artifact?run_id={run}&path=a.html",
        "/view/api/2.0/mlflow-artifacts/artifacts/x",
        "/view/view/get-artifact?run_id={run}&path=a.html",
        "/view/get-artifact/?run_id={run}&path=a.html",
    ],
)
def test_no_other_spelling_shows_a_file(path: str, site: Site, run: tuple[str, str]) -> None:
    shown(site, run, "a.html")
    answer = site.send("GET", path.format(run=run[0]))
    assert answer.status == 404, path
    assert HOSTILE not in answer.body


def test_only_reading_and_only_what_there_is(site: Site, run: tuple[str, str]) -> None:
    shown(site, run, "a.html")
    address = f"/view/get-artifact?run_id={run[0]}&path="
    assert site.send("GET", address + "b.html").status == 404
    assert site.send("GET", address + quote("../a.html")).status == 400
    assert site.send("POST", address + "a.html", b"{}").status == 405
    assert site.send("HEAD", address + "a.html").body == b""
    known = site.send("GET", API + f"runs/get?run_id={run[0]}")
    assert known.status == 200  # the connection is still in step
