"""Files of two runs compared as what they are: tables by their rows, images one over the other."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from browser import corpus
from browser.conftest import Open, keep_screenshot, served, until
from browser.test_browser_pages import LOOKS, offences
from refusals.served import Site

BEFORE = "id,label,score\n" + "".join(f"{i},wine {i},{i / 10}\n" for i in range(300))
AFTER = (
    BEFORE.replace("7,wine 7,0.7\n", "7,wine 7,0.75\n")
    .replace("40,wine 40,4.0\n", "")
    .replace("id,label,score", "id,name,score")
    + '300,"wine, the last",30.0\n'
)


def parquet(
    first: int,
    rows: int,
    ph: dict[int, float] | None = None,
    *,
    score: str = "score",
    whole: bool = True,
    compression: Literal["snappy", "gzip"] = "snappy",
) -> bytes:
    """Return a table of wines whose ids begin with ``first``, in groups of 5,000 rows."""
    import polars as pl

    ids = range(first, first + rows)
    began = datetime(2026, 1, 1, tzinfo=timezone.utc)
    table = pl.DataFrame({
        "id": ids,
        "label": [None if i % 50 == 1 else f"wine {i}" for i in ids],
        "ph": [(ph or {}).get(i, i / 8) for i in ids],
        "year": pl.Series([2000 + i % 20 for i in ids], dtype=pl.Int64 if whole else pl.Float64),
        "tried": [began + timedelta(microseconds=i) for i in ids],
        score: [i * 2 for i in ids],
    })  # fmt: skip
    held = io.BytesIO()
    table.write_parquet(held, compression=compression, row_group_size=5000)
    return held.getvalue()


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """A server with two runs; what compares their files."""
    for site in served(tmp_path_factory.mktemp("pair")):
        first = corpus.new_run(site, "first", {
            "wines.csv": BEFORE.encode(),
            "same.tsv": b"a\tb\r\n1\t2\r\n",
            "plot.png": corpus.png(),
            "only.png": corpus.png(),
            "wines.parquet": parquet(0, 6000),
            "long.parquet": parquet(1, 12_000),
            "gone.parquet": parquet(0, 3),
            "packed.parquet": parquet(0, 3),
        })  # fmt: skip
        second = corpus.new_run(site, "second", {
            "wines.csv": AFTER.encode(),
            "same.tsv": b"a\tb\n1\t2\n",
            "plot.png": corpus.png(100, 100),
            "wines.parquet": parquet(1, 6000, {7: 0.75, 5500: 1.5}, score="points", whole=False),
            "long.parquet": parquet(0, 12_000, {40: 9.25}),
            "packed.parquet": parquet(0, 3, compression="gzip"),
        })  # fmt: skip
        yield site, f"/compare?runs={first},{second}&in=0&tab=artifacts&path="


def in_all_looks(page: Page, opened: object, name: str) -> None:
    for theme, width in (*LOOKS, ("light", 375)):
        opened.look(theme, width)  # type: ignore[attr-defined]
        page.get_by_role("region", name=re.compile("first and second")).scroll_into_view_if_needed()
        keep_screenshot(page, f"{name}-{theme}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert offences(page) == []
    opened.look("light", 1440)  # type: ignore[attr-defined]


def test_tables_are_compared_row_by_row(pair: tuple[Site, str], visit: Open) -> None:
    site, both = pair
    opened = visit(site)
    page = opened.go(f"{both}wines.csv")
    expect(page.get_by_text("1 row changed, 1 added, 1 missing, 298 the same.")).to_be_visible()
    expect(page.get_by_text("Columns added: name. Columns missing: label.")).to_be_visible()
    grid = page.get_by_role("grid", name="wines.csv: first and second")
    rows = grid.get_by_role("row")
    expect(rows).to_have_count(4)
    expect(rows.nth(1)).to_contain_text("changed")
    expect(rows.nth(1).locator("del")).to_have_text("0.7")
    expect(rows.nth(1).locator("ins")).to_have_text("0.75")
    expect(rows.nth(2)).to_contain_text("missing")
    expect(rows.nth(2)).to_contain_text("wine 40")
    expect(rows.nth(3)).to_contain_text("added")
    expect(rows.nth(3)).to_contain_text("wine, the last")
    in_all_looks(page, opened, "compare-table")
    page.get_by_role("radio", name="Lines").check(force=True)
    expect(page).to_have_url(re.compile("look=lines"))
    expect(page.get_by_text("3 lines removed, 3 lines added")).to_be_visible()
    page.go_back()
    expect(grid).to_be_visible()
    page = opened.go(f"{both}same.tsv")
    expect(page.get_by_text("The tables have the same rows")).to_be_visible()


def test_parquet_tables_are_compared_row_by_row(pair: tuple[Site, str], visit: Open) -> None:
    site, both = pair
    opened = visit(site)
    page = opened.go(f"{both}wines.parquet")
    expect(page.get_by_text("2 rows changed, 1 added, 1 missing, 5997 the same.")).to_be_visible()
    expect(page.get_by_text("Columns added: points. Columns missing: score.")).to_be_visible()
    expect(page.get_by_text("Other types: year from int64 to double.")).to_be_visible()
    expect(page.get_by_text("Only the first")).to_have_count(0)
    rows = page.get_by_role("grid", name="wines.parquet: first and second").get_by_role("row")
    expect(rows).to_have_count(5)
    expect(rows.nth(1)).to_contain_text("missing")
    expect(rows.nth(2).locator("del")).to_have_text("0.875")
    expect(rows.nth(2).locator("ins")).to_have_text("0.75")
    expect(rows.nth(2)).to_contain_text("2026-01-01T00:00:00.000007Z")
    expect(rows.nth(4)).to_contain_text("added")
    expect(page.get_by_role("radio", name="Lines")).to_have_count(0)
    in_all_looks(page, opened, "compare-parquet")
    page = opened.go(f"{both}gone.parquet")
    expect(page.get_by_text("0 rows changed, 0 added, 3 missing, 0 the same.")).to_be_visible()
    page = opened.go(f"{both}packed.parquet")
    expect(
        page.get_by_text("The file of second: Its rows are compressed with GZIP")
    ).to_be_visible()


def test_of_long_parquet_tables_the_first_rows_are_compared(
    pair: tuple[Site, str], visit: Open
) -> None:
    site, both = pair
    opened = visit(site)
    page = opened.go(f"{both}long.parquet")
    said = page.get_by_text("1 row changed, 1 added, 0 missing, 9998 the same.")
    expect(said).to_contain_text("Only the first 10\N{THIN SPACE}000 rows of each are compared.")
    rows = page.get_by_role("grid", name="long.parquet: first and second").get_by_role("row")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("added")
    expect(rows.nth(2).locator("ins")).to_have_text("9.25")
    keep_screenshot(page, "compare-parquet-long")


def test_an_image_is_swiped_over_the_other(pair: tuple[Site, str], visit: Open) -> None:
    site, both = pair
    opened = visit(site)
    page = opened.go(f"{both}plot.png")
    images = page.get_by_role("img", name=re.compile("^(first|second)$"))
    expect(images).to_have_count(2)
    page.get_by_role("radio", name="Swipe").check(force=True)
    expect(page).to_have_url(re.compile("look=swipe"))
    slider = page.get_by_role("slider", name="Where the edge between the images is")
    box, other = (image.bounding_box() for image in images.all())
    assert box
    assert other
    assert [box["x"], box["y"], box["width"]] == [other["x"], other["y"], other["width"]]

    def shown() -> str:
        return str(images.last.evaluate("(image) => getComputedStyle(image).clipPath"))

    assert "50%" in shown()
    slider.focus()
    page.keyboard.press("ArrowLeft")
    until(page, lambda: "45%" in shown(), True)
    expect(slider).to_have_attribute("aria-valuetext", "first up to 45 %")
    page.mouse.move(box["x"] + box["width"] * 0.45, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    until(page, lambda: "80%" in shown(), True)
    in_all_looks(page, opened, "compare-swipe")
    again = visit(site).go(page.url.removeprefix(opened.url))
    expect(again.get_by_role("slider")).to_be_visible()
    page = opened.go(f"{both}only.png&look=swipe")
    expect(page.get_by_text("This run does not have it.")).to_be_visible()
    expect(page.get_by_role("radio", name="Swipe")).to_have_count(0)


def test_datasets_and_the_computers_metrics_are_parts_of_their_own(
    pair: tuple[Site, str], visit: Open
) -> None:
    site, _ = pair
    ids = []
    for i in range(2):
        run = site.api("runs/create", experiment_id="0", run_name=f"read {i}", start_time=1)
        ids.append(run["run"]["info"]["run_id"])
        about = {"name": "wines", "digest": f"a{i}", "source_type": "local", "source": "{}"}
        tags = [{"key": "mlflow.data.context", "value": "train"}]
        read = [{"dataset": about, "tags": tags}]
        site.api("runs/log-inputs", run_id=ids[-1], datasets=read)
        metrics = [{"key": "system/cpu", "value": 40 + i, "timestamp": 1}]
        site.api("runs/log-batch", run_id=ids[-1], metrics=metrics)
    page = visit(site).go(f"/compare?runs={','.join(ids)}&in=0")
    rows = page.get_by_role("grid").get_by_role("row")
    page.get_by_role("radio", name="Datasets").check(force=True)
    expect(rows).to_have_count(2)
    expect(rows.last).to_contain_text("wines, train")
    expect(rows.last).to_contain_text("a1")
    page.get_by_role("radio", name="System").check(force=True)
    expect(rows.last).to_contain_text("system/cpu")
    expect(rows).to_have_count(2)
