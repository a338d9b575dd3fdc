"""Reviews in the browser: three people bring a version to Production, and take it back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Open, Visit, arrow_down, cut_off, keep_screenshot
from browser.reviewing import (
    EVIDENCE,
    MODEL,
    REASON,
    Cellar,
    badge,
    cellars,
    enter,
    seed_model,
)
from browser.test_browser_pages import offences
from cuvee.api.models import DeleteRegisteredModel
from cuvee.api.versions import TransitionStage

AGAIN = "whites are in the set now"
WORSE = "no run on white wines"
DRIFTS = "it drifts on the new harvest"


@pytest.fixture(scope="module")
def cellar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cellar]:
    """A server that asks for a login, with ann, rita and otto."""
    yield from cellars(tmp_path_factory.mktemp("reviewed"))


@pytest.fixture
def model(cellar: Cellar) -> Iterator[str]:
    """A model under review: version 1 came to Production by it, version 2 is new."""
    seed_model(cellar.store, cellar.people)
    yield MODEL
    cellar.store.do(DeleteRegisteredModel(name=MODEL, force=True))  # and its requests


def column(page: Page, stage: str) -> Locator:
    return page.locator(f"[data-stage={stage}]")


def said(page: Page, text: str) -> Locator:
    return (
        page.get_by_role("list", name="Conversation").get_by_role("listitem").filter(has_text=text)
    )


def told(opened: Visit, model: str) -> None:
    """Check that the model's history has every step: who, what and why."""
    page = opened.go(f"/models/{model}?tab=history")
    entries = page.get_by_role("list", name="History").get_by_role("listitem")
    for who, what, why in (
        ("ann", "asked for a move of", REASON),
        ("rita", "commented on", "what about whites?"),
        ("rita", "rejected the move of", WORSE),
        ("ann", "asked for a move of", AGAIN),
        ("rita", "approved the move of", "fine by me"),
        ("rita", "moved", "fine by me"),
        ("otto", "rolled back", DRIFTS),
    ):
        entry = entries.filter(has_text=what).filter(has_text=why).filter(has_text=who)
        expect(entry.first).to_be_visible()
        expect(entry.first).to_contain_text("version")


# ---------------------------------------------------------------- end to end


def ask_by_mouse(opened: Visit, model: str, reason: str) -> None:
    page = opened.go(f"/models/{model}")
    page.get_by_role("button", name="Actions for version 2").click()
    page.get_by_role("menuitem", name="Production").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("link", name="Compare with version 1")).to_be_visible()
    submit = dialog.get_by_role("button", name="Request approval")
    expect(submit).to_be_disabled()
    dialog.get_by_label("Reason").fill(reason)
    keep_screenshot(page, "request-dialog")
    submit.click()
    expect(dialog).to_have_count(0)
    expect(column(page, "None").get_by_text("asked for Production")).to_be_visible()


def roll_back_by_mouse(opened: Visit, model: str) -> Page:
    board = opened.go(f"/models/{model}")
    board.get_by_role("button", name="Actions for Production").click()
    board.get_by_role("menuitem", name="Roll back").click()
    dialog = board.get_by_role("dialog")
    expect(dialog).to_contain_text("Version 2 leaves for Archived.")
    dialog.get_by_label("Reason").fill(DRIFTS)
    keep_screenshot(board, "rollback-dialog")
    assert offences(board) == []
    dialog.get_by_role("button", name="Roll back").click()
    expect(dialog).to_have_count(0)
    return board


