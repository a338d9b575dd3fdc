"""Who has loaded a version: on its page, and as a column of the model's versions."""

from __future__ import annotations

import re
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.conftest import Open, keep_screenshot, served
from browser.test_browser_pages import THEMES, offences
from cuvee.api.loads import CountLoads, Loaded
from cuvee.store.sql import SqlStore
from refusals.served import Site

DAY = 86_400_000
URI = "/api/2.0/mlflow/model-versions/get-download-uri?name={}&version={}"
USERS = ("bob", "carol", "dave", "erin", "nightly-batch-of-the-cellars-in-burgundy-and-elsewhere")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with two versions; several users have loaded the first one for some time."""
    folder = tmp_path_factory.mktemp("loads")
    for site in served(folder):
        site.api("registered-models/create", name="wine")
        for _ in range(2):
            site.api("model-versions/create", name="wine", source="s3://bucket/model")
        load_long_ago(folder)
        yield site


def load_long_ago(folder: Path) -> None:
    now = int(time.time() * 1000)
    store = SqlStore.open(f"sqlite:///{folder}/cuvee.db")
    loaded = [
        Loaded(name="wine", version="1", user_id=user, count=place, first=at, last=at)
        for place, user in enumerate(USERS, 1)
        for at in (now - place * DAY, now - 40 * DAY)
    ]
    store.do(CountLoads(loaded=loaded))
    store.close()


def load(site: Site, version: str, user: str, model: str = "wine") -> None:
    name = {"Authorization": f"Basic {b64encode(f'{user}:'.encode()).decode()}"}
    assert site.send("GET", URI.format(model, version), headers=name).status == 200
    asked = f"/api/1.0/cuvee/model-versions/loads?name={model}&version={version}"
    end = time.monotonic() + 20
    while user not in site.send("GET", asked).body.decode() and time.monotonic() < end:
        time.sleep(0.05)


def test_a_version_says_who_has_loaded_it(site: Site, visit: Open) -> None:
    load(site, "1", "alice")
    opened = visit(site)
    page = opened.go("/models/wine/versions/1")
    panel = page.get_by_role("region", name="Loaded by")

    # 1 + 2 + 3 + 4 + 5 of others, who loaded as often 40 days ago, and one just now.
    expect(panel.get_by_role("img", name="16 loads in the last 30 days")).to_be_visible()
    expect(panel.locator("rect")).to_have_count(30)
    titles = panel.locator("rect title").all_text_contents()
    assert [title.rpartition(" ")[2] for title in titles[-6:]] == ["5", "4", "3", "2", "1", "1"]
    users = panel.get_by_role("list", name="Loaded by").get_by_role("listitem")
    expect(users).to_have_count(5)
    expect(users.first).to_contain_text("alice")
    expect(users.first).to_contain_text("1 load")
    expect(users.nth(1)).to_contain_text("2 loadslast loaded 1 day ago, first 1 mo. ago")
    panel.get_by_role("button", name="Show all 6").click()
    expect(users).to_have_count(6)
    for theme in THEMES:
        for width in (1440, 375):
            opened.look(theme, width)
            panel.scroll_into_view_if_needed()
            assert offences(page) == []
            keep_screenshot(page, f"loads-{width}-{theme}")


def test_a_versions_history_has_its_loads_between_the_changes(site: Site, visit: Open) -> None:
    site.api("registered-models/create", name="rose")
    about = {"name": "rose", "version": "1"}
    site.api("model-versions/create", name="rose", source="s3://bucket/model")
    for user in ("ann", "ann", "bob"):
        load(site, "1", user, "rose")
    move = {**about, "stage": "Staging", "comment": "it is ready"}
    site.api("model-versions/transition-stage", **move)
    for user in (f"user-{i}" for i in range(7)):
        load(site, "1", user, "rose")
    opened = visit(site)
    page = opened.go("/models/rose/versions/1/history")
    items = page.get_by_role("list", name="History").get_by_role("listitem")
    expect(items).to_have_count(5 + 1 + 1 + 2 + 1)
    expect(items.nth(0)).to_contain_text("user-6loaded it once")
    expect(items.nth(5)).to_contain_text("2 other usersloaded it 2 times")
    expect(items.nth(6)).to_contain_text("moved")
    expect(items.nth(7)).to_contain_text("bobloaded it once")
    expect(items.nth(8)).to_contain_text("annloaded it 2 times, first")
    expect(items.nth(9)).to_contain_text("registered")
    for theme in THEMES:
        for width in (1440, 1024, 375):
            opened.look(theme, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert offences(page) == []
            keep_screenshot(page, f"loads-history-{width}-{theme}")
    page.get_by_role("checkbox", name="Loads").uncheck()
    expect(items).to_have_count(2)
    expect(page).to_have_url(re.compile("history.loads=false"))
    page.reload()
    expect(items).to_have_count(2)
    page.get_by_role("checkbox", name="Loads").check()
    expect(items).to_have_count(10)


def test_a_version_that_nobody_has_loaded_says_how_to(site: Site, visit: Open) -> None:
    page = visit(site).go("/models/wine/versions/2")
    panel = page.get_by_role("region", name="Loaded by")

    expect(panel).to_contain_text("Nobody has loaded this version through this server yet.")
    panel.get_by_role("link", name="Code that loads it").click()
    expect(page.get_by_role("region", name="Use it")).to_be_visible()


def test_loads_are_a_column_that_one_chooses(site: Site, visit: Open) -> None:
    opened = visit(site)
    page = opened.go("/models/wine?tab=versions")
    heads = page.get_by_role("table", name="Versions").get_by_role("columnheader")
    usual = ["Version", "Stage", "Aliases", "Description", "Run", "Registered by", "Registered"]
    expect(heads).to_have_text(usual)
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("menuitemcheckbox", name="Loads in 30 days").click()
    page.get_by_role("menuitemcheckbox", name="Run", exact=True).click()  # it is open still
    page.keyboard.press("Escape")
    chosen = [*usual[:4], *usual[5:], "Loads in 30 days"]
    expect(heads).to_have_text(chosen)
    load(site, "2", "zoe")
    page.reload()
    expect(heads).to_have_text(chosen)
    cells = page.get_by_role("table", name="Versions").get_by_role("row")
    expect(cells.nth(1).get_by_role("cell").last).to_have_text("1")
    counts = cells.nth(2).get_by_role("cell").last
    expect(counts).to_have_text("15" if "alice" not in who(site) else "16")
    assert offences(page) == []

    page.get_by_role("button", name="Columns").press("Enter")
    for name in ("Loads in 30 days", "Run"):
        page.get_by_role("menuitemcheckbox", name=name, exact=True).press("Enter")
    page.keyboard.press("Escape")
    expect(heads).to_have_text(usual)
    assert page.url.endswith("/models/wine?tab=versions")


def who(site: Site) -> str:
    return site.send("GET", "/api/1.0/cuvee/model-versions/loads?name=wine").body.decode()
