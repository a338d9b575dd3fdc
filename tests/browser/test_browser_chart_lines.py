"""Lines of charts: against another metric, in groups with bands, without outliers, as files."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Open, has_lines, keep_screenshot, served, until
from browser.test_browser_charts import asked, chart
from browser.test_browser_pages import LOOKS, offences
from refusals.served import Site

RUNS = 9
STEPS = 40
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """A server with runs of three optimizers, and the address that compares them."""
    for site in served(tmp_path_factory.mktemp("lines")):
        experiment = site.api("experiments/create", name="optimizers")["experiment_id"]
        ids = []
        for i in range(RUNS):
            about = {"experiment_id": experiment, "run_name": f"trial {i}", "start_time": i + 1}
            run = site.api("runs/create", **about)["run"]["info"]["run_id"]
            metrics = []
            for step in range(STEPS):
                at = {"timestamp": 1000 * step, "step": step}
                loss = 2 + i % 3 + i / 10 + 3 / (1 + step)
                metrics += [
                    {"key": "loss", "value": 1e9 if step == 20 and i == 4 else loss, **at},
                    {"key": "epoch", "value": step / 10, **at},
                ]
            optimizer = ("adam", "sgd", "rmsprop")[i % 3]
            params = [{"key": "optimizer", "value": optimizer}, {"key": "seed", "value": str(i)}]
            site.api("runs/log-batch", run_id=run, metrics=metrics, params=params)
            site.api("runs/update", run_id=run, status="FINISHED", end_time=100_000)
            ids.append(run)
        yield site, f"/compare?runs={','.join(ids)}&in={experiment}&tab=charts"


def saved(page: Page, metric: str, kind: str) -> str:
    """Save a chart as a kind of file, and return its text."""
    chart(page, metric).get_by_role("button", name="Save the chart").click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name=f"Save as {kind}").click()
    assert waiting.value.suggested_filename == f"{metric}.{kind.lower()}"
    return Path(waiting.value.path()).read_text("utf-8")


def test_groups_of_runs_are_lines_with_bands(trials: tuple[Site, str], visit: Open) -> None:
    site, path = trials
    opened = visit(site)
    page = opened.go(path)
    has_lines(chart(page, "loss").locator("canvas"), 300)
    expect(page.get_by_label("Group by").get_by_role("option")).to_have_text(
        ["No groups", "optimizer"]
    )
    page.get_by_label("Group by").select_option(label="optimizer")
    groups = page.get_by_role("list", name="Groups of runs").get_by_role("listitem")
    expect(groups).to_have_text(["adam3", "rmsprop3", "sgd3"])
    until(page, lambda: ". adam: 40 points" in (said(page) or ""), True)
    page.get_by_text(re.compile("^Min.max$")).click()
    expect(page).to_have_url(re.compile(r"(?=.*by=params.optimizer)(?=.*band=range)"))
    rows = list(csv.DictReader(saved(page, "loss", "CSV").splitlines()))
    assert len(rows) == STEPS
    # adam: runs 0, 3 and 6, each 0.3 above the one before
    assert float(rows[0]["adam"]) == pytest.approx(5.3)
    assert float(rows[0]["adam, least"]) == pytest.approx(5.0)
    assert float(rows[0]["adam, greatest"]) == pytest.approx(5.6)
    page.get_by_text("± SD").click()
    expect(page).not_to_have_url(re.compile("band="))
    rows = list(csv.DictReader(saved(page, "loss", "CSV").splitlines()))
    assert float(rows[0]["adam, mean + SD"]) == pytest.approx(5.6)
    for theme, width in LOOKS:
        opened.look(theme, width)
        has_lines(chart(page, "loss").locator("canvas"), 300)
        keep_screenshot(page, f"chart-groups-{theme}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert offences(page) == []
    opened.look("light", 375)
    keep_screenshot(page, "chart-groups-375")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def said(page: Page) -> str | None:
    found: str | None = chart(page, "loss").get_attribute("aria-label")
    return found


def test_a_metric_is_drawn_over_another(trials: tuple[Site, str], visit: Open) -> None:
    site, path = trials
    opened = visit(site)
    requests = asked(opened.page)
    page = opened.go(path)
    page.get_by_text("Metric", exact=True).click()
    expect(page).to_have_url(re.compile("xk=epoch"))
    page.get_by_label("Metric of x").fill("los")
    page.get_by_label("Metric of x").fill("loss")
    expect(page).to_have_url(re.compile("xk=loss"))
    page.get_by_label("Metric of x").fill("epoch")
    expect(page).to_have_url(re.compile(r"(?=.*x=metric)(?=.*xk=epoch)"))
    walker = page.get_by_role("slider", name="Chart of loss")
    expect(walker).to_be_visible()
    until(page, lambda: {k for r in requests if r.get("x_key") == "epoch" for k in r["keys"]},
          {"epoch", "loss"})  # fmt: skip
    walker.focus()
    page.keyboard.press("ArrowRight")
    expect(walker).to_have_attribute("aria-valuetext", re.compile(r"epoch 0: "))
    page.keyboard.press("End")
    expect(walker).to_have_attribute("aria-valuetext", re.compile(r"epoch 3\.9: "))
    again = visit(site).go(page.url.removeprefix(opened.url))
    expect(again.get_by_label("Metric of x")).to_have_value("epoch")
    has_lines(chart(again, "loss").locator("canvas"), 300)
    page.get_by_text("Wall time").click()
    expect(page).not_to_have_url(re.compile("xk="))


def test_a_value_far_away_is_clipped(trials: tuple[Site, str], visit: Open) -> None:
    site, path = trials
    opened = visit(site)
    page = opened.go(path)
    canvas = chart(page, "loss").locator("canvas")
    has_lines(canvas, 300)
    spread = "(canvas) => { const {width, height} = canvas; let low = height, high = 0;"
    spread += "const {data} = canvas.getContext('2d').getImageData(0, 0, width, height);"
    spread += "for (let i = 0; i < data.length; i += 4) if (i / 4 % width > width * 0.8"
    spread += "&& data[i + 3] > 99 && Math.max(data[i], data[i + 1], data[i + 2])"
    spread += "- Math.min(data[i], data[i + 1], data[i + 2]) > 20) {"
    spread += "const y = i / 4 / width; low = Math.min(low, y); high = Math.max(high, y); }"
    spread += "return high - low; }"
    # 9 lines between 2 and 5 lie on each other beside one of a thousand millions.
    until(page, lambda: canvas.evaluate(spread) < 20, True)
    page.get_by_role("button", name="Clip outliers").click()
    until(page, lambda: canvas.evaluate(spread) > 40, True)
    expect(page).to_have_url(re.compile("clip=true"))


def test_a_chart_is_saved_as_svg(trials: tuple[Site, str], visit: Open) -> None:
    site, path = trials
    page = visit(site).go(path)
    has_lines(chart(page, "loss").locator("canvas"), 300)
    drawing = ET.fromstring(saved(page, "loss", "SVG"))  # noqa: S314  # the page is ours
    texts = [text.text for text in drawing.iter(f"{SVG}text")]
    assert "loss" in texts
    assert {f"trial {i}" for i in range(RUNS)} <= set(texts)
    lines = [p for p in drawing.iter(f"{SVG}path") if p.get("stroke-width") == "1.6"]
    assert len(lines) == RUNS
    assert all(len(re.findall("[ML]", line.get("d") or "")) == STEPS for line in lines)
