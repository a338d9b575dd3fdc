"""Policy documents: YAML or JSON in, a checked policy out; errors name the place.

::

    scope: lr_wine_quality        # a model, a folder (team/), or / for all models
    stages:
      - name: UAT
      - name: Production
        holders: one
        review: {approvals: 2, from: [group:risk], expires: 7d}
    binding: false                # of a folder or /: narrower documents need not be stricter
    move: {Staging: UAT}          # where versions go whose stage is dropped
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from cuvee.api.names import shown
from cuvee.api.policies import EVERYTHING
from cuvee.api.stages import ARCHIVED, NONE, is_resting
from cuvee.errors import InvalidParameter
from cuvee.rules.decide import lasting
from cuvee.rules.expressions import parse_check, stages_of
from cuvee.rules.policy import Policy, Review, Stage

MAX_STAGES = 50
_FIELDS = {"scope", "stages", "binding", "move"}
_SUBJECTS = "a list of 'user:<name>' and 'group:<name>'"
_ALLOWED = {
    "name": "a text of 1 to 63 letters, digits, ' ', '_', '.' and '-' that starts with a letter",
    "holders": "one or many",
    "former": "the name of another stage",
    "protected": "true or false",
    "enter": _SUBJECTS,
    "leave": _SUBJECTS,
    "review": "the fields " + ", ".join(f.encode_name for f in msgspec.structs.fields(Review)),
    "approvals": "a whole number from 0 to 100",
    "from": _SUBJECTS,
    "exclude": "a list of 'author' and 'requester'",
    "checks": "a list of names of checks and of expressions, each up to 1000 characters",
    "reason": "true or false",
    "expires": "a text such as 30m, 12h, 7d or 2w",
    "break_glass": _SUBJECTS,
    "": "the fields " + ", ".join(f.encode_name for f in msgspec.structs.fields(Stage)),
}


class Document(Struct, frozen=True):
    """A document, checked.

    Args:
        scope: a model's name, a folder with a slash at its end, or ``/``.
        policy: the stages.
        move: dropped stage, in lower case -> where its versions go.
    """

    scope: str
    policy: Policy
    move: Mapping[str, str]


def parse_document(text: str) -> Document:
    """Read a policy document.

    Args:
        text: YAML, of which JSON is a part.

    Raises:
        InvalidParameter: something in it is not allowed; says where, and what is.
    """
    raw = _load(text)
    unknown = raw.keys() - _FIELDS
    if unknown:
        raise InvalidParameter(
            f"The policy has an unknown field {shown(str(min(unknown, key=str)))}: it may have "
            "scope, stages, binding and move."
        )
    policy = check_policy(_stages(raw.get("stages")))
    scope = _scope(raw.get("scope"))
    bound = msgspec.structs.replace(policy, binding=_binding(raw.get("binding"), scope))
    return Document(scope, bound, _move(raw.get("move") or {}, policy))


def scope_of(text: str) -> str:
    """Read the scope of a policy document, and no more than that takes.

    Raises:
        InvalidParameter: it has none that could be one, or cannot be read up to there.
    """
    from cuvee.rules.strict_yaml import field

    def scope() -> Any:
        return {"scope": field(text, "scope")}

    raw = _read(text, scope)
    if not isinstance(raw, dict):
        raise _no_mapping()
    return _scope(_whole(raw.get("scope")))


def check_policy(policy: Policy) -> Policy:
    """Return a policy with ``former`` spelled as the stage it names.

    Raises:
        InvalidParameter: the stages contradict each other.
    """
    names: dict[str, str] = {NONE.lower(): NONE, ARCHIVED.lower(): ARCHIVED}
    for place, stage in enumerate(policy.stages):
        _check_name(place, stage.name, names)
        names[stage.name.lower()] = stage.name
    found = []
    for place, stage in enumerate(policy.stages):
        former = names.get(stage.former.lower())
        if former is None or former == stage.name:
            raise _problem(
                place,
                stage.name,
                "former",
                f"{shown(stage.former)} is not another stage of this policy",
                "one of " + ", ".join(n for n in names.values() if n != stage.name),
            )
        if stage.review is not None:
            _check_review(place, stage.name, stage.review, names)
        found.append(msgspec.structs.replace(stage, former=former))
    checked = Policy(stages=found)
    _check_formers(checked)
    return checked


def is_protected(policy: Policy, stage: Stage) -> bool:
    """Say whether direct moves in and out of a stage need the level for Production."""
    if is_resting(stage.name):
        return False
    if stage.protected is not None:
        return stage.protected
    return stage.name.lower() in ("production", policy.stages[-1].name.lower())


def canonical(policy: Policy) -> str:
    """Return the one way to write a policy: JSON with sorted names, without what is default."""
    return msgspec.json.encode(policy, order="sorted").decode()


def digest_of(canonical_text: str) -> str:
    """Return the sha256 of a policy's canonical form, hexadecimal."""
    return hashlib.sha256(canonical_text.encode()).hexdigest()