def test_a_review_goes_its_way_by_mouse(cellar: Cellar, model: str, visit: Open) -> None:
    ann, rita, otto = (enter(visit, cellar.site, name) for name in ("ann", "rita", "otto"))
    inbox = rita.page
    badge(inbox, 0)
    ask_by_mouse(ann, model, REASON)
    badge(inbox, 1)  # and nobody has touched rita's page
    only(inbox, REASON)
    keep_screenshot(inbox, "approvals-inbox")
    assert offences(inbox) == []
    inbox.get_by_role("link", name=f"{model} 2").click()
    expect(inbox.get_by_role("heading", name=f"Version 2 of {model} to Production")).to_be_visible()
    expect(inbox.get_by_role("table", name="Metrics")).to_contain_text("\N{MINUS SIGN}0.25")
    expect(inbox.get_by_role("link", name="Evidence")).to_have_attribute("href", EVIDENCE)
    address = inbox.url

    ann.go(re.sub(r"^https?://[^/]+", "", address))
    inbox.get_by_label("Add a comment").fill("what about whites?")
    inbox.get_by_role("button", name="Comment", exact=True).click()
    expect(said(inbox, "what about whites?")).to_be_visible()
    expect(said(ann.page, "what about whites?")).to_be_visible()

    reject = inbox.get_by_role("button", name="Reject")
    expect(reject).to_be_disabled()
    inbox.get_by_label("What you say to it").fill(WORSE)
    keep_screenshot(inbox, "request-review")
    reject.click()
    badge(inbox, 0)
    for page in (inbox, ann.page):
        expect(page.get_by_role("heading", level=1).locator("..")).to_contain_text("Rejected")
        expect(said(page, WORSE)).to_be_visible()
        expect(page.get_by_role("button", name="Approve")).to_have_count(0)

    ask_by_mouse(ann, model, AGAIN)
    badge(inbox, 1)
    inbox.get_by_role("link", name="Approvals").first.click()
    only(inbox, AGAIN)
    inbox.get_by_role("link", name=f"{model} 2").click()
    expect(inbox.get_by_text("Version 1 leaves for Archived.")).to_be_visible()
    inbox.get_by_label("What you say to it").fill("fine by me")
    inbox.get_by_role("button", name="Approve").click()
    expect(inbox.get_by_text("Approved: version 2 is in Production now.")).to_be_visible()
    badge(inbox, 0)
    expect(column(ann.page, "Production")).to_contain_text("Version 2")

    board = roll_back_by_mouse(otto, model)
    for page in (board, ann.page):
        expect(column(page, "Production")).to_contain_text("Version 1")
        expect(column(page, "Archived")).to_contain_text("Version 2")
    told(ann, model)


FOCUSED = """() => {
  const e = document.activeElement;
  return e.labels?.[0]?.textContent ?? e.getAttribute("aria-label") ?? e.textContent ?? "";
}"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has the focus is called by a name."""
    for _ in range(90):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED).strip() == name:
            return
    raise AssertionError(f"Tab does not come to {name!r}")


def choose(page: Page, item: str) -> None:
    """Choose an item of the menu that is open."""
    expect(page.get_by_role("menu")).to_be_visible()
    for _ in range(9):
        if page.evaluate(FOCUSED).strip() == item:
            break
        arrow_down(page)
    page.keyboard.press("Enter")


def ask_by_keys(opened: Visit, model: str, reason: str) -> None:
    page = opened.go(f"/models/{model}")
    expect(column(page, "None")).to_contain_text("Version 2")
    tab_to(page, "Version 2")
    page.keyboard.press("m")
    choose(page, "Production")
    expect(page.get_by_role("button", name="Request approval")).to_be_visible()
    tab_to(page, "Reason")
    page.keyboard.type(reason)
    tab_to(page, "Request approval")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(column(page, "None").get_by_text("asked for Production")).to_be_visible()


def only(page: Page, reason: str) -> None:
    """Wait until the inbox has the request with a reason alone: what it had before has gone."""
    requests = page.get_by_role("list", name="Requests").get_by_role("listitem")
    expect(requests).to_have_text([re.compile(re.escape(reason))])


def open_by_keys(page: Page, model: str, reason: str) -> None:
    page.keyboard.press("g")
    page.keyboard.press("a")
    expect(page).to_have_url(re.compile("/approvals$"))
    only(page, reason)
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=f"{model} 2")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=f"Version 2 of {model} to Production")).to_be_visible()
    expect(page.get_by_role("table", name="Metrics")).to_be_visible()


