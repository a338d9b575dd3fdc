"""How a run begins, or goes on: in the store, or in the journal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from cuvee.api.experiments import (
    CreateExperiment,
    Experiment,
    GetExperiment,
    GetExperimentByName,
)
from cuvee.api.ids import new_id
from cuvee.api.run_names import random_name
from cuvee.api.runs import RUN_NAME_TAG, CreateRun, Run, RunData, RunInfo, RunTag, UpdateRun
from cuvee.client.client import Client
from cuvee.client.context import USER, user_name
from cuvee.client.journals import Facts, settle
from cuvee.client.later import by_name, check_active, named, started
from cuvee.client.values import now, tag_items
from cuvee.errors import (
    AlreadyExists,
    ConnectionFailed,
    EndpointNotFound,
    InvalidParameter,
    NotFound,
)

_last = [0]


def find_experiment(client: Client, name: str) -> Experiment:
    """Return the experiment of a name, created if need be; by the name alone if nobody answers.

    Raises:
        InvalidParameter: it is deleted.
    """
    log = client.journal
    if log is None:
        return by_name(client, name)
    if log.offline:
        return named(client, name)
    try:
        found = client.ask(GetExperimentByName(experiment_name=name))
    except EndpointNotFound:
        raise
    except NotFound:
        try:
            if not client.ask(CreateExperiment(name=name)):
                return named(client, name)
        except AlreadyExists:  # another program was faster
            pass
        found = client.ask(GetExperimentByName(experiment_name=name))
    if found is None:
        return named(client, name)
    check_active(found.experiment)
    log.experiments.add(found.experiment.experiment_id)
    experiment: Experiment = found.experiment
    return experiment


def begin(
    client: Client, experiment_id: str, experiment_name: str, tags: dict[str, str], run_name: str
) -> Run:
    """Start a run in an experiment, given by its id or else its name.

    Raises:
        CuveeError: the store refuses it.
    """
    log = client.journal
    if log is None:
        place = experiment_id or by_name(client, experiment_name).experiment_id
        return client.create_run(place, tags=tags, run_name=run_name)
    if not log.offline:
        found: Any = True
        if experiment_id and experiment_id not in log.experiments:
            found = client.ask(GetExperiment(experiment_id=experiment_id))
            if found:
                check_active(found.experiment)
                log.experiments.add(experiment_id)
        if found and client.takes_ids() is False:
            try:
                place = experiment_id or by_name(client, experiment_name).experiment_id
                run = client.create_run(place, tags=tags, run_name=run_name)
            except ConnectionFailed:
                pass
            else:
                log.runs[run.info.run_id] = Facts(ours=True)
                log.started(run.info.run_id, capture=True)
                return run
    return _journaled(client, log, experiment_id, experiment_name, tags, run_name)


def _journaled(
    client: Client,
    log: Any,
    experiment_id: str,
    experiment_name: str,
    tags: dict[str, str],
    run_name: str,
) -> Run:
    name = run_name or tags.get(RUN_NAME_TAG) or random_name()
    op = CreateRun(
        experiment_id=experiment_id,
        experiment_name="" if experiment_id else experiment_name,
        run_id=new_id(),
        user_id=tags.get(USER) or user_name(),
        run_name=name,
        start_time=_moment(),
        tags=tag_items(RunTag, tags),
    )
    client.put_run(log, op.run_id, op)
    info = RunInfo(
        run_id=op.run_id,
        run_uuid=op.run_id,
        run_name=name,
        experiment_id=experiment_id,
        user_id=op.user_id,
        status="RUNNING",
        start_time=op.start_time,
        artifact_uri="",
        lifecycle_stage="active",
    )
    data = RunData(tag_items=tag_items(RunTag, {**tags, RUN_NAME_TAG: name}))
    return Run(info=started(client, info), data=data)


def _moment() -> int:
    """Return the time, later than any run's before: two may start in a millisecond now."""
    _last[0] = max(now(), _last[0] + 1)
    return _last[0]


def resume(
    client: Client, run_id: str, experiment_id: str | None, run_name: str, tags: Mapping[str, str]
) -> Run:
    """Go on with a run.

    Args:
        client: where it is.
        run_id: the run.
        experiment_id: the experiment that it must belong to; any when None.
        run_name: its new name; as before when empty.
        tags: tags to set.

    Raises:
        InvalidParameter: it is deleted, or belongs to another experiment.
        NotFound: there is no such run.
    """
    log = client.journal
    marks = tag_items(RunTag, tags)
    if log is None:
        found = client.get_run(run_id)
        _check(found, experiment_id)
        client.do(_running(run_id, run_name, found))
        if tags:
            client.log_batch(run_id, tags=marks)
        return client.get_run(run_id)
    known = None
    if not log.offline:
        if run_id in log.runs:
            settle(client.tracking_uri)
        known = client.ask_run(run_id)
    if known is not None:
        _check(known, experiment_id)
    facts = log.runs.setdefault(run_id, Facts())
    facts.ours = True
    if known is not None:
        facts.params.update(known.data.params)
    client.put(log, run_id, _running(run_id, run_name, known))
    log.started(run_id, capture=False)
    if marks:
        client.put_batch(log, run_id, tags=marks)
    if known is None:
        info = RunInfo(
            run_id=run_id,
            run_uuid=run_id,
            run_name=run_name,
            experiment_id="",
            user_id=user_name(),
            status="RUNNING",
            start_time=0,
            artifact_uri="",
            lifecycle_stage="active",
        )
        return Run(info=started(client, info), data=RunData(tag_items=marks))
    info = replace(known.info, status="RUNNING", run_name=run_name or known.info.run_name)
    all_tags = tag_items(RunTag, {**known.data.tags, **tags})
    return replace(known, info=info, data=replace(known.data, tag_items=all_tags))


def _running(run_id: str, run_name: str, found: Run | None) -> UpdateRun:
    end = found.info.end_time if found else None
    return UpdateRun(run_id=run_id, status="RUNNING", end_time=end, run_name=run_name)


def _check(found: Run, experiment_id: str | None) -> None:
    info = found.info
    if experiment_id is not None and experiment_id != info.experiment_id:
        raise InvalidParameter(
            f"The run {info.run_id} belongs to experiment {info.experiment_id}, not to "
            f"{experiment_id}: set_experiment(experiment_id={info.experiment_id!r}) first."
        )
    if info.lifecycle_stage != "active":
        raise InvalidParameter(
            f"The run {info.run_id} is deleted: bring it back with "
            f"Client().restore_run({info.run_id!r})."
        )
