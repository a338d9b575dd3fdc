"""Demo data are loaded by a button, into an empty server, by who may."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from browser.conftest import Open, keep_screenshot, served
from browser.people import (
    ADMIN,
    CUVEE,
    MLFLOW,
    PASSWORD,
    VIEWER,
    ask,
    done,
    log_in,
    make_admin,
)
from browser.test_browser_pages import THEMES, offences
from cuvee.api.demo import EXPERIMENT, MODEL
from refusals.served import Site

SECONDS = 120_000
"""Milliseconds that the story may take on a busy machine."""


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An empty server with an admin and a viewer, below a path of its own."""
    folder = tmp_path_factory.mktemp("demo")
    make_admin(folder)
    for site in served(folder, "--login", "--host", "0.0.0.0"):  # noqa: S104 - as on a real host
        viewer = {"username": VIEWER, "password": PASSWORD}
        done(ask(site, ADMIN, "POST", f"{MLFLOW}users/create", viewer))
        yield site


def test_an_admin_loads_them_and_nobody_else(site: Site, visit: Open) -> None:
    viewer = log_in(visit(site), VIEWER, "/").get_by_role("button", name="Load demo data")
    expect(viewer).to_be_disabled()
    expect(viewer).to_have_attribute("title", "Only admins may load them. Ask one.")
    assert ask(site, VIEWER, "POST", f"{CUVEE}demo/load", {"story": "wine"}).status == 403

    opened = visit(site)
    page = log_in(opened, ADMIN, "/")
    button = page.get_by_role("button", name="Load demo data")
    for theme in THEMES:
        opened.look(theme, 1440)
        keep_screenshot(page, f"load-demo-{theme}")
        assert offences(page) == []
    button.click()
    expect(page.get_by_text("The demo data are loaded")).to_be_visible(timeout=SECONDS)
    expect(page.get_by_role("main")).to_contain_text(EXPERIMENT)
    held = page.get_by_role("link", name=MODEL).first
    expect(held).to_be_visible()
    opened.settle()

    found = done(ask(site, ADMIN, "GET", f"{CUVEE}events?action=version.transitioned"))["events"]
    assert [event["after"]["stage"] for event in found] == ["Production", "Staging"]
    assert {event["actor"] for event in found} == {ADMIN}
    tokens = done(ask(site, ADMIN, "GET", f"{CUVEE}tokens/list"))["tokens"]
    assert [(t["name"], bool(t["revoked"])) for t in tokens] == [("demo data", True)]

    again = ask(site, ADMIN, "POST", f"{CUVEE}demo/load", {"story": "wine"})
    assert again.status == 409
    assert re.search(r"There is an experiment .* already", again.json["message"])


def test_a_story_that_fails_is_told_with_its_reason(site: Site, visit: Open) -> None:
    policy = {"document": "scope: /\nstages: [{name: Review}]\n"}
    done(ask(site, ADMIN, "POST", f"{CUVEE}policies/apply", policy))
    opened = visit(site)
    opened.expected.append("status of 503")
    page = log_in(opened, ADMIN, "/")
    page.get_by_role("button", name="Load demo data").click()
    toast = page.get_by_role("status").filter(has_text="The demo data could not be loaded")
    expect(toast).to_be_visible(timeout=SECONDS)
    expect(toast).to_contain_text("Production")
    opened.settle()
