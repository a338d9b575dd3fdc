"""The list of experiments: thousands of them, each reached without a click."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from browser.conftest import Open, keep_screenshot, served, until
from browser.test_browser_pages import LOOKS, offences
from cuvee.api.experiments import CreateExperiment, ExperimentTag
from cuvee.store.sql import SqlStore
from refusals.served import Site

MANY = 5000
LONG = "team/" + "a rather long name of an experiment " * 5


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("experiments")
    store = SqlStore.open(f"sqlite:///{folder}/cuvee.db")

    def make(i: int) -> None:
        tags = [ExperimentTag(f"tag {k}", "value " * 5) for k in range(3)] if i == 7 else []
        store.do(CreateExperiment(name=LONG if i == 7 else f"team {i % 9}/{i:04}", tags=tags))

    with ThreadPoolExecutor(64) as many:  # so that one commit takes many
        list(many.map(make, range(MANY - 1)))
    store.close()
    yield from served(folder)


def test_every_experiment_is_reached_and_found(site: Site, visit: Open) -> None:
    page = visit(site).go("/experiments")
    grid = page.get_by_role("grid", name="Experiments")
    expect(grid).to_have_attribute("aria-rowcount", str(MANY + 1))
    expect(page.get_by_role("status").filter(has_text="5\u2009000")).to_be_visible()
    asked: list[int] = []
    page.on(
        "request",
        lambda r: (
            asked.append((r.post_data_json or {})["offset"])
            if r.url.endswith("experiments/search")
            else None
        ),
    )
    grid.get_by_role("gridcell").first.focus()
    page.keyboard.press("Control+End")
    expect(grid.get_by_role("link", name="Default", exact=True)).to_be_visible()
    until(page, lambda: page.evaluate("document.querySelectorAll('*').length") < 1500, True)
    assert set(asked) <= {0, 4800}, "what lies between is not read"
    page.keyboard.press("/")
    page.keyboard.type("/0042")
    expect(grid.get_by_role("link")).to_have_text(["team 6/0042"])
    expect(grid).to_have_attribute("aria-rowcount", "2")
    grid.get_by_role("gridcell").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="team 6/0042")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("/0042")


def test_long_names_and_tags_keep_their_place(site: Site, visit: Open) -> None:
    opened = visit(site)
    page = opened.go("/experiments?q=rather")
    expect(page.get_by_role("grid").get_by_role("link")).to_have_count(1)
    for theme, width in [*LOOKS, ("light", 375)]:
        opened.look(theme, width)
        keep_screenshot(page, f"experiments-long-{theme}-{width}")
        until(page, lambda: page.evaluate("document.documentElement.scrollWidth"), width)
        assert offences(page) == []


def test_folders_tags_and_the_archive_narrow_the_list(site: Site, visit: Open) -> None:
    made = site.api("experiments/create", name="cellar/reds/old", tags=[
        {"key": "grape", "value": "merlot"}])["experiment_id"]  # fmt: skip
    site.api(
        "experiments/create", name="cellar/whites", tags=[{"key": "grape", "value": "riesling"}]
    )
    page = visit(site).go("/experiments?q=cellar")
    grid = page.get_by_role("grid", name="Experiments")
    expect(grid.get_by_role("link")).to_have_text(["cellar/whites", "cellar/reds/old"])
    grid.get_by_role("button", name="grape: merlot").click()
    expect(grid.get_by_role("link")).to_have_text(["cellar/reds/old"])
    page.get_by_role("button", name="Also without grape: merlot").click()
    expect(grid.get_by_role("link")).to_have_count(2)
    page.get_by_role("searchbox").fill("")
    expect(grid).to_have_attribute("aria-rowcount", str(MANY + 3))
    grid.get_by_role("button", name="cellar/", exact=True).click()
    expect(grid.get_by_role("link")).to_have_text(["cellar/whites", "cellar/reds/old"])
    again = visit(site).go("/experiments?" + page.url.partition("?")[2])
    expect(again.get_by_role("button", name="Leave cellar/")).to_be_visible()
    expect(again.get_by_role("grid").get_by_role("link")).to_have_count(2)
    site.api("experiments/delete", experiment_id=made)
    expect(grid.get_by_role("link")).to_have_text(["cellar/whites"])
    page.locator("label").filter(has_text="Archived").click()
    expect(grid.get_by_role("link")).to_have_text(["cellar/reds/old"])
    opened = visit(site)
    shown = opened.go("/experiments?view=archived&folder=cellar")
    expect(shown.get_by_role("grid").get_by_role("link")).to_have_count(1)
    for theme, width in [*LOOKS, ("light", 375)]:
        opened.look(theme, width)
        keep_screenshot(shown, f"experiments-archived-{theme}-{width}")
        until(shown, lambda: shown.evaluate("document.documentElement.scrollWidth"), width)
        assert offences(shown) == []
    grid.get_by_role("button", name="Restore cellar/reds/old").click()
    page.get_by_role("dialog").get_by_role("button", name="Restore").click()
    expect(page.get_by_text("cellar/reds/old was restored.")).to_be_visible()
    expect(page.get_by_text("No experiment fits")).to_be_visible()
    page.locator("label").filter(has_text="Active").click()
    expect(grid.get_by_role("link")).to_have_text(["cellar/reds/old", "cellar/whites"])
