"""The model card: the facts as Markdown, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cuvee import foreign_yaml
from cuvee.api.events import Event
from cuvee.api.evidence import Gap
from cuvee.evidence.facts import (
    COMMIT,
    DIRTY,
    REPOSITORY,
    Facts,
    flavors,
    moment,
    python_version,
    requirements,
    signature,
)

ABSENT = "Not recorded."
# An underscore within a word is one; `#`, `>` and lists mean something at the start of a line only.
_SPECIAL = re.compile(
    r"[\\`*\[\]<|~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|^[#>=]|^[-+](?=[\s-]|$)|^\d+(?=[.)](\s|$))"
)
_BREAK = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def card(facts: Facts, missing: Sequence[Gap]) -> str:
    """Return the card of a version."""
    version = facts.version
    parts = [
        f"# {plain(version.name)}, version {version.version}\n",
        _fields(
            ("Stage", version.current_stage),
            ("Digest (sha256 over its files)", version.digest),
            ("Registered by", version.user_id or ""),
            ("Registered", moment(version.creation_timestamp)),
            ("Aliases", ", ".join(version.aliases) or "none"),
            ("As of", moment(facts.as_of)),
        ),
        _section("What it is for", _quoted(facts.model.description)),
        _section("What is new in this version", _quoted(version.description)),
        _section("Tags", _table(("key", "value"), sorted(version.tags.items()))),
        _section("Data", _data(facts)),
        _section("How it was made", _making(facts)),
        _section("Results", _results(facts)),
        _section("What it takes and gives", _signature(facts)),
        _section("Environment", _environment(facts)),
        _section("Files", _files(facts)),
        _section("Review", "\n".join(_review(facts))),
        _section("Checks", _checks(facts)),
        _section("Where it has been", _holdings(facts)),
        _section("History", _history(facts)),
        _section("What is missing", listed(missing)),
    ]
    return "\n".join(parts)


def listed(missing: Sequence[Gap]) -> str:
    """Return what is missing as a Markdown list."""
    if not missing:
        return "Nothing that this pack looks for.\n"
    return "".join(f"- **{gap.topic}**: {plain(gap.says)}\n" for gap in missing)


def plain(value: object) -> str:
    """Return a value as one line that Markdown shows as it is."""
    return _SPECIAL.sub(_escape, _BREAK.sub(" ", str(value)).strip())


def _escape(found: re.Match[str]) -> str:
    mark = found.group()
    return f"{mark}\\" if mark[0].isdigit() else f"\\{mark}"


def _quoted(text: str | None) -> str:
    """Return a text of somebody's as a quotation, so that it cannot pass for the card's own."""
    if not (text or "").strip():
        return ABSENT + "\n"
    return "".join(f"> {plain(line)}\n>\n" for line in str(text).splitlines() if line.strip())


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body or ABSENT + chr(10)}"


def _fields(*pairs: tuple[str, str]) -> str:
    return _table(("", ""), [(name, value or ABSENT) for name, value in pairs])


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(plain(cell) for cell in row)} |\n" for row in rows]
    if not lines:
        return ABSENT + "\n"
    return f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}\n" + "".join(lines)


def _data(facts: Facts) -> str:
    rows = [
        (
            item.dataset.name,
            item.dataset.digest,
            item.dataset.source_type,
            item.dataset.source,
            ", ".join(f"{tag.key}={tag.value}" for tag in item.tags),
        )
        for item in (facts.run.inputs.dataset_inputs if facts.run else [])
    ]
    return _table(("dataset", "digest", "kind of source", "source", "tags"), sorted(rows))


def _making(facts: Facts) -> str:
    run = facts.run
    if run is None:
        return ABSENT + "\n"
    dirty = {"true": "yes", "false": "no"}.get(facts.tags.get(DIRTY, "").lower(), "")
    params = sorted(run.data.params.items())
    return (
        _fields(
            ("Run", f"{run.info.run_name} ({run.info.run_id})"),
            ("By", run.info.user_id),
            ("Status", run.info.status),
            ("Started", moment(run.info.start_time)),
            ("Ended", moment(run.info.end_time)),
            ("Program", facts.tags.get("mlflow.source.name", "")),
            ("Repository", facts.tag(REPOSITORY)),
            ("Commit", facts.tag(COMMIT)),
            ("Changes that were not committed", dirty),
        )
        + "\nParams:\n\n"
        + _table(("param", "value"), params)
    )


def _results(facts: Facts) -> str:
    metrics = sorted(facts.run.data.metrics.items()) if facts.run else []
    return _table(("metric", "last value"), [(key, repr(value)) for key, value in metrics])


def _signature(facts: Facts) -> str:
    parts = signature(facts)
    return _table(("part", "columns"), [(part, _columns(text)) for part, text in parts.items()])


def _columns(text: str) -> str:
    """Return the columns or tensors of a part of a signature in words; else the text itself."""
    try:
        found = json.loads(text)
        foreign_yaml.check(found)
        return ", ".join(map(_column, found))
    except (ValueError, LookupError, TypeError, RecursionError):
        return text


def _column(item: dict[str, Any]) -> str:
    name = f"{item['name']} " if "name" in item else ""
    if item["type"] == "tensor":
        tensor = item["tensor-spec"]
        return f"{name}(tensor of {tensor['dtype']}, shape {tensor['shape']})"
    if not isinstance(item["type"], str) or item["type"] in ("object", "array", "map"):
        return json.dumps(item)
    return f"{name}({item['type']}{'' if item.get('required', True) else ', optional'})"


def _environment(facts: Facts) -> str:
    packages, others = requirements(facts.texts.get("requirements.txt", ""))
    rows = [(p.name, p.version or p.line) for p in packages] + [("", line) for line in others]
    return (
        _fields(("Flavours", ", ".join(flavors(facts))), ("Python", python_version(facts)))
        + "\nPackages:\n\n"
        + _table(("package", "version"), rows)
    )


def _files(facts: Facts) -> str:
    rows = [(file.path, file.size, file.digest) for file in facts.files]
    return _table(("file", "bytes", "sha256"), rows)


def _review(facts: Facts) -> Iterator[str]:
    yield f"Policy: {plain(facts.policy) or 'none, the built-in stages apply'}.\n"
    yield from _rules(facts)
    if not facts.requests:
        yield "Nobody has asked for a review.\n"
    for request in facts.requests:
        why = f": {plain(request.comment)}" if request.comment else ""
        yield (
            f"- {moment(request.time)} {plain(request.user)} asked for {plain(request.stage)}"
            f"{why} ({plain(request.state)})"
        )
        for verdict in request.verdicts:
            said = f": {plain(verdict.comment)}" if verdict.comment else ""
            void = "" if verdict.counts else f" (no longer counts: {plain(verdict.why_not)})"
            yield (
                f"    - {moment(verdict.time)} {plain(verdict.user)}: "
                f"{plain(verdict.verdict)}{said}{void}"
            )
        if request.closed_by:
            said = f": {plain(request.closed_comment)}" if request.closed_comment else ""
            yield f"    - closed by {plain(request.closed_by)}{said}"
    for emergency in facts.emergencies:
        after = "not reviewed since"
        if emergency.closed is not None:
            after = (
                f"reviewed by {plain(emergency.closed_by)} at {moment(emergency.closed)}: "
                f"{plain(emergency.closed_comment)}"
            )
        yield (
            f"- {moment(emergency.time)} {plain(emergency.user)} moved it to "
            f"{plain(emergency.stage)} in an emergency: {plain(emergency.comment)} ({after})"
        )
    for remark in facts.remarks:
        yield f"- {moment(remark.time)} {plain(remark.user)} remarked: {plain(remark.comment)}"
    yield ""


def _rules(facts: Facts) -> Iterator[str]:
    """Say what each stage asks of moves into it."""
    for stage in facts.document.get("stages", []):
        review = stage.get("review")
        if review is None:
            yield f"- {plain(stage['name'])}: no review"
            continue
        count = review["approvals"]
        said = [f"{count} approval{'' if count == 1 else 's'}"]
        if review["from"]:
            said.append(f"from {', '.join(review['from'])}")
        if review["exclude"]:
            said.append(f"not by the {' or the '.join(review['exclude'])}")
        if review["checks"]:
            said.append(f"checks: {', '.join(review['checks'])}")
        if review["reason"]:
            said.append("a reason")
        if review["expires"]:
            said.append(f"approvals last {review['expires']}")
        if review["break_glass"]:
            said.append(f"in an emergency past this: {', '.join(review['break_glass'])}")
        yield f"- {plain(stage['name'])}: {plain('; '.join(said))}"
    yield ""


def _checks(facts: Facts) -> str:
    rows = [
        (
            check.name,
            "passed" if check.passed else "failed",
            "these files" if check.digest == facts.version.digest else "other files",
            check.user,
            moment(check.time),
            check.url,
            check.details,
        )
        for check in facts.checks
    ]
    heads = ("check", "result", "made on", "set by", "when", "evidence", "details")
    required = [(item.stage, item.check, item.state, item.says) for item in facts.required]
    return _table(heads, rows) + (
        "\nWhat the policy asks for:\n\n" + _table(("stage", "check", "now", "because"), required)
        if required
        else ""
    )


def _holdings(facts: Facts) -> str:
    rows = [(h.stage, moment(h.since), moment(h.until) or "now") for h in facts.holdings]
    return _table(("stage", "since", "until"), rows)


def _history(facts: Facts) -> str:
    rows = [
        (e.sequence, moment(e.time), e.actor, e.via, e.action, e.object, _change(e), e.comment)
        for e in facts.events
    ]
    return _table(("no", "when", "who", "known by", "what", "of", "change", "why"), rows)


def _change(event: Event) -> str:
    """Return what an event has changed, in words."""
    said = []
    for key in sorted({**event.before, **event.after}):
        old, new = (_value(side.get(key)) for side in (event.before, event.after))
        said.append(
            f"{key}: {old} → {new}" if old and new else f"{key}: {new or f'no longer {old}'}"
        )
    return "; ".join(said)


def _value(value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
