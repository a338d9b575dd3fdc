"""A version is tried on its page: the real demo model, served by MLflow's own scoring server."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

import cuvee
from browser import seeds
from browser.conftest import Open, Visit, keep_screenshot, served
from browser.test_browser_pages import THEMES, offences
from clients.environments import python_of
from cuvee.api.demo import MODEL
from refusals.served import Site

PAGE = f"/models/{MODEL}/versions"


class Served(NamedTuple):
    """A server, and the port where its first version is served or shall be."""

    site: Site
    port: int


@pytest.fixture(scope="module")
def winery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The wine story, on a server that knows where the first two versions are to be asked."""
    folder = tmp_path_factory.mktemp("tried")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    first = f"{MODEL}/1=http://127.0.0.1:{port}/invocations"
    second = f"{MODEL}/2=http://127.0.0.1:1/invocations"
    for site in served(folder, "--scoring-url", first, "--scoring-url", second):
        seeds.tell_the_wine_story(f"http://127.0.0.1:{site.port}")
        yield Served(site, port)


def code(page: Page, panel: str, tab: str) -> str:
    """Return a snippet of the page."""
    place = page.get_by_role("region", name=panel)
    place.get_by_role("tab", name=tab, exact=True).click()
    return place.get_by_role("region", name=tab, exact=True).inner_text()


