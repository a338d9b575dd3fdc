"""Webhooks in the settings: a real receiver hears, fails, and hears again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Open, keep_screenshot, served, until
from browser.people import (
    ADMIN,
    CUVEE,
    MLFLOW,
    STEWARD,
    VIEWER,
    ask,
    done,
    log_in,
    make_admin,
    make_house,
)
from browser.test_browser_pages import LOOKS, offences
from browser.test_browser_settings import confirm, leaks, row, secret_in
from receiver import Got, Receiver, receiving
from refusals.served import Site


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[Site]:
    """A server with people that may call the receiver, twice at most."""
    folder = tmp_path_factory.mktemp("hooks")
    make_admin(folder)
    host = f"127.0.0.1:{receiver.port}"
    options = ("--webhook-attempts", "2", "--webhook-retry", "1")
    for site in served(folder, "--login", "--allow-webhook-host", host, *options):
        make_house(site)
        yield site


def is_signed(got: Got, secret: str) -> bool:
    """Say whether a message is signed as Standard Webhooks says, just now."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    head = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}."
    code = base64.b64encode(hmac.new(key, head.encode() + got.body, hashlib.sha256).digest())
    fresh = abs(time.time() - int(got.headers["webhook-timestamp"])) < 120
    return fresh and got.headers["webhook-signature"] == f"v1,{code.decode()}"


def new_webhook(page: Page, url: str, name: str) -> str:
    """Make a webhook of a model's description and versions; return its secret."""
    page.get_by_role("button", name="New webhook").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("URL").fill(url)
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("About").select_option("wine")
    dialog.get_by_label("Models and their aliases").check()
    dialog.get_by_role("button", name="Make webhook").click()
    secret = secret_in(page, "The secret")
    page.get_by_role("button", name="I have stored it").click()
    expect(dialog).to_have_count(0)
    return secret


def describe(site: Site, text: str) -> None:
    body = {"name": "wine", "description": text}
    done(ask(site, ADMIN, "PATCH", f"{MLFLOW}registered-models/update", body))


def delivery(page: Page, number: int = 1) -> Locator:
    """Return a row of the deliveries, the newest first."""
    return page.get_by_role("table", name="Deliveries").get_by_role("row").nth(number)


def test_a_webhook_is_made_tested_and_tells_signed(
    house: Site, receiver: Receiver, visit: Open
) -> None:
    page = log_in(visit(house), ADMIN, "/settings/webhooks")
    expect(page.get_by_text("There is no webhook that you manage")).to_be_visible()
    secret = new_webhook(page, receiver.url, "chat")
    expect(row(page, "chat")).to_contain_text("version.transitioned, model.")
    expect(row(page, "chat")).to_contain_text("wine")
    assert leaks(page, secret) == []

    page.get_by_role("link", name="chat").click()
    expect(page.get_by_text("Nothing was sent yet")).to_be_visible()
    receiver.got.clear()
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("The receiver answered 200")).to_be_visible()
    (sample,) = receiver.wait(1)
    assert is_signed(sample, secret)
    assert not is_signed(sample._replace(body=sample.body + b" "), secret)

    describe(house, "reds")
    told = receiver.wait(2)[1]
    assert is_signed(told, secret)
    assert told.json["type"] == "cuvee.model.description_set"
    expect(delivery(page)).to_contain_text("Delivered")
    expect(delivery(page)).to_contain_text("200")
    delivery(page).get_by_role("button", name="Details").click()
    body = page.get_by_role("dialog").get_by_role("region", name="Body")
    expect(body).to_contain_text("model:wine")
    page.keyboard.press("Escape")
    page.reload()
    expect(delivery(page)).to_contain_text("Delivered")
    assert leaks(page, secret) == []
    answers = [ask(house, ADMIN, "GET", f"{CUVEE}webhooks").body.decode(), page.content()]
    assert not any(secret in text for text in answers)


