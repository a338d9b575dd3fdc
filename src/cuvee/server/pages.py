"""The plain page at ``/``: models, experiments with their runs, and the latest events.

It is plain HTML without a script; a real user interface replaces it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timezone
from html import escape
from typing import Any, TypeVar

from cuvee.api.base import Op
from cuvee.api.events import Event, ListEvents
from cuvee.api.experiments import Experiment, SearchExperiments
from cuvee.api.log import GetLogStatus
from cuvee.api.models import RegisteredModel, SearchRegisteredModels
from cuvee.api.runs import Run, SearchRuns
from cuvee.api.versions import ModelVersion, SearchModelVersions

R = TypeVar("R")
Do = Callable[[Op[Any]], Any]

MODELS, VERSIONS, EXPERIMENTS, RUNS, EVENTS = 50, 200, 20, 25, 30
"""How many of each the page shows."""

STYLE = """
:root{color-scheme:light dark;--line:#d9d9de;--soft:#63636b;--card:#fff;--page:#f6f6f8;
--ink:#1b1b1f;--link:#8a1c4a;--good:#176b3a;--warn:#8a5a00;--bad:#a3161f}
@media (prefers-color-scheme:dark){:root{--line:#3a3a42;--soft:#a3a3ad;--card:#222227;
--page:#17171a;--ink:#ececf0;--link:#f09abb;--good:#6fd197;--warn:#e6b45a;--bad:#ff8a8f}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:14px/1.45 system-ui,sans-serif}
header,main{max-width:1400px;margin:0 auto;padding:0 24px}
header{display:flex;align-items:baseline;gap:24px;padding-top:18px;padding-bottom:6px}
header b{font-size:22px}
header a{margin-right:14px}
a{color:var(--link)}
h2{font-size:17px;margin:22px 0 8px}
h3{font-size:15px;margin:0 0 4px;overflow-wrap:anywhere}
section section{background:var(--card);border:1px solid var(--line);border-radius:8px;
padding:14px 16px;margin-bottom:14px}
p{margin:0 0 8px;color:var(--soft);white-space:pre-line;overflow-wrap:anywhere}
div{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th{color:var(--soft);font-weight:500;white-space:nowrap}
th,td{text-align:left;vertical-align:top;padding:5px 14px 5px 0;border-bottom:1px solid var(--line)}
tr:last-child td{border-bottom:0}
td{overflow-wrap:anywhere;white-space:pre-line}
td:not(.set){min-width:8.5em}
.set{white-space:nowrap}
code,time{font-family:ui-monospace,monospace;font-size:12.5px}
.kept{white-space:pre}
.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}
"""

POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; style-src "
    f"'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
)
"""The Content-Security-Policy to send with the page: its own style and nothing else."""

_LONG = ("digest", "end_time")  # for programs; people look at the time and the name

_CLASSES = {
    "Production": "good",
    "Staging": "warn",
    "FINISHED": "good",
    "RUNNING": "warn",
    "SCHEDULED": "warn",
    "FAILED": "bad",
    "KILLED": "bad",
}


class Markup(str):
    """Text that is HTML already; it is not wrapped."""

    __slots__ = ()


def home(do: Do, user: str = "") -> bytes:
    """Return the page as UTF-8 HTML.

    Args:
        do: carries out an operation and returns its result.
        user: name of who is logged in with this browser and may log out.
    """
    leave = f'<form method="post" action="logout">{escape(user)} <button>Log out</button></form>'
    body = _section("Models", _models(do)) + _section("Experiments", _experiments(do))
    if problems := do(GetLogStatus()).problems:
        listed = "".join(f"<li>{escape(problem)}</li>" for problem in problems)
        body = _section("The history does not hold", f"<ul>{listed}</ul>") + body
    latest = do(ListEvents(newest_first=True, max_results=EVENTS)).events
    body += _section("Latest events", _events(latest))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Cuvee</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{STYLE}</style></head><body><header><b>Cuvee</b><nav>"
        '<a href="#models">Models</a><a href="#experiments">Experiments</a>'
        '<a href="#latest-events">Latest events</a><a href="api/openapi.json">API</a>'
        f"</nav>{leave if user else ''}</header><main>{body}</main></body></html>"
    ).encode()


def _models(do: Do) -> str:
    page = do(SearchRegisteredModels(max_results=MODELS))
    latest = do(SearchModelVersions(max_results=VERSIONS))
    by_name: dict[str, list[ModelVersion]] = {}
    for version in latest.model_versions:
        by_name.setdefault(version.name, []).append(version)
    parts = [_model(model, by_name.get(model.name, [])) for model in page.registered_models]
    more = page.next_page_token or latest.next_page_token
    return _parts(parts, "No model is registered yet.", more)


def _model(model: RegisteredModel, versions: list[ModelVersion]) -> str:
    versions = sorted(versions, key=lambda v: int(v.version), reverse=True)
    rows = [
        (
            Markup(f"<b>{escape(v.version)}</b>"),
            _state("-" if v.current_stage == "None" else v.current_stage),
            v.description,
            _id(v.run_id),
            v.user_id,
            _time(v.creation_timestamp),
        )
        for v in versions
    ]
    heads = ("Version", "Stage", "Description", "Run", "Registered by", "Registered (UTC)")
    return (
        f"<section><h3>{escape(model.name)}</h3>"
        f"<p>{escape(model.description or 'No description.')}</p>{_table(heads, rows)}</section>"
    )


def _experiments(do: Do) -> str:
    page = do(SearchExperiments(max_results=EXPERIMENTS))
    parts = []
    for experiment in page.experiments:
        runs = do(SearchRuns(experiment_ids=[experiment.experiment_id], max_results=RUNS))
        parts.append(_experiment(experiment, runs.runs, runs.next_page_token))
    return _parts(parts, "There is no experiment yet.", page.next_page_token)


def _experiment(experiment: Experiment, runs: list[Run], more: str | None) -> str:
    rows = [
        (
            run.info.run_name,
            _state(run.info.status),
            _kept("\n".join(f"{m.key} {m.value:.6g}" for m in run.data.metric_items[:6])),
            "\n".join(f"{p.key} {_short(p.value)}" for p in run.data.param_items[:6]),
            run.info.user_id,
            _time(run.info.start_time),
            _id(run.info.run_id),
        )
        for run in runs
    ]
    heads = ("Run", "Status", "Metrics", "Params", "User", "Started (UTC)", "Run id")
    table = _table(heads, rows) if rows else "<p>No runs.</p>"
    note = f"<p>The latest {RUNS} runs.</p>" if more else ""
    return f"<section><h3>{escape(experiment.name)}</h3>{table}{note}</section>"


def _events(events: Iterable[Event]) -> str:
    rows = [
        (
            _time(e.time),
            e.actor,
            _code(e.action),
            Markup(f'<span title="{escape(e.object)}">{escape(_of(e.object))}</span>'),
            "\n".join(changes(e)),
            e.comment,
        )
        for e in events
    ]
    heads = ("When (UTC)", "Who", "What", "Of", "Change", "Why")
    return (
        f"<section>{_table(heads, rows)}</section>" if rows else "<p>Nothing has happened yet.</p>"
    )


def changes(event: Event, most: int = 6) -> list[str]:
    """Return ``field: before → after`` for what an event changed, long values cut.

    Args:
        event: the event.
        most: how many fields at most.
    """
    lines = []
    for key in list(dict.fromkeys((*event.before, *event.after)))[:most]:
        if key in _LONG:
            continue
        old, new = (_short(fields.get(key) or "") for fields in (event.before, event.after))
        if old or new:
            lines.append(f"{key}: {old} → {new}" if old else f"{key}: {new}")
    return lines


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:60] + "…"


def _section(title: str, content: str) -> str:
    return f'<section id="{title.lower().replace(" ", "-")}"><h2>{title}</h2>{content}</section>'


def _parts(parts: list[str], none: str, more: str | None) -> str:
    note = "<p>There are more; the command line and the API list them all.</p>" if more else ""
    return ("".join(parts) or f"<p>{none}</p>") + note


def _table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    head = "".join(f"<th>{name}</th>" for name in heads)
    lines = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<div><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"


def _cell(value: Any) -> str:
    if isinstance(value, Markup):
        return f'<td class="set">{value}</td>'
    return f"<td>{escape(str(value or ''))}</td>"


def _state(name: str) -> Markup:
    return Markup(f'<span class="{_CLASSES.get(name, "")}">{escape(name)}</span>')


def _code(text: str) -> Markup:
    return Markup(f"<code>{escape(text)}</code>")


def _id(text: str) -> Markup:
    """Show the head of a long identifier, and all of it to who points at it."""
    return Markup(f'<code title="{escape(text)}">{escape(text[:8])}</code>') if text else Markup()


def _kept(text: str) -> Markup:
    return Markup(f'<span class="kept">{escape(text)}</span>')


def _of(subject: str) -> str:
    noun, _, name = subject.partition(":")
    return f"run {name[:8]}" if noun == "run" else f"{noun} {name}"


def _time(milliseconds: int) -> Markup:
    try:
        moment = datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
    except (OverflowError, ValueError, OSError):
        return Markup(milliseconds)  # what a client sent may lie beyond the calendar
    return Markup(f"<time>{moment:%Y-%m-%d %H:%M:%S}</time>")
