"""The shell: palette, keys, themes, login, errors, and what changes by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Open, served
from browser.seeds import SWEEP
from browser.test_browser_pages import WINE, places
from cuvee.api.demo import MODEL
from cuvee.api.users import CreateUser
from cuvee.store.sql import SqlStore
from refusals.served import Site

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server below a prefix, on which one must log in."""
    folder = tmp_path_factory.mktemp("guarded")
    store = SqlStore.open(f"sqlite:///{folder}/cuvee.db")
    store.do(CreateUser(username="ann", password=PASSWORD))
    store.close()
    yield from served(folder, "--static-prefix", "/ml")


def has_theme(page: Page, theme: str) -> None:
    expect(page.locator("html")).to_have_attribute("data-theme", theme)


def test_the_palette_goes_anywhere_by_a_few_letters(wine: Site, visit: Open) -> None:
    page = visit(wine).go("/")
    box = page.get_by_role("dialog").get_by_role("combobox")
    for typed, place in (
        ("wine_q", f"/models/{MODEL}"),
        ("sweep", "/experiments/"),
        ("go to mod", "/models"),
    ):
        page.keyboard.press("Control+k")
        box.fill(typed)
        expect(page.get_by_role("option").first).to_be_visible()
        expect(page.get_by_role("option", selected=True)).to_contain_text(
            re.compile(typed.split()[-1], re.IGNORECASE)
        )
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(re.escape(place)))
        expect(box).to_have_count(0)
    page.keyboard.press("Control+k")
    box.fill("f" * 32)
    expect(page.get_by_role("option", name="Run ffffffff")).to_be_visible()
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)


def test_the_palette_finds_runs_and_versions_by_name_and_where_one_was(
    wine: Site, visit: Open
) -> None:
    page = visit(wine).go(f"/models/{MODEL}/versions/1")
    box = page.get_by_role("dialog").get_by_role("combobox")
    page.keyboard.press("Control+k")
    box.fill("wine 2")
    page.get_by_role("option", name=f"{MODEL} version 2", exact=True).click()
    expect(page).to_have_url(re.compile(f"/models/{MODEL}/versions/2"))
    expect(page.get_by_role("heading", name="Version 2")).to_be_visible()
    page.keyboard.press("Control+k")
    box.fill("wine 3")  # there is none
    expect(page.get_by_role("option", name=re.compile("version 3"))).to_have_count(0)
    box.fill("trial-007")
    found = page.get_by_role("option", name=re.compile("^trial-007 . "))
    expect(found).to_have_count(1)
    found.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("trial-007")
    page.keyboard.press("Control+k")
    first = page.get_by_role("option").first
    expect(first).to_have_text(f"{MODEL} / Version 2")
    first.click()
    expect(page).to_have_url(re.compile(f"/models/{MODEL}/versions/2"))


def test_every_key_of_the_list_does_what_it_says(wine: Site, visit: Open) -> None:
    page = visit(wine).go("/experiments")
    page.keyboard.press("?")
    listed = page.get_by_role("dialog").inner_text()
    places = [f"Go to {name}" for name in ("Home", "Experiments", "Models", "Audit", "Settings")]
    for name in (*places, "Go to the filter", "Select"):
        assert name in listed
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    places = ["gh /", "gm /models", "gl /audit", "gs /settings/tokens", "ge /experiments"]
    for keys, path in (place.split() for place in places):
        for key in keys:
            page.keyboard.press(key)
        expect(page).to_have_url(re.compile(re.escape(path) + "$"))
    page.keyboard.press("t")
    has_theme(page, "dark")
    page.keyboard.press("t")
    has_theme(page, "light")
    page.keyboard.press("/")
    page.keyboard.type("sweept")
    has_theme(page, "light")
    expect(page.get_by_role("searchbox")).to_have_value("sweept")


def test_brackets_go_from_tab_to_tab(wine: Site, visit: Open) -> None:
    page = visit(wine).go(WINE)
    page.keyboard.press("?")
    listed = page.get_by_role("dialog").inner_text()
    assert "Go to the tab before" in listed
    assert "Go to the next tab" in listed
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    tabs = page.get_by_role("navigation", name="Parts of the model").locator("a[aria-current]")
    for key, name in ("]", "Versions"), ("]", "Metrics"), ("[", "Versions"), ("[", "Board"):
        page.keyboard.press(key)
        expect(tabs).to_contain_text(name)
    page.keyboard.press("[")  # around the end
    expect(tabs).to_contain_text("Settings")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Models").click()
    page.get_by_role("searchbox").press("]")
    expect(page.get_by_role("searchbox")).to_have_value("]")


