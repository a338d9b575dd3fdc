"""Every page, in both themes and at two widths: drawn, accessible, and silent."""

from __future__ import annotations

from typing import Any

import pytest

from browser.conftest import ROOT, Open, Theme, Visit, keep_screenshot
from browser.seeds import SWEEP
from cuvee.api.demo import MODEL
from refusals.served import Site

PARTS = ("tokens", "users", "groups", "permissions", "webhooks", "appearance")
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
THEMES: tuple[Theme, ...] = ("light", "dark")
LOOKS = [(theme, width) for theme in THEMES for width in (1440, 1024)]
WINE = f"/models/{MODEL}"
PAGES = {
    "home": "/",
    "experiments": "/experiments",
    "experiments-none": "/experiments?q=nothing",
    "experiments-archived": "/experiments?view=archived",
    "runs": "/experiments/{sweep}",
    "runs-none": "/experiments/{sweep}?filter=metrics.rmse%20%3E%209",
    "runs-refused": "/experiments/{sweep}?filter=metrics.rmse%20%3D%3D%3D",
    "runs-metrics": "/experiments/{sweep}/metrics",
    "runs-charts": "/experiments/{sweep}/charts",
    "runs-split": "/experiments/{sweep}?view=split",
    "run": "/runs/{run}",
    "run-metrics": "/runs/{run}/metrics",
    "run-artifacts": "/runs/{run}/artifacts",
    "run-code": "/runs/{run}/code",
    "run-environment": "/runs/{run}/environment",
    "run-system": "/runs/{run}/system",
    "run-logs": "/runs/{run}/logs",
    "run-lineage": "/runs/{run}/lineage",
    "compare": "/compare?runs={three}&in={sweep}",
    "compare-charts": "/compare?runs={three}&in={sweep}&tab=charts",
    "compare-plots": "/compare?runs={three}&in={sweep}&tab=plots",
    "compare-scatter": "/compare?runs={three}&in={sweep}&tab=scatter",
    "compare-code-none": "/compare?runs={three}&in={sweep}&tab=code",
    "compare-environment-none": "/compare?runs={three}&in={sweep}&tab=environment",
    "compare-artifacts-none": "/compare?runs={three}&in={sweep}&tab=artifacts",
    "compare-none": "/compare",
    "models": "/models",
    "model-board": WINE,
    "model-versions": f"{WINE}?tab=versions",
    "model-metrics": f"{WINE}?tab=metrics",
    "model-history": f"{WINE}?tab=history",
    "model-settings": f"{WINE}?tab=settings",
    "version": f"{WINE}/versions/1",
    "version-files": f"{WINE}/versions/1/files?path=MLmodel",
    "version-lineage": f"{WINE}/versions/1/lineage",
    "version-history": f"{WINE}/versions/1/history",
    "version-try": f"{WINE}/versions/1/try",
    "version-diff": f"{WINE}/diff/1/2",
    "version-diff-all": f"{WINE}/diff/Production/Staging?all=true",
    "approvals": "/approvals",
    "approvals-mine": "/approvals?tab=mine",
    "approvals-done": "/approvals?tab=done",
    "approvals-emergencies": "/approvals?tab=emergencies",
    "request": "/approvals/1",
    "audit": "/audit",
    "audit-none": "/audit?actor=nobody",
    "audit-event": "/audit/10",
    **{f"settings-{part}": f"/settings/{part}" for part in PARTS},
    "settings-explained": "/settings/permissions?object=model:lr_wine_quality",
    "not-found": "/nowhere/at/all",
}
SETTINGS = [f"settings-{part}" for part in PARTS]
NAMED = ("home", "experiments", "runs", "run", "models")
SMALL = [(375, 900), (720, 450)]
"""A phone, and what is left of 1440 by 900 pixels when all is shown twice as large."""
LOW = """() => ["grid", "treegrid", "tree"]
  .flatMap((role) => [...document.querySelectorAll(`main [role=${role}]`)])
  .filter((one) => one.clientHeight < 100).map((one) => one.ariaLabel)"""