def _load(text: str) -> dict[str, Any]:
    from cuvee.rules.strict_yaml import load

    raw = _whole(_read(text, lambda: load(text)))
    if not isinstance(raw, dict):
        raise _no_mapping()
    return raw


def _no_mapping() -> InvalidParameter:
    return InvalidParameter("The policy must have the fields scope and stages, as in a mapping.")


def _read(text: str, as_yaml: Callable[[], Any]) -> Any:
    import yaml

    try:
        # As JSON where it is: YAML folds or refuses some characters that JSON lets stand.
        return json.loads(text, object_pairs_hook=_once)
    except RecursionError:
        raise InvalidParameter("The policy is nested too deeply: use fewer levels.") from None
    except ValueError:
        pass
    try:
        return as_yaml()
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise InvalidParameter(
            f"The policy is not YAML{where}: {problem.problem or problem.context}."
        ) from None
    except RecursionError:
        raise InvalidParameter("The policy is nested too deeply: use fewer levels.") from None
    except (yaml.YAMLError, ValueError) as problem:
        raise InvalidParameter(
            f"The policy is neither YAML nor JSON: {str(problem)[:200]}."
        ) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON; refuse a name that stands in it twice."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise InvalidParameter(f"The policy is ambiguous: {shown(name)} occurs twice.")
        found[name] = value
    return found


def _whole(value: Any) -> Any:
    r"""Return a value with the halves of characters joined, which may come as ``\ud83c\udf77``."""
    if isinstance(value, str):
        try:
            return value.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            raise InvalidParameter(
                f"The policy has half a character in {ascii(value)[:100]}: write the whole one."
            ) from None
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(item) for name, item in value.items()}
    return value


def _scope(raw: Any) -> str:
    if raw is None:
        raise InvalidParameter(
            "The policy has no scope: write the name of a model, a folder with a slash at its end "
            "(scope: team/), or scope: / for all models."
        )
    return check_scope(str(raw) if isinstance(raw, int) else raw)


def check_scope(scope: Any) -> str:
    """Return a scope if it could be one.

    Raises:
        InvalidParameter: it is neither a model's name, nor a folder, nor ``/``.
    """
    good = isinstance(scope, str) and 0 < len(scope) <= 1000 and bool(scope.strip())
    if good and scope != EVERYTHING:
        good = all(part not in ("", ".", "..") for part in scope.removesuffix("/").split("/"))
        good = good and ":" not in scope and "\0" not in scope
    if not good:
        raise InvalidParameter(
            f"scope: {shown(str(scope))} is neither the name of a model, nor a folder (team/), nor "
            "/ for all models."
        )
    found: str = scope
    return found


def _stages(raw: Any) -> Policy:
    if not isinstance(raw, list) or not raw or len(raw) > MAX_STAGES:
        raise InvalidParameter(
            f"stages: must be a list of 1 to {MAX_STAGES} stages, such as [{{name: UAT}}, "
            "{name: Production}]; None and Archived are always there besides."
        )
    return Policy(stages=[_stage(place, item) for place, item in enumerate(raw)])


