"""A board of more stages than fit: what is out of sight is told of, seen, and moved to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Open, arrow_down, keep_screenshot, served, until
from browser.test_browser_board import card, column
from browser.test_browser_pages import THEMES, offences
from refusals.served import Site

NAME = "bottled"
POLICY = f"""\
scope: {NAME}
stages:
  - name: Crushed
  - name: Fermented
  - name: Racked
  - name: Tasted
  - name: Production
"""
REASON = "it has cleared"


@pytest.fixture(scope="module")
def cellar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from served(tmp_path_factory.mktemp("long-board"))


@pytest.fixture
def model(cellar: Site) -> Iterator[str]:
    """A model with six stages before its archive, and a version in the first and the last."""
    cellar.api("registered-models/create", name=NAME)
    applied = cellar.send("POST", "/api/1.0/cuvee/policies/apply", {"document": POLICY})
    assert applied.status == 200, applied
    for _ in range(2):
        cellar.api("model-versions/create", name=NAME, source="s3://b/m")
    cellar.api("model-versions/transition-stage", name=NAME, version="1", stage="Production")
    yield NAME
    path = "/api/2.0/mlflow/registered-models/delete"
    assert cellar.send("DELETE", path, {"name": NAME, "force": True}).status == 200


def board(page: Page) -> Locator:
    return page.get_by_label("Lifecycle board")


def beside(page: Page) -> Locator:
    """Return what tells of the stages out of sight."""
    return page.get_by_text("to the right").or_(page.get_by_text("to the left"))


def in_sight(page: Page, stage: str) -> bool:
    box, frame = column(page, stage).bounding_box(), board(page).bounding_box()
    assert box
    assert frame
    return bool(frame["x"] <= box["x"] and box["x"] + box["width"] <= frame["x"] + frame["width"])


def confirm(page: Page) -> None:
    page.get_by_label("Reason").fill(REASON)
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_stages_out_of_sight_are_told_of_and_led_to(model: str, cellar: Site, visit: Open) -> None:
    opened = visit(cellar, width=1024)
    opened.page.emulate_media(reduced_motion="reduce")  # else a press glides, and takes its time
    page = opened.go(f"/models/{model}")
    expect(beside(page)).to_have_text("3 stages to the right")
    widths = [column(page, stage).bounding_box() for stage in ("None", "Tasted", "Production")]
    assert all(box and box["width"] >= 200 for box in widths)
    assert page.evaluate("document.documentElement.scrollWidth") == 1024
    button = page.get_by_role("button", name="Stages to the right")
    button.focus()
    button.press("Enter")
    button.press("Enter")
    until(page, lambda: in_sight(page, "Archived"), True)
    expect(beside(page)).to_have_text("3 stages to the left")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_be_focused()
    for theme in THEMES:
        opened.look(theme, 1024)
        keep_screenshot(page, f"board-long-{theme}-1024")
        assert offences(page) == []
    page.get_by_role("button", name="Stages to the left").click()
    page.get_by_role("button", name="Stages to the left").click()
    until(page, lambda: in_sight(page, "None"), True)
    opened.look("light", 375)
    expect(beside(page)).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_a_card_is_dragged_to_a_stage_out_of_sight(model: str, cellar: Site, visit: Open) -> None:
    page = visit(cellar, width=1024).go(f"/models/{model}")
    wide = board(page).evaluate("e => e.scrollWidth")
    box, frame = card(page, "2").bounding_box(), board(page).bounding_box()
    assert box
    assert frame
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] - 4, box["y"] + 90, steps=8)
    until(page, lambda: in_sight(page, "Production"), True)
    most = "e => e.scrollLeft + e.clientWidth"
    until(page, lambda: board(page).evaluate(most), wide)
    keep_screenshot(page, "board-long-dragging")
    target = column(page, "Production").bounding_box()
    assert target
    page.mouse.move(target["x"] + target["width"] / 2, target["y"] + 150, steps=4)
    expect(column(page, "Production")).to_have_attribute("data-over", "true")
    page.mouse.up()
    expect(page.get_by_role("dialog")).to_contain_text("Move version 2 to Production")
    confirm(page)
    expect(column(page, "Production")).to_contain_text("Version 2")


def test_a_card_is_moved_by_keys_to_a_stage_out_of_sight_and_shown_there(
    model: str, cellar: Site, visit: Open
) -> None:
    page = visit(cellar, width=1024).go(f"/models/{model}")
    assert not in_sight(page, "Production")
    card(page, "2").get_by_role("link", name="Version 2").focus()
    page.keyboard.press("m")
    expect(page.get_by_role("menuitem", name="Crushed")).to_be_focused()
    for _ in range(4):
        arrow_down(page)
    expect(page.get_by_role("menuitem", name="Production")).to_be_focused()
    page.keyboard.press("Enter")
    confirm(page)
    expect(column(page, "Production")).to_contain_text("Version 2")
    until(page, lambda: in_sight(page, "Production"), True)