def test_a_failed_delivery_says_why_and_is_sent_again(
    house: Site, receiver: Receiver, visit: Open
) -> None:
    page = log_in(visit(house), ADMIN, "/settings/webhooks")
    new_webhook(page, receiver.url + "/failing", "failing")
    page.get_by_role("link", name="failing").click()
    receiver.behave = lambda handler, _: handler.answer(503, b"secret words of the receiver")
    try:
        page.get_by_role("button", name="Send a test").click()
        expect(page.get_by_role("alert")).to_contain_text("The test did not arrive")
        expect(page.get_by_role("alert")).to_contain_text("503")
        describe(house, "whites")
        expect(delivery(page)).to_contain_text("Given up")
        expect(delivery(page)).to_contain_text("503")
        keep_screenshot(page, "webhook-failed")
        delivery(page).get_by_role("button", name="Details").click()
        requests = page.get_by_role("dialog").get_by_role("table", name="Requests")
        expect(requests.get_by_role("row")).to_have_count(3)
        expect(requests).to_contain_text("503")
        assert "secret words" not in page.content()
        page.keyboard.press("Escape")
    finally:
        receiver.behave = lambda handler, _: handler.answer(200, b"thanks")
    page.get_by_text("Given up", exact=True).first.click()
    expect(page).to_have_url(re.compile("state=dead"))
    delivery(page).get_by_role("button", name="Send again").click()
    expect(page.get_by_text("No delivery is in this state")).to_be_visible()
    page.get_by_text("All", exact=True).click()
    expect(delivery(page)).to_contain_text("Delivered")


def test_all_that_was_given_up_is_sent_again_at_once(
    house: Site, receiver: Receiver, visit: Open
) -> None:
    page = log_in(visit(house), ADMIN, "/settings/webhooks")
    new_webhook(page, receiver.url + "/many", "many")
    page.get_by_role("link", name="many").click()
    receiver.behave = lambda handler, _: handler.answer(500)
    try:
        describe(house, "one")
        describe(house, "two")
        expect(page.get_by_role("button", name="Send all given up again (2)")).to_be_visible()
    finally:
        receiver.behave = lambda handler, _: handler.answer(200)
    page.get_by_role("button", name="Send all given up again (2)").click()
    for number in (1, 2):
        expect(delivery(page, number)).to_contain_text("Delivered")
    expect(page.get_by_role("button", name="Send all given up again (2)")).to_have_count(0)


def test_an_address_that_must_not_be_called_is_refused_with_what_to_do(
    house: Site, visit: Open
) -> None:
    opened = visit(house)
    opened.expected.append("status of 400")
    page = log_in(opened, ADMIN, "/settings/webhooks")
    page.get_by_role("button", name="New webhook").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("URL").fill("https://127.0.0.1:9/hook")
    dialog.get_by_role("button", name="Make webhook").click()
    expect(dialog.get_by_role("alert")).to_contain_text("The webhook was not made.")
    expect(dialog.get_by_role("alert")).to_contain_text("--allow-webhook-host")
    expect(dialog.get_by_label("URL")).to_have_value("https://127.0.0.1:9/hook")


def test_a_webhook_is_switched_off_and_on_gets_a_new_secret_and_an_end(
    house: Site, receiver: Receiver, visit: Open
) -> None:
    page = log_in(visit(house), ADMIN, "/settings/webhooks")
    old = new_webhook(page, receiver.url + "/switched", "switched")
    page.get_by_role("link", name="switched").click()
    page.get_by_role("button", name="Switch off").click()
    confirm(page, "Switch off", "too loud")
    expect(page.get_by_text("Off", exact=True)).to_be_visible()
    page.get_by_role("button", name="Switch on").click()
    confirm(page, "Switch on")
    expect(page.get_by_text("On", exact=True)).to_be_visible()

    page.get_by_role("button", name="New secret").click()
    page.get_by_role("dialog").get_by_role("button", name="Make the secret").click()
    secret = secret_in(page, "The secret")
    page.get_by_role("button", name="I have stored it").click()
    assert secret != old
    assert leaks(page, secret) == []
    receiver.got.clear()
    page.get_by_role("button", name="Send a test").click()
    (sample,) = receiver.wait(1)
    assert is_signed(sample, secret)
    assert not is_signed(sample, old)

    page.get_by_role("button", name="Delete", exact=True).click()
    confirm(page, "Delete", typed="switched")
    expect(page).to_have_url(re.compile("/settings/webhooks$"))
    expect(row(page, "switched")).to_have_count(0)


