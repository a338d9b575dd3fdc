"""A version's page: all that is known of it, and code that uses it, which works."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec
import pytest
from playwright.sync_api import Locator, Page, expect

from browser import seeds
from browser.conftest import Open, Visit, keep_screenshot, served
from browser.people import ADMIN, CUVEE, MLFLOW, PASSWORD, VIEWER, ask, done, log_in, make_admin
from browser.test_browser_pages import THEMES, offences
from cuvee.api.demo import MODEL
from cuvee.api.versions import ModelVersion
from refusals.served import Site

PAGE = f"/models/{MODEL}/versions/1"
LINK = "https://ci.example/runs/7"
LONG = "a_very_long_name_that_somebody_has_chosen_" * 6
INSIDE = (
    "(() => { const m = document.querySelector('main'); return m.scrollWidth <= m.clientWidth; })()"
)
LEFT_OUT = {
    "status_message": "it says why a registration failed, and stands beside the status then",
}
"""Fields of a version that its page does not always show, and why."""


class Winery(NamedTuple):
    """A server that asks for a login, the wine story's first version there, and a token."""

    site: Site
    version: dict[str, Any]
    token: str


@pytest.fixture(scope="module")
def winery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Winery]:
    """The wine story behind a login; all fields of its first version are set."""
    folder = tmp_path_factory.mktemp("winery")
    make_admin(folder)
    for site in served(folder, "--login"):
        seeds.tell_the_wine_story(f"http://{ADMIN}:{quote(PASSWORD)}@127.0.0.1:{site.port}")
        first = {"name": MODEL, "version": "1"}
        tag = {**first, "key": "harvest", "value": "2025"}
        done(ask(site, ADMIN, "POST", f"{MLFLOW}model-versions/set-tag", tag))
        alias = {**first, "alias": "champion"}
        done(ask(site, ADMIN, "POST", f"{MLFLOW}registered-models/alias", alias))
        check = {**first, "check_name": "golden-set", "passed": True, "url": LINK}
        check["details"] = "40 of 40 bottles"
        done(ask(site, ADMIN, "POST", f"{CUVEE}checks/set", check))
        token = done(ask(site, ADMIN, "POST", f"{CUVEE}tokens/create", {"name": "snippets"}))
        done(ask(site, ADMIN, "POST", f"{MLFLOW}users/create", viewer()))
        grant = {"object": f"model:{MODEL}", "user": VIEWER, "permission": "CAN_READ"}
        done(ask(site, ADMIN, "POST", f"{CUVEE}permissions/grant", grant))
        yield Winery(site, known(site, "1"), token["secret"])


def viewer() -> dict[str, str]:
    return {"username": VIEWER, "password": PASSWORD}


def known(site: Site, version: str) -> dict[str, Any]:
    """Return the REST object of a version."""
    asked = f"{MLFLOW}model-versions/get?name={MODEL}&version={version}"
    found: dict[str, Any] = done(ask(site, ADMIN, "GET", asked))["model_version"]
    return found


def fact(page: Page, name: str) -> Locator:
    """Return what the panel About says under a name."""
    about = page.get_by_role("region", name="About")
    term = about.locator("dt").filter(has_text=re.compile(f"^{name}$"))
    return term.locator("xpath=following-sibling::dd[1]")


def iso(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03}Z"


