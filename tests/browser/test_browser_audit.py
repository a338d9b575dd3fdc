"""The audit page: filters, permalinks, pages, exports, and proofs that the browser checks."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from browser.conftest import Open, keep_screenshot, served
from browser.people import ADMIN, CUVEE, MLFLOW, VIEWER, ask, done, log_in, make_admin
from browser.people import PASSWORD as SECRET
from browser.test_browser_pages import THEMES, offences
from refusals.served import Site

MANY = 450
WHY = (
    "The description was taken from the catalogue of 2019, which a tasting of three people; " * 3
).strip()
WHOLE = """(text) => {
  const grid = text.closest("[role=grid]").getBoundingClientRect();
  const cell = text.closest("[role=gridcell]");
  const {left, right} = text.getBoundingClientRect();
  return left >= grid.left && right <= grid.right && cell.scrollWidth <= cell.clientWidth
    && cell.scrollHeight <= cell.clientHeight;
}"""
"""Whether a text is seen as a whole, without scrolling to the side."""
REASON = '=better, on "2026"\n - and cheaper'


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with a history of three people, which has more than two pages."""
    folder = tmp_path_factory.mktemp("audit")
    make_admin(folder)
    for site in served(folder, "--login"):
        for name in (VIEWER, "eve"):
            made = {"username": name, "password": SECRET}
            done(ask(site, ADMIN, "POST", f"{MLFLOW}users/create", made))
        for model in ("wine", "secret"):
            done(ask(site, ADMIN, "POST", f"{MLFLOW}registered-models/create", {"name": model}))
        for user, level in ((VIEWER, "CAN_READ"), ("eve", "CAN_MANAGE")):
            grant = {"object": "model:wine", "user": user, "permission": level}
            done(ask(site, ADMIN, "POST", f"{CUVEE}permissions/grant", grant))
        version = {"name": "wine", "source": "s3://b/m"}
        done(ask(site, "eve", "POST", f"{MLFLOW}model-versions/create", version))
        move = {"name": "wine", "version": "1", "stage": "Production", "comment": REASON}
        done(ask(site, "eve", "POST", f"{MLFLOW}model-versions/transition-stage", move))
        for i in range(MANY):
            tag = {"name": "wine", "key": "n", "value": str(i)}
            done(ask(site, ADMIN, "POST", f"{MLFLOW}registered-models/set-tag", tag))
        yield site


def events(site: Site, query: str = "") -> list[dict[str, Any]]:
    found = done(ask(site, ADMIN, "GET", f"{CUVEE}events?max_results=1000{query}"))["events"]
    assert isinstance(found, list)
    return found


def rows(page: Page) -> Locator:
    return page.get_by_role("grid").get_by_role("row")


def moved(site: Site) -> int:
    (event,) = events(site, "&action=version.transitioned")
    return int(event["sequence"])


def test_a_filter_stands_in_the_address_and_back_takes_it_away(told: Site, visit: Open) -> None:
    page = log_in(visit(told), ADMIN, "/audit")
    expect(rows(page).nth(1)).to_contain_text(events(told)[-1]["action"])
    page.get_by_label("What", exact=True).fill("version.")
    page.get_by_label("What", exact=True).press("Enter")
    expect(page).to_have_url(re.compile(r"\?action=version\.$"))
    expect(rows(page)).to_have_count(3)
    page.get_by_label("Who", exact=True).fill("nobody")
    page.get_by_label("Who", exact=True).press("Enter")
    expect(page.get_by_text("No event fits these filters")).to_be_visible()
    # What an admin sees; a viewer sees less, and less is hidden from them.
    hidden = len(events(told))
    expect(page.get_by_text(f"{hidden} events are hidden by these filters.")).to_be_visible()
    viewer = log_in(visit(told), VIEWER, "/audit?action=nothing.at_all")
    seen = done(ask(told, VIEWER, "GET", f"{CUVEE}events?max_results=1000"))["events"]
    assert 0 < len(seen) < hidden
    expect(viewer.get_by_text(f"{len(seen)} events are hidden by these filters.")).to_be_visible()
    viewer.get_by_role("grid").locator("..").get_by_role("button", name="Clear filters").click()
    expect(viewer).to_have_url(re.compile("/audit$"))
    page.go_back()
    expect(rows(page)).to_have_count(3)
    page.reload()
    expect(rows(page)).to_have_count(3)
    expect(page.get_by_label("What", exact=True)).to_have_value("version.")
    expect(rows(page).nth(1)).to_contain_text("stage: None → Production")
    expect(rows(page).nth(1)).to_contain_text("eve")
    page.get_by_label("What", exact=True).fill("")
    page.get_by_label("Reason", exact=True).fill("BETTER, ON")
    page.get_by_label("Reason", exact=True).press("Enter")
    expect(page).to_have_url(re.compile(r"\?why=BETTER"))
    expect(rows(page)).to_have_count(2)
    expect(rows(page).nth(1)).to_contain_text("better, on")
    page.get_by_role("button", name="Clear filters").click()
    expect(page).to_have_url(re.compile("/audit$"))
    expect(rows(page).nth(1)).to_contain_text(events(told)[-1]["action"])


