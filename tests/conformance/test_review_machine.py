"""Any history of requests, verdicts, moves and policies leaves what a plain model says."""

from __future__ import annotations

import tempfile
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from conformance.people import gated, put_policy
from cuvee.api.base import Actor, Op
from cuvee.api.checks import SetCheck
from cuvee.api.events import ListEvents
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.reviews import (
    ApproveTransitionRequest,
    CreateTransitionRequest,
    DeleteTransitionRequest,
    ExplainTransition,
    ListTransitionRequests,
    RejectTransitionRequest,
)
from cuvee.api.versions import CreateModelVersion, GetModelVersion, TransitionStage
from cuvee.errors import BadRequest, NotFound, PermissionDenied
from cuvee.store.sql import SqlStore

PEOPLE = ("ann", "bob", "cat", "dan")
AUTHOR = "ann"
GATED = "Production"
WHO = st.sampled_from(PEOPLE)
WHICH = st.integers(1, 3)
WHERE = st.sampled_from(["Staging", GATED, GATED, "Archived"])


@dataclass
class Asked:
    """A request, in the plain model."""

    version: int
    stage: str
    user: str
    state: str = "open"
    approvals: list[tuple[str, int]] = field(default_factory=list)


@dataclass
class Model:
    """What should be, in plain Python."""

    stages: dict[int, str] = field(default_factory=dict)
    requests: list[Asked] = field(default_factory=list)
    checks: dict[int, bool] = field(default_factory=dict)
    policy: int = 0
    needed: int = 1
    exclude: tuple[str, ...] = ()
    wants_check: bool = False

    def open(self, version: int, stage: str) -> list[Asked]:
        return [r for r in self.standing(version, stage) if r.state == "open"]

    def standing(self, version: int, stage: str) -> list[Asked]:
        found: list[Asked] = []
        for r in self.requests:
            if (r.version, r.stage) == (version, stage):
                if r.state == "rejected":
                    found = []
                elif r.state != "cancelled":
                    found.append(r)
        return found

    def excluded(self, user: str, version: int, stage: str) -> bool:
        asked = self.open(version, stage) or self.standing(version, stage)
        return ("author" in self.exclude and user == AUTHOR) or (
            "requester" in self.exclude and user in {r.user for r in asked}
        )

    def approvers(self, version: int, stage: str) -> set[str]:
        return {
            user
            for r in self.standing(version, stage)
            for user, policy in r.approvals
            if policy == self.policy and not self.excluded(user, version, stage)
        }

    def allowed(self, version: int, stage: str) -> bool:
        if stage != GATED:
            return True
        enough = len(self.approvers(version, stage)) >= self.needed
        return enough and (not self.wants_check or self.checks.get(version, False))

    def move(self, version: int, stage: str) -> None:
        if stage == GATED:
            for other, held in self.stages.items():
                if held == GATED and other != version:
                    self.move(other, "Archived")
        self.stages[version] = stage
        for r in self.open(version, stage):
            r.state = "closed"