"""Tables of which hardly a row is seen."""
MOVING = """() => [
  ...document.getAnimations().filter((one) => one.effect.getComputedTiming().duration > 1)
    .map((one) => one.animationName),
  ...[...document.querySelectorAll("*")].map((one) => getComputedStyle(one))
    .filter((style) => style.transitionDuration.split(", ").some((text) => parseFloat(text) > 0.01))
    .map((style) => style.transitionProperty),
]"""
"""What moves by itself, or on its way from one look to another."""
EMPTY = {"empty-home": "/", "empty-models": "/models", "empty-runs": "/experiments/0"}


def places(site: Site) -> dict[str, str]:
    """Return ids of seeded things by the names that the addresses above use."""
    filter_ = f"name = '{SWEEP}'"
    found = site.api("experiments/search", filter=filter_, max_results=1)["experiments"]
    experiment = found[0]["experiment_id"]
    runs = site.api("runs/search", experiment_ids=[experiment], max_results=5)["runs"]
    ids = [run["info"]["run_id"] for run in runs]
    return {"sweep": experiment, "run": ids[1], "three": ",".join(ids[:3])}


def offences(page: Any) -> list[str]:
    """Return what axe-core finds serious or critical."""
    if not page.evaluate("'axe' in window"):  # half a megabyte, once for each document
        page.evaluate(AXE.read_text(encoding="utf-8"))
    results = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{v['id']} ({v['impact']}): {node['target']} {node['failureSummary'][:300]}"
        for v in results["violations"]
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]


def in_all_looks(opened: Visit, name: str) -> None:
    """Look at the page that is open in both themes and three widths; keep what is seen."""
    for theme in THEMES:
        for width in (1440, 1024, 375):
            opened.look(theme, width)
            keep_screenshot(opened.page, f"{name}-{theme}-{width}")
            assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
            assert offences(opened.page) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_drawn_accessible_and_silent(name: str, wine: Site, visit: Open) -> None:
    opened = visit(wine)
    if name in ("not-found", "runs-refused"):
        opened.expected.append("status of 40")
    page = opened.go(PAGES[name].format(**places(wine)))
    for theme, width in LOOKS:
        opened.look(theme, width)
        keep_screenshot(page, f"{name}-{theme}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert offences(page) == []


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_store_says_what_belongs_there(name: str, empty: Site, visit: Open) -> None:
    opened = visit(empty)
    page = opened.go(EMPTY[name])

    assert f"http://127.0.0.1:{empty.port}" in (page.text_content("main pre") or "")
    for theme in THEMES:
        opened.look(theme, 1440)
        keep_screenshot(page, f"{name}-{theme}")
        assert offences(page) == []


@pytest.mark.parametrize("size", SMALL)
def test_a_phone_and_a_window_at_200_per_cent_can_show_every_page(
    size: tuple[int, int], wine: Site, visit: Open
) -> None:
    width, height = size
    opened = visit(wine, width=width)
    opened.page.set_viewport_size({"width": width, "height": height})
    opened.expected.append("status of 40")
    for name, path in PAGES.items():
        page = opened.go(path.format(**places(wine)))
        keep_screenshot(page, f"{name}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert page.evaluate(LOW) == [], name


def test_nothing_moves_for_who_does_not_want_it(wine: Site, visit: Open) -> None:
    ids = places(wine)
    found = wine.api("runs/search", experiment_ids=[ids["sweep"]], max_results=1)["runs"]
    opened = visit(wine)
    page = opened.go(f"/runs/{found[0]['info']['run_id']}/metrics")
    assert page.evaluate(MOVING), "a run that goes on has marks that move"
    page.emulate_media(reduced_motion="reduce")
    for path in (f"/runs/{found[0]['info']['run_id']}/metrics", "/", "/models", WINE):
        page = opened.go(path)
        assert page.evaluate(MOVING) == [], path


def test_every_page_has_a_title_and_says_where_it_is(wine: Site, visit: Open) -> None:
    opened = visit(wine)
    titles = set()
    registry = ("model-board", "version", "version-diff", "approvals", "request")
    for name in (*NAMED, *registry, "audit", "audit-event", *SETTINGS):
        page = opened.go(PAGES[name].format(**places(wine)))
        titles.add(page.title())
        crumbs = page.text_content("nav[aria-label=Breadcrumbs]") or ""
        assert (page.text_content("main h1") or "?") in crumbs, name
    assert len(titles) == 12 + len(SETTINGS)
    assert all(title.endswith(" Cuvee") for title in titles), titles