def test_a_review_goes_its_way_by_keyboard_alone(cellar: Cellar, model: str, visit: Open) -> None:
    ann, rita, otto = (enter(visit, cellar.site, name) for name in ("ann", "rita", "otto"))
    page = rita.go("/experiments")
    ask_by_keys(ann, model, REASON)
    badge(page, 1)
    open_by_keys(page, model, REASON)
    tab_to(page, "Add a comment")
    page.keyboard.type("what about whites?")
    tab_to(page, "Comment")
    page.keyboard.press("Enter")
    expect(said(page, "what about whites?")).to_be_visible()
    tab_to(page, "What you say to it")
    page.keyboard.type(WORSE)
    tab_to(page, "Reject")
    page.keyboard.press("Enter")
    expect(said(page, WORSE)).to_be_visible()
    badge(page, 0)

    ask_by_keys(ann, model, AGAIN)
    badge(page, 1)
    open_by_keys(page, model, AGAIN)
    tab_to(page, "What you say to it")
    page.keyboard.type("fine by me")
    tab_to(page, "Approve")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Approved: version 2 is in Production now.")).to_be_visible()

    board = otto.go(f"/models/{model}")
    expect(column(board, "Production")).to_contain_text("Version 2")
    tab_to(board, "Actions for Production")
    board.keyboard.press("Enter")
    choose(board, "Roll back…")
    expect(board.get_by_role("dialog")).to_contain_text("Version 2 leaves for Archived.")
    tab_to(board, "Reason")
    board.keyboard.type(DRIFTS)
    tab_to(board, "Roll back")
    board.keyboard.press("Enter")
    expect(column(board, "Production")).to_contain_text("Version 1")
    told(otto, model)


# ---------------------------------------------------------------- rights, changes, conflicts


def test_what_one_may_not_do_is_disabled_with_the_servers_reason(
    cellar: Cellar, model: str, visit: Open
) -> None:
    number = cellar.ask(model)
    ann = enter(visit, cellar.site, "ann").go(f"/approvals/{number}")
    otto = enter(visit, cellar.site, "otto").go(f"/approvals/{number}")
    for page, reason in (
        (ann, "ann has registered the version: somebody else must approve it."),
        (otto, f"otto does not review moves to Production of {model}: ask group:risk."),
    ):
        expect(page.get_by_text(reason).first).to_be_visible()
        page.get_by_label("What you say to it").fill("let me")
        for name in ("Approve", "Reject"):
            expect(page.get_by_role("button", name=name)).to_be_disabled()
    expect(otto.get_by_role("button", name="Withdraw")).to_be_disabled()
    expect(otto.get_by_text("The request is ann's")).to_be_visible()
    keep_screenshot(otto, "request-refused")

    ann.get_by_role("button", name="Withdraw").click()
    expect(ann.get_by_text("The request was withdrawn.")).to_be_visible()
    for page in (ann, otto):
        expect(page.get_by_role("heading", level=1).locator("..")).to_contain_text("Withdrawn")
    expect(said(otto, "withdrew it")).to_contain_text("let me")
    ann.get_by_role("link", name="Approvals").first.click()
    ann.get_by_role("link", name="Done").click()
    row = ann.get_by_role("listitem").filter(has_text=f"{model} 2")
    expect(row).to_contain_text("Withdrawn")


def test_comments_are_changed_and_removed_by_who_wrote_them(
    cellar: Cellar, model: str, visit: Open
) -> None:
    number = cellar.ask(model)
    ann = enter(visit, cellar.site, "ann").go(f"/approvals/{number}")
    rita = enter(visit, cellar.site, "rita").go(f"/approvals/{number}")
    ann.get_by_label("Add a comment").fill("first words")
    ann.get_by_role("button", name="Comment", exact=True).click()
    expect(said(rita, "first words")).to_be_visible()
    expect(said(rita, "first words").get_by_role("button")).to_have_count(0)
    said(ann, "first words").get_by_role("button", name="Edit").click()
    expect(ann.get_by_label("Edit the comment")).to_be_focused()
    ann.get_by_label("Edit the comment").fill("second words")
    ann.get_by_role("button", name="Save").click()
    expect(said(rita, "second words")).to_contain_text("edited")
    said(ann, "second words").get_by_role("button", name="Delete").click()
    keep_screenshot(ann, "comment-removal")
    ann.get_by_role("dialog").get_by_role("button", name="Delete").click()
    for page in (ann, rita):
        expect(said(page, "second words")).to_have_count(0)


def test_a_request_that_has_become_stale_says_what_changed(
    cellar: Cellar, model: str, visit: Open
) -> None:
    number = cellar.ask(model)
    page = enter(visit, cellar.site, "rita").go(f"/approvals/{number}")
    expect(page.get_by_role("button", name="Approve")).to_be_enabled()
    move: dict[str, Any] = {
        "name": model,
        "version": "1",
        "stage": "Archived",
        "comment": "withdrawn",
    }
    cellar.people["otto"].do(TransitionStage(**move))
    notice = page.get_by_role("region", name="has changed")
    expect(notice).to_contain_text("Production was held by version 1 when it was asked for")
    expect(page.get_by_text("there is nothing to compare with")).to_be_visible()
    keep_screenshot(page, "request-stale")
    assert offences(page) == []
    page.get_by_role("link", name="Approvals").first.click()
    expect(page.get_by_role("listitem").filter(has_text=f"{model} 2")).to_contain_text("Stale")


