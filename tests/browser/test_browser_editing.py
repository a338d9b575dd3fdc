"""What people change by hand: names, descriptions, tags, aliases; a run's model is registered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from browser import seeds
from browser.conftest import Open, keep_screenshot, served, until
from browser.people import MLFLOW, VIEWER, ask, done, log_in, make_admin, make_house
from browser.test_browser_pages import LOOKS, in_all_looks, offences
from refusals.served import Site

MODEL = "lr_wine_quality"


@pytest.fixture(scope="module")
def cellar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with the wine story, of its own."""
    for site in served(tmp_path_factory.mktemp("cellar")):
        seeds.tell_the_wine_story(f"http://127.0.0.1:{site.port}")
        yield site


def got(site: Site, path: str) -> Any:
    answer = site.send("GET", MLFLOW + path)
    assert answer.status == 200, answer
    return answer.json


def wine_run(site: Site) -> dict[str, Any]:
    """Return the newest run of the wine story."""
    found = site.api("runs/search", experiment_ids=["1"], order_by=["start_time DESC"])
    return dict(found["runs"][0])


def new_run(site: Site, name: str, **tags: str) -> str:
    listed = [{"key": key.replace("__", "."), "value": value} for key, value in tags.items()]
    made = site.api("runs/create", experiment_id="0", run_name=name, tags=listed)
    return str(made["run"]["info"]["run_id"])


def choose(page: Page, item: str) -> None:
    """Choose from the menu of what can be done with what the page shows."""
    page.get_by_role("button", name="Actions", exact=True).click()
    page.get_by_role("menuitem", name=item).click()


def save(page: Page, button: str = "Save") -> None:
    """Press a dialog's button and wait until the dialog is gone."""
    page.get_by_role("dialog").get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_run_is_renamed_described_and_tagged(cellar: Site, visit: Open) -> None:
    run = new_run(cellar, "first name", team="reds")
    page = visit(cellar).go(f"/runs/{run}")
    choose(page, "Rename the run")
    box = page.get_by_role("dialog").get_by_label("Name")
    expect(box).to_be_focused()
    expect(box).to_have_value("first name")
    box.fill("second name")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("second name")
    choose(page, "Describe the run")
    page.get_by_role("dialog").get_by_label("Description").fill("A **bold** try")
    save(page)
    expect(page.locator("strong", has_text="bold")).to_be_visible()
    page.get_by_role("button", name="Add a tag").click()
    page.get_by_role("dialog").get_by_label("Key").fill("vintage")
    page.get_by_role("dialog").get_by_label("Value").fill("2019")
    save(page)
    row = page.get_by_role("table", name="Tags").get_by_role("row", name="vintage")
    expect(row).to_contain_text("2019")
    page.get_by_role("button", name="Change the tag vintage").click()
    page.get_by_role("dialog").get_by_label("Value").fill("2020")
    save(page)
    expect(row).to_contain_text("2020")
    page.get_by_role("button", name="Remove the tag team").click()
    save(page, "Remove")
    tags = page.get_by_role("table", name="Tags")
    expect(tags.get_by_role("row", name="team")).to_have_count(0)
    found = got(cellar, f"runs/get?run_id={run}")["run"]
    kept = {tag["key"]: tag["value"] for tag in found["data"]["tags"]}
    assert found["info"]["run_name"] == "second name"
    assert (kept["vintage"], kept["mlflow.note.content"]) == ("2020", "A **bold** try")
    assert "team" not in kept


def test_a_run_says_in_its_header_what_it_is_and_is_found_to_be_compared(
    cellar: Site, visit: Open
) -> None:
    parent = new_run(cellar, "the whole sweep")
    run = new_run(cellar, "one of it", mlflow__parentRunId=parent, team="reds")
    new_run(cellar, "another of it", mlflow__parentRunId=parent)
    page = visit(cellar).go(f"/runs/{run}/code")
    head = page.locator("main header")
    expect(head).to_contain_text("nested in the whole sweep")
    expect(head).to_contain_text("team: reds")
    assert "cuvee.start_run()" in (page.text_content("main pre") or "")
    choose(page, "Compare with others")
    expect(page).to_have_url(re.compile(f"sel={run}"))
    expect(page.get_by_text("1 run selected")).to_be_visible()
    page.get_by_role("checkbox", name="Select another of it").check()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare 2 runs")
    page.go_back()
    page.go_back()
    expect(page).to_have_url(re.compile(f"/runs/{run}/code$"))
    page.locator("main header").get_by_role("link", name="the whole sweep").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("the whole sweep")