@pytest.mark.parametrize("width", [1440, 1024, 375])
def test_a_long_reason_is_read_in_the_table_itself(told: Site, visit: Open, width: int) -> None:
    opened = visit(told, width=width)
    page = log_in(opened, ADMIN, "/audit?action=experiment.created")
    body = {"name": f"vineyard {width}", "comment": WHY}
    done(ask(told, ADMIN, "POST", f"{MLFLOW}experiments/create", body))
    reason = rows(page).nth(1).get_by_text(WHY)
    expect(reason).to_be_visible()
    assert reason.evaluate(WHOLE)
    tops = [box["y"] for row in rows(page).all()[1:] if (box := row.bounding_box())]
    ends = [box["y"] + box["height"] for row in rows(page).all()[1:] if (box := row.bounding_box())]
    assert all(end <= top + 1 for end, top in zip(ends, tops[1:], strict=False)), (
        "none over another"
    )
    for theme in THEMES:
        opened.look(theme, width)
        keep_screenshot(page, f"audit-reason-{theme}-{width}")
        assert offences(page) == []
    # Nor does a field for a time reach over another, or beyond the page.
    boxes = [
        box
        for one in page.get_by_role("search").locator("input").all()
        if (box := one.bounding_box())
    ]
    assert all(box["x"] + box["width"] <= width for box in boxes)
    rows(page).nth(1).get_by_role("gridcell").first.focus()
    page.keyboard.press("End")
    expect(rows(page).nth(1).get_by_role("gridcell").last).to_be_focused()


def test_what_a_token_did_is_found_from_an_event_and_from_the_token(
    told: Site, visit: Open
) -> None:
    made = done(ask(told, "eve", "POST", f"{CUVEE}tokens/create", {"name": "robot"}))
    headers = {"Authorization": f"Bearer {made['secret']}", "Content-Type": "application/json"}
    body = json.dumps({"name": "wine", "alias": "robot", "version": "1"}).encode()
    done(told.send("POST", f"{MLFLOW}registered-models/alias", body, headers=headers))
    token_id = made["token"]["token_id"]
    event = done(ask(told, "eve", "GET", f"{CUVEE}events?token={token_id}"))["events"][0]
    opened = visit(told)
    page = log_in(opened, "eve", f"/audit/{event['sequence']}")
    expect(page.get_by_text(f"token:{token_id}")).to_be_visible()
    page.get_by_role("link", name="All with this token").click()
    expect(rows(page)).to_have_count(2)
    expect(rows(page).nth(1)).to_contain_text("robot")
    expect(page.get_by_label("Token")).to_have_value(token_id)
    for theme in THEMES:
        for width in (1440, 1024, 375):
            opened.look(theme, width)
            keep_screenshot(page, f"audit-token-{theme}-{width}")
            assert offences(page) == []
    page.get_by_role("button", name="Clear filters").click()
    expect(page.get_by_label("Token")).to_have_count(0)
    opened.look("light", 1440)
    page = opened.go("/settings/tokens")
    keep_screenshot(page, "settings-tokens-history")
    page.get_by_role("row").filter(has_text="robot").get_by_role("link", name="History").click()
    expect(page.get_by_label("Token")).to_have_value(token_id)
    expect(rows(page)).to_have_count(2)


