"""A model's settings: its stages, their rules, and a policy that is tried before it is applied."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from browser.conftest import Open, keep_screenshot
from browser.reviewing import MODEL, Cellar, cellars, enter, seed_model
from browser.test_browser_pages import in_all_looks, offences

TAB = f"/models/{MODEL}?tab=settings"
STRICTER = "approvals: 2"


@pytest.fixture(scope="module")
def cellar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cellar]:
    """A server that asks for a login, with a model under review."""
    for found in cellars(tmp_path_factory.mktemp("settings")):
        seed_model(found.store, found.people)
        yield found


def test_stages_are_listed_with_their_rules_and_edited_by_who_may(
    cellar: Cellar, visit: Open
) -> None:
    opened = enter(visit, cellar.site, "otto")
    page = opened.go(TAB)
    stages = page.get_by_role("list", name="Stages, in their order").locator("> li")
    expect(stages).to_have_count(4)
    expect(stages.nth(2)).to_contain_text("one version; the former one leaves for Archived")
    expect(stages.nth(2)).to_contain_text("1 approval by group:risk")
    expect(stages.nth(2)).to_contain_text("metrics.rmse < 0.8")
    expect(page.get_by_role("button", name="Edit the policy")).to_be_disabled()
    expect(page.get_by_text("Only who has CAN_MANAGE on the model")).to_be_visible()
    in_all_looks(opened, "model-settings")


def test_a_policy_is_tried_against_the_past_and_applied_with_a_reason(
    cellar: Cellar, visit: Open
) -> None:
    opened = enter(visit, cellar.site, "root")
    opened.expected.append("status of 400")
    page = opened.go(TAB)
    page.get_by_role("button", name="Edit the policy").press("Enter")
    box = page.get_by_label("Policy document")
    expect(box).to_be_focused()
    text = box.input_value()
    assert f"scope: {MODEL}" in text
    attempt, apply = (page.get_by_role("button", name=n) for n in ("Try it", "Apply"))
    expect(apply).to_be_disabled()
    box.fill(text.replace("approvals: 1", "approvals: many"))
    attempt.click()
    expect(page.get_by_role("alert")).to_contain_text("approvals")
    expect(apply).to_be_disabled()
    box.fill(text.replace("approvals: 1", STRICTER))
    attempt.click()
    outcome = page.get_by_role("region", name="What it would do")
    expect(outcome).to_contain_text("It would have blocked 1 of 1 past move.")
    expect(outcome.get_by_role("table")).to_contain_text("1 more approval")
    keep_screenshot(page, "policy-tried")
    assert offences(page) == []
    apply.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Apply")).to_be_disabled()
    expect(dialog.get_by_label("Reason")).to_be_focused()
    page.keyboard.type("two pairs of eyes")
    dialog.get_by_role("button", name="Apply").press("Enter")
    expect(page.get_by_text("The policy applies now.")).to_be_visible()
    expect(page.get_by_role("list", name="Stages, in their order")).to_contain_text("2 approvals")
    expect(page.get_by_text("applied by root")).to_be_visible()
