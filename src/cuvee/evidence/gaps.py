"""What is missing: an honest list, made from the same facts as the rest."""

from __future__ import annotations

from collections.abc import Iterator

from cuvee.api.evidence import Gap
from cuvee.evidence.facts import (
    COMMIT,
    DIRTY,
    ENVIRONMENT,
    MODEL_FILE,
    REQUIREMENTS,
    Facts,
    model_file,
    python_version,
    requirements,
    signature,
)

ENDED_BADLY = {
    "RUNNING": "has not ended, or died without saying so",
    "SCHEDULED": "has never started",
    "FAILED": "failed",
    "KILLED": "was killed",
}


def gaps(facts: Facts) -> list[Gap]:
    """Return what is missing, in the order of the model card."""
    parts = (_purpose, _run, _code, _files, _environment, _review, _checks, _history)
    return [gap for part in parts for gap in part(facts)]


def _purpose(facts: Facts) -> Iterator[Gap]:
    if not facts.version.description:
        yield Gap("description", "The version has no description: nobody says what changed in it.")
    if not facts.model.description:
        yield Gap("description", "The model has no description: nobody says what it is for.")


def _run(facts: Facts) -> Iterator[Gap]:
    run = facts.run
    if run is None:
        yield Gap("run", facts.no_run or "No run is named: how the version was made is not known.")
        return
    if run.info.status in ENDED_BADLY:
        yield Gap("run", f"The run {ENDED_BADLY[run.info.status]} ({run.info.status}).")
    if run.info.lifecycle_stage != "active":
        yield Gap("run", "The run has been deleted, though it can still be read.")
    if not run.inputs.dataset_inputs:
        yield Gap("data", "No dataset is recorded: on which data it was trained.")
    if not run.data.metric_items:
        yield Gap("metrics", "No metric is recorded: how good it is.")
    if not run.data.param_items:
        yield Gap("params", "No param is recorded: how it was set up.")


def _code(facts: Facts) -> Iterator[Gap]:
    if facts.run is None:
        return
    if not facts.tag(COMMIT):
        yield Gap("code", "No commit is recorded: which code has made it.")
    elif facts.tags.get(DIRTY, "").lower() == "true":
        yield Gap("code", "The code had changes that were not committed when the run started.")
    elif facts.tags.get(DIRTY, "").lower() != "false":
        yield Gap("code", "Whether the code had changes that were not committed is not recorded.")


def _files(facts: Facts) -> Iterator[Gap]:
    if not facts.files:
        yield Gap("files", "The registry holds no files of this version, so it has no digest.")
        return
    paths = {file.path for file in facts.files}
    if MODEL_FILE not in paths:
        yield Gap("files", "There is no MLmodel file: what kind of model it is.")
    for path in ENVIRONMENT:
        if path in paths and path not in facts.texts:
            yield Gap(
                "files",
                f"{path} is among the files but not in this pack: whoever asked for the pack did "
                "not hand it in, or it is larger than 1 MiB.",
            )
    if MODEL_FILE in facts.texts:
        if not model_file(facts):
            yield Gap("files", "The MLmodel file cannot be read.")
        parts = signature(facts)
        if not parts:
            yield Gap("signature", "The model has no signature: what it takes and gives.")
        elif "inputs" not in parts or "outputs" not in parts:
            absent = "inputs" if "inputs" not in parts else "outputs"
            yield Gap("signature", f"The model's signature says nothing about its {absent}.")


def _environment(facts: Facts) -> Iterator[Gap]:
    if facts.files and not python_version(facts):
        yield Gap("environment", "The version of Python is not recorded.")
    text = facts.texts.get(REQUIREMENTS)
    if text is None:
        if facts.files and REQUIREMENTS not in {file.path for file in facts.files}:
            yield Gap("environment", "There is no requirements.txt: which packages it needs.")
        return
    packages, others = requirements(text)
    loose = [package.line for package in packages if not package.version]
    if loose:
        yield Gap("environment", f"Packages without an exact version: {_listed(loose)}.")
    if others:
        yield Gap("environment", f"Lines that name no package: {_listed(others)}.")
    if packages:
        yield Gap(
            "environment",
            "What the packages of requirements.txt need in turn is not recorded.",
        )


def _review(facts: Facts) -> Iterator[Gap]:
    if not facts.gated:
        yield Gap("review", "No policy asks for a review: whoever may move versions moves alone.")
    approved = [request for request in facts.requests if request.state == "approved"]
    counting = any(
        verdict.counts and verdict.verdict == "approved"
        for request in facts.requests
        for verdict in request.verdicts
    )  # who may move the version may do so as soon as the approvals are there: that closes requests
    if facts.requests and not approved and not counting:
        yield Gap("review", "No request to move this version has been approved.")
    elif not facts.requests:
        yield Gap("review", "Nobody has asked for a review of this version.")
    for request in facts.requests:
        for verdict in request.verdicts:
            if not verdict.counts:
                yield Gap(
                    "review",
                    f"The verdict '{verdict.verdict}' of {verdict.user} on {request.stage} no "
                    f"longer counts: {verdict.why_not}.",
                )
    for emergency in facts.emergencies:
        if emergency.closed is None:
            yield Gap(
                "review",
                f"{emergency.user} moved it to {emergency.stage} past the policy in an emergency, "
                "and nobody has reviewed that since.",
            )


def _checks(facts: Facts) -> Iterator[Gap]:
    if not facts.checks:
        yield Gap("checks", "No result of a check is recorded.")
    for item in facts.required:
        if item.state != "passed":
            yield Gap(
                "checks",
                f"'{item.check}', which moves into {item.stage} need, has not passed now: "
                f"{item.says}.",
            )
    for check in facts.checks:
        if not check.passed:
            yield Gap("checks", f"The check '{check.name}' has failed.")
        if check.digest != facts.version.digest:
            yield Gap("checks", f"The check '{check.name}' was made on other bytes than these.")


def _history(facts: Facts) -> Iterator[Gap]:
    for event in facts.events:
        if event.action == "version.transitioned" and not event.comment:
            if event.sequence in facts.erased:
                continue
            stage = event.after.get("stage", "another stage")
            yield Gap(
                "history",
                f"{event.actor} moved it to {stage} without a reason (event {event.sequence}).",
            )
    for sequence in facts.erased:
        yield Gap("history", f"A text of event {sequence} was erased; its commitment remains.")


def _listed(lines: list[str], most: int = 20) -> str:
    more = f", and {len(lines) - most} more" if len(lines) > most else ""
    return ", ".join(lines[:most]) + more