def test_a_run_is_cloned_up_to_a_step(cellar: Site, visit: Open) -> None:
    run = new_run(cellar, "trained", team="reds")
    cellar.api("runs/log-parameter", run_id=run, key="alpha", value="0.1")
    for step in range(6):
        cellar.api(
            "runs/log-metric", run_id=run, key="loss", value=6 - step, timestamp=1, step=step
        )
    cellar.api("runs/update", run_id=run, status="FINISHED", end_time=2)
    page = visit(cellar).go(f"/runs/{run}")
    choose(page, "Clone the run")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Name")).to_have_value("trained (clone)")
    expect(dialog.get_by_label("Metrics up to the step")).to_have_value("5")
    dialog.get_by_label("Metrics up to the step").fill("three")
    expect(dialog.get_by_role("button", name="Clone", exact=True)).to_be_disabled()
    dialog.get_by_label("Metrics up to the step").fill("3")
    keep_screenshot(page, "run-clone")
    assert offences(page) == []
    save(page, "Clone")
    expect(page.get_by_role("heading", level=1)).to_have_text("trained (clone)")
    made = page.url.split("/runs/")[1].partition("/")[0]
    assert made != run
    found = got(cellar, f"runs/get?run_id={made}")["run"]
    assert found["info"]["status"] == "RUNNING"
    [loss] = found["data"]["metrics"]
    assert (loss["value"], loss["step"]) == (3, 3)
    assert found["data"]["params"] == [{"key": "alpha", "value": "0.1"}]
    expect(page.get_by_text("team: reds").first).to_be_visible()


def test_a_refused_change_stays_open_and_says_why(cellar: Site, visit: Open) -> None:
    run = new_run(cellar, "careful")
    opened = visit(cellar)
    opened.expected.append("400")
    page = opened.go(f"/runs/{run}")
    page.get_by_role("button", name="Add a tag").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Key").fill("k" * 300)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("250")
    expect(dialog.get_by_label("Key")).to_have_value("k" * 300)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Add a tag")).to_be_focused()


