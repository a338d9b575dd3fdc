"""A binding policy binds: no document, move or new name takes a manager's model past it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from conformance.people import NAMED, ROOT
from cuvee.api.base import Actor, Op, Store
from cuvee.api.checks import CloseEmergency, ListEmergencies
from cuvee.api.models import (
    CreateRegisteredModel,
    DeleteRegisteredModel,
    MoveRegisteredModel,
    RenameRegisteredModel,
)
from cuvee.api.permissions import GrantPermission
from cuvee.api.policies import ApplyPolicy, GetModelPolicy, ListPolicyVersions, RemovePolicy
from cuvee.api.versions import CreateModelVersion, GetModelVersion, TransitionStage
from cuvee.errors import CuveeError, InvalidParameter, NotFound, PermissionDenied

BANK = """
scope: bank/
stages:
  - name: Staging
  - name: Production
    holders: one
    leave: [group:ops]
    review:
      approvals: 2
      from: [group:risk, group:audit]
      checks: [golden-set, no pickle]
      reason: true
      expires: 7d
      break_glass: [user:bob]
"""
STRICTER = """
scope: wine
stages:
  - name: Dev
  - name: Staging
  - name: PRODUCTION
    protected: true
    holders: one
    review: {approvals: 3, from: [group:risk], checks: [no  pickle, golden-set, signature is set],
             reason: true, expires: 12h}
"""


class Bank:
    """A store in which alice manages the model wine, which is in the folder bank/."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.alice = NAMED["alice"]
        self.admin(ApplyPolicy(document=BANK))
        for folder in ("bank/", "free/"):
            op = GrantPermission(object=f"models:{folder}", user="alice", permission="CAN_EDIT")
            self.admin(op)
        self.ask(CreateRegisteredModel(name="wine", folder="bank"))
        self.ask(CreateModelVersion(name="wine", source="s3://b/m"))

    def admin(self, op: Op[Any]) -> Any:
        return self.store.do(op, ROOT)

    def ask(self, op: Op[Any], who: Actor | None = None) -> Any:
        return self.store.do(op, who or self.alice)

    def refused(self, op: Op[Any], error: type[CuveeError] = PermissionDenied) -> str:
        with pytest.raises(error) as caught:
            self.ask(op)
        return caught.value.message

    def stage(self, name: str = "wine") -> str:
        found: str = self.admin(GetModelVersion(name=name, version="1")).model_version.current_stage
        return found

    def policy(self, name: str = "wine") -> str:
        found: str = self.admin(GetModelPolicy(name=name)).policy_version.id
        return found


@pytest.fixture
def bank(crowd: Store) -> Bank:
    return Bank(crowd)


WEAKER = {
    "stage Production is missing": [("PRODUCTION", "Live")],
    "holders must be one": [("holders: one", "holders: many")],
    "it must be protected": [("protected: true", "protected: false")],
    "leave may not name user:alice": [("holders: one", "holders: one\n    leave: ['user:alice']")],
    "enter may not name user:alice": [("holders: one", "holders: one\n    enter: ['user:alice']")],
    "a review is needed": [("    review:", "    #"), ("             reason", "    #")],
    "approvals must be at least 2": [("approvals: 3", "approvals: 1")],
    "from may name only group:risk, group:audit": [("[group:risk]", "[group:risk, user:alice]")],
    "from may name only group:risk": [("from: [group:risk], ", "")],
    "exclude must have requester": [("approvals: 3", "approvals: 3, exclude: [author]")],
    "checks must have 'golden-set'": [("golden-set, ", "")],
    "a reason is needed": [("reason: true", "reason: false")],
    "expires must be 7d or less": [("expires: 12h", "expires: 2w")],
    "expires must be 7d": [(", expires: 12h", "")],
    "break_glass may not name user:alice": [("expires: 12h", "break_glass: ['user:alice']")],
}


