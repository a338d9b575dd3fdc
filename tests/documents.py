"""Policies, the ways to write them down, and ways to write them down wrongly, for Hypothesis."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import yaml
from hypothesis import strategies as st

from cuvee.api.policies import EVERYTHING
from cuvee.errors import InvalidParameter
from cuvee.rules.documents import check_policy
from cuvee.rules.policy import Policy, Review, Stage

NAMES = ["Dev", "UAT", "Shadow 2", "On", "No", "Kept", "Production", "x.y-z_1", "E5", "Null"]
SCOPES = ["wine", "cellar/", EVERYTHING]

_any = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
people = st.lists(
    st.builds("{}:{}".format, st.sampled_from(["user", "group"]), _any).filter(
        # What follows the colon is a name, so not only ends of lines.
        lambda who: who.partition(":")[2][0] != "\n"
    ),
    max_size=3,
)
_checks = st.sampled_from(
    [
        *("golden-set", "no pickle", "description is set", "tags.'a b' == \"it's\""),
        "metrics.rmse <= 0.5e-3",
        "metrics.rmse <= none.metrics.rmse * 0.99",
        "params.x == '\U0001f377: {}[]#&*!|>%@`'",
    ]
)
_reviews = st.builds(
    Review,
    approvals=st.integers(0, 100),
    reviewers=people,
    exclude=st.lists(st.sampled_from(["author", "requester"])),
    checks=st.lists(_checks, max_size=3),
    reason=st.booleans(),
    expires=st.sampled_from(["", "30m", "12h", "7d", "2w"]),
    break_glass=people,
)
_stages = st.builds(
    Stage,
    name=st.sampled_from(NAMES),
    holders=st.sampled_from(["one", "many"]),
    former=st.sampled_from(["Archived", "None", *NAMES]),
    protected=st.sampled_from([None, True, False]),
    enter=people,
    leave=people,
    review=st.none() | _reviews,
)


def _checked(policy: Policy) -> Policy:
    """Return a policy as it is kept; where its stages contradict each other, they refer to none."""
    try:
        return check_policy(policy)
    except InvalidParameter:
        alone = [msgspec.structs.replace(s, former="Archived") for s in policy.stages]
        return check_policy(Policy(stages=alone))


policies = st.builds(
    Policy,
    stages=st.lists(_stages, min_size=1, max_size=4, unique_by=lambda s: s.name.lower()),
).map(_checked)


def fields(scope: str, policy: Policy, **more: Any) -> dict[str, Any]:
    """Return what a document says, ``binding`` written out where it means something."""
    said: dict[str, Any] = {"scope": scope, "stages": msgspec.to_builtins(policy.stages), **more}
    if scope.endswith("/"):
        said["binding"] = policy.binding
    return said


def write(way: str, said: Any) -> str:
    """Write a document down in one of the ``WAYS``."""
    if way == "json":
        return json.dumps(said, ensure_ascii=False)
    if way == "ascii":
        return json.dumps(said)
    found: str = yaml.safe_dump(said, default_flow_style=way == "flow", sort_keys=False)
    return found


WAYS = ["json", "ascii", "block", "flow"]


@st.composite
def broken(draw: st.DrawFn, said: Any) -> Any:
    """Draw what a document would say if a part of it were missing, moved or something else."""
    if isinstance(said, dict) and said and draw(st.integers(0, 3)):
        name = draw(st.sampled_from(sorted(said)))
        if draw(st.booleans()):
            return {**said, name: draw(broken(said[name]))}
        if draw(st.booleans()):
            return {k: v for k, v in said.items() if k != name}
        return {**{k: v for k, v in said.items() if k != name}, draw(_any): said[name]}
    if isinstance(said, list) and said and draw(st.integers(0, 3)):
        place = draw(st.integers(0, len(said) - 1))
        return [*said[:place], draw(broken(said[place])), *said[place + draw(st.integers(0, 1)) :]]
    return draw(_wrong)


_wrong = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 102),
    st.just(2.5),
    _any,
    st.sampled_from(["Archived", "Dev", "latest", "user:", "a <", "soon", "one"]),
    st.just([]),
    st.just({}),
    st.just({"name": "Dev"}),
)