def test_what_an_address_says_and_the_page_does_not_know_is_left_out(
    wine: Site, visit: Open
) -> None:
    opened = visit(wine)
    ids = places(wine)
    page = opened.go(f"/compare?runs={ids['three']}&in={ids['sweep']}&tab=nonsense&kind=7")
    tab = page.get_by_role("navigation", name="Parts of the comparison").locator("[aria-current]")
    expect(tab).to_have_text("Differences")
    expect(page.get_by_role("grid")).to_be_visible()
    page = opened.go(f"{WINE}?tab=nonsense")
    expect(page.get_by_role("listitem").first).to_be_visible()
    expect(page.locator("nav [aria-current]", has_text="Board")).to_be_visible()
    page = opened.go(f"/experiments/{ids['sweep']}?view=nonsense&sort=%5B1%5D&cols=7&by=%7B%7D")
    expect(page.get_by_role("row", name="trial-059")).to_be_visible()
    expect(page.locator("nav [aria-current]", has_text="Table")).to_be_visible()
    page = opened.go(f"{WINE}/versions/1/lineage?depth=9999&view=nonsense")
    expect(page.get_by_label("Steps")).to_have_value("5")


def test_a_history_leads_to_the_request_that_it_tells_of(wine: Site, visit: Open) -> None:
    page = visit(wine).go(f"{WINE}?tab=history")
    page.get_by_role("list", name="History").get_by_role("link", name="request 1").first.click()
    expect(page).to_have_url(re.compile(r"/approvals/1$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("to Production")


def test_what_is_said_in_place_of_files_stands_together(wine: Site, visit: Open) -> None:
    page = visit(wine).go(f"/runs/{places(wine)['run']}/artifacts")
    title = page.get_by_text("There are no files here").bounding_box()
    code = page.locator("main pre").bounding_box()
    assert title
    assert code
    assert code["y"] - title["y"] < 120
    assert code["height"] < 160


def test_single_keys_can_be_switched_off(wine: Site, visit: Open) -> None:
    page = visit(wine).go("/models")
    page.keyboard.press("?")
    page.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    page.wait_for_timeout(200)
    has_theme(page, "light")
    page.reload()
    page.keyboard.press("t")
    page.wait_for_timeout(200)
    has_theme(page, "light")


def test_the_chosen_theme_is_there_before_any_of_the_ui(wine: Site, visit: Open) -> None:
    opened = visit(wine)
    page = opened.go("/")
    page.get_by_role("button", name="Theme").click()
    page.get_by_role("menuitemradio", name="Dark").click()
    has_theme(page, "dark")
    opened.expected.append("Failed to load resource")
    page.route("**/assets/*.js", lambda route: route.abort())
    page.reload()
    assert page.locator("#root").inner_html() == ""
    has_theme(page, "dark")


def test_the_rail_collapses_and_stays_so(wine: Site, visit: Open) -> None:
    page = visit(wine).go("/")
    page.get_by_role("button", name="Collapse navigation").click()
    page.reload()
    expect(page.get_by_role("button", name="Expand navigation")).to_be_visible()
    page.get_by_role("link", name="Models").click()
    expect(page.get_by_role("heading", name="Models").first).to_be_visible()


def test_a_run_appears_on_home_by_itself(empty: Site, visit: Open) -> None:
    page = visit(empty).go("/")
    expect(page.get_by_text("Nothing is recorded here yet")).to_be_visible()
    run = empty.api("runs/create", experiment_id="0", run_name="first-light")["run"]["info"]
    expect(page.get_by_role("link", name="first-light").first).to_be_visible(timeout=4000)
    empty.api("runs/update", run_id=run["run_id"], status="FAILED")
    expect(page.get_by_text("Failed").first).to_be_visible(timeout=4000)
    empty.api("runs/delete", run_id=run["run_id"])


def test_a_server_that_does_not_answer_is_named_and_tried_again(wine: Site, visit: Open) -> None:
    opened = visit(wine)
    opened.expected.append("Failed to load resource")
    page = opened.go("/")
    page.route("**/registered-models/overview*", lambda route: route.abort())
    page.get_by_role("link", name="Models", exact=True).click()
    note = page.get_by_role("alert")
    expect(note).to_contain_text("The models could not be read.")
    expect(note).to_contain_text("The server does not answer")
    page.unroute("**/registered-models/overview*")
    note.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("link", name=MODEL)).to_be_visible()


def test_what_is_not_there_says_so_in_the_servers_words(wine: Site, visit: Open) -> None:
    opened = visit(wine)
    opened.expected.append("status of 404")
    for path in ("/models/nothing", "/runs/" + "0" * 32, "/experiments/999"):
        page = opened.go(path)
        expect(page.get_by_role("alert")).to_contain_text("deleted or renamed")


def test_an_address_that_mlflows_clients_print_shows_the_same_thing(
    wine: Site, visit: Open
) -> None:
    page = visit(wine).go(f"/#/models/{MODEL}/versions/1")
    expect(page).to_have_url(re.compile(f"/models/{MODEL}/versions/1/overview$"))
    expect(page.get_by_role("heading", name="1")).to_be_visible()


def test_a_deep_link_goes_through_the_login_and_out_again(guarded: Site, visit: Open) -> None:
    opened = visit(guarded, prefix="/ml")
    page = opened.page
    page.goto(opened.url + "/experiments?q=Def")
    expect(page).to_have_title(re.compile("Log in"))
    page.get_by_label("User name").fill("ann")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(opened.url + "/experiments?q=Def")
    page.get_by_role("link", name="Default").click()
    expect(page).to_have_url(re.compile("/ml/experiments/0"))
    opened.settle()
    page.reload()
    opened.settle()
    page.get_by_role("button", name="ann").click()
    page.get_by_role("menuitem", name="Log out").click()
    expect(page).to_have_title(re.compile("Log in"))


def test_a_session_that_ends_leads_to_the_login(guarded: Site, visit: Open) -> None:
    opened = visit(guarded, prefix="/ml")
    opened.expected.append("status of 401")
    page = opened.page
    page.goto(opened.url + "/")
    page.get_by_label("User name").fill("ann")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    models = page.get_by_role("link", name="Models", exact=True)
    expect(models).to_be_visible()  # the login page has settled as well
    opened.settle()
    page.context.clear_cookies()
    models.click()
    expect(page).to_have_title(re.compile("Log in"))
    assert "next=" in page.url


def test_names_that_are_markup_are_shown_as_text(wine: Site, visit: Open) -> None:
    name = "<img src=x onerror=alert(1)>"
    wine.api("registered-models/create", name=name)
    opened = visit(wine)
    page = opened.go("/models")
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    assert page.locator("main img").count() == 0
    opened.go(f"/models/{quote(name, safe='')}?tab=history")
    expect(page.get_by_text("created the model")).to_be_visible()
    answer = wine.send("DELETE", "/api/2.0/mlflow/registered-models/delete", {"name": name})
    assert answer.status == 200


def test_a_hostile_file_reaches_nothing_of_the_page_around_it(wine: Site, visit: Open) -> None:
    filter_ = f"name = '{SWEEP}'"
    found = wine.api("experiments/search", filter=filter_, max_results=1)["experiments"]
    run = wine.api("runs/create", experiment_id=found[0]["experiment_id"])["run"]["info"]
    root = run["artifact_uri"].partition(":")[2].strip("/")
    proxy = "/api/2.0/mlflow-artifacts/artifacts/"
    assert wine.send("PUT", f"{proxy}{root}/x.html", HOSTILE.encode(), headers={}).status == 200
    opened = visit(wine)
    opened.expected.append("")  # whatever it tries is refused loudly
    page = opened.go("/")
    reached = page.evaluate(FRAME, f"/view/get-artifact?run_id={run['run_id']}&path=x.html")
    assert reached == {"ran": True, "got": []}
    wine.api("runs/delete", run_id=run["run_id"])


HOSTILE = """<!doctype html><script>
const got = [];
const attempt = (name, f) => { try { if (f() !== undefined) got.push(name); } catch {} };
attempt("cookie", () => document.cookie || undefined);
attempt("storage", () => localStorage.length);
attempt("parent", () => parent.document.title);
attempt("top", () => top.location.href);
attempt("form", () => undefined);
(async () => {
  for (const url of ["/api/1.0/cuvee/whoami", "/api/openapi.json"]) {
    try { await fetch(url); got.push("fetch"); } catch {}
    try { await fetch(url, {mode: "no-cors"}); got.push("no-cors"); } catch {}
  }
  await new Promise((done) => {
    const image = new Image();
    image.onload = () => { got.push("image"); done(); };
    image.onerror = done;
    image.src = "/icon.svg";
  });
  parent.postMessage({ran: true, got}, "*");
})();
</script>"""
FRAME = """(src) => new Promise((done) => {
  addEventListener("message", (event) => done(event.data));
  const frame = document.createElement("iframe");
  frame.src = src;
  document.body.append(frame);
})"""
