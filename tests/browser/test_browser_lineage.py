"""Where a version comes from, drawn and as a table: told more of, opened, saved, by keys alone."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browser import timing
from browser.conftest import Open, Visit, keep_screenshot, served
from browser.test_browser_pages import in_all_looks, offences
from refusals.served import Site

NAME = "wine"
WIDE = "wide"
MANY = 200
PARENT = "mlflow.parentRunId"
LONG = "a_dataset_with_a_name_that_is_far_too_long_for_a_box"


def run(site: Site, name: str, **more: Any) -> str:
    made = site.api("runs/create", experiment_id="0", run_name=name, start_time=1, **more)
    return str(made["run"]["info"]["run_id"])


def register(site: Site, name: str, source: str, **more: Any) -> None:
    site.api("registered-models/create", name=name)
    site.api("model-versions/create", name=name, source=source, **more)


def use(site: Site, run_id: str, *names: str) -> None:
    data = [
        {"dataset": {"name": name, "digest": "d1", "source_type": "code", "source": "{}"}}
        for name in names
    ]
    site.api("runs/log-inputs", run_id=run_id, datasets=data)


@pytest.fixture(scope="module")
def cellar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A model with a history, and one whose run has read 198 datasets."""
    for site in served(tmp_path_factory.mktemp("lineage")):
        sweep = run(site, "sweep")
        trial = run(site, "trial", tags=[{"key": PARENT, "value": sweep}])
        use(site, trial, "reds", LONG)
        register(site, NAME, f"runs:/{trial}/m", run_id=trial)
        site.api("model-versions/transition-stage", name=NAME, version="1", stage="Production")
        register(site, "cider", f"models:/{NAME}/1")
        many = run(site, "many")
        use(site, many, *(f"data {i:03}" for i in range(MANY - 2)))
        register(site, WIDE, f"runs:/{many}/m", run_id=many)
        register(site, "alone", "s3://bucket/m")
        yield site


def path(name: str, query: str = "") -> str:
    return f"/models/{name}/versions/1/lineage{query}"


