"""The header with which a webhook proves who sends it, taken away again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from browser.conftest import Open, keep_screenshot, served
from browser.people import ADMIN, CUVEE, MLFLOW, ask, done, log_in, make_admin
from browser.test_browser_pages import offences
from refusals.served import Site

URL = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with an admin, that may call a host where nobody listens."""
    folder = tmp_path_factory.mktemp("bare")
    make_admin(folder)
    yield from served(folder, "--login", "--allow-webhook-host", "127.0.0.1:9")


@pytest.mark.parametrize("form", ["cuvee", "databricks"])
def test_the_authorization_header_is_taken_away_again(form: str, house: Site, visit: Open) -> None:
    target = {"url": f"{URL}/{form}", "authorization": "Bearer old-token"}
    if form == "cuvee":
        asked = {**target, "headers": [{"name": "X-Team", "value": "wine"}], "name": "kept"}
        hook = done(ask(house, ADMIN, "POST", f"{CUVEE}webhooks", asked))["webhook"]["webhook_id"]
    else:
        registry = {"events": ["MODEL_VERSION_CREATED"], "http_url_spec": target}
        made = ask(house, ADMIN, "POST", f"{MLFLOW}registry-webhooks/create", registry)
        hook = done(made)["webhook"]["id"]
    page = log_in(visit(house), ADMIN, f"/settings/webhooks/{hook}")
    expect(page.get_by_text("Sends an Authorization header")).to_be_visible()
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog = page.get_by_role("dialog")
    field = dialog.get_by_label("Authorization header", exact=True)
    field.fill("Bearer mistyped")
    dialog.get_by_label("Send no Authorization header any longer").check()
    expect(field).to_be_disabled()
    expect(field).to_have_value("")
    keep_screenshot(page, f"webhook-edit-bare-{form}")
    assert offences(page) == []
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("Sends an Authorization header")).to_have_count(0)
    page.get_by_role("button", name="Edit", exact=True).click()
    expect(dialog.get_by_label("Send no Authorization header any longer")).to_have_count(0)
    stored = done(ask(house, ADMIN, "GET", f"{CUVEE}webhooks/{hook}"))["webhook"]
    assert (stored.get("authorized", False), stored["url"]) == (False, target["url"])
    assert stored.get("header_names", []) == (["X-Team"] if form == "cuvee" else [])
