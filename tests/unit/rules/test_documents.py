"""Policy documents are read, or refused with the place and what is allowed."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cuvee.errors import InvalidParameter
from cuvee.rules.documents import canonical, check_policy, digest_of, parse_document, scope_of
from cuvee.rules.policy import Policy, Review, Stage
from documents import SCOPES, WAYS, broken, fields, policies, write
from refusals.served import check_sentence

FULL = """
# who may bring what where
scope: lr_wine_quality
stages:
  - name: Dev
  - name: UAT
    holders: one
    former: dev
    enter: [group:qa]
  - name: Production
    holders: one
    leave: ["user:ann"]
    review:
      approvals: 2
      from: [group:risk, user:carol]
      exclude: [author, requester]
      checks:
        - golden-set
        - metrics.rmse <= production.metrics.rmse * 0.99
      reason: true
      expires: 7d
      break_glass: [group:oncall]
move: {staging: uat}
"""


def test_a_document_says_all_that_a_policy_has() -> None:
    found = parse_document(FULL)

    assert found.scope == "lr_wine_quality"
    assert found.move == {"staging": "UAT"}
    assert found.policy == Policy(
        stages=[
            Stage(name="Dev"),
            Stage(name="UAT", holders="one", former="Dev", enter=["group:qa"]),
            Stage(
                name="Production",
                holders="one",
                leave=["user:ann"],
                review=Review(
                    approvals=2,
                    reviewers=["group:risk", "user:carol"],
                    checks=["golden-set", "metrics.rmse <= production.metrics.rmse * 0.99"],
                    reason=True,
                    expires="7d",
                    break_glass=["group:oncall"],
                ),
            ),
        ]
    )


def test_json_is_read_as_yaml_is() -> None:
    document = {"scope": "team/", "stages": [{"name": "On", "review": {}}]}
    found = parse_document(json.dumps(document))
    assert (found.scope, found.policy.stages[0].name) == ("team/", "On")
    assert parse_document("{scope: 12, stages: [{name: No}]}").scope == "12"


@pytest.mark.parametrize(
    ("stages", "said"),
    [
        ("[]", "stages: must be a list of 1 to 50"),
        ("UAT", "stages: must be a list"),
        ("[UAT]", r"stages\[0\]: expected 'object', got 'str'.*Allowed: the fields name"),
        ("[{}]", r"stages\[0\]: .*missing required field 'name'"),
        ("[{name: 1x}]", r"stages\[0\].name \(1x\): .*Allowed: a text of 1 to 63"),
        (f"[{{name: {'x' * 64}}}]", "Allowed: a text of 1 to 63"),
        ("[{name: a/b}]", "Allowed: a text"),
        ("[{name: 'UAT '}]", "without a space at its ends"),
        ('[{name: "UAT\\n"}]', "without a space at its ends"),
        ("[{name: Latest}]", "not 'latest'"),
        ("[{name: UAT}, {name: uat}]", r"stages\[1\].name \(uat\): UAT is there already"),
        ("[{name: archived}]", "Archived is there already"),
        ("[{name: none}]", "None is there already"),
        ("[{name: A, holders: two}]", r"stages\[0\].holders \(A\): .*Allowed: one or many"),
        ("[{name: A, former: B}]", r"stages\[0\].former \(A\): 'B' is not another.*None, Archived"),
        ("[{name: A, former: a}]", "is not another stage"),
        ("[{name: A, holder: one}]", "unknown field 'holder'.*Allowed: the fields name, holders"),
        ("[{name: A, enter: [bob]}]", r"enter\[.*\(A\): .*Allowed: a list of 'user:<name>'"),
        ("[{name: A, protected: maybe}]", "Allowed: true or false"),
        ("[{name: A, review: {approvals: -1}}]", r"stages\[0\].review.approvals \(A\).*0 to 100"),
        ("[{name: A, review: {who: x}}]", "Allowed: the fields approvals, from, exclude"),
        ("[{name: A, review: {exclude: [me]}}]", "Allowed: a list of 'author' and 'requester'"),
        ("[{name: A, review: {expires: soon}}]", r"review.expires \(A\): 'soon' is not a time"),
        ("[{name: A, review: {checks: ['a <']}}]", r"stages\[0\].review.checks\[0\] \(A\): "),
        (
            "[{name: A, review: {checks: ['metrics.x < gone.metrics.x']}}]",
            "there is no stage 'gone'",
        ),
        ("[{name: A, former: B}, {name: B, review: {}}, {name: C}]", "may come to by themselves"),
        ("[{name: A, former: Production}, {name: Production}]", "may come to by themselves"),
        (
            "[{name: A, former: B, holders: one}, {name: B, former: A, holders: one}, {name: C}]",
            "round in a circle",
        ),
    ],
)
def test_a_wrong_stage_is_refused_with_its_place_and_what_is_allowed(
    stages: str, said: str
) -> None:
    with pytest.raises(InvalidParameter, match=said):
        parse_document(f"{{scope: wine, stages: {stages}}}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must have the fields scope and stages"),
        ("[]", "must have the fields scope and stages"),
        ("{scope: wine, stages: [", "not YAML at line 1, column"),
        ("a: b: c", "not YAML at line 1"),
        ("{stages: [{name: A}]}", "has no scope.*for all models"),
        ("{scope: a//b, stages: [{name: A}]}", "neither the name of a model"),
        ("{scope: '', stages: [{name: A}]}", "neither the name of a model"),
        ("{scope: [], stages: [{name: A}]}", "neither the name of a model"),
        ("{scope: w, stage: [], stages: [{name: A}]}", "unknown field 'stage'"),
        ("{scope: w, scope: v, stages: [{name: A}]}", "'scope' occurs twice"),
        ("{scope: &w wine, stages: [{name: *w}]}", "anchors"),
        ("{scope: w, stages: [{name: A}], move: [A]}", "move: must say where"),
        ("{scope: w, stages: [{name: A}], move: {a: Archived}}", "'a' is a stage of this policy"),
        ("{scope: w, stages: [{name: A}], move: {B: C}}", "'C' is not a stage of this policy"),
        ("scope: w\nstages: !!python/object:os.system []", "not YAML"),
        ("scope: w\n---\nscope: v", "not YAML"),
        ("[" * 2000, "not YAML|nested too deeply"),
    ],
)
def test_a_wrong_document_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(InvalidParameter, match=said):
        parse_document(text)


@given(st.text(max_size=200))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    for document in (text, f"scope: w\nstages:\n- name: {text}"):
        try:
            found = parse_document(document)
        except InvalidParameter:
            continue
        assert parse_document(json.dumps({"scope": found.scope, **as_fields(found.policy)}))


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("scope: wine\nstages: [", "wine"),
        ("stages: [{scope: no, x: {y: [scope]}}]\nmove: {scope: no}\nscope: team/\n", "team/"),
        ("{stages: [], ? 'scope' : 12}", "12"),
        ('{"stages": [{"scope": "no"}], "scope": "wine"}', "wine"),
        ("scope: !!str 0x1F", "0x1F"),
        ("scope: 0x1F", "31"),
        ("scope: on", "on"),
    ],
)
def test_the_scope_is_read_without_the_rest(text: str, scope: str) -> None:
    assert scope_of(text) == scope


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stages: [{scope: no}]", "has no scope"),
        ("scope: {a: b}", "has no scope"),
        ("scope: null", "has no scope"),
        ("scope: 1.5", "neither the name"),
        ("a: &b c\nscope: x", "anchors"),
        ("a: [\nscope: x", "not YAML at line"),
        ("[]", "must have the fields"),
    ],
)
def test_a_scope_that_is_none_is_refused(text: str, said: str) -> None:
    with pytest.raises(InvalidParameter, match=said):
        scope_of(text)


@given(st.sampled_from(SCOPES), policies, st.booleans(), st.sampled_from(WAYS))
@settings(deadline=None)
def test_the_scope_is_that_of_the_whole_document(
    scope: str, policy: Policy, binds: bool, way: str
) -> None:
    text = write(way, fields(scope, msgspec.structs.replace(policy, binding=binds)))
    try:
        found = parse_document(text).scope
    except InvalidParameter:
        return
    assert scope_of(text) == found


def as_fields(policy: Policy) -> dict[str, object]:
    fields: dict[str, object] = msgspec.to_builtins(policy)
    return fields


def test_the_canonical_form_does_not_depend_on_how_it_was_written() -> None:
    one = parse_document(FULL).policy
    other = parse_document(json.dumps({"scope": "x", **as_fields(one)})).policy

    assert canonical(one) == canonical(other)
    assert digest_of(canonical(one)) == digest_of(canonical(other))
    assert json.loads(canonical(one)) == as_fields(one)
    assert canonical(one) != canonical(parse_document(FULL.replace("7d", "8d")).policy)


@pytest.mark.parametrize(
    "text", ["{{}}", "? [a]\n: b", "!!bool x", "!!timestamp x", "!!map [a]", "!!map x", "!!set x"]
)
def test_yaml_that_its_library_stumbles_over_is_refused_in_words(text: str) -> None:
    with pytest.raises(InvalidParameter, match="policy"):
        parse_document(text)


@settings(deadline=None)
@given(st.sampled_from(SCOPES), policies, st.booleans(), st.sampled_from(WAYS))
def test_however_a_policy_is_written_the_same_is_read(
    scope: str, policy: Policy, binds: bool, way: str
) -> None:
    asked = replace(policy, binding=binds and scope.endswith("/"))
    found = parse_document(write(way, fields(scope, asked)))
    assert (found.scope, found.policy) == (scope, asked)
    kept = canonical(found.policy)
    assert msgspec.json.decode(kept, type=Policy) == asked
    again = parse_document(json.dumps({"scope": scope, **json.loads(kept), **bound(scope, asked)}))
    assert (again.policy, canonical(again.policy)) == (asked, kept)


def bound(scope: str, policy: Policy) -> dict[str, bool]:
    return {"binding": policy.binding} if scope.endswith("/") else {}


@settings(deadline=None)
@given(st.sampled_from(SCOPES), policies, st.data(), st.sampled_from(WAYS))
def test_what_is_written_wrongly_is_refused_in_words_or_is_another_policy(
    scope: str, policy: Policy, data: st.DataObject, way: str
) -> None:
    said = data.draw(broken(fields(scope, policy)))
    try:
        found = parse_document(write(way, said))
    except InvalidParameter as problem:
        check_sentence(problem.message, said)
        return
    assert check_policy(found.policy) == replace(found.policy, binding=False)
    assert parse_document(write(way, fields(found.scope, found.policy))).policy == found.policy


@pytest.mark.parametrize("text", [r'"user:\ud83c"', r'"user:\udf77 x"', r'"group:\udf77\ud83c"'])
def test_half_a_character_is_refused_and_two_halves_are_one(text: str) -> None:
    document = '{"scope": "w", "stages": [{"name": "A", "enter": [%s]}]}'
    for other in (document, document.replace('"', "").replace("name:", "# \n name:")):
        with pytest.raises(InvalidParameter, match="half a character"):
            parse_document(other % text)
        joined = parse_document(other % r'"user:\ud83c\udf77"').policy
        assert joined.stages[0].enter == ["user:\U0001f377"]


def test_a_name_that_occurs_twice_is_refused_in_json_too() -> None:
    with pytest.raises(InvalidParameter, match="'stages' occurs twice"):
        parse_document('{"scope": "w", "stages": [{"name": "A"}], "stages": [{"name": "B"}]}')
