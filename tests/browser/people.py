"""People with different rights, and how they log in."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Page, expect

from cuvee.api.users import CreateUser
from cuvee.store.sql import SqlStore

if TYPE_CHECKING:
    from pathlib import Path

    from browser.conftest import Visit
    from refusals.served import Answer, Site

ADMIN, VIEWER, STEWARD = "ann", "vera", "stan"
PASSWORD = "correct horse battery"
CUVEE = "/api/1.0/cuvee/"
MLFLOW = "/api/2.0/mlflow/"


def make_admin(folder: Path) -> None:
    """Create the first user, as an admin, in the database of a server that is to be started."""
    store = SqlStore.open(f"sqlite:///{folder}/cuvee.db")
    store.do(CreateUser(username=ADMIN, password=PASSWORD))
    store.close()


def ask(
    site: Site, who: str, method: str, path: str, body: Any = None, *, password: str = PASSWORD
) -> Answer:
    """Make a call as somebody."""
    login = base64.b64encode(f"{who}:{password}".encode()).decode()
    headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    return site.send(method, path, data, headers=headers)


def done(answer: Answer) -> Any:
    """Return what an accepted call answered."""
    assert answer.status == 200, answer
    return answer.json


def log_in(opened: Visit, who: str, path: str, password: str = PASSWORD) -> Page:
    """Open a path as somebody, through the login page."""
    page = opened.page
    page.goto(opened.url + path)
    page.get_by_label("User name").fill(who)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile(re.escape(opened.url + path)))
    opened.settle()
    return page


def make_house(site: Site) -> None:
    """Make a viewer and a steward of the model wine, a service account, a group and a model."""
    for name in (VIEWER, STEWARD):
        made = {"username": name, "password": PASSWORD}
        done(ask(site, ADMIN, "POST", f"{MLFLOW}users/create", made))
    bot = {"username": "build-bot", "kind": "service", "password": ""}
    done(ask(site, ADMIN, "POST", f"{MLFLOW}users/create", bot))
    done(ask(site, ADMIN, "POST", f"{CUVEE}groups/create", {"name": "risk"}))
    member = {"name": "risk", "username": VIEWER}
    done(ask(site, ADMIN, "POST", f"{CUVEE}groups/members/add", member))
    for model in ("wine", "cellar"):
        done(ask(site, ADMIN, "POST", f"{MLFLOW}registered-models/create", {"name": model}))
    for user, level in ((VIEWER, "CAN_READ"), (STEWARD, "CAN_MANAGE")):
        grant = {"object": "model:wine", "user": user, "permission": level}
        done(ask(site, ADMIN, "POST", f"{CUVEE}permissions/grant", grant))