@pytest.mark.parametrize("rule", WEAKER)
def test_who_manages_a_model_cannot_weaken_a_rule_of_its_folder(bank: Bank, rule: str) -> None:
    document = STRICTER
    for old, new in WEAKER[rule]:
        assert old in document
        document = document.replace(old, new)
    for dry_run in (True, False):
        said = bank.refused(ApplyPolicy(document=document, dry_run=dry_run), InvalidParameter)
        assert rule in said
        assert "bank/@1" in said
    with pytest.raises(InvalidParameter):
        bank.admin(ApplyPolicy(document=document))  # an admin changes the folder's, not the rule
    assert bank.policy() == "bank/@1"


def test_who_manages_a_model_may_be_stricter(bank: Bank) -> None:
    bank.ask(ApplyPolicy(document=STRICTER))
    assert bank.policy() == "wine@1"
    bank.ask(RemovePolicy(scope="wine"))
    assert bank.policy() == "bank/@1"


def test_every_scope_around_binds_also_past_one_that_does_not(bank: Bank) -> None:
    everywhere = "{scope: /, stages: [{name: Live, review: {}}]}"
    with pytest.raises(InvalidParameter, match=r"bank/@1 \(stage Live is missing\)"):
        bank.admin(ApplyPolicy(document=everywhere))
    both = BANK + "  - {name: Live, review: {}}\nbinding: false\n"
    bank.admin(ApplyPolicy(document=both))
    bank.admin(ApplyPolicy(document=everywhere))
    bank.ask(ApplyPolicy(document="{scope: wine, stages: [{name: Live, review: {approvals: 2}}]}"))
    said = bank.refused(
        ApplyPolicy(document="{scope: wine, stages: [{name: Live}]}"), InvalidParameter
    )
    assert "/@1" in said


def test_stages_without_rules_bind_nobody_and_binding_can_be_left_out(bank: Bank) -> None:
    bank.admin(ApplyPolicy(document=BANK + "binding: false\n"))
    bank.admin(ApplyPolicy(document="{scope: /, stages: [{name: Dev}, {name: Live}]}"))
    bank.ask(ApplyPolicy(document="{scope: wine, stages: [{name: Mine}]}"))
    said = bank.refused(
        ApplyPolicy(document="{scope: wine, stages: [{name: A}], binding: true}"), InvalidParameter
    )
    assert "narrower" in said
    assert "neither true nor false" in bank.refused(
        ApplyPolicy(document="{scope: wine, stages: [{name: A}], binding: often}"), InvalidParameter
    )


def test_a_binding_policy_is_refused_while_documents_in_its_scope_are_weaker(bank: Bank) -> None:
    bank.ask(ApplyPolicy(document=STRICTER))
    harder = BANK.replace("approvals: 2", "approvals: 4")
    with pytest.raises(InvalidParameter, match=r"wine@1 \(Production: approvals must be at least"):
        bank.admin(ApplyPolicy(document=harder))
    bank.admin(CreateRegisteredModel(name="beer", folder="bank2"))
    bank.admin(ApplyPolicy(document="{scope: beer, stages: [{name: A}]}"))  # not in bank/
    bank.admin(RemovePolicy(scope="wine"))
    bank.admin(ApplyPolicy(document=harder))
    assert bank.policy() == "bank/@2"


def test_a_model_is_not_moved_out_nor_in_with_a_weaker_document(bank: Bank) -> None:
    out = MoveRegisteredModel(name="wine", folder="free")
    assert "bank/@1 binds" in bank.refused(out)
    bank.ask(ApplyPolicy(document=STRICTER))
    bank.refused(out)  # its own document could be made weaker there
    bank.ask(RemovePolicy(scope="wine"))
    bank.ask(MoveRegisteredModel(name="wine", folder="bank/red"))
    bank.refused(out)
    bank.refused(MoveRegisteredModel(name="wine", folder=""))
    bank.admin(ApplyPolicy(document=BANK.replace("bank/", "free/")))
    bank.ask(out)  # as strict there
    bank.admin(ApplyPolicy(document=BANK.replace("bank/", "free/") + "binding: false"))
    bank.ask(ApplyPolicy(document="{scope: wine, stages: [{name: Live}]}"))
    said = bank.refused(MoveRegisteredModel(name="wine", folder="bank"), InvalidParameter)
    assert "stage Production is missing" in said


