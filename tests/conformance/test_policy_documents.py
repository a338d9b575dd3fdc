"""A policy that is written, applied, shown and applied again is the same; a refused one is none."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cuvee.api.base import Store
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.policies import (
    ApplyPolicy,
    GetModelPolicy,
    ListPolicyVersions,
    Policy,
    RemovePolicy,
)
from cuvee.api.versions import CreateModelVersion, GetModelVersion, TransitionStage
from cuvee.cli.main import main
from cuvee.client.connect import close_all
from cuvee.errors import InvalidParameter, NotFound
from cuvee.rules.documents import canonical, digest_of
from cuvee.store.sql import SqlStore
from documents import SCOPES, WAYS, broken, fields, policies, write
from refusals.served import check_sentence, dump

KEPT = "{scope: wine, stages: [{name: Kept}, {name: Production}]}"
Show = Callable[..., str]
few = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def cellar(store: Store) -> Store:
    """A store with the model wine in the folder cellar/."""
    store.do(CreateRegisteredModel(name="wine", folder="cellar"))
    return store


@pytest.fixture
def uri(
    store: Store, local_store: SqlStore, database_url: str, request: pytest.FixtureRequest
) -> str:
    """Where a command finds the store."""
    if store is local_store:
        return database_url
    served: str = request.getfixturevalue("served_url")
    return served


@pytest.fixture
def show(uri: str) -> Any:
    """Return what 'cuvee policy show' prints."""

    def run(*arguments: str) -> str:
        said = io.StringIO()
        with contextlib.redirect_stdout(said), pytest.raises(SystemExit) as ended:
            main(["policy", "show", *arguments, "--tracking-uri", uri])
        assert not ended.value.code, said.getvalue()
        return said.getvalue()

    yield run
    close_all()


@few
@given(st.sampled_from(SCOPES), policies, st.booleans(), st.sampled_from(WAYS))
def test_what_is_applied_is_shown_and_what_is_shown_can_be_applied(
    cellar: Store, show: Show, scope: str, policy: Policy, binds: bool, way: str
) -> None:
    asked = replace(policy, binding=binds and scope.endswith("/"))
    numbers = [v.version for v in versions(cellar, scope)]
    change = apply(cellar, write(way, fields(scope, asked)))
    assert not change.unchanged
    held = cellar.do(GetModelPolicy(name="wine")).policy_version
    assert (held, held.policy, held.scope) == (change.after, asked, scope)
    assert held.digest == digest_of(canonical(asked))
    assert versions(cellar, scope)[0] == held

    again = [canonical(asked)[:-1] + f', "scope": "{scope}"' + said_apart(held.policy, scope)]
    again += [show(scope, "--yaml"), show(scope)]
    for text in again:
        assert apply(cellar, text).unchanged, text
    assert [v.version for v in versions(cellar, scope)][1:] == numbers
    cellar.do(RemovePolicy(scope=scope))


def said_apart(policy: Policy | None, scope: str) -> str:
    """Return the end of a document; the canonical form leaves out that a policy does not bind."""
    assert policy is not None
    return ', "binding": false}' if scope.endswith("/") and not policy.binding else "}"


def apply(store: Store, document: str) -> Any:
    return store.do(ApplyPolicy(document=document))


def versions(store: Store, scope: str) -> list[Any]:
    return store.do(ListPolicyVersions(scope=scope)).policy_versions


@few
@given(st.sampled_from(SCOPES), policies, st.data(), st.sampled_from(WAYS))
def test_what_is_refused_changes_nothing_and_what_is_not_strands_no_version(
    cellar: Store, database_url: str, scope: str, policy: Policy, data: st.DataObject, way: str
) -> None:
    if not versions(cellar, "wine"):
        apply(cellar, KEPT)
        cellar.do(CreateModelVersion(name="wine", source="s3://b/m"))
        cellar.do(TransitionStage(name="wine", version="1", stage="Kept"))
    said = fields(scope, policy)
    if data.draw(st.booleans()):
        said["move"] = {"Kept": policy.stages[0].name}
    if data.draw(st.booleans()):
        said = data.draw(broken(said))
    document = write(way, said) or " "
    before = dump(database_url)
    try:
        change = apply(cellar, document)
    except (InvalidParameter, NotFound) as problem:
        assert dump(database_url) == before, document
        check_sentence(problem.message, document)
        with pytest.raises(type(problem)):
            cellar.do(ApplyPolicy(document=document, dry_run=True))
        assert dump(database_url) == before, document
        return
    wine = cellar.do(GetModelPolicy(name="wine")).policy_version
    stage = cellar.do(GetModelVersion(name="wine", version="1")).model_version.current_stage
    assert stage in wine.stages
    assert all(move.to_stage in change.after.stages for move in change.moved)


def test_characters_that_yaml_and_json_treat_apart_come_back_from_every_document(
    cellar: Store, show: Show, tmp_path: Path
) -> None:
    names = ["\U0001f377", "a\x85b", "\u2028", "\ufeff", "\x7f", "a\rb\nc\td", " x ", "'\"\\", "#:"]
    stage = {"name": "Live", "enter": [f"user:{name}" for name in names]}
    for way in WAYS:
        apply(cellar, write(way, {"scope": "wine", "stages": [stage]}))
        for option in ((), ("--yaml",)):
            file = tmp_path / "policy.yaml"
            file.write_text(show("wine", *option), encoding="utf-8")
            assert apply(cellar, file.read_text(encoding="utf-8")).unchanged
    (found,) = versions(cellar, "wine")
    assert found.policy.stages[0].enter == stage["enter"]
