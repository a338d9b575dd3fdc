"""The list of registered models: any number of them, what is in their stages, what waits."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browser import timing
from browser.conftest import Open, Visit, calls_of, keep_screenshot, served
from browser.test_browser_pages import in_all_looks
from cuvee.api.models import CreateRegisteredModel, RegisteredModelTag
from cuvee.api.versions import CreateModelVersion, TransitionStage
from cuvee.store.sql import SqlStore
from refusals.served import Site

MANY = 2000
HELD = "wine_held"
MEASURED = "model_0007"
AGO = r"(now|just now|\d.*ago)"
LATER = 340 * 86_400  # seconds after which the longest is said that the page says of times
AGES_AGO = "11 mo. ago"
SEEN = """(cells) => cells.map((cell) => {
  const [box, time] = [cell.getBoundingClientRect(), cell.querySelector("time")];
  const at = time.getBoundingClientRect();
  const cut = [time, ...cell.querySelectorAll("a")].some((e) => e.scrollWidth > e.clientWidth + 1
    && getComputedStyle(e).display !== "inline");
  return !cut && at.left >= box.left && at.right <= box.right - 9;
})"""
"""Whether the version and the time of a cell are seen whole."""
LONG = "zz_" + "a_very_long_name_that_somebody_has_chosen_" * 5


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with 2,000 models; of the last changed one versions are in two stages."""
    folder = tmp_path_factory.mktemp("registry")
    store = SqlStore.open(f"sqlite:///{folder}/cuvee.db")
    for i in range(MANY - 2):
        tags = [RegisteredModelTag("team", f"team {i % 7}")]
        store.do(CreateRegisteredModel(name=f"model_{i:04}", tags=tags))
    store.close()
    for site in served(folder):
        site.api("registered-models/create", name=LONG)
        log_a_metric(site)
        site.api("registered-models/create", name=HELD, tags=[{"key": "team", "value": "cellar"}])
        for stage in ("Production", "Staging", None, None):
            made = site.api("model-versions/create", name=HELD, source="s3://b/m")
            version = made["model_version"]["version"]
            named = {"name": HELD, "version": version}
            if stage:
                site.api("model-versions/transition-stage", **named, stage=stage)
        ask_for_a_move(site, named)
        site.api("registered-models/alias", **named, alias="champion")
        yield site


def ask_for_a_move(site: Site, named: dict[str, Any]) -> None:
    site.api("transition-requests/create", **named, stage="Production", comment="better")


def log_a_metric(site: Site) -> None:
    """Give a model a version in Production whose run has metrics, and let another person own it."""
    run = site.api("runs/create", experiment_id="0")["run"]["info"]["run_id"]
    for key, value in (("auc", 0.98765), ("rmse", 0.25)):
        site.api("runs/log-metric", run_id=run, key=key, value=value, timestamp=1, step=0)
    about = {"name": MEASURED, "source": f"runs:/{run}/m", "run_id": run}
    for _ in range(3):
        version = site.api("model-versions/create", **about)["model_version"]["version"]
        moved = {"name": MEASURED, "version": version, "stage": "Production"}
        site.api("model-versions/transition-stage", **moved)


def rows(page: Page) -> Locator:
    return page.get_by_role("grid", name="Models").locator("[role=row][aria-rowindex]")


def cells(page: Page, name: str) -> Locator:
    return rows(page).filter(has_text=name).get_by_role("gridcell")