def test_a_run_is_deleted_and_comes_back(cellar: Site, visit: Open) -> None:
    run = new_run(cellar, "short-lived")

    def stage() -> str:
        return str(got(cellar, f"runs/get?run_id={run}")["run"]["info"]["lifecycle_stage"])

    page = visit(cellar).go(f"/runs/{run}")
    choose(page, "Delete the run")
    expect(page.get_by_text("Deleted", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Register model")).to_have_count(0)
    expect(page.get_by_role("button", name="Add a tag")).to_be_disabled()
    assert stage() == "deleted"
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Deleted", exact=True)).to_have_count(0)
    assert stage() == "active"


def test_the_model_of_a_run_is_registered(cellar: Site, visit: Open) -> None:
    run = wine_run(cellar)
    run_id = run["info"]["run_id"]
    page = visit(cellar).go(f"/runs/{run_id}")
    page.get_by_role("button", name="Register model").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Registered model").fill(MODEL)
    expect(dialog.get_by_text("The version becomes the next of this model.")).to_be_visible()
    dialog.get_by_label("Description").fill("once more")
    save(page, "Register")
    expect(page.get_by_role("heading", level=1)).to_have_text("Version 3")
    expect(page.get_by_text("once more")).to_be_visible()
    found = got(cellar, f"model-versions/get?name={MODEL}&version=3")["model_version"]
    [output] = run["outputs"]["model_outputs"]
    assert (found["run_id"], found["model_id"]) == (run_id, output["model_id"])
    second = got(cellar, f"model-versions/get?name={MODEL}&version=2")["model_version"]
    assert found["digest"] == second["digest"]


def test_a_run_of_an_older_client_is_registered_by_the_path_of_its_model(
    cellar: Site, visit: Open
) -> None:
    run = new_run(cellar, "old", mlflow__log_model="")
    uri = str(got(cellar, f"runs/get?run_id={run}")["run"]["info"]["artifact_uri"])
    put = f"/api/2.0/mlflow-artifacts/artifacts/{uri.partition(':/')[2]}/best/MLmodel"
    assert cellar.send("PUT", put, b"flavors: {}").status == 200
    page = visit(cellar).go(f"/runs/{run}")
    page.get_by_role("button", name="Register model").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Registered model").fill("old wine")
    expect(dialog.get_by_text("There is no such model yet")).to_be_visible()
    dialog.get_by_label("Path of the model").fill("best")
    save(page, "Register")
    expect(page.get_by_role("heading", level=1)).to_have_text("Version 1")
    name = quote("old wine")
    found = got(cellar, f"model-versions/get?name={name}&version=1")["model_version"]
    assert (found["run_id"], found["source"]) == (run, f"{uri}/best")


@pytest.fixture
def model(cellar: Site) -> Iterator[str]:
    """A model with two versions of its own, the second in Staging."""
    name = "cuvée / test".replace(" / ", "-")
    cellar.api("registered-models/create", name=name)
    for _ in range(2):
        cellar.api("model-versions/create", name=name, source="s3://b/m")
    cellar.api("model-versions/transition-stage", name=name, version="2", stage="Staging")
    yield name
    for one in (name, "renamed"):
        path = MLFLOW + "registered-models/delete"
        cellar.send("DELETE", path, {"name": one, "force": True})


def test_a_version_is_described_aliased_tagged_moved_and_deleted(
    cellar: Site, visit: Open, model: str
) -> None:
    page = visit(cellar).go(f"/models/{quote(model)}/versions/1")
    choose(page, "Describe the version")
    page.get_by_role("dialog").get_by_label("Description").fill("the first")
    save(page)
    expect(page.get_by_text("the first")).to_be_visible()
    choose(page, "Point an alias at it")
    page.get_by_role("dialog").get_by_label("Alias").fill("champion")
    save(page)
    expect(page.get_by_text("@champion").first).to_be_visible()
    page.get_by_role("button", name="Add a tag").click()
    page.get_by_role("dialog").get_by_label("Key").fill("checked")
    page.get_by_role("dialog").get_by_label("Value").fill("twice")
    save(page)
    expect(
        page.get_by_role("table", name="Tags").get_by_role("row", name="checked")
    ).to_be_visible()
    page.get_by_role("button", name="Move", exact=True).click()
    page.get_by_role("menuitem", name="Production").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("good enough")
    dialog.get_by_role("button", name="Move").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("Production").first).to_be_visible()
    found = got(cellar, f"model-versions/get?name={quote(model)}&version=1")["model_version"]
    assert found["current_stage"] == "Production"
    assert (found["description"], found["aliases"]) == ("the first", ["champion"])
    choose(page, "Remove the alias champion")
    expect(page.get_by_text("@champion")).to_have_count(0)


def test_a_version_in_a_stage_is_deleted_with_a_reason_and_by_force_only(
    cellar: Site, visit: Open, model: str
) -> None:
    opened = visit(cellar)
    opened.expected.append("40[0-9]")  # the refusal, and what is gone by then
    page = opened.go(f"/models/{quote(model)}/versions/2")
    choose(page, "Delete the version")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Delete", exact=True)).to_be_disabled()
    dialog.get_by_label("Reason").fill("wrong data")
    expect(dialog.get_by_role("button", name="Delete", exact=True)).to_be_disabled()
    dialog.get_by_label(f"Type {model}/2 to go on").fill(f"{model}/2")
    dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("Staging")
    dialog.get_by_role("checkbox").check()
    save(page, "Delete")
    expect(page).to_have_url(re.compile(rf"/models/{re.escape(quote(model))}"))
    path = f"{MLFLOW}model-versions/get?name={quote(model)}&version=2"
    assert cellar.send("GET", path).status == 404
    events = cellar.send("GET", "/api/1.0/cuvee/events?action=version.deleted").json["events"]
    assert events[0]["comment"] == "wrong data"


def test_a_model_says_whose_it_is_and_its_tags_are_set_and_removed(
    cellar: Site, visit: Open, model: str
) -> None:
    name = quote(model)
    text = "A **bold** model\n\n<script>alert(1)</script>"
    cellar.send("PATCH", f"{MLFLOW}registered-models/update", {"name": model, "description": text})
    owner = got(cellar, f"registered-models/get?name={name}")["registered_model"]["user_id"]
    opened = visit(cellar)
    page = opened.go(f"/models/{name}?tab=settings")
    head = page.locator("main header")
    expect(head.locator("strong", has_text="bold")).to_be_visible()
    expect(head).to_contain_text("<script>")
    expect(head.get_by_role("link", name=owner)).to_be_visible()
    page.get_by_role("button", name="Add a tag").click()
    page.get_by_role("dialog").get_by_label("Key").fill("team")
    page.get_by_role("dialog").get_by_label("Value").fill("reds")
    save(page)
    expect(page.get_by_role("table", name="Tags").get_by_role("row", name="team")).to_be_visible()
    link = head.get_by_role("link", name="team: reds")
    expect(link).to_be_visible()
    in_all_looks(opened, "model-head")
    opened.look("light", 1440)
    link.click()
    expect(page.get_by_role("link", name=model)).to_be_visible()
    expect(page.get_by_role("link", name=MODEL)).to_have_count(0)
    page.go_back()
    page.get_by_role("button", name="Remove the tag team").click()
    save(page, "Remove")
    expect(link).to_have_count(0)
    found = got(cellar, f"registered-models/get?name={name}")["registered_model"]
    assert found.get("tags", []) == []


def test_a_version_is_commented_on_without_a_request(cellar: Site, visit: Open, model: str) -> None:
    page = visit(cellar).go(f"/models/{quote(model)}/versions/1/history")
    other = visit(cellar).go(f"/models/{quote(model)}/versions/1/history")
    said = page.get_by_role("list", name="Comments").get_by_role("listitem")
    page.get_by_label("Add a comment").fill("tastes of cork")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(said).to_have_count(1)
    theirs = other.get_by_role("list", name="Comments").get_by_role("listitem")
    expect(theirs).to_contain_text("tastes of cork")
    expect(page.get_by_role("list", name="History")).to_contain_text("commented on")
    assert offences(page) == []
    said.get_by_role("button", name="Edit").click()
    page.get_by_label("Edit the comment").fill("tastes of oak")
    page.get_by_role("button", name="Save").click()
    expect(theirs).to_contain_text("tastes of oak")
    said.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(said).to_have_count(0)
    expect(theirs).to_have_count(0)


def test_a_model_is_described_renamed_and_deleted(cellar: Site, visit: Open, model: str) -> None:
    opened = visit(cellar)
    opened.expected.append("404")  # the page may hear of its model's end before it is left
    page = opened.go(f"/models/{quote(model)}")
    choose(page, "Describe the model")
    page.get_by_role("dialog").get_by_label("Description").fill("Only for this test")
    save(page)
    expect(page.get_by_text("Only for this test")).to_be_visible()
    choose(page, "Rename the model")
    page.get_by_role("dialog").get_by_label("Name").fill("renamed")
    save(page)
    expect(page).to_have_url(re.compile("/models/renamed$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("renamed")
    assert cellar.send("GET", MLFLOW + "registered-models/get?name=renamed").status == 200
    cellar.api("model-versions/transition-stage", name="renamed", version="2", stage="None")
    choose(page, "Delete the model")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("was a test")
    dialog.get_by_label("Type renamed to go on").fill("rename")
    expect(dialog.get_by_role("button", name="Delete", exact=True)).to_be_disabled()
    dialog.get_by_label("Type renamed to go on").fill("renamed")
    save(page, "Delete")
    expect(page).to_have_url(re.compile("/models$"))
    assert cellar.send("GET", MLFLOW + "registered-models/get?name=renamed").status == 404


def test_an_experiment_is_renamed_described_archived_and_restored(
    cellar: Site, visit: Open
) -> None:
    made = cellar.api("experiments/create", name="grapes")["experiment_id"]

    def known() -> dict[str, Any]:
        return dict(got(cellar, f"experiments/get?experiment_id={made}")["experiment"])

    page = visit(cellar).go(f"/experiments/{made}")
    choose(page, "Rename the experiment")
    page.get_by_role("dialog").get_by_label("Name").fill("team/grapes")
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("team/grapes")
    choose(page, "Describe the experiment")
    page.get_by_role("dialog").get_by_label("Description").fill("Which grapes?")
    save(page)
    expect(page.get_by_text("Which grapes?")).to_be_visible()
    choose(page, "Archive the experiment")
    save(page, "Archive")
    expect(page.get_by_text("Deleted", exact=True)).to_be_visible()
    assert known()["lifecycle_stage"] == "deleted"
    page.get_by_role("button", name="Actions", exact=True).click()
    expect(page.get_by_role("menuitem", name="Rename the experiment")).to_be_disabled()
    page.get_by_role("menuitem", name="Restore the experiment").click()
    save(page, "Restore")
    expect(page.get_by_text("Deleted", exact=True)).to_have_count(0)
    until(page, lambda: known()["lifecycle_stage"], "active")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with a viewer."""
    folder = tmp_path_factory.mktemp("house")
    make_admin(folder)
    for site in served(folder, "--login"):
        make_house(site)
        yield site


def test_a_viewer_is_told_why_each_change_is_not_theirs(house: Site, visit: Open) -> None:
    made = done(ask(house, "ann", "POST", MLFLOW + "experiments/create", {"name": "cave"}))
    experiment = made["experiment_id"]
    asked = {"experiment_id": experiment, "run_name": "shown"}
    run = done(ask(house, "ann", "POST", MLFLOW + "runs/create", asked))["run"]["info"]["run_id"]
    grant = {"object": f"experiment:{experiment}", "user": VIEWER, "permission": "CAN_READ"}
    done(ask(house, "ann", "POST", "/api/1.0/cuvee/permissions/grant", grant))
    page = log_in(visit(house), VIEWER, f"/runs/{run}/overview")
    expect(page.get_by_role("button", name="Add a tag")).to_be_disabled()
    page.get_by_role("button", name="Actions", exact=True).click()
    items = page.get_by_role("menuitem")
    expect(items).to_have_count(5)
    reading = page.get_by_role("menuitem", name="Compare with others")
    expect(reading).to_be_enabled()
    for item in set(items.all_inner_texts()) - {reading.inner_text()}:
        changing = page.get_by_role("menuitem", name=item.partition("\n")[0])
        expect(changing).to_be_disabled()
        expect(changing).to_contain_text("CAN_READ")


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_dialogs_and_menus_are_usable_by_everybody(
    theme: Any, width: int, cellar: Site, visit: Open
) -> None:
    run = wine_run(cellar)["info"]["run_id"]
    opened = visit(cellar, width=width, theme=theme)
    page = opened.go(f"/runs/{run}")
    page.get_by_role("button", name="Register model").click()
    expect(page.get_by_role("dialog").get_by_label("Registered model")).to_be_focused()
    assert offences(page) == []
    keep_screenshot(page, f"register-{width}-{theme}")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Actions", exact=True).click()
    expect(page.get_by_role("menuitem").first).to_be_visible()
    keep_screenshot(page, f"run-actions-{width}-{theme}")
    opened.go(f"/models/{MODEL}/versions/2")
    page.get_by_role("button", name="Actions", exact=True).click()
    expect(page.get_by_role("menuitem").first).to_be_visible()
    assert offences(page) == []
    keep_screenshot(page, f"version-actions-{width}-{theme}")
