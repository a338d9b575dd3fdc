"""Changes are asked for, and moves go past their review in an emergency that others close."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Open, keep_screenshot
from browser.reviewing import MODEL, POLICY, Cellar, cellars, enter, seed_model
from browser.test_browser_approvals import column, said
from browser.test_browser_pages import THEMES, offences
from cuvee.api.models import DeleteRegisteredModel
from cuvee.api.policies import ApplyPolicy
from cuvee.api.versions import TransitionStage

DOWN = "the old one answers nothing but 3"
RIGHT = "it was right, the set is extended"


@pytest.fixture(scope="module")
def cellar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cellar]:
    """A server that asks for a login, with ann, rita and otto."""
    yield from cellars(tmp_path_factory.mktemp("emergencies"))


@pytest.fixture
def model(cellar: Cellar) -> Iterator[str]:
    """A model under review, whose glass otto may break."""
    seed_model(cellar.store, cellar.people)
    document = POLICY.format(name=MODEL) + "      break_glass: [user:otto]\n"
    cellar.store.do(ApplyPolicy(document=document))
    yield MODEL
    cellar.store.do(DeleteRegisteredModel(name=MODEL, force=True))


def emergencies(page: Page) -> Locator:
    return page.get_by_role("region", name="Open emergencies")


def start_move(page: Page, stage: str) -> Locator:
    page.get_by_role("button", name="Actions for version 2").click()
    page.get_by_role("menuitem", name=stage).click()
    return page.get_by_role("dialog")


def test_the_glass_is_broken_on_the_board_and_somebody_else_closes_the_emergency(
    cellar: Cellar, model: str, visit: Open
) -> None:
    otto, rita, ann = (enter(visit, cellar.site, name) for name in ("otto", "rita", "ann"))
    board = otto.go(f"/models/{model}")
    for page in (rita.go(f"/models/{model}"), ann.go(f"/models/{model}")):
        expect(column(page, "None")).to_contain_text("Version 2")
    dialog = start_move(ann.page, "Production")
    expect(dialog.get_by_role("button", name="Request approval")).to_be_visible()
    expect(dialog.get_by_text("Missing")).to_be_visible()
    expect(dialog.get_by_label("Emergency")).to_have_count(0)  # the policy does not name ann
    ann.page.keyboard.press("Escape")

    dialog = start_move(board, "Production")
    expect(dialog.get_by_label("Reason")).to_be_focused()
    board.keyboard.type(DOWN)
    dialog.get_by_label("Emergency").check()
    expect(dialog).to_contain_text("It opens an emergency")
    keep_screenshot(board, "break-glass-dialog")
    assert offences(board) == []
    dialog.get_by_role("button", name="Break glass").click()
    expect(dialog).to_have_count(0)
    expect(column(board, "Production")).to_contain_text("Version 2")

    for page in (board, rita.page, ann.page):  # everybody sees it, without asking
        expect(emergencies(page)).to_contain_text("Version 2 went to Production past its review")
        expect(emergencies(page)).to_contain_text(DOWN)
    expect(emergencies(board)).to_contain_text("otto has broken the glass: somebody else must")
    expect(emergencies(board).get_by_role("button")).to_have_count(0)
    for theme in THEMES:
        otto.look(theme, 1024)
        keep_screenshot(board, f"emergency-{theme}")
        assert offences(board) == []

    inbox = rita.go("/approvals?tab=emergencies")
    row = inbox.get_by_role("list", name="Emergencies").get_by_role("listitem")
    expect(row).to_contain_text("Open")
    row.get_by_role("button", name="Close…").press("Enter")
    expect(inbox.get_by_label("Conclusion")).to_be_focused()
    keep_screenshot(inbox, "emergency-close")
    assert offences(inbox) == []
    close = inbox.get_by_role("dialog").get_by_role("button", name="Close the emergency")
    expect(close).to_be_disabled()
    inbox.keyboard.type(RIGHT)
    close.press("Enter")
    expect(row).to_contain_text("Closed")
    expect(row).to_contain_text(RIGHT)
    keep_screenshot(inbox, "emergencies")
    for page in (board, ann.page):
        expect(emergencies(page)).to_have_count(0)
    board.get_by_role("link", name="History").click()
    entries = board.get_by_role("list", name="History").get_by_role("listitem")
    for what, why in (("broke the glass for", DOWN), ("closed the emergency of", RIGHT)):
        expect(entries.filter(has_text=what)).to_contain_text(why)


def test_the_glass_is_broken_on_the_page_of_a_request_by_keyboard(
    cellar: Cellar, model: str, visit: Open
) -> None:
    number = cellar.ask(model)
    otto, rita = (enter(visit, cellar.site, name) for name in ("otto", "rita"))
    expect(rita.go(f"/approvals/{number}").get_by_role("button", name="Approve")).to_be_enabled()
    expect(rita.page.get_by_role("button", name="Break glass…")).to_have_count(0)
    page = otto.go(f"/approvals/{number}")
    page.get_by_role("button", name="Break glass…").press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Reason")).to_be_focused()
    expect(dialog).to_contain_text("Version 1 leaves for Archived.")
    page.keyboard.type(DOWN)
    keep_screenshot(page, "break-glass-request")
    dialog.get_by_role("button", name="Break glass").press("Enter")
    expect(page.get_by_text("version 2 is in Production now").first).to_be_visible()
    expect(emergencies(page)).to_contain_text(DOWN)
    expect(page.get_by_role("heading", level=1).locator("..")).to_contain_text("Granted by a move")
    emergencies(rita.page).get_by_role("button", name="Close…").click()
    rita.page.get_by_label("Conclusion").fill(RIGHT)
    rita.page.get_by_role("dialog").get_by_role("button", name="Close the emergency").click()
    for each in (page, rita.page):
        expect(emergencies(each)).to_have_count(0)


def test_a_rollback_breaks_the_glass_too(cellar: Cellar, model: str, visit: Open) -> None:
    move: dict[str, Any] = {"name": model, "version": "2", "stage": "Production"}
    cellar.people["otto"].do(TransitionStage(**move, comment="at once", break_glass=True))
    page = enter(visit, cellar.site, "otto").go(f"/models/{model}")
    page.get_by_role("button", name="Actions for Production").click()
    page.get_by_role("menuitem", name="Roll back").click()
    dialog = page.get_by_role("dialog")
    submit = dialog.get_by_role("button", name="Roll back")
    dialog.get_by_label("Reason").fill(DOWN)
    expect(dialog.get_by_text("Missing")).to_be_visible()
    expect(submit).to_be_disabled()
    dialog.get_by_label("Emergency").check()
    submit.click()
    expect(column(page, "Production")).to_contain_text("Version 1")
    expect(emergencies(page).get_by_role("listitem")).to_have_count(2)


def test_changes_are_asked_for_and_the_request_stays_open(
    cellar: Cellar, model: str, visit: Open
) -> None:
    number = cellar.ask(model)
    otto, rita, ann = (enter(visit, cellar.site, name) for name in ("otto", "rita", "ann"))
    for opened in (otto, rita, ann):
        opened.go(f"/approvals/{number}")
    ask = rita.page.get_by_role("button", name="Request changes")
    expect(ask).to_be_disabled()
    rita.page.get_by_label("What you say to it").fill("try it on whites")
    otto.page.get_by_label("What you say to it").fill("I do not review this")
    expect(ask).to_be_enabled()
    expect(otto.page.get_by_role("button", name="Request changes")).to_be_disabled()
    ask.click()
    expect(rita.page.get_by_text("Changes were asked for. The request stays open.")).to_be_visible()
    heading = ann.page.get_by_role("heading", level=1).locator("..")
    expect(heading).to_contain_text("rita asks for changes")
    expect(heading).to_contain_text("Open")
    expect(said(ann.page, "try it on whites")).to_contain_text("asked for changes")
    keep_screenshot(ann.page, "request-changes")
    assert offences(ann.page) == []
    ann.page.get_by_label("Add a comment").fill("whites are in now")
    ann.page.get_by_role("button", name="Comment", exact=True).click()
    for page in (ann.page, rita.page):
        expect(page.get_by_role("heading", level=1).locator("..")).not_to_contain_text("changes")
    expect(rita.page.get_by_role("button", name="Approve")).to_be_enabled()