def _stage(place: int, raw: Any) -> Stage:
    name = str(raw.get("name", ""))[:63] if isinstance(raw, dict) else ""
    try:
        return msgspec.convert(raw, Stage)
    except msgspec.ValidationError as problem:
        text, _, where = str(problem).partition(" - at `$")
        where = where.rstrip("`").lstrip(".")
        field = re.sub(r"\[.*?\]", "", where).rpartition(".")[2]
        words = text.replace("`", "'").replace("Expected", "expected", 1)
        raise _problem(place, name, where, words, _ALLOWED.get(field, "")) from None


def _problem(place: int, name: str, where: str, words: str, allowed: str) -> InvalidParameter:
    at = f"stages[{place}]" + (f".{where}" if where else "") + (f" ({name})" if name else "")
    return InvalidParameter(f"{at}: {words}." + (f" Allowed: {allowed}." if allowed else ""))


def _check_name(place: int, name: str, taken: Mapping[str, str]) -> None:
    if name.lower() in taken:
        what = f"{taken[name.lower()]} is there already"
        rest = "names that differ in more than case; None and Archived are always there besides"
        raise _problem(place, name, "name", what, rest)
    if name != name.strip() or name.lower() == "latest":
        rest = f"{_ALLOWED['name']}, without a space at its ends, and not 'latest'"
        raise _problem(place, name, "name", f"{shown(name)} cannot stand in models:/<name>/", rest)


def _check_review(place: int, name: str, review: Review, names: Mapping[str, str]) -> None:
    if review.expires:
        try:
            lasting(review.expires)
        except InvalidParameter as problem:
            raise _problem(place, name, "review.expires", problem.message.rstrip("."), "") from None
    for number, text in enumerate(review.checks):
        where = f"review.checks[{number}]"
        try:
            looked_at = stages_of(parse_check(text))
        except InvalidParameter as problem:
            raise _problem(place, name, where, problem.message.rstrip("."), "") from None
        for stage in sorted(looked_at):
            if stage.lower() not in names:
                rest = "one of " + ", ".join(names.values())
                raise _problem(place, name, where, f"there is no stage {shown(stage)}", rest)


def _check_formers(policy: Policy) -> None:
    """Refuse a ``former`` that would bring versions past a review, or round in a circle."""
    stages = {stage.name: stage for stage in policy.stages}
    for place, stage in enumerate(policy.stages):
        target = stages.get(stage.former)
        if target is not None and (target.review is not None or is_protected(policy, target)):
            raise _problem(
                place,
                stage.name,
                "former",
                f"{target.name} is not a stage that versions may come to by themselves",
                "a stage without review that is not protected",
            )
        seen = {stage.name}
        while target is not None and target.holders == "one":
            if target.name in seen:
                raise _problem(
                    place,
                    stage.name,
                    "former",
                    "stages that one may hold send their former holders round in a circle",
                    "a way that ends at Archived, None or a stage that many may hold",
                )
            seen.add(target.name)
            target = stages.get(target.former)


def _binding(raw: Any, scope: str) -> bool:
    """Return whether a document binds: those of folders, and of all models, do by default."""
    if not (raw is None or isinstance(raw, bool)):
        raise InvalidParameter(f"binding: {shown(str(raw))} is neither true nor false.")
    if raw and not scope.endswith("/"):
        raise InvalidParameter(
            "binding: nothing is narrower than a model, so its document binds nobody: leave it "
            "out, or give a folder (team/) or / as the scope."
        )
    return scope.endswith("/") if raw is None else raw


def _move(raw: Any, policy: Policy) -> dict[str, str]:
    known = {n.lower(): n for n in (NONE, *(s.name for s in policy.stages), ARCHIVED)}
    if not isinstance(raw, dict) or not all(
        isinstance(k, str) and isinstance(v, str) for k, v in raw.items()
    ):
        raise InvalidParameter(
            "move: must say where the versions of a dropped stage go, such as {Old: New}."
        )
    for old, new in raw.items():
        if old.lower() in known:
            raise InvalidParameter(
                f"move: {shown(old)} is a stage of this policy, so nothing has to leave it: "
                "name stages that the policy drops."
            )
        if new.lower() not in known:
            raise InvalidParameter(
                f"move: {shown(new)} is not a stage of this policy. Allowed: "
                f"{', '.join(known.values())}."
            )
    return {old.lower(): known[new.lower()] for old, new in raw.items()}
