"""What every page says when the registry does not hold what its history tells."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Open, served
from cuvee.api.log import GetLogStatus, NoteProjection
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.users import CreateUser
from cuvee.api.versions import CreateModelVersion
from cuvee.store.sql import SqlStore
from refusals.served import Site

PASSWORD = "correct horse battery"
FINDING = "version:wine/1: stage is 'Production', and by the log 'None'"


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server whose database somebody has edited while it was stopped."""
    folder = tmp_path_factory.mktemp("edited")
    store = SqlStore.open(f"sqlite:///{folder}/cuvee.db")
    for name in ("ann", "bob"):  # the first is an admin
        store.do(CreateUser(username=name, password=PASSWORD))
    store.do(CreateRegisteredModel(name="wine"))
    store.do(CreateModelVersion(name="wine", source="s3://b/m"))
    store.close()
    connection = sqlite3.connect(folder / "cuvee.db")
    connection.execute("UPDATE model_versions SET stage = 'Production'")
    connection.commit()
    connection.close()
    for site in served(folder):
        store = SqlStore.open(site.url)
        until = time.monotonic() + 60
        while not store.do(GetLogStatus()).problems:  # the server compares at its start
            assert time.monotonic() < until, site.log
            time.sleep(0.1)
        store.close()
        yield site


def enter(visit: Open, site: Site, name: str) -> Page:
    opened = visit(site)
    page = opened.page
    page.goto(opened.url + "/models")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    opened.settle()
    return page


def test_a_registry_that_was_edited_says_so_on_every_page_until_it_is_put_right(
    edited: Site, visit: Open
) -> None:
    page = enter(visit, edited, "ann")
    notice = page.get_by_role("alert")
    for place in ("Experiments", "Home", "Models"):
        page.get_by_role("link", name=place, exact=True).first.click()
        expect(notice).to_contain_text(FINDING)
    expect(notice).to_be_in_viewport()
    store = SqlStore.open(edited.url)
    store.do(NoteProjection(findings=[f"finding {n}" for n in range(5)]))
    expect(notice).to_contain_text("And 2 more.")
    store.do(NoteProjection(findings=[]))
    expect(notice).to_have_count(0)
    store.do(NoteProjection(findings=[FINDING]))
    store.close()
    expect(notice).to_contain_text(FINDING)


def test_who_is_no_admin_is_told_that_it_is_so_and_not_where(edited: Site, visit: Open) -> None:
    notice = enter(visit, edited, "bob").get_by_role("alert")
    expect(notice).to_contain_text("an admin can see where")
    expect(notice).not_to_contain_text("wine")
