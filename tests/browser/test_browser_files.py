"""Files of runs and versions: a tree, a viewer for each kind, and no more read than is shown."""

from __future__ import annotations

import io
import re
import sqlite3
import time
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from browser import corpus
from browser.conftest import Open, Visit, keep_screenshot, served, until
from browser.test_browser_pages import LOOKS, in_all_looks, offences
from refusals.served import Site

MANY = 10_000
BIG = 100 << 20
SLOW = 0.35
"""Seconds that a small folder or table takes at most where a second is enough for a big one."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """A server with a run that has a file of each kind, registered as a version, and its id."""
    for site in served(tmp_path_factory.mktemp("files")):
        run = corpus.new_run(site, "viewers", corpus.friendly())
        site.api("registered-models/create", name="wine")
        site.api("model-versions/create", name="wine", source=f"runs:/{run}/model", run_id=run)
        yield site, run


def see(opened: Visit, run: str, path: str = "", **also: object) -> Page:
    """Open a file of a run."""
    query = "&".join(f"{key}={quote(str(value))}" for key, value in {"path": path, **also}.items())
    return opened.go(f"/runs/{run}/artifacts?{query}")


def moved(page: Page) -> list[int]:
    """Return how many bytes of files are read from now on."""
    found: list[int] = []

    def note(response: Response) -> None:
        if "get-artifact" in response.url:
            found.append(int(response.headers.get("content-length", "0")))

    page.on("response", note)
    return found


def cell(name: str) -> Callable[[Page], Locator]:
    return lambda page: page.get_by_role("gridcell", name=name, exact=True)


def text(words: str) -> Callable[[Page], Locator]:
    return lambda page: page.get_by_text(words)


KINDS: dict[str, Callable[[Page], Locator]] = {
    "README.md": lambda page: page.get_by_role("heading", name="Wine quality"),
    "config.yaml": text("alpha"),
    "data/wines.csv": cell("wine, 3"),
    "data/wines.tsv": cell("3.1"),
    "data/wines.parquet": cell("wine 3"),
    "data/wines-zstd.parquet": cell("wine 3"),
    "data/wines-gzip.parquet": text("compressed with GZIP"),
    "empty.txt": text("This file is empty"),
    "metrics.json": text("12345678901234567890"),
    "broken.json": text("This is not valid JSON"),
    "model/MLmodel": text("fixed acidity"),
    "model/model.skops": text("The first 4096 of"),
    "notebook.ipynb": text("ValueError: no wine"),
    "report.html": lambda page: page.frame_locator("iframe").get_by_text("drawn by a script"),
    "sound.wav": lambda page: page.locator("audio"),
    "train.py": text("falls for ever"),
    "train.log": text("step 3 loss"),
}
"""What is seen of a file when its viewer has drawn it."""


@pytest.mark.parametrize("path", KINDS)
def test_a_file_is_shown_by_its_kind(path: str, files: tuple[Site, str], visit: Open) -> None:
    site, run = files
    opened = visit(site)
    page = see(opened, run, path)
    expect(KINDS[path](page)).to_be_visible()
    expect(page.get_by_role("treeitem", selected=True)).to_contain_text(path.rpartition("/")[2])
    expect(page.get_by_role("link", name=f"Download: {path.rpartition('/')[2]}")).to_be_visible()
    for theme, width in LOOKS:
        opened.look(theme, width)
        keep_screenshot(page, f"file-{path.replace('/', '-')}-{theme}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert offences(page) == []


@pytest.mark.parametrize("path", ["plots/curve.png", "plots/drawing.svg"])
def test_an_image_is_fitted_and_zoomed(path: str, files: tuple[Site, str], visit: Open) -> None:
    site, run = files
    page = see(visit(site), run, path)
    image = page.get_by_role("img", name=path.rpartition("/")[2])
    natural = 320 if path.endswith("png") else 90
    expect(page.get_by_text(f"{natural} \N{MULTIPLICATION SIGN} ")).to_be_visible()
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Zoom in").click()
    expect(page.get_by_text("200 %")).to_be_visible()
    expect(image).to_have_css("width", f"{2 * natural}px")
    page.get_by_role("button", name="Fit").click()
    expect(page.get_by_text("100 %")).to_be_visible()
    keep_screenshot(page, f"file-{path.replace('/', '-')}")


def test_the_pictures_of_a_folder_stand_beside_each_other(
    files: tuple[Site, str], visit: Open
) -> None:
    site, run = files
    opened = visit(site)
    page = see(opened, run, "plots")
    pictures = page.get_by_role("list", name="Pictures of this folder")
    expect(pictures.get_by_role("listitem")).to_have_count(2)
    drawn = "all => all.every(e => e.complete && e.naturalWidth > 0)"
    until(page, lambda: pictures.locator("img").evaluate_all(drawn), True)
    in_all_looks(opened, "files-pictures")
    opened.look("light", 1440)
    pictures.get_by_role("link", name="curve.png").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"path=plots(/|%2F)curve\.png"))
    expect(page.get_by_role("img", name="curve.png")).to_be_visible()
    page.go_back()
    expect(pictures).to_be_visible()
    see(opened, run, "data")
    expect(page.get_by_text("in its own files")).to_be_visible()
    expect(pictures).to_have_count(0)


def test_a_pdf_is_shown_in_a_frame(files: tuple[Site, str], visit: Open) -> None:
    site, run = files
    opened = visit(site)
    # The browser's own viewer is an extension, which it loads into the frame.
    opened.expected.append("^off origin: chrome")
    with opened.page.expect_response(lambda r: "/view/" in r.url) as answer:
        page = see(opened, run, "report.pdf")
    assert answer.value.headers["content-type"] == "application/pdf"
    expect(page.locator("iframe")).to_be_visible()
    keep_screenshot(page, "file-report.pdf")


def test_the_tree_is_walked_by_keys_and_a_file_has_an_address(
    files: tuple[Site, str], visit: Open
) -> None:
    site, run = files
    opened = visit(site)
    page = see(opened, run)
    expect(page.get_by_text("Choose a file to see it here")).to_be_visible()
    tree = page.get_by_role("tree", name="Files")
    tree.focus()
    data = tree.get_by_role("treeitem", name="data")
    expect(data).to_have_attribute("aria-expanded", "false")
    expect(data).to_have_attribute("aria-setsize", "15")
    page.keyboard.press("ArrowRight")
    expect(data).to_have_attribute("aria-expanded", "true")
    csv = tree.get_by_role("treeitem", name="wines.csv")
    expect(csv).to_have_attribute("aria-level", "2")
    for key in ("ArrowRight", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    place = csv.get_attribute("id")
    expect(tree).to_have_attribute("aria-activedescendant", place or "?")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"path=data(/|%2F)wines\.csv"))
    expect(page.get_by_role("gridcell", name="wine, 3", exact=True)).to_be_visible()
    again = visit(site).go(page.url.removeprefix(opened.url))
    expect(again.get_by_role("gridcell", name="wine, 3", exact=True)).to_be_visible()
    expect(again.get_by_role("treeitem", name="wines.csv")).to_be_visible()
    tree.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(csv).to_have_count(0)
    page.go_back()
    expect(page.get_by_text("Choose a file to see it here")).to_be_visible()


def test_files_are_found_by_name_in_all_folders(files: tuple[Site, str], visit: Open) -> None:
    site, run = files
    page = see(visit(site), run)
    page.get_by_role("searchbox", name="Find files by name").fill("wines")
    found = page.get_by_role("treeitem")
    expect(found).to_have_count(5)
    found.filter(has_text="wines.tsv").click()
    expect(page.get_by_role("gridcell", name="3.1")).to_be_visible()
    expect(page.get_by_role("searchbox", name="Find files by name")).to_have_value("wines")
    page.get_by_role("searchbox", name="Find files by name").fill("no such")
    expect(page.get_by_text("No file's name has “no such” in it.")).to_be_visible()


def test_text_is_searched_and_a_line_has_an_address(files: tuple[Site, str], visit: Open) -> None:
    site, run = files
    opened = visit(site)
    page = see(opened, run, "train.log")
    page.get_by_role("searchbox", name="Find in the text").fill("step 1999")
    expect(page.get_by_text("1 of 11")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 of 11")).to_be_visible()
    expect(page.get_by_text("step 19990 loss")).to_be_visible()
    assert page.evaluate("document.querySelectorAll('*').length") < 1500
    page.get_by_role("link", name="Line 19991", exact=True).click()
    expect(page).to_have_url(re.compile("line=19991"))
    again = visit(site).go(page.url.removeprefix(opened.url))
    expect(again.get_by_text("step 19990 loss")).to_be_visible()


def test_what_is_shown_has_a_source_too(files: tuple[Site, str], visit: Open) -> None:
    site, run = files
    page = see(visit(site), run, "README.md")
    page.get_by_text("Source", exact=True).click()
    expect(page.get_by_text("# Wine quality")).to_be_visible()
    expect(page).to_have_url(re.compile("source=true"))
    page.get_by_text("Preview", exact=True).click()
    page.get_by_role("link", name="its parameters").click()
    expect(page).to_have_url(re.compile("path=config.yaml"))
    expect(page.get_by_text("solver")).to_be_visible()


def test_a_file_and_a_folder_are_downloaded(files: tuple[Site, str], visit: Open) -> None:
    site, run = files
    page = see(visit(site), run, "data/wines.tsv")
    with page.expect_download() as one:
        page.get_by_role("link", name="Download: wines.tsv").click()
    assert one.value.path().read_bytes() == b"id\tph\n1\t3.1\n"
    page = see(visit(site), run, "data")
    expect(page.get_by_text("Holds 5 files")).to_be_visible()
    with page.expect_download() as all_:
        page.get_by_role("link", name="Download as ZIP: data").click()
    assert all_.value.suggested_filename == "data.zip"
    with zipfile.ZipFile(io.BytesIO(all_.value.path().read_bytes())) as archive:
        assert archive.read("data/wines.tsv") == b"id\tph\n1\t3.1\n"
        assert len(archive.namelist()) == 5


def test_a_versions_files_have_digests(files: tuple[Site, str], visit: Open) -> None:
    site, _ = files
    page = visit(site).go("/models/wine/versions/1/files?path=MLmodel")
    digest = site.send("GET", "/api/1.0/cuvee/model-versions/manifest?name=wine&version=1").json
    known = {file["path"]: file["digest"] for file in digest["files"]}
    expect(page.get_by_title(f"sha256: {known['MLmodel']}")).to_be_visible()
    expect(page.get_by_text("fixed acidity")).to_be_visible()
    expect(page.get_by_role("treeitem")).to_have_count(2)
    page = visit(site).go("/models/wine/versions/1")
    page.get_by_role("link", name="Files", exact=True).click()
    expect(page.get_by_role("treeitem", name="MLmodel")).to_be_visible()


def test_the_files_of_a_logged_model_are_among_those_of_its_run(
    files: tuple[Site, str], visit: Open
) -> None:
    site, _ = files
    run = corpus.new_run(site, "with model", {"notes.txt": b"hello"})
    about = {"experiment_id": "0", "name": "m", "source_run_id": run}
    info = site.api("logged-models", **about)["model"]["info"]
    corpus.upload(site, info["artifact_uri"].partition(":")[2].strip("/"), {"w/weights.txt": b"7"})
    site.api("runs/outputs", run_id=run, models=[{"model_id": info["model_id"], "step": 0}])
    page = see(visit(site), run)
    page.get_by_role("treeitem", name=f"Logged model {info['model_id']}").click()
    page.get_by_role("treeitem", name="w", exact=True).click()
    page.get_by_role("treeitem", name="weights.txt").click()
    expect(page.get_by_role("region", name="Text of weights.txt")).to_contain_text("7")
    expect(page).to_have_url(re.compile(f"of={info['model_id']}"))


def test_what_is_not_there_says_so(files: tuple[Site, str], visit: Open) -> None:
    site, run = files
    opened = visit(site)
    page = see(opened, run, "data/none.txt")
    expect(page.get_by_text("There is no file none.txt")).to_be_visible()
    bare = corpus.new_run(site, "bare", {})
    page = see(opened, bare)
    expect(page.get_by_text("There are no files here")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("cuvee.log_artifact")
    keep_screenshot(page, "files-none")
    far = site.api("experiments/create", name="far", artifact_location="s3://bucket/far")
    elsewhere = site.api("runs/create", experiment_id=far["experiment_id"], start_time=1)
    page = see(opened, elsewhere["run"]["info"]["run_id"])
    expect(page.get_by_text("These files are not kept by this server")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("s3://bucket/far")


@pytest.mark.parametrize(
    ("path", "least", "greatest", "sums"),
    [
        ("data/wines.csv", "0", re.compile(r"^[1-9]\d\d+$"), ["id", "number", "0"]),
        ("data/wines.parquet", "wine 0", "wine 999", ["quality · int64", "number", "0", "10", "0"]),
    ],
)
def test_a_table_is_sorted_and_its_columns_summed_up(
    path: str, least: str, greatest: Any, sums: list[str], files: tuple[Site, str], visit: Open
) -> None:
    site, run = files
    opened = visit(site)
    page = see(opened, run, path)
    grid = page.get_by_role("grid", name=f"Rows of {path.rpartition('/')[2]}")
    first = grid.locator("[aria-rowindex='2'] [role=gridcell]").first
    expect(first).to_have_text(least)
    head = grid.get_by_role("columnheader").first
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(first).to_have_text(greatest)  # numbers as numbers: 9 would be the greatest text
    expect(page.get_by_text("Of the rows that were read.")).to_be_visible()
    head.get_by_role("button").click()
    expect(first).to_have_text(least)
    page.get_by_text("Columns", exact=True).click()
    table = page.get_by_role("table", name="Columns")
    row = table.get_by_role("row").filter(has_text=sums[0])
    cells = row.get_by_role("cell")
    for place, text_ in enumerate(sums):
        expect(cells.nth(place)).to_have_text(text_)
    expect(table).to_contain_text("wine")  # the most frequent of texts
    in_all_looks(opened, f"file-columns-{path.replace('/', '-')}")


def test_a_table_of_100_mb_shows_its_first_rows_at_once(
    files: tuple[Site, str], visit: Open
) -> None:
    site, _ = files
    line = b"0123456789,abcdefghij,3.14159,some words in a column\n"
    big = b"a,b,c,d\n" + line * (BIG // len(line))
    run = corpus.new_run(site, "big", {"big.csv": big, "small.csv": big[: 1 << 10]})
    small, took = [], []
    for _ in range(3):
        small.append(_first_rows(visit(site), run, "small.csv"))
        opened = visit(site)
        bytes_moved = moved(opened.page)
        took.append(_first_rows(opened, run, "big.csv"))
        assert 0 < sum(bytes_moved) < 1 << 20
    assert min(took) < max(1.0, min(small) / SLOW), (small, took)
    page = opened.page
    expect(page.get_by_text("of about")).to_be_visible()
    page.get_by_role("gridcell").first.focus()
    page.keyboard.press("Control+End")
    grid = page.get_by_role("grid", name="Rows of big.csv")
    expect(grid).to_have_attribute("aria-rowcount", re.compile(r"^[1-9]\d{4,}$"))
    assert sum(bytes_moved) < 4 << 20


def _first_rows(opened: Visit, run: str, name: str) -> float:
    """Open a table; return how long it took until its first rows were there."""
    page = see(opened, run)
    row = page.get_by_role("treeitem", name=name)
    expect(row).to_be_visible()
    start = time.monotonic()
    row.click()
    page.get_by_role("gridcell", name="abcdefghij").first.wait_for()
    return time.monotonic() - start


def test_a_folder_of_10_000_files_opens_within_a_second(
    tmp_path_factory: pytest.TempPathFactory, visit: Open
) -> None:
    folder = tmp_path_factory.mktemp("many")
    for site in served(folder):
        run = corpus.new_run(site, "many", {"few/0.txt": b"1", "many/00000.txt": b"1"})
        _fill(folder / "cuvee.db", MANY)
        few, many = [], []
        for _ in range(3):
            few.append(_open(visit(site), run, "few", "0.txt", 1))
            many.append(_open(visit(site), run, "many", "00000.txt", MANY))
        slowness = max(1.0, min(few) / SLOW)
        assert min(many) < slowness, (few, many)


def _fill(database: Any, number: int) -> None:
    """Name one file's bytes many times: a real folder, without an upload for each of its files."""
    with sqlite3.connect(database) as connection:
        find = "SELECT path, digest FROM artifact_files WHERE path LIKE '%/many/00000.txt'"
        path, digest = connection.execute(find).fetchone()
        rows = [(path.replace("00000", f"{i:05}"), digest, 1, 1) for i in range(1, number)]
        statement = "INSERT INTO artifact_files (path, digest, size, modified) VALUES (?, ?, ?, ?)"
        connection.executemany(statement, rows)
    connection.close()


def _open(opened: Visit, run: str, folder: str, first: str, number: int) -> float:
    """Open a folder; return how long it took until its files were there."""
    page = see(opened, run)
    row = page.get_by_role("treeitem", name=folder, exact=True)
    expect(row).to_be_visible()
    start = time.monotonic()
    row.click()
    found = page.get_by_role("treeitem", name=first)
    found.wait_for()
    took = time.monotonic() - start
    expect(found).to_have_attribute("aria-setsize", str(number))
    assert page.get_by_role("treeitem").count() < 100
    page.get_by_role("tree").focus()
    page.keyboard.press("End")
    expect(page.get_by_role("treeitem", selected=False).last).to_be_visible()
    return took