def test_a_steward_makes_webhooks_of_their_model_only(
    house: Site, receiver: Receiver, visit: Open
) -> None:
    page = log_in(visit(house), STEWARD, "/settings/webhooks")
    page.get_by_role("button", name="New webhook").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("URL").fill(receiver.url)
    make = dialog.get_by_role("button", name="Make webhook")
    expect(make).to_be_disabled()
    expect(dialog.get_by_label("About").get_by_role("option")).to_have_text(
        ["The whole registry", "wine"]
    )
    page.keyboard.press("Escape")
    new_webhook(page, receiver.url + "/steward", "mine")
    expect(row(page, "mine")).to_contain_text(STEWARD)


def test_a_webhooks_page_is_drawn_and_accessible(
    house: Site, receiver: Receiver, visit: Open
) -> None:
    made = {"url": receiver.url + "/look", "name": "look", "secret": "whsec_AAAA", "model": "wine"}
    hook = done(ask(house, ADMIN, "POST", f"{CUVEE}webhooks", made))["webhook"]["webhook_id"]
    describe(house, "looked at")
    opened = visit(house)
    page = log_in(opened, ADMIN, f"/settings/webhooks/{hook}")
    expect(delivery(page)).to_contain_text("Delivered")
    for theme, width in (*LOOKS, ("light", 375)):
        opened.look(theme, width)
        keep_screenshot(page, f"webhook-{theme}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert offences(page) == []


def test_a_webhook_is_edited_and_shows_no_secret(
    house: Site, receiver: Receiver, visit: Open
) -> None:
    secret = "whsec_" + base64.b64encode(b"a secret of 24 bytes ...").decode()
    made = {
        "url": receiver.url + "/old",
        "name": "old name",
        "secret": secret,
        "authorization": "Bearer old-token",
        "model": "wine",
        "actions": ["version.transitioned"],
    }
    hook = done(ask(house, ADMIN, "POST", f"{CUVEE}webhooks", made))["webhook"]["webhook_id"]
    page = log_in(visit(house), ADMIN, f"/settings/webhooks/{hook}")
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("URL")).to_have_value(receiver.url + "/old")
    dialog.get_by_label("URL").fill(receiver.url + "/new")
    dialog.get_by_label("Name").fill("new name")
    dialog.get_by_label("Description").fill("tells the cellar")
    dialog.get_by_label("Versions that move to a stage").uncheck()
    dialog.get_by_label("Models and their aliases").check()
    keep_screenshot(page, "webhook-edit")
    assert offences(page) == []
    assert leaks(page, secret) == []
    assert leaks(page, "old-token") == []
    dialog.get_by_label("Why").fill("moved house")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("heading", name="new name")).to_be_visible()
    expect(page.get_by_text("tells the cellar")).to_be_visible()
    receiver.got.clear()
    describe(house, "edited")
    # Webhooks of other tests tell it the same, perhaps sooner.
    until(page, lambda: any(got.path.endswith("/new") for got in receiver.got), True)
    told = next(got for got in receiver.got if got.path.endswith("/new"))
    assert is_signed(told, secret)  # what was not touched is as it was
    assert told.headers["authorization"] == "Bearer old-token"
    events = done(ask(house, ADMIN, "GET", f"{CUVEE}events?object=webhook:{hook}"))["events"]
    changed = next(one for one in events if one["action"] == "webhook.updated")
    assert changed["comment"] == "moved house"
    assert set(changed["after"]) == {"name", "events"}  # of the URL its host only


def header(dialog: Locator, number: int) -> tuple[Locator, Locator]:
    """Return the fields of a header's name and of its value."""
    labels = (f"Header {number}", f"Value {number}")
    name, value = (dialog.get_by_label(label, exact=True) for label in labels)
    return name, value