def test_a_model_is_found_with_its_versions_and_a_time_is_kept(told: Site, visit: Open) -> None:
    # Not one of those that other tests change, in whatever order they come.
    done(ask(told, ADMIN, "POST", f"{MLFLOW}registered-models/create", {"name": "cellar"}))
    page = log_in(visit(told), ADMIN, "/audit?object=model:cellar")
    expect(rows(page)).to_have_count(2)
    page.get_by_label("Object").fill("model:wine")
    page.get_by_label("Object").press("Enter")
    page.get_by_label("What", exact=True).fill("version.created")
    page.get_by_label("What", exact=True).press("Enter")
    expect(rows(page)).to_have_count(2)
    page.get_by_role("button", name="Last…").click()
    page.get_by_role("menuitem", name="Hour", exact=True).click()
    expect(page).to_have_url(re.compile(r"since=\d{4}-\d\d-\d\dT"))
    expect(rows(page)).to_have_count(2)
    page.get_by_label("From").fill("2200-01-01T00:00")
    expect(page).to_have_url(re.compile("since=2200"))
    expect(page.get_by_text("No event fits these filters")).to_be_visible()


def test_pages_show_every_event_once_and_never_all_of_them(told: Site, visit: Open) -> None:
    page = log_in(visit(told), ADMIN, "/audit?action=model.tag_set")
    newest = [e["sequence"] for e in reversed(events(told, "&action=model.tag_set"))]
    said = page.get_by_text(re.compile(r"^Events \d+ to \d+$"))
    for first, last in ((0, 199), (200, 399), (400, MANY - 1)):
        expect(said).to_have_text(f"Events {newest[first]} to {newest[last]}")
        expect(page.get_by_role("grid")).to_have_attribute("aria-rowcount", str(last - first + 2))
        if last < MANY - 1:
            page.get_by_role("button", name="Older").click()
    expect(page.get_by_role("button", name="Older")).to_be_disabled()
    expect(page).to_have_url(re.compile(f"before={newest[399]}"))
    page.get_by_role("button", name="Newer").click()
    expect(said).to_have_text(f"Events {newest[200]} to {newest[399]}")
    page.go_back()
    expect(said).to_have_text(f"Events {newest[400]} to {newest[-1]}")
    page.get_by_role("button", name="Newest").click()
    expect(said).to_have_text(f"Events {newest[0]} to {newest[199]}")


def test_what_happens_is_shown_by_itself_until_the_page_is_to_stand_still(
    told: Site, visit: Open
) -> None:
    opened = visit(told)
    page = log_in(opened, ADMIN, "/audit?action=model.description_set")
    expect(page.get_by_text("No event fits")).to_be_visible()

    def describe(text: str) -> None:
        body = {"name": "secret", "description": text, "comment": text}
        done(ask(told, ADMIN, "PATCH", f"{MLFLOW}registered-models/update", body))

    describe("first")
    expect(rows(page).nth(1)).to_contain_text("first")
    page.get_by_role("button", name="Live").click()
    expect(page).to_have_url(re.compile("before="))
    expect(page.get_by_role("button", name="Live")).to_have_attribute("aria-pressed", "false")
    describe("second")
    other = page.context.new_page()
    other.goto(opened.url + "/audit?action=model.description_set")
    expect(rows(other).nth(1)).to_contain_text("second")
    expect(rows(page)).to_have_count(2)
    page.get_by_role("button", name="Live").click()
    expect(rows(page).nth(1)).to_contain_text("second")
    expect(rows(page)).to_have_count(3)


def test_a_permalink_tells_all_of_an_event(told: Site, visit: Open) -> None:
    page = log_in(visit(told), ADMIN, "/audit?action=version.transitioned")
    sequence = moved(told)
    page.get_by_role("link", name=f"Event {sequence}", exact=True).click()
    expect(page).to_have_url(re.compile(f"/audit/{sequence}$"))
    page.reload()
    main = page.locator("main")
    for text in ("eve", "version.transitioned", "version:wine/1", "cheaper"):
        expect(main).to_contain_text(text)
    change = page.get_by_role("table", name="Before and after").get_by_role("row")
    expect(change.filter(has_text="stage")).to_have_text("stageNoneProduction")
    page.get_by_role("link", name="version:wine/1").click()
    expect(page).to_have_url(re.compile("/models/wine/versions/1"))
    page.go_back()
    page.get_by_role("link", name="All of this object").click()
    expect(rows(page)).to_have_count(3)


