"""The lifecycle board: cards are dragged, tell how good they are, and stay many."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browser import timing
from browser.conftest import Open, cut_off, keep_screenshot, served
from browser.test_browser_pages import THEMES, in_all_looks, offences
from refusals.served import Site

NAME = "lr_wine_quality"
MANY = "many_wines"
REASON = "pH lowers the RMSE"
NODES = 3000
STAGES = ("None", "Staging", "Production", "Archived")
NOW = "new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 19)"
"""What an input of date and time takes for this second, in the browser's own zone."""


@pytest.fixture(scope="module")
def cellar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of its own, with a model of 500 versions, for the others are moved."""
    for site in served(tmp_path_factory.mktemp("board")):
        site.api("registered-models/create", name=MANY)
        for _ in range(500):
            site.api("model-versions/create", name=MANY, source="s3://b/m")
        yield site


@pytest.fixture
def model(cellar: Site) -> Iterator[str]:
    """A model with two versions from runs, the first in Production."""
    cellar.api("registered-models/create", name=NAME)
    for value in (0.75, 0.5):
        run = cellar.api("runs/create", experiment_id="0", start_time=1)["run"]["info"]["run_id"]
        metrics = [{"key": "rmse", "value": value, "timestamp": 1, "step": 0}]
        metrics += [{"key": "r2", "value": 1 - value, "timestamp": 1, "step": 0}]
        cellar.api("runs/log-batch", run_id=run, metrics=metrics)
        cellar.api("model-versions/create", name=NAME, source="s3://b/m", run_id=run)
    move(cellar, "1", "Production", comment="the baseline")
    yield NAME
    path = "/api/2.0/mlflow/registered-models/delete"
    assert cellar.send("DELETE", path, {"name": NAME, "force": True}).status == 200


def move(site: Site, version: str, stage: str, **more: Any) -> None:
    site.api("model-versions/transition-stage", name=NAME, version=version, stage=stage, **more)


def column(page: Page, stage: str) -> Locator:
    return page.locator(f"[data-stage={stage}]")


def card(page: Page, version: str) -> Locator:
    return page.locator(f"[data-card='{version}']")


def drag(page: Page, version: str, stage: str, *, drop: bool = True) -> None:
    """Press the mouse on a card's head, and let it go above a stage."""
    start, end = card(page, version).bounding_box(), column(page, stage).bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 90, steps=8)
    if drop:
        page.mouse.up()


def test_a_card_is_dragged_to_a_stage_and_another_browser_sees_it(
    model: str, cellar: Site, visit: Open
) -> None:
    opened = visit(cellar)
    page, other = opened.go(f"/models/{model}"), visit(cellar).go(f"/models/{model}")
    drag(page, "2", "Production", drop=False)
    expect(column(page, "Production")).to_have_attribute("data-over", "true")
    keep_screenshot(page, "board-dragging")
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.get_by_role("dialog")).to_have_count(0)
    drag(page, "2", "Production")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Move version 2 to Production")
    expect(dialog.get_by_label("Reason")).to_be_focused()
    expect(column(page, "None")).to_contain_text("Version 2")  # it goes when it has been moved
    page.keyboard.type(REASON)
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Version 2 is in Production")).to_be_visible()
    for each in (page, other):
        expect(column(each, "Production")).to_contain_text("Version 2")
        expect(column(each, "Archived")).to_contain_text("Version 1")


def test_a_click_on_a_card_is_no_drag(model: str, cellar: Site, visit: Open) -> None:
    page = visit(cellar).go(f"/models/{model}")
    card(page, "2").get_by_role("link", name="Version 2").click()
    expect(page.get_by_role("heading", name="Version 2")).to_be_visible()


def test_a_drag_that_comes_too_late_is_refused_and_the_card_returns(
    model: str, cellar: Site, visit: Open
) -> None:
    opened = visit(cellar)
    opened.expected += ["status of 409", "Failed to load resource"]
    hears_no_more = cut_off(opened.page, "**/model-versions/search*", "searchModelVersions")
    page = opened.go(f"/models/{model}")
    expect(column(page, "None")).to_contain_text("Version 2")
    hears_no_more()
    move(cellar, "1", "Archived", comment="withdrawn")
    drag(page, "2", "Production")
    page.get_by_label("Reason").fill(REASON)
    page.get_by_role("button", name="Move", exact=True).click()
    note = page.get_by_role("alert").filter(has_text="The version was not moved.")
    expect(note).to_contain_text("Production of lr_wine_quality is held by nobody")
    keep_screenshot(page, "board-refused")
    page.unroute_all()
    page.keyboard.press("Escape")
    expect(column(page, "None")).to_contain_text("Version 2")


def test_cards_tell_the_metric_and_how_far_it_is_from_production(
    model: str, cellar: Site, visit: Open
) -> None:
    opened = visit(cellar)
    page = opened.go(f"/models/{model}?metric=rmse")
    expect(card(page, "1")).to_contain_text("rmse0.75")
    expect(card(page, "2")).to_contain_text("rmse0.5\N{MINUS SIGN}0.25")
    cellar.api("transition-requests/create", name=model, version="2", stage="Production")
    expect(card(page, "2").get_by_role("link", name="asked for Production")).to_be_visible()
    in_all_looks(opened, "board")
    tops = [page.locator("[data-stage]").nth(i).bounding_box() for i in range(4)]
    assert all(a and b and a["y"] < b["y"] for a, b in itertools.pairwise(tops))