def test_headers_are_given_kept_and_shown_no_more(
    house: Site, receiver: Receiver, visit: Open
) -> None:
    opened = visit(house)
    page = log_in(opened, ADMIN, "/settings/webhooks")
    page.get_by_role("button", name="New webhook").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("URL").fill(receiver.url + "/headers")
    dialog.get_by_label("Name", exact=True).fill("with headers")
    add = dialog.get_by_role("button", name="Add a header")
    for number, name in enumerate(("X-Team", "x-key", "x-team", ""), 1):
        add.click()
        expect(header(dialog, number)[0]).to_be_focused()
        page.keyboard.type(name)
        if name:
            header(dialog, number)[1].fill(f"v4lue-{number}")
        expect(header(dialog, number)[1]).to_have_attribute("type", "password")
    make = dialog.get_by_role("button", name="Make webhook")
    expect(dialog.get_by_text("This header is there already")).to_be_visible()
    for bad, said in (
        ("Host", "HTTP or the server sets this header"),
        ("Webhook-Signature", "HTTP or the server sets this header"),
        ("authorization", "a field of its own"),
        ("X: y", "A name has letters, digits"),
        ("", "Write a name"),
    ):
        header(dialog, 3)[0].fill(bad)
        make.click()
        expect(header(dialog, 3)[0]).to_have_attribute("aria-invalid", "true")
        expect(header(dialog, 3)[0]).to_have_accessible_description(re.compile(said))
        expect(header(dialog, 3)[0]).to_be_focused()
    for theme, width in (*LOOKS, ("light", 375), ("dark", 375)):
        opened.look(theme, width)
        keep_screenshot(page, f"webhook-headers-new-{theme}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert offences(page) == []
    header(dialog, 3)[0].fill("X-Odd")
    header(dialog, 3)[1].fill("caf\u00e9")
    make.click()
    expect(header(dialog, 3)[1]).to_have_accessible_description(re.compile("printable ASCII"))
    dialog.get_by_role("button", name="Leave out X-Odd").click()
    expect(add).to_be_focused()
    make.click()
    secret_in(page, "The secret")
    page.get_by_role("button", name="I have stored it").click()
    assert leaks(page, "v4lue") == []
    page.get_by_role("link", name="with headers").click()
    expect(page.locator("main")).to_contain_text("X-Team, x-key (values are not shown)")
    receiver.got.clear()
    page.get_by_role("button", name="Send a test").click()
    (sample,) = receiver.wait(1)
    assert (sample.headers["x-team"], sample.headers["x-key"]) == ("v4lue-1", "v4lue-2")
    assert leaks(page, "v4lue") == []


def test_headers_are_kept_changed_and_left_behind_by_a_move(
    house: Site, receiver: Receiver, visit: Open
) -> None:
    headers = [{"name": "X-Team", "value": "v4lue-1"}, {"name": "X-Key", "value": "v4lue-2"}]
    made = {"url": receiver.url + "/kept", "name": "kept", "model": "wine", "headers": headers}
    hook = done(ask(house, ADMIN, "POST", f"{CUVEE}webhooks", made))["webhook"]["webhook_id"]
    opened = visit(house)
    page = log_in(opened, ADMIN, f"/settings/webhooks/{hook}")
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog = page.get_by_role("dialog")
    name, value = header(dialog, 1)
    expect(name).to_have_value("X-Team")
    expect(name).not_to_be_editable()
    expect(value).to_have_value("")
    expect(value).to_have_accessible_description("The value is kept, not shown.")
    assert leaks(page, "v4lue") == []
    save = dialog.get_by_role("button", name="Save")
    dialog.get_by_label("URL").fill("https://elsewhere.example.com/")
    expect(value).to_have_accessible_description(re.compile("does not follow to another host"))
    save.click()
    expect(value).to_be_focused()
    for theme, width in (*LOOKS, ("light", 375), ("dark", 375)):
        opened.look(theme, width)
        keep_screenshot(page, f"webhook-headers-edit-{theme}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert offences(page) == []
    dialog.get_by_label("URL").fill(receiver.url + "/moved")
    header(dialog, 2)[1].fill("v4lue-3")
    dialog.get_by_role("button", name="Add a header").click()
    header(dialog, 3)[0].fill("X-New")
    save.click()
    expect(header(dialog, 3)[1]).to_have_accessible_description(re.compile("Write a value"))
    header(dialog, 3)[1].fill("v4lue-4")
    save.click()
    expect(dialog).to_have_count(0)
    expect(page.locator("main")).to_contain_text("X-Team, X-Key, X-New (values are not shown)")
    receiver.got.clear()
    page.get_by_role("button", name="Send a test").click()
    (sample,) = receiver.wait(1)
    found = [sample.headers[name] for name in ("x-team", "x-key", "x-new")]
    assert found == ["v4lue-1", "v4lue-3", "v4lue-4"]
    # All are left out.
    page.get_by_role("button", name="Edit", exact=True).click()
    for _ in range(3):
        dialog.get_by_role("button", name=re.compile("Leave out")).first.click()
    save.click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("values are not shown")).to_have_count(0)
    assert leaks(page, "v4lue") == []
    events = ask(house, ADMIN, "GET", f"{CUVEE}events?object=webhook:{hook}").body.decode()
    assert "X-New" in events
    assert "v4lue" not in events


def test_webhooks_of_mlflows_form_are_edited_by_their_own_events(
    house: Site, receiver: Receiver, visit: Open
) -> None:
    event = {"entity": "MODEL_VERSION", "action": "CREATED"}
    made = {"name": "theirs", "url": receiver.url + "/mlflow", "events": [event]}
    found = done(ask(house, ADMIN, "POST", f"{MLFLOW}webhooks", made))["webhook"]
    page = log_in(visit(house), ADMIN, f"/settings/webhooks/{found['webhook_id']}")
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("MODEL_VERSION.CREATED")).to_be_checked()
    dialog.get_by_label("MODEL_VERSION.CREATED").uncheck()
    expect(dialog.get_by_role("button", name="Save")).to_be_disabled()
    dialog.get_by_label("REGISTERED_MODEL.CREATED").check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(page.locator("main")).to_contain_text("REGISTERED_MODEL.CREATED")
    again = done(ask(house, ADMIN, "GET", f"{MLFLOW}webhooks/{found['webhook_id']}"))["webhook"]
    assert again["events"] == [{"entity": "REGISTERED_MODEL", "action": "CREATED"}]


