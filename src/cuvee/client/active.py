"""The active experiment and the active runs.

Runs are stacked per thread, as in MLflow: a thread that a program starts has no active run until it
starts one, and a forked process begins with none.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any, NamedTuple

from cuvee.api.experiments import Experiment
from cuvee.api.runs import RUN_NAME_TAG, Run, RunTag
from cuvee.client import exits, signs
from cuvee.client.client import Client
from cuvee.client.connect import connect, is_embedded
from cuvee.client.context import context_tags
from cuvee.client.current import get_registry_uri, get_tracking_uri
from cuvee.client.journals import FLUSH, close_journals, get_mode
from cuvee.client.later import NamedExperiment, by_name, check_active, identified
from cuvee.client.runs import PARENT
from cuvee.client.starting import begin, find_experiment, resume
from cuvee.client.values import status_name, tag_items
from cuvee.errors import CuveeError, InvalidParameter
from cuvee.settings import Settings, variable
from cuvee.uris import ServerUri, parse_tracking_uri

NOTE = "mlflow.note.content"
DEFAULT_EXPERIMENT = "0"


class ActiveRun(Run, frozen=True, kw_only=True):
    """A run that ends with the ``with`` block it stands in."""

    def __enter__(self) -> ActiveRun:  # noqa: PYI034  # typing has no Self on Python 3.10
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        status, marks = _status_after(problem)
        stack = _stack()
        # Runs that were started inside the block and left open end with it.
        while any(entry.run.info.run_id == self.info.run_id for entry in stack):
            _end(stack.pop(), status, marks)


class _Entry(NamedTuple):
    run: ActiveRun
    client: Client


class _Thread(threading.local):
    def __init__(self) -> None:
        self.pid = os.getpid()
        self.stack: list[_Entry] = []
        self.last: tuple[str, Client] | None = None
        self.last_model: str | None = None


class _Experiment(NamedTuple):
    tracking_uri: str
    experiment_id: str
    name: str


_thread = _Thread()
_experiment: _Experiment | None = None
_clients: dict[tuple[str, str], Client] = {}


def current_client() -> Client:
    """Return the client of the current tracking and registry URI."""
    key = (get_tracking_uri(), get_registry_uri())
    found = _clients.get(key)
    if found is None:
        found = _clients[key] = Client(*key)
    return found


def set_experiment(
    experiment_name: str | None = None,
    experiment_id: str | None = None,
    trace_location: Any = None,
) -> Experiment:
    """Choose the experiment of the runs to come; one that is missing by name is created.

    Args:
        experiment_name: its name, or
        experiment_id: its id.
        trace_location: accepted and not used: Cuvee keeps no traces.

    Raises:
        InvalidParameter: both or neither are given, or the experiment is deleted.
        NotFound: there is no experiment of this id.
    """
    del trace_location
    if (experiment_name is None) == (experiment_id is None):
        raise InvalidParameter("Name the experiment or give its experiment_id, and not both.")
    client = current_client()
    if experiment_name is not None:
        found = find_experiment(client, experiment_name)
    elif (log := client.journal) is not None and log.offline:
        _choose(client, str(experiment_id), "")
        return identified(client, str(experiment_id))
    else:
        found = client.get_experiment(str(experiment_id))
        check_active(found)
    if isinstance(found, NamedExperiment):
        _choose(client, "", found.name)
    else:
        _choose(client, found.experiment_id, "")
    return found


def _choose(client: Client, experiment_id: str, name: str) -> None:
    """Remember an experiment, also for processes that this one starts."""
    global _experiment  # noqa: PLW0603  # one choice per process is what this function is about
    _experiment = _Experiment(client.tracking_uri, experiment_id, name)
    for variable_name, value in (
        ("CUVEE_EXPERIMENT_ID", experiment_id),
        ("CUVEE_EXPERIMENT_NAME", name),
    ):
        if value:
            os.environ[variable_name] = value
        else:
            os.environ.pop(variable_name, None)


def active_experiment_id(client: Client) -> str:
    """Return the id of the experiment that a new run belongs to."""
    experiment_id, name = active_experiment(client)
    return experiment_id or by_name(client, name).experiment_id


def active_experiment(client: Client) -> tuple[str, str]:
    """Return the id, or else the name, of the experiment that a new run belongs to."""
    if _experiment and _experiment.tracking_uri == client.tracking_uri:
        return _experiment.experiment_id, _experiment.name
    settings = Settings.read()
    if settings.experiment_id:
        return settings.experiment_id, ""
    if settings.experiment_name:
        found = find_experiment(client, settings.experiment_name)
        if isinstance(found, NamedExperiment):
            return "", found.name
        return found.experiment_id, ""
    return DEFAULT_EXPERIMENT, ""


def start_run(
    run_id: str | None = None,
    experiment_id: str | None = None,
    run_name: str | None = None,
    nested: bool = False,
    parent_run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    description: str | None = None,
    log_system_metrics: bool | None = None,
) -> ActiveRun:
    """Start a run, or go on with an existing one, and make it the active run of this thread.

    Args:
        run_id: run to go on with.
        experiment_id: experiment of a new run; the one of ``set_experiment`` when absent.
        run_name: its name; made up by the server when absent.
        nested: start it inside the active run.
        parent_run_id: run to nest it in; the active run when absent.
        tags: tags to set.
        description: Markdown text about the run.
        log_system_metrics: accepted; Cuvee does not log system metrics yet.

    Raises:
        InvalidParameter: a run is active and ``nested`` is false, or the run to go on with or to
            nest in is deleted.
    """
    del log_system_metrics
    stack = _stack()
    if stack and not nested:
        raise InvalidParameter(
            f"The run {stack[-1].run.info.run_id} is active: end it with end_run(), or pass "
            "nested=True to start a run inside it."
        )
    client = current_client()
    given = {str(k): str(v) for k, v in (tags or {}).items()}
    if description:
        if given.get(NOTE, description) != description:
            raise InvalidParameter(f"description and the tag {NOTE} differ: send one of them.")
        given[NOTE] = description
    run_id = run_id or _run_id_from_environment()
    if run_id:
        run = _resume(client, run_id, experiment_id, run_name, given)
    else:
        parent = _parent(client, stack, parent_run_id)
        if parent:
            given[PARENT] = parent
        if run_name:
            given[RUN_NAME_TAG] = run_name
        place = active_experiment(client) if experiment_id is None else (str(experiment_id), "")
        run = begin(client, *place, {**context_tags(), **given}, run_name or "")
    active = ActiveRun(info=run.info, data=run.data, inputs=run.inputs, outputs=run.outputs)
    stack.append(_Entry(active, client))
    if client.journal is not None:
        exits.watch(_stop)
    elif is_embedded(client.tracking_uri):
        signs.begin(connect(client.tracking_uri).store, run.info.run_id)
        exits.watch()  # not of SIGTERM: it may come in the midst of what ends a run here
    _print_link(client, active)
    return active


def _print_link(client: Client, run: ActiveRun) -> None:
    """Say where a run can be looked at."""
    if client.tracking_uri.startswith("http") and not Settings.read().quiet:
        where = parse_tracking_uri(client.tracking_uri)
        if isinstance(where, ServerUri) and get_mode() in ("online", "sync"):
            link = f"{where.url}/runs/{run.info.run_id}"
            sys.stderr.write(f"cuvee: run {run.info.run_name} at {link}\n")


def end_run(status: str | int = "FINISHED") -> None:
    """End the active run of this thread, if there is one."""
    name = status_name(status)
    stack = _stack()
    if stack:
        _end(stack.pop(), name)


def active_run() -> ActiveRun | None:
    """Return the active run of this thread, as it was when it started."""
    stack = _stack()
    return stack[-1].run if stack else None


def last_active_run() -> Run | None:
    """Return the active run, or else the last one that this thread has ended, as it is now."""
    found = active_run()
    if found is None and _thread.last:
        run_id, client = _thread.last
        return client.get_run(run_id)
    return found


def target(run_id: str | None = None) -> tuple[Client, str]:
    """Return where to log: the given run, or the active one, which is started when missing."""
    if run_id:
        return current_client(), run_id
    stack = _stack()
    if not stack:
        start_run()
    return stack[-1].client, stack[-1].run.info.run_id


def remember_model(model_id: str) -> None:
    """Note the logged model that this thread has made last."""
    _stack()
    _thread.last_model = model_id


def last_model_id() -> str | None:
    """Return the id of the logged model that this thread has made last."""
    _stack()
    return _thread.last_model


def _stack() -> list[_Entry]:
    if _thread.pid != os.getpid():
        _thread.__init__()  # type: ignore[misc]  # a fork: what its parent runs is not its own
    return _thread.stack


def _end(entry: _Entry, status: str, marks: Mapping[str, str] | None = None) -> None:
    """End a run; with a journal, with tags that say how."""
    run_id, client = entry.run.info.run_id, entry.client
    _thread.last = (run_id, client)
    signs.end(run_id)
    if marks and client.journal is not None:
        client.log_batch(run_id, tags=tag_items(RunTag, marks))
    client.set_terminated(run_id, status)
    if (log := client.journal) is not None:
        log.confirm(FLUSH)


def _stop(status: str, code: int) -> None:
    """End what runs, because the program is told to end."""
    stack = _stack()
    while stack:
        _end(stack.pop(), status, {exits.EXIT_CODE: str(code)})
    close_journals()


def _status_after(problem: BaseException | None) -> tuple[str, dict[str, str]]:
    """Return the status of a run whose block has ended, and tags that say how."""
    if problem is None:
        return "FINISHED", {}
    if isinstance(problem, SystemExit):
        code = exits.code_of(problem.code)
        marks = {exits.EXIT_CODE: str(code)}
        if isinstance(problem.code, str):
            marks[exits.EXCEPTION] = exits.told(problem)
        return ("FAILED" if code else "FINISHED"), marks
    status = "KILLED" if isinstance(problem, KeyboardInterrupt) else "FAILED"
    return status, {exits.EXCEPTION: exits.told(problem)}


def _run_id_from_environment() -> str | None:
    """Take the run id from the environment, once: the next run is a new one."""
    name = variable(os.environ, "RUN_ID")
    return os.environ.pop(name) if name else None


def _parent(client: Client, stack: list[_Entry], parent_run_id: str | None) -> str | None:
    current = stack[-1].run.info.run_id if stack else None
    if parent_run_id is None or parent_run_id == current:
        return current
    if current:
        raise InvalidParameter(
            f"The run {current} is active, so a nested run cannot have another parent: "
            "end it with end_run() first."
        )
    log = client.journal
    if log is None:
        parent: Run | None = client.get_run(parent_run_id)
    elif log.offline or parent_run_id in log.runs:
        return parent_run_id
    else:
        parent = client.ask_run(parent_run_id)
    if parent and parent.info.lifecycle_stage != "active":
        raise InvalidParameter(f"The parent run {parent_run_id} is deleted: restore it first.")
    return parent_run_id


def _resume(
    client: Client,
    run_id: str,
    experiment_id: str | None,
    run_name: str | None,
    tags: Mapping[str, str],
) -> Run:
    chosen = None if experiment_id is None else str(experiment_id)
    if chosen is None and _experiment and _experiment.tracking_uri == client.tracking_uri:
        chosen = _experiment.experiment_id or None
    return resume(client, run_id, chosen, run_name or "", tags)


def _end_at_exit() -> None:
    """End what the program left running, and say how the program has ended."""
    status, code, problem = exits.ending()
    marks = {exits.EXIT_CODE: str(code)}
    if problem is not None:
        marks[exits.EXCEPTION] = exits.told(problem)
    stack = _stack()
    try:
        while stack:
            _end(stack.pop(), status, marks)
    except CuveeError as refused:
        sys.stderr.write(f"cuvee: a run could not be ended at exit: {refused.message}\n")


atexit.register(_end_at_exit)
