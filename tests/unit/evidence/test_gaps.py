"""What is missing is said, and what is there is not called missing."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from cuvee.api.events import Event
from cuvee.evidence.facts import Emergency, Facts, requirements
from cuvee.evidence.gaps import gaps
from unit.evidence import stories


def said(facts: Facts) -> dict[str, str]:
    """Return what is missing, by topic."""
    found: dict[str, str] = {}
    for gap in gaps(facts):
        found[gap.topic] = f"{found.get(gap.topic, '')} {gap.says}".strip()
    return found


def test_of_a_complete_version_only_indirect_packages_are_missing() -> None:
    assert said(stories.whole()) == {
        "environment": "What the packages of requirements.txt need in turn is not recorded."
    }


def test_of_a_bare_version_everything_is_missing() -> None:
    assert set(said(stories.bare())) == {"description", "run", "files", "review", "checks"}


@pytest.mark.parametrize(
    ("tags", "sentence"),
    [
        ({"mlflow.source.git.commit": ""}, "No commit is recorded: which code has made it."),
        ({"mlflow.git.dirty": "True"}, "had changes that were not committed when"),
        ({"mlflow.git.dirty": ""}, "Whether the code had changes"),
    ],
)
def test_code_that_cannot_be_found_again_is_said(tags: dict[str, str], sentence: str) -> None:
    assert sentence in said(stories.whole(run=stories.run(**tags)))["code"]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [("RUNNING", "died without saying so"), ("FAILED", "The run failed"), ("KILLED", "was killed")],
)
def test_a_run_that_did_not_end_well_is_said(status: Any, sentence: str) -> None:
    run = stories.run()
    dead = replace(run, info=replace(run.info, status=status))
    assert sentence in said(stories.whole(run=dead))["run"]


def test_a_run_that_may_not_be_read_is_missing_with_the_reason() -> None:
    hidden = stories.whole(run=None, no_run="The run is one that eve, who asked, may not read.")
    assert said(hidden)["run"] == "The run is one that eve, who asked, may not read."


def test_packages_without_an_exact_version_are_listed() -> None:
    text = "numpy\nscipy>=1.2\npandas==2.*\nurllib3 == 2.2.0 ; python_version > '3'\n-r other.txt\n"
    environment = said(stories.whole(texts={**stories.TEXTS, "requirements.txt": text}))[
        "environment"
    ]
    assert "without an exact version: numpy, pandas==2.*, scipy>=1.2." in environment
    assert "name no package: -r other.txt." in environment
    assert "urllib3" not in environment


def test_requirements_are_read_as_pip_reads_them() -> None:
    text = (
        "# made by hand\nScikit_Learn[extra]===1.7  # pinned\n\ntorch @ https://example.org/t.whl\n"
        "--find-links https://example.org\nnumpy==2.1.0 \\\n    --hash=sha256:00\n"
    )
    packages, others = requirements(text)
    assert [(p.name, p.version) for p in packages] == [
        ("numpy", "2.1.0"),
        ("scikit-learn", "1.7"),
        ("torch", ""),
    ]
    assert others == ["--find-links https://example.org"]


@pytest.mark.parametrize("text", ["a" * 100_000 + "!", "a" + " " * 100_000 + "!", "a[" * 50_000])
def test_a_hostile_requirements_file_is_read_quickly(text: str) -> None:
    assert requirements(text)[1] == [] or requirements(text)[0] == []


@pytest.mark.parametrize("text", ["[" * 100_000, "a: *b", "\x00", "- a\n- b", "flavors: 3"])
def test_an_mlmodel_file_that_is_none_is_no_error(text: str) -> None:
    missing = said(stories.whole(texts={"MLmodel": text}))
    assert "signature" in missing


def test_an_approval_that_no_longer_counts_is_missing_with_the_reason() -> None:
    facts = stories.whole()
    (request,) = facts.requests
    (verdict,) = request.verdicts
    void = replace(verdict, counts=False, why_not="the version's files have changed since")
    facts = replace(facts, requests=[replace(request, verdicts=[void])])
    assert said(facts)["review"] == (
        "The verdict 'approved' of rita on Production no longer counts: the version's files have "
        "changed since."
    )


def test_a_request_that_a_direct_move_closed_is_not_called_unapproved() -> None:
    facts = stories.whole()
    (request,) = facts.requests
    closed = replace(request, state="closed")
    assert "review" not in said(replace(facts, requests=[closed]))
    unapproved = replace(closed, verdicts=[])
    assert "has been approved" in said(replace(facts, requests=[unapproved]))["review"]


def test_an_emergency_that_nobody_has_reviewed_is_missing() -> None:
    opened = Emergency(stage="Production", user="otto", comment="down", time=1)
    assert "past the policy" in said(stories.whole(emergencies=[opened]))["review"]
    closed = replace(opened, closed=2, closed_by="rita")
    assert "review" not in said(stories.whole(emergencies=[closed]))


def test_failed_checks_and_those_of_other_bytes_are_missing() -> None:
    (check,) = stories.whole().checks
    assert "has failed" in said(stories.whole(checks=[replace(check, passed=False)]))["checks"]
    assert "other bytes" in said(stories.whole(checks=[replace(check, digest="")]))["checks"]


def test_a_move_without_a_reason_and_erased_texts_are_missing() -> None:
    event: Event = replace(stories.whole().events[0], comment="")
    assert said(stories.whole(events=[event]))["history"] == (
        "otto moved it to Production without a reason (event 9)."
    )
    assert said(stories.whole(events=[event], erased=[9]))["history"] == (
        "A text of event 9 was erased; its commitment remains."
    )


def test_environment_files_that_were_not_handed_in_are_missing() -> None:
    assert (
        "MLmodel is among the files but not in this pack" in said(stories.whole(texts={}))["files"]
    )