def test_a_steward_looks_after_webhooks_and_permissions_on_the_models_page(
    house: Site, receiver: Receiver, visit: Open
) -> None:
    opened = visit(house)
    page = log_in(opened, STEWARD, "/models/wine?tab=settings")
    page.get_by_role("button", name="New webhook").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("About")).to_have_count(0)
    dialog.get_by_label("URL").fill(receiver.url + "/in-place")
    dialog.get_by_label("Name").fill("in place")
    dialog.get_by_role("button", name="Make webhook").click()
    secret = secret_in(page, "The secret")
    page.get_by_role("button", name="I have stored it").click()
    expect(row(page, "in place")).to_contain_text("wine")
    assert leaks(page, secret) == []

    act(page, "in place", "Edit")
    dialog.get_by_label("Name").fill("renamed")
    dialog.get_by_role("button", name="Save").click()
    expect(row(page, "renamed")).to_be_visible()
    act(page, "renamed", "New secret")
    dialog.get_by_role("button", name="Make the secret").click()
    fresh = secret_in(page, "The secret")
    page.get_by_role("button", name="I have stored it").click()
    assert fresh != secret
    assert leaks(page, fresh) == []
    act(page, "renamed", "Delete")
    confirm(page, "Delete", "not needed", typed="renamed")
    expect(row(page, "renamed")).to_have_count(0)

    page.get_by_role("button", name="Give a permission").click()
    expect(dialog.get_by_label("On", exact=True)).to_have_count(0)
    dialog.get_by_label("To", exact=True).fill("group:risk")
    dialog.get_by_label("Level").select_option("CAN_EDIT")
    dialog.get_by_role("button", name="Give", exact=True).click()
    expect(row(page, "group:risk")).to_contain_text("CAN_EDIT")
    for theme, width in (*LOOKS, ("light", 375)):
        opened.look(theme, width)
        keep_screenshot(page, f"model-settings-steward-{theme}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert offences(page) == []
    row(page, "group:risk").get_by_role("button", name="Take back").click()
    confirm(page, "Take back", "a mistake")
    expect(row(page, "group:risk")).to_have_count(0)


def test_who_may_only_read_a_model_changes_none_of_its_settings(house: Site, visit: Open) -> None:
    page = log_in(visit(house), VIEWER, "/models/wine?tab=settings")
    for name in ("New webhook", "Give a permission", "Edit the policy"):
        expect(page.get_by_role("button", name=name)).to_be_disabled()
    taken = page.get_by_role("button", name="Take back")
    for i in range(taken.count()):
        expect(taken.nth(i)).to_be_disabled()
    keep_screenshot(page, "model-settings-viewer")
    assert offences(page) == []


def act(page: Page, name: str, what: str) -> None:
    """Choose something to do about a webhook of a table."""
    row(page, name).get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("menuitem", name=what).click()
