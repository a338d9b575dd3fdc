"""What the registry knows about a version: the only source of everything in a pack."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

from msgspec import Struct

from cuvee import foreign_yaml
from cuvee.api.artifacts import StoredFile
from cuvee.api.events import Event
from cuvee.api.models import RegisteredModel
from cuvee.api.runs import Run
from cuvee.api.versions import ModelVersion

MODEL_FILE = "MLmodel"
REQUIREMENTS = "requirements.txt"
ENVIRONMENT = (MODEL_FILE, REQUIREMENTS, "python_env.yaml", "conda.yaml")
"""The small files of a model that a pack carries along."""

MAX_TEXT = 1 << 20
"""The largest of those files that is carried along, in bytes."""

COMMIT = ("mlflow.source.git.commit", "mlflow.git.commit")
REPOSITORY = ("mlflow.source.git.repoURL", "mlflow.git.repo_url")
DIRTY = "mlflow.git.dirty"

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_NAME = r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?) ?(?:\[[^\]]*\])? ?"
_PINNED = re.compile(_NAME + r"(?:===? ?([^ ;,*]+))? ?(?:;.*)?")
_NAMED = re.compile(_NAME + r"[<>=!~(;@]")
_PYTHON = re.compile(r"^python: *([0-9][0-9.]*)\s*$", re.MULTILINE)


class Verdict(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a reviewer said.

    Args:
        digest: of the version that was looked at.
        policy: the rules that applied then.
        counts: whether it counts now; ``why_not`` says why it does not.
    """

    user: str
    verdict: str
    comment: str = ""
    time: int
    digest: str = ""
    policy: str = ""
    counts: bool = True
    why_not: str = ""


class Request(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request to move the version to a stage, and what came of it."""

    stage: str
    user: str
    comment: str = ""
    time: int
    state: str
    closed_by: str = ""
    closed_comment: str = ""
    digest: str = ""
    policy: str = ""
    verdicts: list[Verdict] = []


class Check(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The result of a check; it counts while the version's digest is the one it was made for."""

    name: str
    passed: bool
    url: str = ""
    details: str = ""
    user: str
    time: int
    digest: str = ""


class Required(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A check that the policy asks of moves into a stage, and what it says now."""

    stage: str
    check: str
    state: str
    says: str = ""


class Holding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """From when to when the version held a stage (milliseconds since 1970)."""

    stage: str
    since: int
    until: int | None = None


class Emergency(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A move past the policy, which somebody must review and close afterwards."""

    stage: str
    user: str
    comment: str = ""
    time: int
    closed: int | None = None
    closed_by: str = ""
    closed_comment: str = ""


class Remark(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A comment on the version."""

    user: str
    comment: str
    time: int


class Facts(Struct, frozen=True, kw_only=True):
    """What is known about a version.

    Args:
        version, model: as the registry has them.
        run: the run that made it, if it is known and the caller may read it; ``no_run`` says why
            it is absent.
        files: the version's manifest.
        texts: those of ``ENVIRONMENT`` that were handed in and have the digests of the manifest.
        events: changes to the version, its model, its run and its policy, oldest first.
        erased: sequences of the events of which a text was erased.
        policy: the name of the policy that applies (``<scope>@<version>``; empty: none).
        document: that policy.
        gated: whether it asks for a review anywhere.
        required: the checks that it asks for.
    """

    version: ModelVersion
    model: RegisteredModel
    run: Run | None = None
    no_run: str = ""
    files: list[StoredFile] = []
    texts: dict[str, str] = {}
    events: list[Event] = []
    erased: list[int] = []
    policy: str = ""
    document: dict[str, Any] = {}
    gated: bool = False
    requests: list[Request] = []
    checks: list[Check] = []
    required: list[Required] = []
    emergencies: list[Emergency] = []
    remarks: list[Remark] = []
    holdings: list[Holding] = []

    @property
    def tags(self) -> dict[str, str]:
        """The run's tags."""
        return self.run.data.tags if self.run else {}

    @property
    def as_of(self) -> int:
        """When the newest of the facts came to be (milliseconds since 1970)."""
        newest = max((event.time for event in self.events), default=0)
        return max(newest, self.version.last_updated_timestamp)

    def tag(self, names: tuple[str, ...]) -> str:
        """Return the first of these tags of the run that is there, or nothing."""
        return next((self.tags[name] for name in names if self.tags.get(name)), "")


class Requirement(Struct, frozen=True):
    """A line of requirements.txt; ``version`` is empty where none is pinned."""

    line: str
    name: str
    version: str


def requirements(text: str) -> tuple[list[Requirement], list[str]]:
    """Return the packages of a requirements.txt, and the lines that do not name one.

    Args:
        text: content of the file.
    """
    found: dict[str, Requirement] = {}
    others = []
    for raw in text.splitlines():
        line = re.sub(r"(^|\s)#.*", "", raw).strip().removesuffix("\\").strip()
        if not line or line.startswith("--hash="):
            continue
        line = " ".join(line.partition(" --hash=")[0].split())
        exact = _PINNED.fullmatch(line)
        named = exact or _NAMED.match(line)
        if named is None or line.startswith("-"):
            others.append(line)
            continue
        version = (exact.group(2) if exact else "") or ""
        key = re.sub(r"[-_.]+", "-", named.group(1)).lower()
        found.setdefault(key, Requirement(line, key, version))
    return [found[key] for key in sorted(found)], others


def model_file(facts: Facts) -> dict[str, Any]:
    """Return what the MLmodel file says; empty when it is not here or cannot be read."""
    try:
        found = foreign_yaml.load(facts.texts.get(MODEL_FILE, ""))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def python_version(facts: Facts) -> str:
    """Return the version of Python that the model was saved with, or nothing."""
    flavors = model_file(facts).get("flavors")
    function = flavors.get("python_function") if isinstance(flavors, dict) else None
    version = function.get("python_version") if isinstance(function, dict) else None
    if isinstance(version, str):
        return version
    named = _PYTHON.search(facts.texts.get("python_env.yaml", ""))
    return named.group(1) if named else ""


def signature(facts: Facts) -> dict[str, str]:
    """Return the signature's parts (``inputs``, ``outputs``, ``params``) as MLmodel has them."""
    found = model_file(facts).get("signature")
    if not isinstance(found, dict):
        return {}
    parts = ((part, found.get(part)) for part in ("inputs", "outputs", "params"))
    return {part: text for part, text in parts if isinstance(text, str) and text != "null"}


def flavors(facts: Facts) -> list[str]:
    """Return the names of the model's flavours."""
    found = model_file(facts).get("flavors")
    return (
        sorted(name for name in found if isinstance(name, str)) if isinstance(found, dict) else []
    )


def moment(milliseconds: int | None) -> str:
    """Return a time in UTC, as ISO 8601 to the second; nothing for None."""
    if milliseconds is None:
        return ""
    try:
        return f"{_EPOCH + timedelta(milliseconds=milliseconds):%Y-%m-%dT%H:%M:%SZ}"
    except OverflowError:
        return f"{milliseconds} ms"  # what a client sent may lie beyond the calendar