def test_the_stages_stand_beside_each_other_at_1024_pixels_and_below_at_375(
    model: str, cellar: Site, visit: Open
) -> None:
    for number in "345":
        cellar.api("model-versions/create", name=model, source="s3://b/m")
        move(cellar, number, "Archived")
    opened = visit(cellar, width=1024)
    page = opened.go(f"/models/{model}")
    board = page.get_by_label("Lifecycle board")
    expect(column(page, "Archived")).to_contain_text("Version 3")
    timing.poll(page, lambda: board.evaluate("e => e.scrollWidth <= e.clientWidth"))
    lefts = [left_of(column(page, stage)) for stage in STAGES]
    assert lefts == sorted(set(lefts))
    assert left_of(column(page, "Archived")) + 100 < 1024
    page.get_by_role("button", name="Open the archive").click()
    expect(card(page, "3")).to_be_visible()
    opened.look("light", 375)
    timing.poll(page, lambda: len({left_of(column(page, stage)) for stage in STAGES}) == 1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    keep_screenshot(page, "board-list-375")


def left_of(found: Locator) -> float:
    box = found.bounding_box()
    assert box
    return float(box["x"])


def test_a_board_of_500_versions_is_small_and_its_archive_closed(cellar: Site, visit: Open) -> None:
    page = visit(cellar).go(f"/models/{MANY}")
    expect(column(page, "None")).to_contain_text("500")
    expect(column(page, "None").locator("[data-card]")).to_have_count(20)
    assert page.evaluate("document.querySelectorAll('*').length") < NODES
    column(page, "None").get_by_role("button", name="100 more versions").click()
    expect(column(page, "None").locator("[data-card]")).to_have_count(120)


def test_a_board_of_500_versions_is_there_within_a_second(cellar: Site, visit: Open) -> None:
    opened, idle = visit(cellar), visit(cellar)
    idle.go("/settings/appearance")

    def look() -> float:
        start = time.monotonic()
        opened.page.goto(f"{opened.url}/models/{MANY}", wait_until="commit")
        timing.poll(opened.page, lambda: column(opened.page, "None").locator("[data-card]").count())
        return time.monotonic() - start

    assert timing.against(lambda: timing.worked(idle.page), timing.QUIET, look) < 1


def test_a_move_is_seen_in_another_browser_within_two_seconds(
    model: str, cellar: Site, visit: Open
) -> None:
    page, idle = visit(cellar).go(f"/models/{model}"), visit(cellar)
    idle.go("/settings/appearance")
    stages = itertools.cycle(["Staging", "None"])

    def look() -> float:
        stage = next(stages)
        start = time.monotonic()
        move(cellar, "2", stage)
        timing.poll(page, lambda: column(page, stage).locator("[data-card='2']").count())
        return time.monotonic() - start

    assert timing.against(lambda: timing.worked(idle.page), timing.QUIET, look) < 2


def test_the_archive_is_opened_by_keyboard(model: str, cellar: Site, visit: Open) -> None:
    move(cellar, "2", "Archived", comment="worse")
    page = visit(cellar).go(f"/models/{model}")
    archive = column(page, "Archived")
    expect(archive).to_contain_text("Version 2")
    expect(archive.locator("[data-card]")).to_have_count(0)
    archive.get_by_role("button", name="Open the archive").press("Enter")
    expect(archive.locator("[data-card]")).to_have_count(1)
    archive.get_by_role("button", name="Close the archive").press("Enter")
    expect(archive.locator("[data-card]")).to_have_count(0)


# ---------------------------------------------------------------- metrics and the past


def test_a_metric_is_shown_over_the_versions_with_who_held_what(
    model: str, cellar: Site, visit: Open
) -> None:
    move(cellar, "2", "Production", comment="better", archive_existing_versions=True)
    opened = visit(cellar)
    page = opened.go(f"/models/{model}?tab=metrics&metric=rmse")
    expect(page.get_by_role("img", name="rmse of 2 versions")).to_be_visible()
    for version in "12":
        band = page.locator(f"[data-band=Production][data-version='{version}']")
        expect(band).to_have_count(1)
    rows = page.get_by_role("table", name="rmse of the versions").get_by_role("row")
    expect(rows.nth(1)).to_contain_text("0.5")
    expect(rows.nth(2)).to_contain_text("0.75")
    expect(rows.nth(2)).to_contain_text("Production")
    for theme in THEMES:
        for width in (1440, 1024):
            opened.look(theme, width)
            keep_screenshot(page, f"model-metrics-{theme}-{width}")
            assert offences(page) == []
    page.get_by_label("Metric", exact=True).select_option("r2")
    expect(page).to_have_url(f"{opened.url}/models/{model}?tab=metrics&metric=r2")
    rows = page.get_by_role("table", name="r2 of the versions").get_by_role("row")
    expect(rows.nth(2)).to_contain_text("0.25")


def test_the_history_says_who_held_a_stage_when(model: str, cellar: Site, visit: Open) -> None:
    opened = visit(cellar)
    opened.expected.append("status of 404")
    page = opened.go(f"/models/{model}?tab=history")
    page.get_by_label("When (your time)").fill("2020-01-02T03:04")
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_role("alert")).to_contain_text("No version is known to have held it then")
    page.wait_for_timeout(1000)  # the input takes whole seconds, and this one began before the move
    page.get_by_label("When (your time)").fill(page.evaluate(NOW))
    page.get_by_role("button", name="Look it up").press("Enter")
    expect(page.get_by_text("held Production on")).to_contain_text("Version 1")
    keep_screenshot(page, "model-held-on")
    assert offences(page) == []
