"""Files that mean harm: whatever they hold or are called, they reach nothing of Cuvee's."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from browser import corpus
from browser.conftest import Open, Visit, keep_screenshot, served
from cuvee.api.users import CreateUser
from cuvee.store.sql import SqlStore
from refusals.served import Site

PASSWORD = "correct horse battery"
MARKED = "window.marked === undefined && !('marked' in Object.prototype)"
BLOCKED = [
    "Content Security Policy",
    "sandbox",
    "Failed to load resource",
    "CORS policy",
    "^error: CSP ",
    "^off origin: (about|ws)",
]
"""What the browser says of the attempts that it stops."""


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """A server on which one must log in, and the id of a run with hostile files."""
    folder = tmp_path_factory.mktemp("hostile")
    for site in served(folder):
        note = [{"key": "mlflow.note.content", "value": corpus.HOSTILE_MARKDOWN}]
        run = corpus.new_run(site, "hostile", corpus.hostile(), tags=note)
    store = SqlStore.open(f"sqlite:///{folder}/cuvee.db")
    store.do(CreateUser(username="ann", password=PASSWORD, is_admin=True))
    store.close()
    for site in served(folder, "--login"):
        yield site, run


@pytest.fixture
def inside(guarded: tuple[Site, str], visit: Open) -> Visit:
    """A browser whose session is logged in, with something in its storage."""
    opened = visit(guarded[0])
    page = opened.page
    page.goto(opened.url + "/")
    page.get_by_label("User name").fill("ann")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("button", name="ann")).to_be_visible()
    page.evaluate("localStorage.setItem('secret', 'of ann')")
    return opened


def untouched(page: Page) -> None:
    """Check that nothing of the page was changed and that the session goes on."""
    page.wait_for_function(MARKED)
    told = page.evaluate("fetch('/api/1.0/cuvee/whoami').then((r) => r.json())")
    assert told["username"] == "ann"
    assert page.evaluate("localStorage.getItem('secret')") == "of ann"


@pytest.mark.parametrize("name", ["attack.html", "attack.xhtml"])
@pytest.mark.parametrize("alone", [False, True], ids=["in the viewer", "alone"])
def test_a_document_runs_and_reaches_nothing(
    name: str, alone: bool, guarded: tuple[Site, str], inside: Visit
) -> None:
    _, run = guarded
    address = f"/view/get-artifact?run_id={run}&path={name}"
    inside.expected.extend(BLOCKED)
    page = inside.page
    with page.expect_response(lambda r: "/view/" in r.url) as shown:
        if alone:
            page.goto(inside.url + address)
        else:
            inside.go(f"/runs/{run}/artifacts?path={name}")
    headers = shown.value.headers
    assert headers["content-security-policy"].startswith("sandbox allow-scripts;")
    assert "allow-same-origin" not in headers["content-security-policy"]
    assert "set-cookie" not in headers
    if alone:
        expect(page.get_by_text("attack over:")).to_contain_text("attack over: nothing")
    else:
        frame = page.locator("iframe")
        assert frame.get_attribute("sandbox") == "allow-scripts"
        over = page.frame_locator("iframe").get_by_text("attack over:")
        expect(over).to_contain_text("attack over: nothing")
        keep_screenshot(page, f"hostile-{name}")
        untouched(page)


PASSIVE = {
    "attack.svg": "img[alt='attack.svg']",
    "attack.md": "text=Image elsewhere: remote",
    "attack.ipynb": "text=ValueError: no wine",
    "attack.json": "[role=treeitem]",
    "attack.csv": "[role=gridcell]",
    "attack.txt": "text=<script>",
    "attack.bin": "text=Cuvee has no view for this kind of file",
    "attack.png": "text=The browser cannot show this image",
    "attack.pdf": "iframe",
    "m/MLmodel": "text=python_function",
}


@pytest.mark.parametrize("path", PASSIVE)
def test_what_is_drawn_is_never_run(path: str, guarded: tuple[Site, str], inside: Visit) -> None:
    _, run = guarded
    if path == "attack.pdf":  # the browser's own viewer, and what it says of such a file
        inside.expected.append("chrome-extension|sandbox|^off origin: chrome")
    asked: list[str] = []
    inside.page.on("request", lambda request: asked.append(request.url))
    page = inside.go(f"/runs/{run}/artifacts?path={quote(path)}")
    expect(page.locator(PASSIVE[path]).first).to_be_visible()
    page.wait_for_timeout(300)  # for what runs late
    keep_screenshot(page, f"hostile-{path.replace('/', '-')}")
    untouched(page)
    own = page.locator("main")
    assert own.locator("script, embed, object, style, base, meta, form").count() == 0
    assert own.locator("[onerror], [onload], [srcdoc]").count() == 0
    links = own.locator("[href]").evaluate_all("all => all.map((e) => e.href)")
    assert [x for x in links if not x.startswith(("http://", "https://", "mailto:"))] == []
    images = own.locator("img").evaluate_all("all => all.map((e) => e.src)")
    assert [x for x in images if not x.startswith((inside.url + "/view/", "blob:"))] == []
    assert [url for url in asked if "example.org" in url] == []


def test_a_link_in_a_text_leads_to_a_file_beside_or_away(
    guarded: tuple[Site, str], inside: Visit
) -> None:
    _, run = guarded
    page = inside.go(f"/runs/{run}/artifacts?path=attack.md")
    expect(page.get_by_text("Image elsewhere: remote")).to_be_visible()
    for text in ("vb", "climb", "root"):
        expect(page.get_by_text(text, exact=True).first).to_be_visible()
        assert page.get_by_role("link", name=text, exact=True).count() == 0, text


def test_a_description_is_drawn_and_never_run(guarded: tuple[Site, str], inside: Visit) -> None:
    _, run = guarded
    page = inside.go(f"/runs/{run}/overview")
    expect(page.get_by_role("heading", name="Hello")).to_be_visible()
    keep_screenshot(page, "hostile-description")
    untouched(page)
    own = page.locator("main")
    assert own.locator("script, iframe, [onerror], [onload]").count() == 0
    links = own.locator("[href]").evaluate_all("all => all.map((e) => e.href)")
    assert [x for x in links if not x.startswith(("http://", "https://"))] == []


def test_names_are_texts(guarded: tuple[Site, str], inside: Visit) -> None:
    site, run = guarded
    page = inside.go(f"/runs/{run}/artifacts")
    named = page.get_by_role("treeitem", name=corpus.MARKUP)
    expect(named).to_be_visible()
    named.click()
    expect(page.get_by_role("heading", name=corpus.MARKUP)).to_be_visible()
    page.get_by_role("treeitem", name="<svg onload=alert(1)>").click()
    # What turns letters round is shown, not done.
    deceiver = page.get_by_role("treeitem", name="invoice⟨U+202E⟩gnp.exe")
    deceiver.click()
    expect(page.get_by_role("heading", name="invoice⟨U+202E⟩gnp.exe")).to_be_visible()
    keep_screenshot(page, "hostile-names")
    untouched(page)
    root = f"0/{run}/artifacts"
    for name in corpus.REFUSED:
        answer = site.send(
            "PUT", f"{corpus.PROXY}{root}/{quote(name)}", b"x",
            headers={"Authorization": _basic()},
        )  # fmt: skip
        assert answer.status == 400, (name, answer)


def _basic() -> str:
    import base64

    return "Basic " + base64.b64encode(f"ann:{PASSWORD}".encode()).decode()


def test_files_ask_for_a_login(guarded: tuple[Site, str]) -> None:
    site, run = guarded
    for address in (
        f"/view/get-artifact?run_id={run}&path=attack.html",
        f"/get-artifact?run_id={run}&path=attack.html",
        f"/get-artifact-archive?run_id={run}",
    ):
        assert site.send("GET", address).status == 401, address
