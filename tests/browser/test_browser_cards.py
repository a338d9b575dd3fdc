"""Images of runs and texts among the charts of an experiment."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import cuvee
from browser import corpus
from browser.conftest import Open, served, until
from browser.test_browser_pages import in_all_looks
from refusals.served import Site

STEPS = (0, 5, 10)
HOSTILE = """# What we found

The **second** run is better. <script>document.title = "taken"</script>
<img src=x onerror="document.title = 'taken'">

[a trap](javascript:document.title='taken'), [a page](https://example.org/), ![far](https://example.org/a.png)
"""


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """An experiment of three runs, of which two log an image at steps, and one a plot."""
    for site in served(tmp_path_factory.mktemp("cards")):
        client = cuvee.MlflowClient(tracking_uri=f"http://127.0.0.1:{site.port}")
        experiment = client.create_experiment("pictures")
        for name in ("plain", "first", "second"):
            run = client.create_run(experiment, run_name=name).info.run_id
            client.log_metric(run, "rmse", 0.5)
            client.log_metric(run, "rmse", 0.4, step=1)
            if name == "plain":
                continue
            for step in STEPS[: 2 if name == "first" else 3]:
                shade = np.full((24, 32, 3), 20 * step + 20, dtype=np.uint8)
                client.log_image(run, shade, key="val/grid", step=step)
        root = client.get_run(run).info.artifact_uri.partition(":")[2].strip("/")
        corpus.upload(site, root, {"plot.png": corpus.png()})
        yield site, f"/experiments/{experiment}"


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def add(page: Page, item: str) -> None:
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("menuitem", name=re.compile(item)).click()


def shows(images: Locator, names: list[str]) -> None:
    """Wait until these images are there, and drawn."""
    expect(images).to_have_count(len(names))
    for place, name in enumerate(names):
        expect(images.nth(place)).to_have_attribute("alt", name)
    drawn = "(all) => all.every((image) => image.complete && image.naturalWidth > 0)"
    until(images.page, lambda: images.evaluate_all(drawn), True)


def test_an_image_of_the_runs_is_a_card_with_a_slider_over_its_steps(
    sweep: tuple[Site, str], visit: Open
) -> None:
    site, here = sweep
    opened = visit(site)
    page = opened.go(f"{here}/metrics")
    add(page, "Image of the runs")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("listitem").filter(has_text="val/grid")).to_contain_text("2 runs")
    dialog.get_by_role("button", name="val/grid").click()
    expect(dialog).to_have_count(0)
    grid = card(page, "val/grid")
    images = grid.get_by_role("img")
    expect(images).to_have_count(2)
    # The last step; the first run shows the last image that it has.
    shows(
        images,
        [
            "val/grid of second at step 10",
            "val/grid of first at step 5",
        ],
    )
    expect(grid).to_contain_text("2 of 3 runs have it.")
    slider = grid.get_by_role("slider", name="Step")
    expect(slider).to_have_attribute("aria-valuetext", "10")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "5")
    page.keyboard.press("Home")
    expect(page).to_have_url(re.compile("cards=.*step.*0"))
    shows(images, ["val/grid of second at step 0", "val/grid of first at step 0"])
    add(page, "Image of the runs")
    expect(dialog.get_by_role("button", name="val/grid")).to_be_disabled()
    dialog.get_by_role("button", name="plot.png").click()
    shows(card(page, "plot.png").get_by_role("img"), ["plot.png of second"])
    expect(card(page, "plot.png").get_by_role("slider")).to_have_count(0)
    in_all_looks(opened, "cards-images")

    again = visit(site).go(page.url.removeprefix(opened.url))
    slider = card(again, "val/grid").get_by_role("slider")
    expect(slider).to_have_attribute("aria-valuetext", "0")
    expect(card(again, "plot.png").get_by_role("img")).to_have_count(1)
    opened.look("light", 1440)
    page.get_by_role("button", name="Actions for plot.png").click()
    page.get_by_role("menuitem", name="Move forward").click()
    names = page.locator("section[aria-label]").get_by_role("heading", level=3)
    expect(names.first).to_have_text("plot.png")
    page.get_by_role("button", name="Actions for val/grid").click()
    page.get_by_role("menuitem", name="Remove").click()
    expect(card(page, "val/grid")).to_have_count(0)
    card(page, "plot.png").get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/artifacts\?path=plot.png"))


def test_a_text_is_a_card_whose_html_and_scripts_do_nothing(
    sweep: tuple[Site, str], visit: Open
) -> None:
    site, here = sweep
    opened = visit(site)
    page = opened.go(f"{here}/metrics")
    add(page, "Text")
    page.get_by_role("dialog").get_by_label("Text").fill(HOSTILE)
    page.get_by_role("dialog").get_by_role("button", name="Add").click()
    note = card(page, "Text")
    expect(note.get_by_role("heading", name="What we found")).to_be_visible()
    expect(note.locator("strong")).to_have_text("second")
    expect(note.get_by_role("link")).to_have_text(["a page", re.compile("far")])
    assert note.locator("script, img, iframe").count() == 0
    assert "taken" not in page.title()
    in_all_looks(opened, "cards-text")
    opened.look("light", 1440)
    page.reload()
    expect(note.get_by_role("heading", name="What we found")).to_be_visible()
    page.get_by_role("button", name="Actions for Text").click()
    page.get_by_role("menuitem", name="Edit").click()
    page.get_by_role("dialog").get_by_label("Text").fill("x" * 1001)
    expect(page.get_by_role("dialog").get_by_role("button", name="Save")).to_be_disabled()
    page.get_by_role("dialog").get_by_label("Text").fill("_Better_ now")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(note.locator("em")).to_have_text("Better")
    page.go_back()
    expect(note.get_by_role("heading", name="What we found")).to_be_visible()


def test_cards_are_part_of_a_view_that_is_kept(sweep: tuple[Site, str], visit: Open) -> None:
    site, here = sweep
    page = visit(site).go(f"{here}?view=split")
    add(page, "Image of the runs")
    page.get_by_role("dialog").get_by_role("button", name="val/grid").click()
    expect(card(page, "val/grid").get_by_role("img")).to_have_count(2)
    page.get_by_role("button", name="Views", exact=True).click()
    page.get_by_role("menuitem", name="Save this view").click()
    page.get_by_role("dialog").get_by_label("Name", exact=True).fill("with pictures")
    page.get_by_role("dialog").get_by_text("For all", exact=True).click()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    other = visit(site).go(here)
    other.get_by_role("button", name="Views", exact=True).click()
    other.get_by_role("menuitem", name="with pictures").click()
    expect(card(other, "val/grid").get_by_role("img")).to_have_count(2)


def test_cards_are_added_where_runs_have_no_metric(sweep: tuple[Site, str], visit: Open) -> None:
    site, _ = sweep
    client = cuvee.MlflowClient(tracking_uri=f"http://127.0.0.1:{site.port}")
    experiment = client.create_experiment("no metrics")
    run = client.create_run(experiment, run_name="only a picture").info.run_id
    client.log_image(run, np.full((24, 32, 3), 99, dtype=np.uint8), key="grid", step=0)
    opened = visit(site)
    page = opened.go(f"/experiments/{experiment}/metrics")
    expect(page.get_by_text("These runs have logged no metric")).to_be_visible()
    add(page, "Image of the runs")
    page.get_by_role("dialog").get_by_role("button", name="grid").click()
    shows(card(page, "grid").get_by_role("img"), ["grid of only a picture at step 0"])
    in_all_looks(opened, "cards-without-metrics")
    again = visit(site).go(page.url.removeprefix(opened.url))
    shows(card(again, "grid").get_by_role("img"), ["grid of only a picture at step 0"])
    page.get_by_role("button", name="Actions for grid").click()
    expect(page.get_by_role("menuitem", name="Remove")).to_be_visible()
    client.log_metric(run, "rmse", 0.5)
    expect(again.get_by_role("heading", name="rmse")).to_be_visible()
    expect(card(again, "grid")).to_be_visible()
    chart = page.get_by_role("heading", name="rmse", include_hidden=True)
    expect(chart).to_be_visible()  # beside the menu, which stays open
    page.get_by_role("menuitem", name="Remove").click()
    expect(card(page, "grid")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("cards"))