def test_the_list_says_what_is_in_the_stages_and_what_waits(registry: Site, visit: Open) -> None:
    opened = visit(registry)
    page = opened.go(f"/models?q={HELD}")
    expect(page.get_by_role("main").get_by_role("status")).to_have_text("1")
    held = cells(page, HELD)
    expect(held.nth(2)).to_have_text(re.compile(f"^Version 1{AGO}$"))
    expect(held.nth(3)).to_have_text(re.compile(f"^Version 2{AGO}$"))
    expect(held.nth(4)).to_have_text("\N{EN DASH}")
    expect(held.nth(5)).to_have_text("1 request")
    expect(held.nth(6)).to_have_text(re.compile(f"root{AGO}$"))
    expect(held.nth(6).locator("[title]").first).to_have_attribute(
        "title", "root registered a version"
    )
    expect(held.nth(7)).to_contain_text("root")
    expect(held.nth(8)).to_contain_text("team: cellar")
    expect(held.nth(1)).to_have_text("4")
    expect(held.nth(9)).to_contain_text("@champion → 4")
    registry.api("model-versions/transition-stage", name=HELD, version="3", stage="Staging")
    expect(held.nth(3)).to_have_text(re.compile(r"^Version 3\+1"))  # it comes by itself
    expect(held.nth(6).locator("[title]").first).to_have_attribute("title", "root moved a version")
    held.nth(2).get_by_role("link").click()
    expect(page.get_by_role("heading", name="Version 1")).to_be_visible()


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with a model that has 120 versions, all but one of them in Staging."""
    folder = tmp_path_factory.mktemp("crowded")
    store = SqlStore.open(f"sqlite:///{folder}/cuvee.db")
    store.do(CreateRegisteredModel(name=HELD))
    for number in range(1, 121):
        store.do(CreateModelVersion(name=HELD, source="s3://b/m"))
        stage = "Production" if number == 1 else "Staging"
        store.do(TransitionStage(name=HELD, version=str(number), stage=stage))
    store.close()
    yield from served(folder)


@pytest.mark.parametrize("width", [1440, 1024])
def test_a_stage_says_the_version_and_since_when_in_full(
    crowded: Site, visit: Open, width: int
) -> None:
    """However many digits and other versions there are."""
    opened = visit(crowded, width=width)
    opened.page.clock.install(time=time.time() + LATER)
    page = opened.go("/models")
    held = cells(page, HELD)
    expect(held.nth(2)).to_have_text("Version 1" + AGES_AGO)
    expect(held.nth(3)).to_have_text("Version 120+118" + AGES_AGO)
    keep_screenshot(page, f"models-since-{width}")
    assert page.evaluate(SEEN, [held.nth(i).element_handle() for i in (2, 3)]) == [True, True]


def test_the_key_metric_of_production_is_shown_or_another_that_is_chosen(
    registry: Site, visit: Open
) -> None:
    opened = visit(registry)
    page = opened.go(f"/models?q={MEASURED}")
    measured = cells(page, MEASURED)
    expect(measured.nth(2)).to_have_text(re.compile(f"^Version 3\\+2{AGO}$"))
    expect(measured.nth(4)).to_have_text("auc0.9877")
    page.goto(f"{opened.url}/models?q={MEASURED}&metric=rmse")
    expect(measured.nth(4)).to_have_text("rmse0.25")
    page.get_by_role("button", name=re.compile("^rmse .$")).click()
    measured.nth(4).get_by_role("link", name="auc").click()
    expect(page).to_have_url(re.compile("metric=auc"))


def test_models_are_filtered_by_stage_and_owner(registry: Site, visit: Open) -> None:
    opened = visit(registry)
    page = opened.go("/models")
    total = page.get_by_role("main").get_by_role("status")
    page.get_by_label("In stage").select_option("Production")
    expect(total).to_have_text("2")
    page.get_by_label("In stage").select_option("Staging")
    expect(total).to_have_text("1")
    expect(page).to_have_url(re.compile("stage=Staging"))
    page.get_by_label("In stage").select_option("Any stage")
    page.get_by_label("Owner").select_option("root")
    expect(total).to_have_text("2\N{THIN SPACE}000")
    page.get_by_label("Filter by name").fill("wine")
    expect(total).to_have_text("1")
    page.reload()
    opened.settle()
    expect(total).to_have_text("1")
    expect(page.get_by_label("Owner")).to_have_value("root")
    page.goto(f"{opened.url}/models?owner=nobody&stage=Gone")
    expect(page.get_by_label("In stage")).to_have_value("Gone")
    page.get_by_role("button", name="Clear the filter").click()
    expect(total).to_have_text("2\N{THIN SPACE}000")


def test_2000_models_are_counted_and_reached_with_one_call_for_each_window(
    registry: Site, visit: Open
) -> None:
    opened = visit(registry)
    calls: set[str] = set()  # what is asked; the page asks again when something has happened
    opened.page.on("request", lambda request: calls.update(calls_of(request)))
    page = opened.go("/models?sort=name")
    grid = page.get_by_role("grid", name="Models")
    expect(grid).to_have_attribute("aria-rowcount", str(MANY + 1))
    expect(page.get_by_role("main").get_by_role("status")).to_have_text("2\N{THIN SPACE}000")
    expect(rows(page).nth(1)).to_contain_text("model_0000")
    about_models = [url for url in calls if "registered-models/" in url]
    assert all("registered-models/overview" in url for url in about_models), about_models
    assert len(about_models) <= 2, about_models
    assert not [url for url in calls if "/requests/search" in url]  # each window says what waits
    grid.evaluate("e => e.scrollTo(0, e.scrollHeight)")
    expect(rows(page).last).to_contain_text(LONG)
    searched = [url for url in calls if "registered-models/overview" in url]
    assert len(searched) <= 4, searched  # the first window, and those at the end
    page.get_by_role("columnheader", name="Name").get_by_role("button").click()
    expect(page).to_have_url(f"{opened.url}/models")
    expect(rows(page).nth(1)).to_contain_text(HELD)


def test_models_are_filtered_by_name_and_by_a_tag(registry: Site, visit: Open) -> None:
    opened = visit(registry)
    page = opened.go("/models?sort=name")
    total = page.get_by_role("main").get_by_role("status")
    page.get_by_role("link", name="team: team 3").first.click()
    expect(total).to_have_text("285")
    page.get_by_label("Filter by name").fill("el_01")
    expect(total).to_have_text("15")
    page.reload()
    opened.settle()
    expect(total).to_have_text("15")
    page.get_by_role("button", name=re.compile("^team: team 3 .$")).click()
    expect(total).to_have_text("100")
    page.get_by_label("Tag", exact=True).fill("team = team 4")
    page.get_by_label("Tag", exact=True).press("Enter")
    expect(total).to_have_text("14")
    page.get_by_role("button", name=re.compile("^team: team 4 .$")).click()
    page.get_by_label("Filter by name").fill("el_01_")  # and not any character after 01
    expect(total).to_have_text("0")
    page.get_by_label("Filter by name").fill("MODEL%")
    expect(total).to_have_text("0")
    page.get_by_label("Filter by name").fill("MODEL_00")
    expect(total).to_have_text("100")
    page.get_by_label("Filter by name").fill("nothing like it")
    page.get_by_role("button", name="Clear the filter").click()
    expect(total).to_have_text("2\N{THIN SPACE}000")


def test_the_list_is_drawn_in_all_looks(registry: Site, visit: Open) -> None:
    opened = visit(registry)
    for path, name in (
        ("/models", "models-many"),
        ("/models?sort=-name", "models-long"),
        ("/models?stage=Production&owner=root", "models-chosen"),
    ):
        opened.go(path)
        in_all_looks(opened, name)


def test_2000_models_are_there_within_a_second(registry: Site, visit: Open) -> None:
    opened, idle = visit(registry), visit(registry)
    idle.go("/settings/appearance")
    found = timing.against(lambda: timing.worked(idle.page), timing.QUIET, lambda: listed(opened))
    assert found < 1


def listed(opened: Visit) -> float:
    """Open the list; return the seconds until its rows are there."""
    start = time.monotonic()
    opened.page.goto(f"{opened.url}/models", wait_until="commit")
    timing.poll(opened.page, lambda: rows(opened.page).filter(has_text="model_").count() > 10)
    return time.monotonic() - start