def test_every_field_of_the_rest_object_stands_on_the_page(winery: Winery, visit: Open) -> None:
    first = known(winery.site, "2")  # not the first: code asks for its digest, which is its own
    made = {
        "name": MODEL,
        "source": first["source"],
        "run_id": first["run_id"],
        "model_id": first["model_id"],
        "run_link": LINK,
        "description": "**All** of it.",
        "tags": [{"key": "harvest", "value": "2026"}],
    }
    number = done(ask(winery.site, ADMIN, "POST", f"{MLFLOW}model-versions/create", made))
    version = number["model_version"]["version"]
    alias = {"name": MODEL, "version": version, "alias": "complete"}
    done(ask(winery.site, ADMIN, "POST", f"{MLFLOW}registered-models/alias", alias))
    found = known(winery.site, version)
    page = log_in(visit(winery.site), ADMIN, f"/models/{MODEL}/versions/{version}/overview")

    def names(name: str) -> Locator:
        return fact(page, name)

    tags = page.get_by_role("table", name="Tags")
    shown: dict[str, tuple[Locator, str]] = {
        "name": (page.get_by_role("navigation", name="Breadcrumbs"), found["name"]),
        "version": (page.get_by_role("heading", level=1), f"Version {found['version']}"),
        "user_id": (names("Registered by"), found["user_id"]),
        "current_stage": (names("Stage"), found["current_stage"]),
        "description": (page.get_by_role("region", name="Description"), "All of it."),
        "source": (names("Source"), found["source"]),
        "run_id": (names("Run"), found["run_id"][:8]),
        "status": (names("Status"), "Ready"),
        "tags": (tags, "harvest2026"),
        "run_link": (names("Run link"), found["run_link"]),
        "aliases": (names("Aliases"), "@complete"),
        "model_id": (names("Logged model"), found["model_id"][:14]),
        "digest": (names("Digest"), found["digest"][:12]),
    }
    moments = {"creation_timestamp": "Registered", "last_updated_timestamp": "Last change"}
    fields = {field.encode_name for field in msgspec.structs.fields(ModelVersion)}
    assert fields == shown.keys() | moments.keys() | LEFT_OUT.keys()
    assert found.keys() == fields - LEFT_OUT.keys()
    for where, text in shown.values():
        expect(where).to_contain_text(text)
    for field, name in moments.items():
        expect(names(name).locator("time")).to_have_attribute("datetime", iso(found[field]))
    expect(names("Run link").get_by_role("link")).to_have_attribute("href", LINK)


def test_the_page_has_what_was_measured_and_what_the_model_takes_and_needs(
    winery: Winery, visit: Open
) -> None:
    opened = visit(winery.site)
    page = log_in(opened, ADMIN, f"{PAGE}/overview")
    run = done(ask(winery.site, ADMIN, "GET", f"{MLFLOW}runs/get?run_id={run_of(winery)}"))["run"]
    metrics = page.get_by_role("table", name="Metrics")
    for metric in run["data"]["metrics"]:
        row = metrics.get_by_role("row").filter(has_text=re.compile(f"^{metric['key']}"))
        expect(row.locator(".num")).to_have_attribute("title", str(metric["value"]))
    expect(page.get_by_role("table", name="Params")).to_contain_text("featuresalcohol")
    expect(page.get_by_role("table", name="Inputs")).to_contain_text("alcoholdouble")
    expect(page.get_by_role("table", name="Outputs")).to_contain_text("tensor float64")
    example = page.get_by_role("table", name="Input example")
    expect(example.get_by_role("row")).to_have_count(4)
    expect(page.get_by_role("table", name="Dependencies")).to_contain_text("scikit-learn")
    expect(page.get_by_role("table", name="Flavors")).to_contain_text("sklearn")
    expect(fact(page, "Files")).to_contain_text(re.compile(r"\d+ files, [\d.]+ KiB"))
    checks = page.get_by_role("region", name="Checks")
    expect(checks).to_contain_text("Passedgolden-set")
    expect(checks.get_by_role("link", name="Evidence")).to_have_attribute("href", LINK)
    expect(fact(page, "Stage")).to_contain_text(f"by {ADMIN}")
    look(opened, "version-all")


def run_of(winery: Winery) -> str:
    return str(winery.version["run_id"])


