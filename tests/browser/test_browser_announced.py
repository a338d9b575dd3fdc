"""What changes by itself is said to who does not see it: politely, and not too often."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Open, served, until
from refusals.served import Site

SAID = """() => {
  const region = document.querySelector("#root > div > p[role=status]");
  window.said = [];
  new MutationObserver(() => said.push([performance.now(), region.textContent]))
    .observe(region, {childList: true, characterData: true, subtree: true});
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with a model of six versions."""
    for site in served(tmp_path_factory.mktemp("announced")):
        site.api("registered-models/create", name="wine")
        for _ in range(6):
            site.api("model-versions/create", name="wine", source="s3://b/m")
        yield site


def heard(page: Page) -> list[str]:
    return [text for _, text in page.evaluate("said")]


def move(site: Site, version: int, stage: str) -> None:
    about = {"name": "wine", "version": str(version), "stage": stage, "comment": "elsewhere"}
    site.api("model-versions/transition-stage", **about)


def test_moves_of_others_are_said_and_many_of_them_together(site: Site, visit: Open) -> None:
    page = visit(site).go("/models/wine")
    expect(page.locator("[data-card]")).to_have_count(6)
    page.evaluate(SAID)
    move(site, 1, "Staging")
    until(page, lambda: heard(page), ["Version 1 was moved to Staging."])
    for version in range(2, 7):
        move(site, version, "Staging")
    until(page, lambda: all(f"Version {i} was" in " ".join(heard(page)) for i in (2, 3)), True)
    assert 2 <= len(heard(page)) <= 3
    assert all(text.count("was moved") <= 3 for text in heard(page))
    times = [at for at, _ in page.evaluate("said")]
    assert all(later - earlier > 3500 for earlier, later in itertools.pairwise(times))


def test_what_one_has_done_is_said_once(site: Site, visit: Open) -> None:
    page = visit(site).go("/models/wine")
    page.evaluate(SAID)
    page.get_by_role("button", name="Actions for version 2").click()
    page.get_by_role("menuitem", name="None", exact=True).click()
    page.get_by_label("Reason").fill("too soon")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_text("Version 2 is in None now.")).to_be_visible()
    page.wait_for_timeout(1500)
    assert heard(page) == []


def test_the_end_of_a_run_is_said(site: Site, visit: Open) -> None:
    about = {"experiment_id": "0", "run_name": "brief", "start_time": 1}
    run = site.api("runs/create", **about)["run"]["info"]["run_id"]
    page = visit(site).go(f"/runs/{run}/metrics")
    page.evaluate(SAID)
    site.api("runs/update", run_id=run, status="FAILED", end_time=2)
    until(page, lambda: heard(page), ["brief: Failed."])
