"""Where there is nothing yet: what belongs there, and code that puts something there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from browser.conftest import Open, keep_screenshot, served
from browser.people import (
    ADMIN,
    MLFLOW,
    PASSWORD,
    VIEWER,
    ask,
    done,
    log_in,
    make_admin,
)
from browser.test_browser_pages import LOOKS, offences
from refusals.served import Site

WORDS = (
    "People log in with a name and a password.",
    "Programs and service accounts log in with tokens.",
)
NO_SSO = "This version has no single sign-on (SSO)."


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with an admin, a viewer and a model of which nobody has asked anything."""
    folder = tmp_path_factory.mktemp("nothing")
    make_admin(folder)
    for site in served(folder, "--login"):
        viewer = {"username": VIEWER, "password": PASSWORD}
        done(ask(site, ADMIN, "POST", f"{MLFLOW}users/create", viewer))
        done(ask(site, ADMIN, "POST", f"{MLFLOW}registered-models/create", {"name": "wine"}))
        version = {"name": "wine", "source": "s3://bucket/model"}
        done(ask(site, ADMIN, "POST", f"{MLFLOW}model-versions/create", version))
        yield site


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/settings/groups", ("cuvee group create reviewers", f"group add reviewers {ADMIN}")),
        ("/approvals", ("client.search_waiting_requests()",)),
        ("/approvals?tab=mine", ('request_transition("wine", 1, "Production"',)),
        ("/approvals?tab=done", ('approve_transition("wine", 1, "Production"',)),
        ("/approvals?tab=emergencies", ('"wine", 1, "Production"', "break_glass=True")),
    ],
)
def test_a_list_without_anything_has_code_with_real_names(
    path: str, words: tuple[str, ...], site: Site, visit: Open
) -> None:
    opened = visit(site)
    page = log_in(opened, ADMIN, path)
    code = page.locator("main pre")
    for text in (*words, f"http://127.0.0.1:{site.port}"):
        expect(code).to_contain_text(text)
    for theme, width in (*LOOKS, ("light", 375)):
        opened.look(theme, width)
        keep_screenshot(page, f"nothing-{re.sub('[^a-z]+', '-', path[1:])}-{theme}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert offences(page) == []


def test_who_may_not_make_a_group_is_not_shown_how(site: Site, visit: Open) -> None:
    page = log_in(visit(site), VIEWER, "/settings/groups")
    expect(page.get_by_text("There is no group")).to_be_visible()
    expect(page.locator("main pre")).to_have_count(0)


def test_users_are_told_how_one_logs_in(site: Site, empty: Site, visit: Open) -> None:
    for who in (VIEWER, ADMIN):
        page = log_in(visit(site), who, "/settings/users")
        for words in (*WORDS, NO_SSO):
            expect(page.get_by_text(words)).to_be_visible()
    keep_screenshot(page, "login-status")
    page = visit(empty).go("/settings/users")
    expect(page.get_by_text("Nobody logs in to this server while it has no users")).to_be_visible()
    expect(page.get_by_text(NO_SSO)).to_be_visible()
    expect(page.get_by_text(WORDS[0])).to_have_count(0)
