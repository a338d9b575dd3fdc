"""Any history of reviews, moves and policies, races among it, leaves what a plain model says.

``CUVEE_TEST_HISTORIES`` is the number of histories on SQLite (20); PostgreSQL gets half as many.
"""

from __future__ import annotations

import os
import tempfile
import uuid
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path
from threading import Barrier
from typing import Any

from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from conformance.review_model import AUTHOR, EXCLUDES, GATED, RESCUER, Act, Model
from cuvee.api.base import Actor
from cuvee.api.checks import ListChecks, ListEmergencies
from cuvee.api.events import ListEvents
from cuvee.api.holdings import ListHoldings
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.policies import GetModelPolicy
from cuvee.api.reviews import ExplainTransition, ListTransitionRequests
from cuvee.api.versions import CreateModelVersion, GetModelVersion
from cuvee.errors import BadRequest, NotFound, PermissionDenied
from cuvee.log.note import SigningKey
from cuvee.store.audit import audit_database
from cuvee.store.sql import SqlStore

VERSIONS = (1, 2, 3)
KINDS = (
    "ask", "ask", "approve", "approve", "reject", "cancel", "move", "move", "rollback", "rollback",
    "swap", "check", "policy",
)  # fmt: skip
ACTS = st.builds(
    Act,
    kind=st.sampled_from(KINDS),
    user=st.sampled_from([AUTHOR, "bob", "cat", RESCUER]),
    version=st.sampled_from(VERSIONS),
    stage=st.sampled_from(["Staging", GATED, GATED]),
    flag=st.booleans(),
    number=st.integers(0, 3 * len(EXCLUDES) - 1),
)


class ReviewMachine(RuleBasedStateMachine):
    """Acts at random, and looks after each step whether store and model agree."""

    url = ""
    key = SigningKey.new()

    def __init__(self) -> None:
        super().__init__()
        self.directory: Any = None
        if not self.url:
            self.directory = tempfile.TemporaryDirectory()
            self.url = f"sqlite:///{Path(self.directory.name) / 'cuvee.db'}"
        # Two, as two servers on a database are.
        self.stores = [SqlStore.open(self.url) for _ in range(2)]
        for store in self.stores:
            store.signing = self.key
        self.threads = ThreadPoolExecutor(2)
        self.name = f"m{uuid.uuid4().hex}"
        self.model = Model()

    def teardown(self) -> None:
        self.replay()
        self.stores[0].order_events()
        self.threads.shutdown()
        for store in self.stores:
            store.close()
        # The whole Merkle log, and that the tables hold what its events tell.
        assert audit_database(self.url, patience=1).problems == []
        if self.directory is not None:
            self.directory.cleanup()

    def replay(self) -> None:
        """Follow the events alone, and come to the same stages."""
        replayed: dict[str, str] = {}
        last, token = 0, ""
        while True:
            page = self.stores[0].do(ListEvents(max_results=1000, page_token=token))
            for one in page.events:
                assert one.sequence > last
                last = one.sequence
                if one.action == "version.transitioned":
                    assert one.before["stage"] == replayed.get(one.object, "None")
                    replayed[one.object] = one.after["stage"]
            token = page.next_page_token or ""
            if not token:
                break
        for number, stage in self.model.stages.items():
            assert replayed.get(f"version:{self.name}/{number}", "None") == stage

    def attempt(self, act: Act, store: SqlStore) -> str:
        try:
            store.do(act.op(self.name), Actor(act.user))
        except PermissionDenied:
            return "denied"
        except NotFound:
            return "missing"
        except BadRequest:
            return "refused"
        return "done"

    @initialize()
    def begin(self) -> None:
        self.stores[0].do(CreateRegisteredModel(name=self.name), Actor(AUTHOR))
        for number in VERSIONS:
            op = CreateModelVersion(name=self.name, source="s3://b/m")
            self.stores[0].do(op, Actor(AUTHOR))
            self.model.stages[number] = "None"
        self.act(Act("policy", RESCUER, 1, GATED, flag=False, number=len(EXCLUDES) + 3))

    @rule(act=ACTS)
    def act(self, act: Act) -> None:
        expected = self.model.do(act)
        assert self.attempt(act, self.stores[0]) == expected
        event(f"{act.kind} {expected}")

    @rule(acts=st.tuples(ACTS, ACTS))
    def race(self, acts: tuple[Act, Act]) -> None:
        """Do two things at the same moment: it is as if one came before the other."""
        barrier = Barrier(2)

        def run(act: Act, store: SqlStore) -> str:
            barrier.wait(20)
            return self.attempt(act, store)

        found = tuple(self.threads.map(run, acts, self.stores))
        state = self.seen()
        ends = []
        for first in (0, 1):
            model = deepcopy(self.model)
            said = {n: model.do(acts[n]) for n in (first, 1 - first)}
            ends.append(((said[0], said[1]), model))
        for outcome, model in ends:
            if outcome == found and model.seen() == state:
                self.model = model
                event(f"race {' and '.join(sorted(a.kind for a in acts))}")
                return
        raise AssertionError((acts, found, state, [(o, m.seen()) for o, m in ends]))

    @invariant()
    def store_agrees(self) -> None:
        assert self.seen() == self.model.seen()

    def seen(self) -> list[object]:
        """Return what ``Model.seen`` returns, as the store has it."""
        do = self.stores[1].do
        where = [{"name": self.name, "version": str(number)} for number in VERSIONS]
        explained = [do(ExplainTransition(**one, stage=GATED)) for one in where]
        holdings = do(ListHoldings(name=self.name, max_results=1000)).holdings
        emergencies = do(ListEmergencies(name=self.name)).emergencies
        return [
            {
                number: do(GetModelVersion(**one)).model_version.current_stage
                for number, one in zip(VERSIONS, where, strict=True)
            },
            [one.state == "allowed" for one in explained],
            [sorted(set(one.approvals)) for one in explained],
            [
                [(r.user_id, r.to_stage) for r in do(ListTransitionRequests(**one)).requests]
                for one in where
            ],
            [(int(h.version), h.stage, h.until is None) for h in reversed(holdings)],
            [(int(e.version), e.stage, e.user_id) for e in reversed(emergencies)],
            do(GetModelPolicy(name=self.name)).policy_version.policy if self.model.rules else None,
            [next((c.passed for c in do(ListChecks(**one)).checks), None) for one in where],
        ]


HISTORIES = int(os.environ.get("CUVEE_TEST_HISTORIES", "20"))
LIMITS = settings(
    max_examples=HISTORIES,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)


def test_any_history_of_reviews_leaves_what_the_model_says_on_sqlite() -> None:
    run_state_machine_as_test(ReviewMachine, settings=LIMITS)


def test_any_history_of_reviews_leaves_what_the_model_says_on_postgresql(
    postgres_url: str,
) -> None:
    machine = type("PostgresMachine", (ReviewMachine,), {"url": postgres_url})

    run_state_machine_as_test(machine, settings=settings(LIMITS, max_examples=HISTORIES // 2))
