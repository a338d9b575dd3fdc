"""The wine story in the browser: a version moves with a reason, and everyone sees who and why."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Open, arrow_down, cut_off, keep_screenshot, served
from browser.test_browser_pages import offences
from refusals.served import Site

NAME = "lr_wine_quality"
REASON = "pH lowers the RMSE from 0.71 to 0.63"
POLICY = {
    "scope": "reviewed",
    "stages": [{"name": "Live", "holders": "one", "review": {"approvals": 1, "exclude": []}}],
}


@pytest.fixture(scope="module")
def cellar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of its own, for the models that these tests move."""
    yield from served(tmp_path_factory.mktemp("cellar"))


@pytest.fixture
def model(cellar: Site) -> Iterator[str]:
    """A model with two versions, the first in Production."""
    cellar.api("registered-models/create", name=NAME, description="Quality of red wine")
    for text in ("alcohol alone", "with pH"):
        cellar.api("model-versions/create", name=NAME, source="s3://b/m", description=text)
    move = {"name": NAME, "version": "1", "stage": "Production", "comment": "the baseline"}
    cellar.api("model-versions/transition-stage", **move)
    yield NAME
    path = "/api/2.0/mlflow/registered-models/delete"
    assert cellar.send("DELETE", path, {"name": NAME, "force": True}).status == 200


def column(page: Page, stage: str) -> Locator:
    return page.locator(f"[data-stage={stage}]")


def stages(site: Site) -> dict[str, str]:
    path = f"/api/2.0/mlflow/model-versions/search?filter=name%3D'{NAME}'"
    found = site.send("GET", path).json["model_versions"]
    return {v["version"]: v["current_stage"] for v in found}


def told(page: Page) -> None:
    """Check that the history of the model tells the move with who, when and why."""
    page.get_by_role("link", name="History").click()
    version = page.get_by_role("link", name="version 2", exact=True)
    entry = page.get_by_role("listitem").filter(has_text=REASON).filter(has=version).first
    expect(entry).to_contain_text("moved")
    expect(entry).to_contain_text("version 2")
    expect(entry.locator("time")).to_have_count(1)
    expect(page.get_by_text("the baseline").first).to_be_visible()


def test_a_version_is_promoted_by_mouse_with_a_reason(
    model: str, cellar: Site, visit: Open
) -> None:
    page = visit(cellar).go(f"/models/{model}")
    page.get_by_role("button", name="Actions for version 2").click()
    page.get_by_role("menuitem", name="Production").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Version 1")
    submit = dialog.get_by_role("button", name="Move", exact=True)
    expect(submit).to_be_disabled()
    dialog.get_by_label("Reason").fill("   ")
    expect(submit).to_be_disabled()
    dialog.get_by_label("Reason").fill(REASON)
    keep_screenshot(page, "move-dialog")
    assert offences(page) == []
    submit.click()
    expect(dialog).to_have_count(0)
    expect(column(page, "Production")).to_contain_text("Version 2")
    expect(column(page, "Archived")).to_contain_text("Version 1")
    expect(page.get_by_text("Version 2 is in Production now.")).to_be_visible()
    assert stages(cellar) == {"1": "Archived", "2": "Production"}
    told(page)
    page.get_by_role("link", name="version 2").first.click()
    page.get_by_role("link", name="History").click()
    expect(page.get_by_text(REASON)).to_be_visible()


def test_a_version_is_promoted_by_keyboard_alone(model: str, cellar: Site, visit: Open) -> None:
    page = visit(cellar).go(f"/models/{model}")
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.closest('[data-card]')?.dataset.card")
        if focused == "2":
            break
    page.keyboard.press("m")
    expect(page.get_by_role("menu")).to_be_visible()
    while page.evaluate("document.activeElement.textContent") != "Production":
        arrow_down(page)
    page.keyboard.press("Enter")
    reason = page.get_by_label("Reason")
    expect(reason).to_be_visible()
    for _ in range(5):
        if reason.evaluate("e => e === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type(REASON)
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Move":
            break
    page.keyboard.press("Enter")
    expect(column(page, "Production")).to_contain_text("Version 2")
    assert stages(cellar) == {"1": "Archived", "2": "Production"}
    told(page)


def test_another_browser_sees_the_move(model: str, cellar: Site, visit: Open) -> None:
    page = visit(cellar).go(f"/models/{model}")
    move = {"name": model, "version": "2", "stage": "Staging", "comment": "elsewhere"}
    cellar.api("model-versions/transition-stage", **move)
    expect(column(page, "Staging")).to_contain_text("Version 2", timeout=4000)


def test_a_move_that_comes_too_late_is_refused_and_explained(
    model: str, cellar: Site, visit: Open
) -> None:
    opened = visit(cellar)
    opened.expected.append("status of 409")
    hears_no_more = cut_off(opened.page, "**/model-versions/search*", "searchModelVersions")
    page = opened.go(f"/models/{model}")
    expect(column(page, "None")).to_contain_text("Version 2")
    hears_no_more()
    opened.expected.append("Failed to load resource")
    move = {"name": model, "version": "1", "stage": "Archived", "comment": "withdrawn"}
    cellar.api("model-versions/transition-stage", **move)
    page.get_by_role("button", name="Actions for version 2").click()
    page.get_by_role("menuitem", name="Production").click()
    page.get_by_label("Reason").fill(REASON)
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_role("alert").last).to_contain_text("The version was not moved.")
    assert stages(cellar) == {"1": "Archived", "2": "None"}


def test_a_stage_with_a_review_is_asked_for(cellar: Site, visit: Open) -> None:
    cellar.api("registered-models/create", name="reviewed")
    cellar.api("model-versions/create", name="reviewed", source="s3://b/m")
    body = {"document": json.dumps(POLICY)}
    assert cellar.send("POST", "/api/1.0/cuvee/policies/apply", body).status == 200
    page = visit(cellar).go("/models/reviewed")
    stages_shown = page.locator("[data-stage]")
    expect(stages_shown).to_have_count(3)
    assert [stages_shown.nth(i).get_attribute("data-stage") for i in range(3)] == [
        "None",
        "Live",
        "Archived",
    ]
    page.get_by_role("button", name="Actions for version 1").click()
    page.get_by_role("menuitem", name="Live").click()
    page.get_by_label("Reason").fill("ready")
    page.get_by_role("button", name="Request approval").click()
    expect(page.get_by_text("was asked for")).to_be_visible()
    opened = page.get_by_role("link", name="History")
    opened.click()
    expect(page.get_by_text("asked for a move of")).to_be_visible()