@pytest.fixture(scope="module")
def scoring(winery: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The first version served by the command that its page shows, on another port."""
    folder = tmp_path_factory.mktemp("scoring")
    command = (
        f"exec mlflow models serve -m models:/{MODEL}/1 --port {winery.port} --env-manager local"
    )
    path = f"{Path(python_of('mlflow-3.17')).parent}{os.pathsep}{os.environ['PATH']}"
    uri = f"http://127.0.0.1:{winery.site.port}"
    env = {**os.environ, "PATH": path, "MLFLOW_TRACKING_URI": uri}
    with (folder / "log").open("wb") as log:
        model = subprocess.Popen(
            ["bash", "-c", command], cwd=folder, env=env, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    try:
        end = time.monotonic() + 120
        while not _listens(winery.port):
            assert model.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < end, (folder / "log").read_text()
            time.sleep(0.1)
        yield winery
    finally:
        os.killpg(model.pid, signal.SIGKILL)
        model.wait()


def _listens(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def predicted(site: Site, rows: list[list[float]]) -> list[float]:
    """Return what the model says of rows, loaded here."""
    import pandas as pd

    cuvee.set_tracking_uri(f"http://127.0.0.1:{site.port}")
    try:
        model = cuvee.pyfunc.load_model(f"models:/{MODEL}/1")
    finally:
        cuvee.set_tracking_uri("")
    assert model.input_example is not None
    frame = pd.DataFrame(rows, columns=list(model.input_example.columns))
    return [float(one) for one in model.predict(frame)]


def look(opened: Visit, name: str) -> None:
    page = opened.page
    for theme in THEMES:
        for width in (1440, 1024, 375):
            opened.look(theme, width)
            keep_screenshot(page, f"{name}-{theme}-{width}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert offences(page) == []


def test_the_example_gets_the_predictions_that_the_model_gives(
    scoring: Served, visit: Open
) -> None:
    opened = visit(scoring.site)
    page = opened.go(f"{PAGE}/1/try")
    form = page.get_by_role("form", name="Ask for predictions")
    alcohol = form.get_by_label("alcohol")
    value = float(alcohol.input_value())
    form.get_by_role("button", name="Ask").click()
    answer = form.get_by_role("region", name="Predictions")
    expect(answer).to_be_visible()
    expect(form.get_by_text("Answered in")).to_be_visible()
    assert json.loads(answer.inner_text()) == predicted(scoring.site, [[value]])
    look(opened, "version-try")

    alcohol.fill("12.5")
    alcohol.press("Enter")
    wanted = predicted(scoring.site, [[12.5]])
    expect(answer).to_contain_text(str(wanted[0]))

    form.get_by_text("JSON", exact=True).click()
    asked = {"dataframe_split": {"columns": ["alcohol"], "data": [[9.0], [14.0]]}}
    box = form.get_by_label("Question")
    assert json.loads(box.input_value())["dataframe_split"]["data"] == [[12.5]]
    box.fill(json.dumps(asked))
    form.get_by_role("button", name="Ask").click()
    wanted = predicted(scoring.site, [[9.0], [14.0]])
    expect(answer).to_contain_text(str(wanted[1]))
    assert json.loads(answer.inner_text()) == wanted


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_asked(
    scoring: Served, visit: Open
) -> None:
    page = visit(scoring.site).go(f"{PAGE}/1/try")
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url) if r.url.endswith("/score") else None)
    form = page.get_by_role("form", name="Ask for predictions")
    alcohol = form.get_by_label("alcohol")
    for wrong in ("strong", "", "1,5", "NaN"):
        alcohol.fill(wrong)
        form.get_by_role("button", name="Ask").click()
        expect(alcohol).to_have_attribute("aria-invalid", "true")
        expect(form.get_by_text("Give a number (double).")).to_be_visible()
    form.get_by_text("JSON", exact=True).click()
    box = form.get_by_label("Question")
    for text, said in {
        "{": "This is no JSON",
        "[1]": "must be an object with one of",
        '{"dataframe_split": {"columns": ["pH"], "data": [[3]]}}': "alcohol is missing.",
        '{"dataframe_records": [{"alcohol": 1}, {"alcohol": "x"}]}': "Row 2: alcohol: Give a",
    }.items():
        box.fill(text)
        form.get_by_role("button", name="Ask").click()
        expect(form.get_by_text(said)).to_be_visible()
    assert sent == []


def test_what_the_model_refuses_is_shown_in_its_words(scoring: Served, visit: Open) -> None:
    opened = visit(scoring.site)
    page = opened.go(f"{PAGE}/1/try")
    form = page.get_by_role("form", name="Ask for predictions")
    form.get_by_text("JSON", exact=True).click()
    form.get_by_label("Question").fill('{"inputs": "no wine"}')
    form.get_by_role("button", name="Ask").click()
    expect(form.get_by_role("alert")).to_contain_text("answered 400")
    expect(form.get_by_role("region", name="What the model's server said")).to_contain_text(
        "alcohol"
    )


def test_a_model_that_is_not_served_yet_is_told_about(winery: Served, visit: Open) -> None:
    opened = visit(winery.site)
    page = opened.go(f"{PAGE}/2/try")
    form = page.get_by_role("form", name="Ask for predictions")
    form.get_by_role("button", name="Ask").click()
    expect(form.get_by_role("alert")).to_contain_text("refuses connections")


def test_an_example_that_cannot_be_read_does_not_keep_the_form(winery: Served, visit: Open) -> None:
    opened = visit(winery.site)
    opened.expected.append("status of 500")
    opened.page.route("**/*serving_input_example*", lambda route: route.fulfill(status=500))
    page = opened.go(f"{PAGE}/2/try")
    form = page.get_by_role("form", name="Ask for predictions")
    expect(form.get_by_label("pH", exact=True)).to_have_value("0")


def test_a_version_that_nobody_serves_has_the_commands_for_it(wine: Site, visit: Open) -> None:
    opened = visit(wine)
    page = opened.go(f"{PAGE}/1/try")
    panel = page.get_by_role("region", name="Ask for predictions")
    expect(panel.get_by_role("region", name="How to have it served")).to_contain_text(
        f"cuvee server --scoring-url {MODEL}/1=http://127.0.0.1:5001/invocations"
    )
    assert f"mlflow models serve -m models:/{MODEL}/1 --port 5001" in code(page, "Use it", "Serve")
    assert f"MLFLOW_TRACKING_URI=http://127.0.0.1:{wine.port}" in code(page, "Use it", "Docker")
    look(opened, "version-unserved")
