"""Datasets and models of runs as chips in their table: chosen, read, followed, by keys, too."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Open, served
from browser.test_browser_nesting import look_over
from refusals.served import Site

LONG = "the measurements of all wines of the north and the south, cleaned and joined"
COLUMNS = '["attributes.datasets","attributes.models","metrics.m"]'


def dataset(name: str, digest: str) -> dict[str, Any]:
    return {"dataset": {"name": name, "digest": digest, "source_type": "code", "source": "{}"}}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """A server with three runs: of much, of little, and of nothing."""
    for site in served(tmp_path_factory.mktemp("items")):
        experiment = site.api("experiments/create", name="items")["experiment_id"]
        ids = []
        for number in (1, 2, 3):
            about = {"experiment_id": experiment, "run_name": f"run-{number}"}
            made = site.api("runs/create", **about, start_time=number)
            ids.append(made["run"]["info"]["run_id"])
            site.api("runs/log-metric", run_id=ids[-1], key="m", value=number, timestamp=1)
        much = [dataset("reds", "a1b2c3d4e5"), dataset(LONG, "0f"), dataset("whites", "77")]
        site.api("runs/log-inputs", run_id=ids[0], datasets=much)
        site.api("runs/log-inputs", run_id=ids[1], datasets=much[:1])
        for name in ("wine", "ale", "cider"):
            site.api("registered-models/create", name=name)
        for name in ("wine", "wine", "ale"):
            about = {"name": name, "run_id": ids[0], "source": f"runs:/{ids[0]}/m"}
            site.api("model-versions/create", **about)
        about = {"experiment_id": experiment, "name": "tree", "source_run_id": ids[1]}
        info = site.api("logged-models", **about)["model"]["info"]
        put_model(site, info)
        site.api("runs/outputs", run_id=ids[1], models=[{"model_id": info["model_id"], "step": 0}])
        yield site, f"/experiments/{experiment}"


def put_model(site: Site, info: dict[str, str]) -> None:
    files = info["artifact_uri"].partition(":/")[2]
    put = f"/api/2.0/mlflow-artifacts/artifacts/{files}/MLmodel"
    assert site.send("PUT", put, b"flavors: {}\n").status == 200


def row_of(page: Page, name: str) -> Locator:
    link = page.get_by_role("link", name=name, exact=True)
    return page.get_by_role("grid", name="Runs").get_by_role("row").filter(has=link)


def chips(page: Page, name: str) -> Locator:
    """Return the chips of a run, whose own name is the first link of its row."""
    return row_of(page, name).get_by_role("link")


def test_datasets_and_models_are_columns_that_one_chooses(
    place: tuple[Site, str], visit: Open
) -> None:
    site, path = place
    page = visit(site).go(path)
    expect(page.get_by_role("columnheader", name="Datasets")).to_have_count(0)
    page.get_by_role("button", name="Columns").click()
    picker = page.get_by_role("dialog", name="Columns")
    picker.get_by_role("searchbox").fill("data")
    picker.get_by_role("checkbox", name="Datasets").check()
    picker.get_by_role("searchbox").fill("")
    picker.get_by_role("checkbox", name="Models").check()
    expect(picker.get_by_role("button", name="Move Models:")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("columnheader", name="Models")).to_be_visible()
    expect(chips(page, "run-1")).to_have_text(
        ["run-1", "redsa1b2c3d4", f"{LONG}0f", "+1", "alev1", "winev2", "+1"]
    )
    expect(chips(page, "run-2")).to_have_text(["run-2", "redsa1b2c3d4", "tree"])
    expect(chips(page, "run-1").nth(3)).to_have_attribute("title", "whites (77)")
    expect(chips(page, "run-3")).to_have_text(["run-3"])
    # What comes of a run shows as it happens.
    run_id = site.api("runs/search", experiment_ids=[path.rpartition("/")[2]])["runs"][0]["info"][
        "run_id"
    ]
    about = {"name": "cider", "run_id": run_id, "source": f"runs:/{run_id}/m"}
    site.api("model-versions/create", **about)
    expect(chips(page, "run-3")).to_have_text(["run-3", "ciderv1"])
    site.api("model-versions/transition-stage", name="cider", version="1", stage="Production")
    expect(chips(page, "run-3")).to_have_text(["run-3", "ciderv1Production"])


def test_chips_lead_to_what_they_name(place: tuple[Site, str], visit: Open) -> None:
    site, path = place
    opened = visit(site)
    page = opened.go(f"{path}?cols={COLUMNS}")
    chips(page, "run-1").nth(1).click()
    expect(page.get_by_role("grid", name="Runs")).to_have_attribute("aria-rowcount", "3")
    expect(page.get_by_role("searchbox")).to_have_value(
        "(datasets.name = 'reds') AND datasets.digest = 'a1b2c3d4e5'"
    )
    chips(page, "run-2").get_by_text("tree").click()
    expect(page.get_by_role("treeitem", name="MLmodel")).to_be_visible()
    assert "/artifacts?" in page.url


def test_a_model_that_is_no_output_of_its_run_is_among_the_files(
    place: tuple[Site, str], visit: Open
) -> None:
    site, _ = place
    experiment = site.api("experiments/create", name="bushes")["experiment_id"]
    run = site.api("runs/create", experiment_id=experiment, run_name="pruned")["run"]["info"]
    about = {"experiment_id": experiment, "name": "bush", "source_run_id": run["run_id"]}
    put_model(site, site.api("logged-models", **about)["model"]["info"])
    page = visit(site).go(f"/experiments/{experiment}?cols={COLUMNS}")
    chips(page, "pruned").get_by_text("bush").click()
    expect(page.get_by_role("treeitem", name="MLmodel")).to_be_visible()
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("link", name="Artifacts").click()
    expect(page.get_by_role("treeitem", name="Logged model m-")).to_be_visible()


def test_chips_are_reached_by_keys(place: tuple[Site, str], visit: Open) -> None:
    site, path = place
    page = visit(site).go(f"{path}?cols={COLUMNS}")
    links = chips(page, "run-1")
    cell = row_of(page, "run-1").get_by_role("gridcell").nth(6)
    cell.focus()
    page.keyboard.press("Enter")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(links.nth(3)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(links.nth(3)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(links.nth(2)).to_be_focused()
    page.keyboard.press("Escape")
    expect(cell).to_be_focused()
    page.keyboard.press("?")
    listed = page.get_by_role("dialog")
    for words in ("On datasets or models: go to the first", "Among them: back to the cell"):
        expect(listed).to_contain_text(words)
    page.keyboard.press("Escape")
    cell.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(links.nth(4)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Version 1")
    assert "/models/ale/versions/1" in page.url


def test_chips_are_accessible_and_fit(place: tuple[Site, str], visit: Open) -> None:
    site, path = place
    opened = visit(site)
    opened.go(f"{path}?cols={COLUMNS}")
    expect(chips(opened.page, "run-2")).to_have_count(3)
    look_over(opened, "runs-items")


def test_files_have_what_the_chips_say(
    place: tuple[Site, str], visit: Open, tmp_path: Path
) -> None:
    site, path = place
    page = visit(site).go(f"{path}?cols={COLUMNS}&sort=attributes.start_time")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as saved:
        page.get_by_role("menuitem", name="All 3 runs as CSV").click()
    saved.value.save_as(tmp_path / "runs.csv")
    with (tmp_path / "runs.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["datasets"] for row in rows[1:]] == ["reds (a1b2c3d4e5)", ""]
    assert rows[0]["datasets"] == f"reds (a1b2c3d4e5); {LONG} (0f); whites (77)"


def test_a_run_says_what_it_has_read_and_what_for(place: tuple[Site, str], visit: Open) -> None:
    site, _ = place
    run = site.api("runs/create", experiment_id="0")["run"]["info"]["run_id"]
    tag = {"key": "mlflow.data.context", "value": "training"}
    reds, whites = dataset("reds", "a1b2c3d4e5"), dataset("whites", "77")
    site.api("runs/log-inputs", run_id=run, datasets=[{**reds, "tags": [tag]}, whites])
    page = visit(site).go(f"/runs/{run}/overview")
    listed = page.get_by_role("region", name="About").get_by_role("listitem")

    expect(listed).to_have_text(["redstraining, a1b2c3d4", "whites77"])
    listed.first.get_by_role("link").click()
    expect(page.get_by_role("grid", name="Runs")).to_have_attribute("aria-rowcount", "2")