def test_a_dropped_stage_brings_no_version_past_a_review(bank: Bank) -> None:
    own = STRICTER.replace("- name: Dev", "- name: Dev\n    review: {approvals: 0}")
    bank.ask(ApplyPolicy(document=STRICTER))
    bank.ask(TransitionStage(name="wine", version="1", stage="Dev"))
    dropped = STRICTER.replace("  - name: Dev\n", "")
    past = ApplyPolicy(document=dropped + "move: {Dev: Production}")
    said = bank.refused(past, InvalidParameter)
    assert "version 1 of wine would come from Dev to PRODUCTION past its review" in said
    assert bank.refused(msgspec.structs.replace(past, dry_run=True), InvalidParameter) == said
    # Nor with a review of one's own before it, however much that demands.
    bank.ask(ApplyPolicy(document=own))
    assert bank.refused(past, InvalidParameter) == said
    full = STRICTER.split("  - name: PRODUCTION\n")[1]
    as_strict = STRICTER.replace("- name: Dev\n", f"- name: Dev\n{full.rstrip()}\n", 1)
    bank.ask(ApplyPolicy(document=as_strict))
    assert bank.refused(past, InvalidParameter) == said
    bank.ask(ApplyPolicy(document=dropped + "move: {Dev: Staging}"))
    assert bank.stage() == "Staging"


def test_a_stage_with_a_review_may_get_another_name_and_no_stricter_review(bank: Bank) -> None:
    def named(stage: str, approvals: int = 1, more: str = "") -> ApplyPolicy:
        stages = f"[{{name: {stage}, review: {{approvals: {approvals}}}}}]"
        return ApplyPolicy(document=f"{{scope: beer, stages: {stages}{more}}}")

    bank.ask(CreateRegisteredModel(name="beer", folder="free"))
    bank.ask(CreateModelVersion(name="beer", source="s3://b/m"))
    bank.ask(ApplyPolicy(document="{scope: beer, stages: [{name: Prod}]}"))
    bank.ask(TransitionStage(name="beer", version="1", stage="Prod"))
    past = bank.refused(named("Live", more=", move: {Prod: Live}"), InvalidParameter)
    assert "past its review" in past
    bank.ask(named("PROD"))  # whoever holds it keeps it, though it has a review from now on
    past = bank.refused(named("Live", 2, ", move: {Prod: Live}"), InvalidParameter)
    assert "past its review" in past
    bank.ask(named("Live", 1, ", move: {Prod: Live}"))
    assert bank.stage("beer") == "Live"


def test_a_model_brings_no_version_past_the_review_of_the_folder_that_it_comes_to(
    bank: Bank,
) -> None:
    bank.ask(CreateRegisteredModel(name="tmp", folder="free"))
    bank.ask(CreateModelVersion(name="tmp", source="s3://b/m"))
    bank.ask(TransitionStage(name="tmp", version="1", stage="Production"))
    inside = MoveRegisteredModel(name="tmp", folder="bank")
    said = bank.refused(inside)
    assert "version 1 is in Production, which bank/@1 gives by review only" in said
    bank.ask(TransitionStage(name="tmp", version="1", stage="Staging"))  # nobody reviews that
    bank.ask(inside)
    bank.ask(RenameRegisteredModel(name="wine", new_name="wine-old"))
    bank.ask(RenameRegisteredModel(name="tmp", new_name="wine"))
    bank.refused(TransitionStage(name="wine", version="1", stage="Production"))

    bank.ask(CreateRegisteredModel(name="new", folder="free"))
    bank.ask(CreateModelVersion(name="new", source="s3://b/m"))
    bank.ask(TransitionStage(name="new", version="1", stage="Production"))
    bank.refused(MoveRegisteredModel(name="new", folder="bank/red"))
    bank.admin(MoveRegisteredModel(name="new", folder="bank"))  # an admin may
    bank.ask(MoveRegisteredModel(name="new", folder="bank/red"))  # as strict there