def node(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^{name} "))


def nodes(page: Page) -> Locator:
    return page.locator("[data-node]")


def test_a_lineage_is_drawn_told_of_and_opened(cellar: Site, visit: Open) -> None:
    opened = visit(cellar)
    page = opened.go(f"/models/{NAME}/versions/1")
    page.get_by_role("link", name="Lineage").click()
    expect(nodes(page)).to_have_count(7)
    lefts = [left(node(page, name)) for name in ("reds", "trial", "wine 1", "Production")]
    assert lefts == sorted(set(lefts))
    # What is in the middle is where one is: nothing leads there.
    middle = page.get_by_role("complementary", name="wine 1")
    expect(middle).to_be_visible()
    expect(middle.get_by_role("link", name="Open")).to_have_count(0)
    node(page, "trial").click()
    side = page.get_by_role("complementary", name="trial")
    expect(side.get_by_role("link", name="Open")).to_be_visible()
    expect(side).to_contain_text("RUNNING")
    expect(page).to_have_url(re.compile("node=run"))
    page.reload()
    expect(side).to_be_visible()
    node(page, "trial").dblclick()
    expect(page.get_by_role("heading", name="trial", level=1)).to_be_visible()
    page.go_back()
    node(page, "cider 1").dblclick()
    expect(page).to_have_url(re.compile("/models/cider/versions/1/lineage"))
    expect(node(page, "cider 1")).to_have_attribute("data-root", "true")


def test_the_arrows_go_along_the_lines_and_enter_opens(cellar: Site, visit: Open) -> None:
    page = visit(cellar).go(path(NAME))
    node(page, "wine 1").focus()
    page.keyboard.press("ArrowLeft")
    expect(node(page, "trial")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(node(page, "wine 1")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(node(page, "trial")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="trial", level=1)).to_be_visible()


def test_the_table_has_the_edges_of_the_graph(cellar: Site, visit: Open) -> None:
    opened = visit(cellar)
    page = opened.go(path(NAME))
    lines = page.get_by_role("group", name="Where version 1").locator("path title")
    expect(lines).to_have_count(6)
    drawn = sorted(lines.all_text_contents())
    page.get_by_text("Table", exact=True).click()
    rows = page.get_by_role("table", name="Lineage").locator("tbody tr")
    expect(rows).to_have_count(6)
    assert sorted(rows.locator("td:nth-child(2)").all_text_contents()) == drawn
    expect(rows.filter(has_text="reds").filter(has_text="trial")).to_have_count(1)
    expect(rows.get_by_role("link", name="wine 1")).to_have_count(0)
    expect(page).to_have_url(re.compile("view=table"))
    rows.first.get_by_role("link").first.click()
    expect(page).not_to_have_url(re.compile("view=table"))


def test_a_drawing_has_the_facts_beside_or_below_so_that_all_of_it_is_in_sight(
    cellar: Site, visit: Open
) -> None:
    first = run(cellar, "must")
    use(cellar, first, "grapes")
    register(cellar, "must", f"runs:/{first}/m", run_id=first)
    register(cellar, "vinegar", "models:/must/1")
    cellar.api("model-versions/transition-stage", name="vinegar", version="1", stage="Staging")
    page = visit(cellar).go("/models/vinegar/versions/1/lineage")
    expect(nodes(page)).to_have_count(5)
    page.set_viewport_size({"width": 1440, "height": 900})
    drawing = page.get_by_role("group", name="Where version 1")
    facts = page.get_by_role("complementary", name="vinegar 1")
    for name in ("grapes", "Staging"):
        expect(node(page, name)).to_be_in_viewport(ratio=1)
    below = drawing.bounding_box()
    assert below
    assert (facts.bounding_box() or below)["y"] >= below["y"] + below["height"]
    page.get_by_label("Steps").select_option("1")
    expect(nodes(page)).to_have_count(3)
    beside = drawing.bounding_box()
    assert beside
    assert (facts.bounding_box() or beside)["x"] >= beside["x"] + beside["width"]


def test_steps_are_chosen_and_the_rest_is_owned_up_to(cellar: Site, visit: Open) -> None:
    page = visit(cellar).go(path(NAME))
    expect(nodes(page)).to_have_count(7)
    page.get_by_label("Steps").select_option("1")
    expect(nodes(page)).to_have_count(4)
    expect(page.get_by_text("More lies further away")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Steps")).to_have_value("1")


def test_a_lineage_is_saved_as_a_drawing_and_as_data(cellar: Site, visit: Open) -> None:
    page = visit(cellar).go(path(NAME))
    svg = saved(page, "Drawing (SVG)").read_text(encoding="utf-8")
    assert svg.startswith("<svg ")
    assert svg.count("<path ") == 6
    assert LONG in svg
    graph = json.loads(saved(page, "Nodes and edges (JSON)").read_text(encoding="utf-8"))
    assert len(graph["nodes"]) == 7
    assert graph["root"] == "version:wine/1"


def saved(page: Page, name: str) -> Path:
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as found:
        page.get_by_role("menuitem", name=name).click()
    return Path(found.value.path())


def test_what_comes_from_nowhere_known_says_so(cellar: Site, visit: Open) -> None:
    page = visit(cellar).go(path("alone"))
    expect(page.get_by_text("Nothing is known of where this version comes from")).to_be_visible()
    code = page.get_by_role("region", name="Code that links it with others")
    expect(code).to_contain_text(f'cuvee.set_tracking_uri("http://127.0.0.1:{cellar.port}")')
    expect(code).to_contain_text('/model", "alone")')
    keep_screenshot(page, "lineage-none")


def test_the_lineage_is_drawn_in_all_looks(cellar: Site, visit: Open) -> None:
    opened = visit(cellar)
    for query, name in (("?node=version%3Awine%2F1", "lineage"), ("?view=table", "lineage-table")):
        opened.go(path(NAME, query))
        in_all_looks(opened, name)
    opened.look("light", 1440)
    keep_screenshot(opened.go(path(WIDE)), "lineage-wide")


def test_a_run_leads_to_its_lineage_with_itself_as_the_centre(cellar: Site, visit: Open) -> None:
    opened = visit(cellar)
    page = opened.go(path(NAME))
    node(page, "trial").dblclick()
    expect(page).to_have_url(re.compile("/runs/[0-9a-f]{32}/lineage"))
    expect(node(page, "trial")).to_have_attribute("data-root", "true")
    # Itself, two datasets, its parent, a version, a copy and a stage.
    expect(nodes(page)).to_have_count(7)
    lefts = [left(node(page, name)) for name in ("reds", "trial", "wine 1", "Production")]
    assert lefts == sorted(set(lefts))
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("link", name="Lineage").click()
    page.get_by_text("Table", exact=True).click()
    rows = page.get_by_role("table", name="Lineage").locator("tbody tr")
    expect(rows).to_have_count(6)
    expect(rows.filter(has_text="was registered as")).to_contain_text("wine 1")
    for query, name in (("", "run-lineage"), ("?view=table", "run-lineage-table")):
        opened.go(re.sub(r".*(/runs/\w+/lineage).*", r"\1", page.url) + query)
        in_all_looks(opened, name)
    opened.look("light", 1440)
    page.get_by_role("table", name="Lineage").get_by_role("link", name="sweep").click()
    expect(page.get_by_role("heading", name="sweep", level=1)).to_be_visible()
    expect(node(page, "sweep")).to_have_attribute("data-root", "true")
    expect(nodes(page)).to_have_count(5)
    assert json.loads(saved(page, "Nodes and edges (JSON)").read_text())["root"].startswith("run:")


def test_a_run_that_nothing_is_linked_with_says_so(cellar: Site, visit: Open) -> None:
    lonely = run(cellar, "lonely")
    page = visit(cellar).go(f"/runs/{lonely}/lineage")
    expect(page.get_by_text("Nothing is known of where this run comes from")).to_be_visible()
    code = page.get_by_role("region", name="Code that links it with others")
    expect(code).to_contain_text(f'cuvee.start_run(run_id="{lonely}")')
    assert offences(page) == []


def test_200_things_are_drawn_within_half_a_second(cellar: Site, visit: Open) -> None:
    opened, idle = visit(cellar), visit(cellar)
    idle.go("/settings/appearance")
    opened.go(f"/models/{WIDE}/versions/1/history")
    found = timing.against(lambda: timing.worked(idle.page), timing.QUIET, lambda: drawn(opened))
    assert found < 0.5


def drawn(opened: Visit) -> float:
    """Change to the tab; return the seconds until all is drawn."""
    page = opened.page
    page.get_by_role("link", name="History").click()
    expect(nodes(page)).to_have_count(0)
    start = time.monotonic()
    page.get_by_role("link", name="Lineage").click()
    timing.poll(page, lambda: nodes(page).count() == MANY)
    return time.monotonic() - start


def left(found: Locator) -> float:
    box = found.bounding_box()
    assert box
    return float(box["x"])