def look(opened: Visit, name: str) -> None:
    """Draw the page that is open in all looks; nothing of it may reach beyond its edge."""
    page = opened.page
    for theme in THEMES:
        for width in (1440, 1024, 375):
            opened.look(theme, width)
            page.evaluate("document.querySelector('main').scrollTo(0, 0)")
            keep_screenshot(page, f"{name}-{theme}-{width}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate(INSIDE)
            assert offences(page) == []


def test_the_snippets_work_as_they_are_copied(winery: Winery, visit: Open, tmp_path: Path) -> None:
    page = log_in(visit(winery.site), ADMIN, f"{PAGE}/try")
    use = page.get_by_role("region", name="Use it")
    (tmp_path / "input.csv").write_text("alcohol\n9.5\n12\n")
    by = use.get_by_label("By", exact=True)
    expect(by.get_by_role("option")).to_have_text(
        ["version 1", "stage Production", "alias @champion", re.compile("^digest [0-9a-f]{12}…$")]
    )
    tried = []
    for uri in [option.get_attribute("value") or "" for option in by.get_by_role("option").all()]:
        by.select_option(uri)
        expect(use.get_by_role("region", name="Python")).to_contain_text(uri)
        for tab in use.get_by_role("tab").all():
            name = tab.inner_text()
            tab.click()
            code = use.get_by_role("region", name=name).inner_text()
            assert f"127.0.0.1:{winery.site.port}" in code
            if name not in ("Serve", "Docker"):  # one serves on and on, one needs Docker
                tried.append((name, run_snippet(winery, name, code, tmp_path)))
    ways = ["Python", "Batch", "curl", "CLI", "Deployed"]
    assert [name for name, _ in tried] == [*ways * 3, *ways[:3], "Deployed"]
    said = {"Python": r"\[5\.", "Batch": r"alcohol,prediction\n9\.5,5\.\d+\n12\.0,"}
    for name, output in tried:
        assert re.search(said.get(name, r'\b1\b|"1"'), output), output
    assert (tmp_path / f"{MODEL}-1.zip").stat().st_size > 1000


def run_snippet(winery: Winery, name: str, code: str, folder: Path) -> str:
    """Run a snippet with a token in the environment, and return what it says."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    assert shutil.which("curl")
    env = {"PATH": path, "CUVEE_TRACKING_TOKEN": winery.token, "HOME": str(folder)}
    shell = ["bash", "-euc", code]
    if name in ("Python", "Batch"):
        *lines, last = code.strip().splitlines()
        shown = "open('predictions.csv').read()" if name == "Batch" else last
        lines += [last] * (name == "Batch")
        shell = [sys.executable, "-c", "\n".join([*lines, f"print({shown})"])]
    done_ = subprocess.run(
        shell, env=env, cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done_.returncode == 0, f"{code}\n{done_.stderr}"
    return done_.stdout


def test_who_may_not_read_the_run_is_told_so_and_sees_the_rest(winery: Winery, visit: Open) -> None:
    opened = visit(winery.site)
    page = log_in(opened, VIEWER, f"{PAGE}/overview")
    expect(page.get_by_role("table", name="Inputs")).to_contain_text("alcohol")
    expect(page.get_by_role("region", name="Params", exact=True)).to_contain_text("may not read")
    expect(fact(page, "Stage")).to_contain_text("Production")
    look(opened, "version-viewer")


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Site]:
    """A server of its own: what is registered here would stay where others look for nothing."""
    yield from served(tmp_path)


def test_a_version_of_which_little_is_known_says_what_is_missing(bare: Site, visit: Open) -> None:
    bare.api("registered-models/create", name=LONG)
    source = f"s3://bucket/{LONG}"
    bare.api("model-versions/create", name=LONG, source=source, run_link="javascript:alert(1)")
    opened = visit(bare)
    page = opened.go(f"/models/{LONG}/versions/1/overview")
    expect(page.get_by_text("This version has no description.")).to_be_visible()
    expect(page.get_by_text("No check of this version has been posted.")).to_be_visible()
    expect(page.get_by_role("region", name="Metrics")).to_contain_text("names no run")
    expect(fact(page, "Run link")).to_have_text("javascript:alert(1)")
    expect(fact(page, "Run link").get_by_role("link")).to_have_count(0)
    look(opened, "version-little")
    page.get_by_role("link", name="Try").click()
    expect(page.get_by_text("This server does not keep the files")).to_contain_text(source)
    look(opened, "version-try-little")