@pytest.mark.parametrize("way", ["rename", "delete"])
def test_a_name_does_not_leave_the_folder_by_being_given_up(bank: Bank, way: str) -> None:
    if way == "rename":
        bank.ask(RenameRegisteredModel(name="wine", new_name="wine-old"))
        bank.ask(RenameRegisteredModel(name="wine-old", new_name="wine-older"))  # stays inside
    else:
        bank.ask(DeleteRegisteredModel(name="wine"))
    for folder in ("free", ""):
        bank.admin(GrantPermission(object="models:", user="alice", permission="CAN_CREATE"))
        bank.refused(CreateRegisteredModel(name="wine", folder=folder))
    bank.ask(CreateRegisteredModel(name="copy", folder="free"))
    bank.refused(RenameRegisteredModel(name="copy", new_name="wine"))
    bank.ask(CreateRegisteredModel(name="wine", folder="bank/red"))
    bank.refused(MoveRegisteredModel(name="wine", folder="free"))
    bank.ask(CreateModelVersion(name="wine", source="s3://b/m"))
    bank.refused(TransitionStage(name="wine", version="1", stage="Production"))
    bank.admin(MoveRegisteredModel(name="wine", folder="free"))  # an admin may


def test_a_new_model_of_an_old_name_inherits_neither_documents_nor_emergencies(
    bank: Bank,
) -> None:
    bank.ask(
        ApplyPolicy(
            document=STRICTER.replace("expires: 12h", "break_glass: ['user:bob'], expires: 1h")
        )
    )
    bank.admin(GrantPermission(object="model:wine", user="bob", permission="CAN_MANAGE"))
    glass = TransitionStage(
        name="wine", version="1", stage="Production", break_glass=True, comment="fire"
    )
    bank.ask(glass, NAMED["bob"])
    assert [e.name for e in bank.ask(ListEmergencies()).emergencies] == ["wine"]
    bank.ask(DeleteRegisteredModel(name="wine", force=True))
    bank.ask(CreateRegisteredModel(name="wine", folder="bank"))
    bank.ask(CreateModelVersion(name="wine", source="s3://b/m"))

    assert bank.ask(ListEmergencies()).emergencies == []
    assert bank.ask(ListEmergencies(name="wine")).emergencies == []
    assert bank.ask(ListPolicyVersions(scope="wine")).policy_versions == []
    held = bank.admin(ListEmergencies(name="wine")).emergencies[0]
    assert held.comment == "fire"
    bank.refused(CloseEmergency(id=held.id, comment="mine"), NotFound)
    assert bank.policy() == "bank/@1"
    bank.ask(ApplyPolicy(document=STRICTER))
    assert [v.id for v in bank.ask(ListPolicyVersions(scope="wine")).policy_versions] == ["wine@3"]
    bank.ask(RenameRegisteredModel(name="wine", new_name="port"))
    bank.ask(CreateRegisteredModel(name="wine", folder="bank"))
    assert bank.ask(ListPolicyVersions(scope="wine")).policy_versions == []


def test_an_emergency_goes_where_its_model_goes(bank: Bank) -> None:
    bank.admin(GrantPermission(object="model:wine", user="bob", permission="CAN_MANAGE"))
    glass = TransitionStage(
        name="wine", version="1", stage="Production", break_glass=True, comment="fire"
    )
    bank.ask(glass, NAMED["bob"])
    bank.ask(RenameRegisteredModel(name="wine", new_name="port"))
    bank.ask(CreateRegisteredModel(name="wine", folder="bank"))
    assert bank.ask(ListEmergencies(name="wine")).emergencies == []
    held = bank.ask(ListEmergencies(name="port")).emergencies
    assert [e.comment for e in held] == ["fire"]
    bank.ask(CloseEmergency(id=held[0].id, comment="right"))