def test_an_approval_that_comes_too_late_is_refused_and_explained(
    cellar: Cellar, model: str, visit: Open
) -> None:
    number = cellar.ask(model)
    opened = enter(visit, cellar.site, "rita")
    opened.expected += ["status of 409", "Failed to load resource"]
    hears_no_more = cut_off(opened.page, "**/requests/get*", "getTransitionRequest")
    page = opened.go(f"/approvals/{number}")
    expect(page.get_by_role("button", name="Approve")).to_be_enabled()
    hears_no_more()
    move: dict[str, Any] = {
        "name": model,
        "version": "1",
        "stage": "Archived",
        "comment": "withdrawn",
    }
    cellar.people["otto"].do(TransitionStage(**move))
    page.get_by_role("button", name="Approve").click()
    note = page.get_by_role("alert").filter(has_text="Nothing was changed.")
    expect(note).to_contain_text("held by nobody, not by version 1: otto took version 1 away")
    page.unroute("**/requests/get*")
    page.reload()
    expect(page.get_by_role("region", name="has changed")).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved: version 2 is in Production now.")).to_be_visible()


def test_a_move_is_made_or_asked_for_by_rights(cellar: Cellar, model: str, visit: Open) -> None:
    for name, button, result in (
        ("rita", "Request approval", "asked for Staging"),
        ("otto", "Move", "Version 2"),
    ):
        page = enter(visit, cellar.site, name).go(f"/models/{model}")
        page.get_by_role("button", name="Actions for version 2").click()
        page.get_by_role("menuitem", name="Staging").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Reason").fill("to try it")
        expect(dialog.get_by_role("button", name=button, exact=True)).to_be_enabled()
        if name == "rita":
            expect(dialog).to_contain_text(f"rita may not move version 2 of {model}")
            keep_screenshot(page, "request-dialog-rights")
        dialog.get_by_role("button", name=button, exact=True).click()
        expect(dialog).to_have_count(0)
        stage = "None" if name == "rita" else "Staging"
        expect(column(page, stage).get_by_text(result)).to_be_visible()


def test_what_one_has_asked_for_already_leads_to_the_request(
    cellar: Cellar, model: str, visit: Open
) -> None:
    number = cellar.ask(model)
    page = enter(visit, cellar.site, "ann").go(f"/models/{model}")
    page.get_by_role("button", name="Actions for version 2").click()
    page.get_by_role("menuitem", name="Production").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("once more")
    expect(dialog.get_by_role("button", name="Request approval")).to_be_disabled()
    dialog.get_by_role("link", name="Open the request").click()
    expect(page).to_have_url(re.compile(f"/approvals/{number}$"))


def test_requests_are_filtered_by_the_model_that_the_address_names(
    cellar: Cellar, model: str, visit: Open
) -> None:
    cellar.ask(model)
    opened = enter(visit, cellar.site, "rita")
    page = opened.go("/approvals")
    requests = page.get_by_role("list", name="Requests").get_by_role("listitem")
    expect(requests).to_have_count(1)
    box = page.get_by_label("Model", exact=True)
    box.fill("another")
    box.press("Enter")
    expect(page.get_by_text("Nothing of another is among these")).to_be_visible()
    expect(page.get_by_text("1 request is hidden by the choice of a model.")).to_be_visible()
    expect(page).to_have_url(re.compile("/approvals.model=another$"))
    keep_screenshot(page, "approvals-none-of-model")
    assert offences(page) == []
    page.get_by_role("link", name="Emergencies").click()
    expect(page).to_have_url(re.compile("model=another"))
    expect(page.get_by_text("Nobody has broken the glass for another")).to_be_visible()
    emptied = page.get_by_role("region", name="Emergencies")
    emptied.get_by_role("button", name="All models").click()
    expect(page.get_by_text("Nobody has broken the glass", exact=True)).to_be_visible()
    opened.go(f"/approvals?model={model}")
    expect(page.get_by_label("Model", exact=True)).to_have_value(model)
    expect(requests).to_have_count(1)
    for width in (1440, 375):
        opened.look("light", width)
        keep_screenshot(page, f"approvals-of-model-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="All models").click()
    expect(page).to_have_url(re.compile("/approvals$"))
