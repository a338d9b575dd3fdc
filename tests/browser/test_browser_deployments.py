"""Where versions run: on the version's page, in its history, its lineage, when it is deleted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Open, served
from browser.test_browser_pages import in_all_looks
from refusals.served import Site

URL = "https://eu.example.com/wine"
LONG = "https://inference.cellars-in-burgundy-and-elsewhere.example.com/v2/models/" + "wine" * 30


def tell(site: Site, call: str, **fields: Any) -> None:
    body = json.dumps({"name": "wine", **fields}).encode()
    answer = site.send("POST", f"/api/1.0/cuvee/deployments/{call}", body)
    assert answer.status == 200, answer.body


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with three versions, the second of which runs at two places."""
    for site in served(tmp_path_factory.mktemp("deployments")):
        made = site.api("runs/create", experiment_id="0", run_name="trial", start_time=1)
        run = str(made["run"]["info"]["run_id"])
        site.api("registered-models/create", name="wine")
        for _ in range(3):
            site.api("model-versions/create", name="wine", source=f"runs:/{run}/m", run_id=run)
        tell(site, "record", version="1", target="k8s/prod-eu", comment="build 71")
        tell(site, "record", version="2", target="k8s/prod-eu", url=URL, comment="build 72")
        tell(site, "record", version="2", target=LONG)
        yield site


def left(found: Locator) -> float:
    box = found.bounding_box()
    assert box is not None
    return box["x"]


def facts(page: Page) -> Locator:
    return page.get_by_role("region", name="About")


def test_a_version_says_where_it_runs(site: Site, visit: Open) -> None:
    opened = visit(site)
    page = opened.go("/models/wine/versions/2")
    places = facts(page).get_by_role("list", name="Deployed to").get_by_role("listitem")
    expect(places).to_have_count(2)
    expect(places.nth(0).get_by_role("link", name=LONG)).to_have_attribute("href", LONG)
    link = places.nth(1).get_by_role("link", name="k8s/prod-eu")
    expect(link).to_have_attribute("href", URL)
    expect(places.nth(1)).to_contain_text(re.compile("since .* ago by |since just now by |since "))
    in_all_looks(opened, "deployed-to")
    # What comes while the page is open is shown, and what is not known shows nothing.
    tell(site, "end", target=LONG)
    expect(places).to_have_count(1)
    page = opened.go("/models/wine/versions/1")
    expect(facts(page)).to_contain_text("Registered by")
    expect(facts(page)).not_to_contain_text("Deployed to")


def test_a_history_tells_of_deployments_in_words(site: Site, visit: Open) -> None:
    tell(site, "record", version="2", target=LONG, url=URL)
    tell(site, "end", target="k8s/prod-eu", comment="too dear")
    opened = visit(site)
    page = opened.go("/models/wine/versions/2/history")
    items = page.get_by_role("list", name="History").get_by_role("listitem")
    expect(items).to_have_count(5)
    expect(items.nth(0)).to_contain_text("undeployedversion 2from k8s/prod-eu")
    expect(items.nth(0)).to_contain_text("too dear")
    expect(items.nth(1)).to_contain_text(f"changed the address ofversion 2at {LONG}")
    expect(items.nth(2)).to_contain_text(f"deployedversion 2to {LONG}")
    expect(items.nth(3)).to_contain_text("to k8s/prod-euin place of version 1")
    expect(items.nth(3)).to_contain_text("build 72")
    in_all_looks(opened, "deployed-history")
    page = opened.go("/models/wine/versions/1/history")
    expect(items.nth(0)).to_contain_text("build 72 (version 2 took its place)")
    expect(items.nth(1)).to_contain_text("deployedversion 1to k8s/prod-eu")


def test_a_lineage_ends_where_a_version_runs(site: Site, visit: Open) -> None:
    opened = visit(site)
    page = opened.go("/models/wine/versions/2/lineage")
    node = page.get_by_role("button", name=re.compile("^k8s.prod-eu "))
    version = page.get_by_role("button", name=re.compile("^wine 2 "))
    expect(node).to_be_visible()
    expect(page.locator("[data-kind=deployment]")).to_have_count(2)
    assert left(node) > left(version)
    node.click()
    side = page.get_by_role("complementary", name="k8s/prod-eu")
    expect(side).to_contain_text("Deployment of wine")
    expect(side.get_by_role("link", name=URL)).to_have_attribute("href", URL)
    in_all_looks(opened, "deployed-lineage")
    page.get_by_role("button", name=re.compile("^https:")).click()
    long = page.get_by_role("complementary", name=LONG)
    expect(long.get_by_role("link", name=LONG)).to_have_attribute("href", LONG)
    in_all_looks(opened, "deployed-lineage-long")
    page.get_by_text("Table", exact=True).click()
    rows = page.get_by_role("table", name="Lineage").locator("tbody tr")
    expect(rows.filter(has_text="runs at").filter(has_text="k8s/prod-eu")).to_have_count(1)


def test_what_runs_is_deleted_by_force_alone(site: Site, visit: Open) -> None:
    opened = visit(site)
    opened.expected.append("status of 409")
    page = opened.go("/models/wine/versions/2")
    expect(facts(page)).to_contain_text("Deployed to")
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Delete the version").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("a mistake")
    dialog.get_by_label("Type wine/2 to go on").fill("wine/2")
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_contain_text("End the deployment first")
    dialog.get_by_role("checkbox", name=re.compile("although it runs at .*k8s.prod-eu")).check()
    dialog.get_by_role("button", name="Delete").click()
    expect(page).to_have_url(re.compile("/models/wine$"))


def test_the_page_says_how_to_tell_where_a_version_runs(site: Site, visit: Open) -> None:
    page = visit(site).go("/models/wine/versions/3/try")
    use = page.get_by_role("region", name="Use it")
    use.get_by_role("tab", name="Deployed").click()
    expect(use.locator("pre").last).to_contain_text("cuvee deployments record wine 3 k8s/prod-eu")
    expect(use.locator("pre").last).to_contain_text(f"http://127.0.0.1:{site.port}")