class ReviewMachine(RuleBasedStateMachine):
    """Acts at random, and looks after each step whether store and model agree."""

    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.directory: Any = None
        url = self.url
        if not url:
            self.directory = tempfile.TemporaryDirectory()
            url = f"sqlite:///{Path(self.directory.name) / 'cuvee.db'}"
        self.store = SqlStore.open(url)
        self.name = f"m{uuid.uuid4().hex}"
        self.model = Model()

    def teardown(self) -> None:
        replayed: dict[str, str] = {}
        last, token = 0, ""
        while True:
            page = self.store.do(ListEvents(max_results=1000, page_token=token))
            for event in page.events:
                assert event.sequence > last
                last = event.sequence
                if event.action == "version.transitioned":
                    assert event.before["stage"] == replayed.get(event.object, "None")
                    replayed[event.object] = event.after["stage"]
            token = page.next_page_token or ""
            if not token:
                break
        for number, stage in self.model.stages.items():
            assert replayed.get(f"version:{self.name}/{number}", "None") == stage
        self.store.close()
        if self.directory is not None:
            self.directory.cleanup()

    def attempt(self, user: str, op: Op[Any]) -> str:
        try:
            self.store.do(op, Actor(user))
        except PermissionDenied:
            return "denied"
        except NotFound:
            return "missing"
        except BadRequest:
            return "refused"
        return "done"

    @initialize()
    def begin(self) -> None:
        self.store.do(CreateRegisteredModel(name=self.name), Actor(AUTHOR))
        for number in (1, 2, 3):
            op = CreateModelVersion(name=self.name, source="s3://b/m")
            self.store.do(op, Actor(AUTHOR))
            self.model.stages[number] = "None"
        self.change_policy(1, ("author", "requester"), wants_check=False)

    @rule(
        needed=st.integers(0, 2),
        exclude=st.sampled_from([("author", "requester"), ("requester",), ("author",), ()]),
        wants_check=st.booleans(),
    )
    def change_policy(self, needed: int, exclude: tuple[str, ...], wants_check: bool) -> None:
        self.model.policy += 1
        self.model.needed, self.model.exclude = needed, exclude
        self.model.wants_check = wants_check
        checks = ["golden-set"] if wants_check else []
        policy = gated(approvals=needed, exclude=list(exclude), checks=checks)
        put_policy(self.store, policy, self.name, self.model.policy)

    @rule(user=WHO, version=WHICH, stage=WHERE)
    def ask(self, user: str, version: int, stage: str) -> None:
        mine = any(r.user == user for r in self.model.open(version, stage))
        fine = self.model.stages[version] != stage and not mine
        op = CreateTransitionRequest(name=self.name, version=str(version), stage=stage)
        assert self.attempt(user, op) == ("done" if fine else "refused")
        if fine:
            self.model.requests.append(Asked(version, stage, user))

    @rule(user=WHO, version=WHICH, stage=WHERE)
    def approve(self, user: str, version: int, stage: str) -> None:
        asked = self.model.open(version, stage)
        expected = "done" if asked else "missing"
        if asked and stage == GATED and self.model.excluded(user, version, stage):
            expected = "denied"
        op = ApproveTransitionRequest(name=self.name, version=str(version), stage=stage)
        assert self.attempt(user, op) == expected
        if expected != "done":
            return
        for r in asked:
            r.approvals.append((user, self.model.policy))
        if self.model.allowed(version, stage):
            for r in asked:
                r.state = "approved"
            self.model.move(version, stage)

    @rule(user=WHO, version=WHICH, stage=WHERE)
    def reject(self, user: str, version: int, stage: str) -> None:
        asked = self.model.open(version, stage)
        op = RejectTransitionRequest(
            name=self.name, version=str(version), stage=stage, comment="no"
        )
        assert self.attempt(user, op) == ("done" if asked else "missing")
        for r in asked:
            r.state = "rejected"

    @rule(user=WHO, version=WHICH, stage=WHERE)
    def cancel(self, user: str, version: int, stage: str) -> None:
        mine = [r for r in self.model.open(version, stage) if r.user == user]
        op = DeleteTransitionRequest(
            name=self.name, version=str(version), stage=stage, creator=user
        )
        assert self.attempt(user, op) == ("done" if mine else "missing")
        for r in mine:
            r.state = "cancelled"

    @rule(user=WHO, version=WHICH, stage=WHERE)
    def move(self, user: str, version: int, stage: str) -> None:
        fine = self.model.stages[version] == stage or self.model.allowed(version, stage)
        op = TransitionStage(name=self.name, version=str(version), stage=stage)
        assert self.attempt(user, op) == ("done" if fine else "denied")
        if fine:
            self.model.move(version, stage)

    @rule(version=WHICH, passed=st.booleans())
    def check(self, version: int, passed: bool) -> None:
        op = SetCheck(name=self.name, version=str(version), check_name="golden-set", passed=passed)
        self.store.do(op)
        self.model.checks[version] = passed

    @invariant()
    def store_agrees(self) -> None:
        for number, stage in self.model.stages.items():
            where = {"name": self.name, "version": str(number)}
            found = self.store.do(GetModelVersion(**where)).model_version
            assert found.current_stage == stage
            said = self.store.do(ExplainTransition(**where, stage=GATED))
            assert (said.state == "allowed") == self.model.allowed(number, GATED)
            assert set(said.approvals) == self.model.approvers(number, GATED)
            asked = self.store.do(ListTransitionRequests(**where)).requests
            assert [(r.user_id, r.to_stage) for r in asked] == [
                (r.user, r.stage)
                for r in self.model.requests
                if r.version == number and r.state == "open"
            ]


LIMITS = settings(
    max_examples=20,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def test_any_history_of_reviews_leaves_what_the_model_says_on_sqlite() -> None:
    run_state_machine_as_test(ReviewMachine, settings=LIMITS)


def test_any_history_of_reviews_leaves_what_the_model_says_on_postgresql(
    postgres_url: str,
) -> None:
    machine = type("PostgresMachine", (ReviewMachine,), {"url": postgres_url})

    run_state_machine_as_test(machine, settings=settings(LIMITS, max_examples=8))