@pytest.mark.parametrize("form", ["CSV", "JSON Lines"])
def test_an_export_has_every_event_that_fits(
    form: str, told: Site, visit: Open, tmp_path: Path
) -> None:
    page = log_in(visit(told), ADMIN, "/audit?actor=ann&action=model.tag_set")
    expect(rows(page).nth(1)).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Export").click()
        page.get_by_role("menuitem", name=f"As {form}").click()
    path = tmp_path / "events"
    saved.value.save_as(path)
    expected = events(told, "&action=model.tag_set")
    assert len(expected) == MANY
    if form == "CSV":
        with path.open(newline="", encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
        assert [int(line["sequence"]) for line in lines] == [e["sequence"] for e in expected]
        assert [json.loads(line["after"]) for line in lines] == [e["after"] for e in expected]
    else:
        assert [json.loads(line) for line in path.read_text("utf-8").splitlines()] == expected


def test_an_exported_reason_is_no_formula(told: Site, visit: Open, tmp_path: Path) -> None:
    page = log_in(visit(told), ADMIN, "/audit?action=version.transitioned")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Export").click()
        page.get_by_role("menuitem", name="As CSV").click()
    saved.value.save_as(tmp_path / "events.csv")
    with (tmp_path / "events.csv").open(newline="", encoding="utf-8") as file:
        (line,) = csv.DictReader(file)
    assert line["comment"] == "'" + REASON


# ---------------------------------------------------------------- proofs


def verify(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Check (it now|again)$")).click()


def test_the_browser_proves_an_event_and_that_the_log_goes_on(told: Site, visit: Open) -> None:
    sequence = moved(told)
    page = log_in(visit(told), ADMIN, f"/audit/{sequence}")
    verify(page)
    expect(page.get_by_text("It holds")).to_be_visible()
    size = len(events(told))
    expect(page.get_by_text(f"over all {size} entries")).to_be_visible()
    expect(page.get_by_text("is signed by the log's key")).to_be_visible()
    expect(page.get_by_text("has seen no earlier checkpoint")).to_be_visible()
    key = done(ask(told, ADMIN, "GET", f"{CUVEE}log/status"))["key"]
    page.get_by_label("The key that you know").fill(key)
    done(ask(told, ADMIN, "POST", f"{MLFLOW}experiments/create", {"name": "one more"}))
    expect(async_size(page, told)).to_be_visible()
    expect(page.get_by_text("The key is the one that you know")).to_be_visible()
    expect(page.get_by_text(f"still begins with the {size} entries")).to_be_visible()
    assert f"--key {key}" in (page.text_content("main pre") or "")
    keep_screenshot(page, "audit-proved")


def async_size(page: Page, site: Site) -> Locator:
    """Verify until the newest event is signed, which takes up to a second."""
    size = len(events(site))
    found = page.get_by_text(f"over all {size} entries")
    for _ in range(50):
        verify(page)
        page.wait_for_timeout(200)
        if found.is_visible():
            break
    return found


def change(page: Page, call: str, edit: Any) -> None:
    """Let the page get another answer to a call than the server gave."""

    def answer(route: Route) -> None:
        response = route.fetch()
        body = response.json()
        edit(body)
        route.fulfill(response=response, json=body)

    page.route(f"**{CUVEE}{call}?*", answer)
    page.route(f"**{CUVEE}{call}", answer)


def exchange_a_hash(body: dict[str, Any]) -> None:
    body["proof"][1] = body["proof"][0]


def name_another(body: dict[str, Any]) -> None:
    body["entry"] = body["entry"].replace('"eve"', '"ann"')


def reword(body: dict[str, Any]) -> None:
    body["texts"][0]["text"] = "better"


def sign_another(body: dict[str, Any]) -> None:
    body["note"] = body["note"].replace("\ntime 1", "\ntime 2")


@pytest.mark.parametrize(
    ("call", "edit", "said"),
    [
        ("log/inclusion", exchange_a_hash, "The proof does not lead to the root"),
        ("log/entry", name_another, "is not the one that the log holds at its place"),
        ("log/entry", reword, "A text is not the one that was recorded"),
        ("log/checkpoint", sign_another, "is not signed by the key that it names"),
    ],
)
def test_what_was_tampered_with_is_refused(
    call: str, edit: Any, said: str, told: Site, visit: Open
) -> None:
    opened = visit(told)
    page = log_in(opened, ADMIN, "/")
    change(page, call, edit)
    opened.go(f"/audit/{moved(told)}")
    verify(page)
    expect(page.get_by_role("alert")).to_contain_text("It does not hold")
    expect(page.get_by_role("alert")).to_contain_text(said)
    expect(page.get_by_text("It holds")).to_have_count(0)
    assert page.evaluate("localStorage.getItem('cuvee.log')") is None
    keep_screenshot(page, f"audit-refused-{edit.__name__}")


def test_a_history_that_was_exchanged_is_noticed_by_a_browser_that_saw_the_other(
    told: Site, visit: Open
) -> None:
    opened = visit(told)
    page = log_in(opened, ADMIN, f"/audit/{moved(told)}")
    verify(page)
    expect(page.get_by_text("It holds")).to_be_visible()
    page.evaluate(
        """() => {
          const seen = JSON.parse(localStorage.getItem("cuvee.log"));
          const root = `${"A".repeat(43)}=`;
          for (const kept of Object.values(seen)) Object.assign(kept, {size: 9, root});
          localStorage.setItem("cuvee.log", JSON.stringify(seen));
        }"""
    )
    verify(page)
    expect(page.get_by_role("alert")).to_contain_text("does not continue the 9 entries")


def test_a_viewer_sees_what_concerns_the_things_that_one_may_read(told: Site, visit: Open) -> None:
    opened = visit(told)
    page = log_in(opened, VIEWER, "/audit?action=model.created")
    expect(rows(page)).to_have_count(2)
    expect(rows(page).nth(1)).to_contain_text("model:wine")
    (hidden,) = (e for e in events(told, "&action=model.created") if "secret" in e["object"])
    opened.go(f"/audit/{hidden['sequence']}")
    expect(page.get_by_text("You may not see what this event is about")).to_be_visible()
    assert "secret" not in page.locator("main").inner_text()
    opened.expected.append("status of 404")
    opened.go("/audit/999999")
    expect(page.get_by_role("alert")).to_contain_text("The event could not be read.")


def test_the_newest_event_is_verified_from_the_list(told: Site, visit: Open) -> None:
    page = log_in(visit(told), ADMIN, "/audit")
    page.get_by_role("button", name="Verify").click()
    dialog = page.get_by_role("dialog", name="Proof")
    newest = dialog.get_by_label("Event", exact=True)
    expect(newest).to_have_value(re.compile(r"^\d+$"))
    newest.fill("2")
    dialog.get_by_role("button", name="Check it now").click()
    expect(dialog.get_by_text("It holds")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_an_admin_sees_from_which_address_and_all_from_there(told: Site, visit: Open) -> None:
    page = log_in(visit(told), ADMIN, "/audit?action=version.transitioned")
    expect(rows(page).nth(1)).to_contain_text("127.0.0.1")
    rows(page).nth(1).get_by_role("link").first.click()
    expect(page.get_by_text("From address")).to_be_visible()
    page.get_by_role("link", name="All from this address").click()
    expect(page).to_have_url(re.compile(r"\?address=127\.0\.0\.1$"))
    expect(page.get_by_label("From address")).to_have_value("127.0.0.1")
    expect(rows(page).nth(1)).to_contain_text("127.0.0.1")
    page.goto(f"{page.url.partition('?')[0]}?address=192.0.2.1")
    expect(page.get_by_text("No event fits these filters")).to_be_visible()
    page.goto(f"{page.url.partition('?')[0]}/{moved(told)}")
    page.get_by_role("button", name="Check it now").click()
    expect(page.get_by_text("It holds", exact=True)).to_be_visible()
    viewer = log_in(visit(told), VIEWER, f"/audit/{moved(told)}")
    expect(viewer.get_by_role("table", name="Before and after")).to_be_visible()
    expect(viewer.get_by_text("From address")).to_have_count(0)
    expect(viewer.get_by_text("127.0.0.1", exact=True)).to_have_count(0)
