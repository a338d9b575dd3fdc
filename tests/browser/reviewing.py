"""A server on which three people with different rights bring versions to Production by review."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from playwright.sync_api import Page, expect

from browser.conftest import served
from conformance.pairs import register_pair
from cuvee.api.base import Actor
from cuvee.api.checks import SetCheck
from cuvee.api.groups import AddMember, CreateGroup
from cuvee.api.permissions import GrantPermission
from cuvee.api.policies import ApplyPolicy
from cuvee.api.reviews import ApproveTransitionRequest, CreateTransitionRequest
from cuvee.api.users import CreateUser
from cuvee.blobs.local import LocalBlobs
from cuvee.store.sql import SqlStore
from refusals.served import Site

if TYPE_CHECKING:
    from browser.conftest import Open, Visit

MODEL = "lr_wine_quality"
PASSWORD = "correct horse battery"
POLICY = """\
scope: {name}
stages:
  - name: Staging
  - name: Production
    holders: one
    review:
      approvals: 1
      from: [group:risk]
      checks: [golden-set, metrics.rmse < 0.8]
      reason: true
"""
REASON = "pH lowers the RMSE from 0.75 to 0.5"
EVIDENCE = "https://ci.example/runs/7"


class Someone:
    """The store as one of its users has it."""

    def __init__(self, store: SqlStore, name: str, pk: int) -> None:
        self._store = store
        self._actor = Actor(name, "token", user=pk)

    def do(self, op: Any, actor: Any = None, *, key: str = "") -> Any:
        """Carry out an operation in this user's name."""
        return self._store.do(op, actor or self._actor, key=key)

    def close(self) -> None:
        """Leave the store as it is: others use it."""


@contextlib.contextmanager
def stored(folder: Path) -> Iterator[SqlStore]:
    """Open the store that a server on the folder has, with its artifacts."""
    store = SqlStore.open(f"sqlite:///{folder}/cuvee.db")
    store.blobs = LocalBlobs(folder / "artifacts")
    yield store
    store.close()


def seed_people(store: SqlStore) -> dict[str, Someone]:
    """Make ann, who makes versions, rita, who judges for risk, and otto, who runs production."""
    store.do(CreateUser(username="root", password=PASSWORD))
    people = {}
    for name, level in (("ann", "EDIT"), ("rita", "READ"), ("otto", "MANAGE_PRODUCTION_VERSIONS")):
        made = store.do(CreateUser(username=name, password=PASSWORD)).user
        store.do(GrantPermission(object="folder:", user=name, permission=f"CAN_{level}"))  # type: ignore[arg-type]
        people[name] = Someone(store, name, made.id)
    store.do(CreateGroup(name="risk"))
    store.do(AddMember(name="risk", username="rita"))
    return people


def seed_model(store: SqlStore, people: dict[str, Someone], name: str = MODEL) -> None:
    """Make a model under review: version 1 came to Production by it, version 2 could be next."""
    assert isinstance(store.blobs, LocalBlobs)
    register_pair(people["ann"], store.blobs, name)
    store.do(ApplyPolicy(document=POLICY.format(name=name)))
    for version in "12":
        check = SetCheck(
            name=name,
            version=version,
            check_name="golden-set",
            passed=True,
            url=EVIDENCE,
            details="40 of 40 bottles",
        )
        people["otto"].do(check)
    first: dict[str, Any] = {"name": name, "version": "1", "stage": "Production"}
    people["ann"].do(CreateTransitionRequest(**first, comment="the first that is any good"))
    people["rita"].do(ApproveTransitionRequest(**first, comment="good enough"))


class Cellar(NamedTuple):
    """A server, and its store for those who are not looked at."""

    site: Site
    store: SqlStore
    people: dict[str, Someone]

    def ask(self, name: str, comment: str = REASON, who: str = "ann") -> str:
        """Ask for version 2 to go to Production, and return the request's id."""
        op = CreateTransitionRequest(name=name, version="2", stage="Production", comment=comment)
        return str(self.people[who].do(op).request.id)


def cellars(folder: Path) -> Iterator[Cellar]:
    """Yield a server that asks for a login, with ann, rita and otto, until it is not needed."""
    with stored(folder) as store:
        people = seed_people(store)
        for site in served(folder, "--login"):
            yield Cellar(site, store, people)


def enter(visit: Open, site: Site, name: str, **how: Any) -> Visit:
    """Log in as somebody, in a browser of their own."""
    opened = visit(site, **how)
    page = opened.page
    page.goto(opened.url + "/approvals")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(opened.url + "/approvals")  # the login page settles as well
    opened.settle()
    return opened


def badge(page: Page, number: int) -> None:
    """Wait until the badge in the rail says how many requests wait."""
    mark = page.get_by_role("navigation", name="Main").get_by_role("status")
    said = re.compile(rf"{number} requests? wait") if number else ""
    expect(mark).to_have_text(said, timeout=10_000)
