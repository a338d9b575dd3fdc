"""Names, tags and notes of runs, edited where they stand in the table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Open, keep_screenshot, served, until
from browser.people import ADMIN, MLFLOW, VIEWER, ask, done, log_in, make_admin, make_house
from browser.test_browser_pages import LOOKS, offences
from refusals.served import Site

COLUMNS = quote('["tags.team","tags.`mlflow.note.content`"]')
HERE = f"/experiments/0?cols={COLUMNS}"
NOTE = "mlflow.note.content"


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with three runs, one of which has a note of two lines."""
    for found in served(tmp_path_factory.mktemp("inline")):
        for i in range(3):
            tags = [{"key": "team", "value": "red"}]
            if i == 1:
                tags.append({"key": NOTE, "value": "First line\nand *another*"})
            about: dict[str, Any] = {"run_name": f"run {i}", "start_time": i + 1, "tags": tags}
            found.api("runs/create", experiment_id="0", **about)
        yield found


def row(page: Page, name: str) -> Locator:
    grid = page.get_by_role("grid", name="Runs")
    return grid.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))


def stored(site: Site, name: str) -> dict[str, str]:
    """Return the tags of the run of a name, if there is just one."""
    (run,) = site.api("runs/search", experiment_ids=["0"], filter=f"run_name = '{name}'")["runs"]
    return {tag["key"]: tag["value"] for tag in run["data"]["tags"]}


def test_the_name_of_the_run_at_the_cursor_is_edited(site: Site, visit: Open) -> None:
    page = visit(site).go(HERE)
    row(page, "run 1").get_by_role("gridcell").nth(1).focus()
    page.keyboard.press("e")
    field = page.get_by_role("textbox", name="Name of run 1")
    expect(field).to_be_focused()
    expect(field).to_have_value("run 1")
    keep_screenshot(page, "runs-inline-name")
    assert offences(page) == []
    page.keyboard.type("the best e x j")
    page.keyboard.press("Enter")
    expect(row(page, "the best e x j")).to_be_visible()
    expect(row(page, "the best e x j").get_by_role("gridcell").nth(1)).to_be_focused()
    expect(page.get_by_text("selected")).to_have_count(0)
    assert stored(site, "the best e x j")["team"] == "red"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("e")
    page.keyboard.type("never mind")
    page.keyboard.press("Escape")
    expect(row(page, "run 2")).to_be_visible()
    expect(row(page, "run 2").get_by_role("gridcell").nth(1)).to_be_focused()
    # An empty name is none, and leaving the field keeps what was written.
    page.keyboard.press("e")
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Name of run 2")).to_have_count(0)
    expect(row(page, "run 2")).to_be_visible()
    page.keyboard.press("e")
    page.keyboard.type("left")
    page.get_by_role("searchbox", name="Filter").click()
    expect(row(page, "left")).to_be_visible()
    assert stored(site, "left")


def test_a_tag_is_edited_in_its_cell_and_a_note_in_lines(site: Site, visit: Open) -> None:
    page = visit(site).go(HERE)
    team = row(page, "run 1").get_by_role("gridcell").filter(has_text=re.compile("^red$"))
    team.focus()
    page.keyboard.press("e")
    expect(page.get_by_role("textbox", name="team of run 1")).to_be_focused()
    page.keyboard.type("blue")
    page.keyboard.press("Enter")
    expect(row(page, "run 1")).to_contain_text("blue")
    assert stored(site, "run 1")["team"] == "blue"
    row(page, "run 1").get_by_role("gridcell").filter(has_text="First line").focus()
    page.keyboard.press("e")
    note = page.get_by_role("dialog").get_by_role("textbox", name="Note")
    expect(note).to_have_value("First line\nand *another*")
    note.fill("Only\nthis")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(row(page, "run 1")).to_contain_text("Only")
    assert stored(site, "run 1")[NOTE] == "Only\nthis"


def test_a_long_tag_is_cut_in_its_cell_and_whole_where_it_is_edited(
    site: Site, visit: Open
) -> None:
    (run,) = site.api("runs/search", experiment_ids=["0"], filter="run_name = 'run 1'")["runs"]
    long = "a long prompt " * 4000
    site.api("runs/set-tag", run_id=run["info"]["run_id"], key="team", value=long)
    page = visit(site).go(HERE)
    team = row(page, "run 1").get_by_role("gridcell").filter(has_text="a long prompt")
    shown = team.inner_text()
    assert shown.endswith("…")
    assert 400 < len(shown) < 600
    team.focus()
    page.keyboard.press("e")
    field = page.get_by_role("dialog").get_by_role("textbox", name="team")
    expect(field).to_have_value(long)
    field.fill(long + "!")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert stored(site, "run 1")["team"] == long + "!"


def test_the_selected_run_is_renamed_and_noted_by_mouse(site: Site, visit: Open) -> None:
    opened = visit(site)
    page = opened.go(HERE)
    row(page, "run 0").get_by_role("checkbox").click()
    for theme, width in [*LOOKS, ("light", 375)]:
        opened.look(theme, width)
        keep_screenshot(page, f"runs-one-selected-{theme}-{width}")
        until(page, lambda: page.evaluate("document.documentElement.scrollWidth"), width)
    opened.look("light", 1440)
    page.get_by_role("button", name="Edit note").click()
    page.get_by_role("dialog").get_by_role("textbox", name="Note").fill("Written by mouse.")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(row(page, "run 0")).to_contain_text("Written by mouse.")
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("dialog").get_by_role("textbox", name="Name").fill("first")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(row(page, "first")).to_be_visible()
    assert stored(site, "first")[NOTE] == "Written by mouse."
    row(page, "run 1").get_by_role("checkbox").click()
    expect(page.get_by_role("button", name="Rename")).to_have_count(0)


def test_who_may_only_read_is_told_why_not(
    tmp_path_factory: pytest.TempPathFactory, visit: Open
) -> None:
    folder = tmp_path_factory.mktemp("readers")
    make_admin(folder)
    for site in served(folder, "--login"):
        make_house(site)
        made = done(ask(site, ADMIN, "POST", f"{MLFLOW}experiments/create", {"name": "sweep"}))
        experiment = made["experiment_id"]
        run = {"experiment_id": experiment, "run_name": "one", "start_time": 1}
        done(ask(site, ADMIN, "POST", f"{MLFLOW}runs/create", run))
        grant = {"object": f"experiment:{experiment}", "user": VIEWER, "permission": "CAN_READ"}
        done(ask(site, ADMIN, "POST", "/api/1.0/cuvee/permissions/grant", grant))
        page = log_in(visit(site), VIEWER, f"/experiments/{experiment}")
        row(page, "one").get_by_role("gridcell").nth(1).focus()
        page.keyboard.press("e")
        expect(page.get_by_text("The run was not changed.")).to_be_visible()
        expect(page.get_by_text(re.compile("CAN_READ is given"))).to_be_visible()
        expect(page.get_by_role("textbox", name="Name of one")).to_have_count(0)
