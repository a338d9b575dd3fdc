"""What should come of requests, verdicts, moves, rollbacks, swaps and policies, in plain Python."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from conformance.people import gated
from cuvee.api.base import Op
from cuvee.api.checks import SetCheck
from cuvee.api.holdings import RollbackStage, SwapStages
from cuvee.api.policies import ApplyPolicy, Policy
from cuvee.api.reviews import (
    ApproveTransitionRequest,
    CreateTransitionRequest,
    DeleteTransitionRequest,
    RejectTransitionRequest,
)
from cuvee.api.versions import TransitionStage
from cuvee.rules.documents import canonical

AUTHOR = "ann"
RESCUER = "dan"
GATED = "Production"
EXCLUDES = ((), ("author",), ("requester",), ("author", "requester"))


class Act(NamedTuple):
    """Something that somebody does.

    Args:
        kind: what, as one of ``Model``'s methods is called.
        user: who.
        version: to which version.
        stage: about which stage.
        flag: breaks the glass; passes a check; makes a policy want the check.
        number: how many approvals a policy wants, and whom it leaves out.
    """

    kind: str
    user: str
    version: int
    stage: str
    flag: bool
    number: int

    def op(self, name: str) -> Op[object]:
        """Return the operation that asks for it."""
        where = {"name": name, "version": str(self.version), "stage": self.stage}
        glass = {"break_glass": self.flag, "comment": "fire" if self.flag else ""}
        made: dict[str, Op[object]] = {
            "ask": CreateTransitionRequest(**where),
            "approve": ApproveTransitionRequest(**where),  # type: ignore[arg-type]
            "reject": RejectTransitionRequest(**where, comment="no"),
            "cancel": DeleteTransitionRequest(**where, creator=self.user),
            "move": TransitionStage(**where, **glass),  # type: ignore[arg-type]
            "rollback": RollbackStage(name=name, stage=self.stage, **glass),  # type: ignore[arg-type]
            "swap": SwapStages(**where, **glass),  # type: ignore[arg-type]
            "check": SetCheck(
                name=name, version=str(self.version), check_name="golden-set", passed=self.flag
            ),
            "policy": ApplyPolicy(document=self.document(name)),
        }
        return made[self.kind]

    def document(self, name: str) -> str:
        """Return the policy that is applied."""
        policy = policy_of((self.flag, self.number))
        return canonical(policy).replace("{", f'{{"scope": "{name}", ', 1)


def policy_of(rules: tuple[bool, int]) -> Policy:
    """Return the policy with an act's ``flag`` and ``number``."""
    needed, exclude = divmod(rules[1], len(EXCLUDES))
    return gated(
        approvals=needed,
        exclude=list(EXCLUDES[exclude]),
        checks=["golden-set"] if rules[0] else [],
        break_glass=[f"user:{RESCUER}"],
    )


@dataclass
class Asked:
    """A request."""

    version: int
    stage: str
    user: str
    state: str = "open"
    approvals: list[tuple[str, int]] = field(default_factory=list)


@dataclass
class Holding:
    """That a version held a stage; ``restores`` is the number of the one it goes back to."""

    version: int
    stage: str
    restores: int | None = None
    open: bool = True


