"""What a filter hides is counted, and comes back by one click."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browser.conftest import Open, keep_screenshot
from browser.seeds import SWEEP
from browser.test_browser_pages import LOOKS, offences, places
from refusals.served import Site

NOTHING = "filter=metrics.rmse%20%3E%2099"
HIDDEN = {
    "table": f"/experiments/{{sweep}}?{NOTHING}",
    "groups": f"/experiments/{{sweep}}?{NOTHING}&by=params.solver",
    "metrics": f"/experiments/{{sweep}}/metrics?{NOTHING}",
    "charts": f"/experiments/{{sweep}}/charts?{NOTHING}",
}


@pytest.mark.parametrize("view", HIDDEN)
def test_runs_that_a_filter_hides_are_counted_and_come_back(
    view: str, wine: Site, visit: Open
) -> None:
    opened = visit(wine)
    page = opened.go(HIDDEN[view].format(**places(wine)))
    expect(page.get_by_text("60 runs are hidden by this filter.")).to_be_visible()
    for theme, width in [*LOOKS, ("light", 375)]:
        opened.look(theme, width)
        keep_screenshot(page, f"hidden-{view}-{theme}-{width}")
        assert offences(page) == []
    page.get_by_role("button", name="Clear the filter").click()
    expect(page.get_by_text("hidden by this filter")).to_have_count(0)
    expect(page.get_by_text("trial-000").or_(page.get_by_text("60 runs")).first).to_be_visible()
    assert "filter=" not in page.url


def test_deleted_runs_are_not_counted_among_the_others(wine: Site, visit: Open) -> None:
    page = visit(wine).go(f"/experiments/{places(wine)['sweep']}?view=deleted&{NOTHING}")
    expect(page.get_by_text("No run fits this filter")).to_be_visible()
    expect(page.get_by_text("hidden by this filter")).to_have_count(0)
    page.get_by_role("button", name="Clear the filter").click()
    expect(page.get_by_text("No run of this experiment was deleted")).to_be_visible()


def test_experiments_and_models_that_a_filter_hides_are_counted(wine: Site, visit: Open) -> None:
    opened = visit(wine)
    for path, noun, button, back in (
        ("/experiments?q=nothing&folder=nowhere", "experiment", "Clear the filters", SWEEP),
        ("/models?q=nothing&owner=nobody", "model", "Clear the filter", "lr_wine_quality"),
    ):
        page = opened.go(path.partition("?")[0])
        rows = page.get_by_role("grid").get_attribute("aria-rowcount") or ""
        hidden = int(rows) - 1
        assert hidden
        opened.go(path)
        said = f"{hidden} {noun} is" if hidden == 1 else f"{hidden} {noun}s are"
        expect(page.get_by_text(f"{said} hidden by")).to_be_visible()
        keep_screenshot(page, f"hidden-{noun}s")
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("link", name=back, exact=True).first).to_be_visible()
        expect(page.get_by_role("grid")).to_have_attribute("aria-rowcount", rows)
