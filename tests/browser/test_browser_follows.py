"""Following a model: what others do to it stands on one's home page until it was seen."""

from __future__ import annotations

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
from refusals.served import Site

RED, WHITE = "red_wine", "white_wine"


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with two models and a viewer, who may read both."""
    folder = tmp_path_factory.mktemp("follows")
    make_admin(folder)
    for site in served(folder, "--login"):
        viewer = {"username": VIEWER, "password": PASSWORD}
        done(ask(site, ADMIN, "POST", f"{MLFLOW}users/create", viewer))
        for name in (RED, WHITE):
            done(ask(site, ADMIN, "POST", f"{MLFLOW}registered-models/create", {"name": name}))
            grant = {"object": f"model:{name}", "user": VIEWER, "permission": "CAN_READ"}
            done(ask(site, ADMIN, "POST", f"{CUVEE}permissions/grant", grant))
            version = {"name": name, "source": "s3://bucket/model"}
            done(ask(site, ADMIN, "POST", f"{MLFLOW}model-versions/create", version))
        yield site


def move(site: Site, name: str, stage: str, why: str) -> None:
    body = {"name": name, "version": "1", "stage": stage, "comment": why}
    body["archive_existing_versions"] = "false"
    done(ask(site, ADMIN, "POST", f"{MLFLOW}model-versions/transition-stage", body))


def test_what_others_do_appears_on_home_and_goes_once_it_was_seen(site: Site, visit: Open) -> None:
    opened = visit(site)
    page = log_in(opened, VIEWER, f"/models/{RED}")
    button = page.get_by_role("button", name="Follow", exact=True)
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    page = opened.go(f"/models/{WHITE}")
    button = page.get_by_role("button", name="Follow", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")

    page = opened.go("/")
    panel = page.get_by_role("region", name="Models you follow")
    quiet = panel.get_by_role("list", name="Nothing new").get_by_role("link")
    expect(quiet).to_have_text([RED, WHITE])
    move(site, RED, "Staging", "for the tasting")
    news = panel.get_by_role("list", name=f"What is new about {RED}")
    expect(news.get_by_role("listitem")).to_have_count(1, timeout=2000)  # without a reload
    for text in (ADMIN, "Staging", "for the tasting"):
        expect(news).to_contain_text(text)
    expect(panel.get_by_text("1 new")).to_be_visible()
    expect(quiet).to_have_text([WHITE])
    for theme in THEMES:
        for width in (1440, 1024, 375):
            opened.look(theme, width)
            keep_screenshot(page, f"home-follows-{theme}-{width}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert offences(page) == []
    panel.get_by_role("button", name="Mark all as seen").click()
    expect(news).to_have_count(0)
    page.reload()
    expect(quiet).to_have_text([RED, WHITE])

    page = opened.go(f"/models/{RED}")
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_role("button", name="Follow", exact=True)).to_have_attribute(
        "aria-pressed", "false"
    )
    page = opened.go("/")
    expect(quiet).to_have_text([WHITE])
    expect(panel).not_to_contain_text(RED)


def test_a_model_that_one_may_not_read_any_longer_is_unfollowed(site: Site, visit: Open) -> None:
    opened = visit(site)
    for name in (RED, WHITE):
        page = (
            log_in(opened, VIEWER, f"/models/{name}")
            if name == RED
            else opened.go(f"/models/{name}")
        )
        page.get_by_role("button", name="Follow", exact=True).click()
        expect(page.get_by_role("button", name="Follow", exact=True)).to_have_attribute(
            "aria-pressed", "true"
        )
    denied = {"object": f"model:{RED}", "user": VIEWER, "permission": "DENY"}
    done(ask(site, ADMIN, "POST", f"{CUVEE}permissions/grant", denied))
    page = opened.go("/")
    panel = page.get_by_role("region", name="Models you follow")
    expect(panel).to_contain_text("You follow 1 model that you may not read any longer.")
    expect(panel).not_to_contain_text(RED)
    for width in (1440, 375):
        opened.look("light", width)
        keep_screenshot(page, f"home-follows-hidden-{width}")
        assert offences(page) == []
    panel.get_by_role("button", name="Unfollow").click()
    expect(panel).not_to_contain_text("any longer")
    expect(panel.get_by_role("link")).to_have_text([WHITE])


def test_nobody_sees_what_others_follow_or_a_panel_without_a_model(site: Site, visit: Open) -> None:
    page = log_in(visit(site), VIEWER, f"/models/{RED}")
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_role("button", name="Follow", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    other = log_in(visit(site), ADMIN, "/")
    expect(other.get_by_role("region", name="Recent models")).to_be_visible()
    expect(other.get_by_role("region", name="Models you follow")).to_have_count(0)