@dataclass
class Model:
    """What should be."""

    stages: dict[int, str] = field(default_factory=dict)
    requests: list[Asked] = field(default_factory=list)
    checks: dict[int, bool] = field(default_factory=dict)
    holdings: list[Holding] = field(default_factory=list)
    emergencies: list[tuple[int, str, str]] = field(default_factory=list)
    version: int = 0
    rules: tuple[bool, int] | None = None

    def do(self, act: Act) -> str:
        """Carry out an act and say how it ends."""
        outcome: str = getattr(self, act.kind)(act)
        return outcome

    # ------------------------------------------------------------ what is

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
        exclude = EXCLUDES[self.rules[1] % len(EXCLUDES)] if self.rules else ()
        asked = self.open(version, stage) or self.standing(version, stage)
        return ("author" in exclude and user == AUTHOR) or (
            "requester" in exclude and user in {r.user for r in asked}
        )

    def approvers(self, version: int, stage: str) -> set[str]:
        return {
            user
            for r in self.standing(version, stage)
            for user, policy in r.approvals
            if policy == self.version and not self.excluded(user, version, stage)
        }

    def allowed(self, version: int, stage: str) -> bool:
        if stage != GATED or self.rules is None:
            return True
        wants_check, number = self.rules
        enough = len(self.approvers(version, stage)) >= number // len(EXCLUDES)
        return enough and (not wants_check or self.checks.get(version, False))

    def holders(self, stage: str) -> list[int]:
        return sorted((v for v, held in self.stages.items() if held == stage), reverse=True)

    # ------------------------------------------------------------ what is done

    def policy(self, act: Act) -> str:
        if self.rules != (act.flag, act.number):
            self.rules = (act.flag, act.number)
            self.version += 1
        return "done"

    def ask(self, act: Act) -> str:
        mine = any(r.user == act.user for r in self.open(act.version, act.stage))
        if self.stages[act.version] == act.stage or mine:
            return "refused"
        self.requests.append(Asked(act.version, act.stage, act.user))
        return "done"

    def approve(self, act: Act) -> str:
        asked = self.open(act.version, act.stage)
        if not asked:
            return "missing"
        if act.stage == GATED and self.excluded(act.user, act.version, act.stage):
            return "denied"
        for r in asked:
            r.approvals.append((act.user, self.version))
        if self.allowed(act.version, act.stage):
            for r in asked:
                r.state = "approved"
            self.place(act.version, act.stage)
        return "done"

    def reject(self, act: Act) -> str:
        return self.end(self.open(act.version, act.stage), "rejected")

    def cancel(self, act: Act) -> str:
        mine = [r for r in self.open(act.version, act.stage) if r.user == act.user]
        return self.end(mine, "cancelled")

    def end(self, asked: list[Asked], state: str) -> str:
        for r in asked:
            r.state = state
        return "done" if asked else "missing"

    def check(self, act: Act) -> str:
        self.checks[act.version] = act.flag
        return "done"

    def move(self, act: Act) -> str:
        if self.stages[act.version] != act.stage and not self.enter(act, act.version, act.stage):
            return "denied"
        self.place(act.version, act.stage)
        return "done"

    def enter(self, act: Act, version: int, stage: str) -> bool:
        """Say whether a version may enter a stage; the glass may have to be broken."""
        if self.allowed(version, stage):
            return True
        if act.flag and act.user == RESCUER:
            self.emergencies.append((version, stage, act.user))
            return True
        return False

    def place(self, version: int, stage: str, restores: int | None = None) -> list[int]:
        """Move a version; return those that had to make room."""
        leaving = [v for v in self.holders(stage) if v != version] if stage == GATED else []
        for other in reversed(leaving):
            self.place(other, "Archived")
        self.put(version, stage, restores)
        self.close(version, stage)
        return leaving

    def put(self, version: int, stage: str, restores: int | None = None) -> None:
        if self.stages[version] == stage:
            return
        self.stages[version] = stage
        for held in self.holdings:
            if held.version == version:
                held.open = False
        if stage != "None":
            self.holdings.append(Holding(version, stage, restores))

    def close(self, version: int, stage: str) -> None:
        for r in self.open(version, stage):
            r.state = "closed"

    def rollback(self, act: Act) -> str:
        current = next(iter(self.holders(act.stage)), None)
        former = self.former(act.stage, current)
        if former is None:
            return "missing"
        version = self.holdings[former].version
        leaving: list[int] = []
        if self.stages[version] != act.stage:
            if not self.enter(act, version, act.stage):
                return "denied"
            leaving = self.place(version, act.stage, former)
        if current is not None and current not in leaving:
            self.place(current, "Archived")
        return "done"

    def former(self, stage: str, current: int | None) -> int | None:
        """Return the number of the holding that a rollback goes back to."""
        below = len(self.holdings)
        for number, held in enumerate(self.holdings):
            if held.version == current and held.open:
                below = number
        while below < len(self.holdings) and self.holdings[below].restores is not None:
            below = self.holdings[below].restores or 0
        numbers = [
            number
            for number, held in enumerate(self.holdings[:below])
            if held.stage == stage and held.version != current
        ]
        return numbers[-1] if numbers else None

    def swap(self, act: Act) -> str:
        mine = self.stages[act.version]
        if mine == act.stage:
            return "refused"
        other = next(iter(self.holders(act.stage)), None)
        if other is None:
            return "missing"
        if not (self.enter(act, act.version, act.stage) and self.enter(act, other, mine)):
            return "denied"  # only one of both goes to the gated stage, so no glass is broken
        for version, stage in ((act.version, act.stage), (other, mine)):
            self.put(version, stage)
        for version, stage in ((act.version, act.stage), (other, mine)):
            self.close(version, stage)
        return "done"

    def seen(self) -> list[object]:
        """Return all that can be seen from outside and decides what may happen next.

        A race is told by it: what two orders leave differently must show here.
        """
        return [
            dict(self.stages),
            [self.allowed(version, GATED) for version in sorted(self.stages)],
            [sorted(self.approvers(version, GATED)) for version in sorted(self.stages)],
            [
                [(r.user, r.stage) for r in self.requests if r.version == v and r.state == "open"]
                for v in sorted(self.stages)
            ],
            [(held.version, held.stage, held.open) for held in self.holdings],
            list(self.emergencies),
            policy_of(self.rules) if self.rules else None,
            [self.checks.get(v) for v in sorted(self.stages)],
        ]
