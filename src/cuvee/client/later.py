"""Runs and experiments that the server may not know yet; what only it knows is asked later."""

from __future__ import annotations

from typing import Any

from msgspec.structs import force_setattr, replace

from cuvee.api.experiments import Experiment
from cuvee.api.runs import RunInfo
from cuvee.client.client import Client
from cuvee.errors import AlreadyExists, InvalidParameter

_clients: dict[str, Client] = {}
_SERVERS = frozenset({"artifact_uri", "experiment_id"})


class StartedInfo(RunInfo, frozen=True, kw_only=True):
    """What a run is that was started here."""

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if found == "" and name in _SERVERS:
            client = _clients.get(super().__getattribute__("run_id"))
            if client is not None:
                info = client.get_run(self.run_id).info
                for field in _SERVERS:
                    force_setattr(self, field, getattr(info, field))
                return super().__getattribute__(name)
        return found


class NamedExperiment(Experiment, frozen=True, kw_only=True):
    """An experiment that is known by name."""

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if found == "" and name == "experiment_id":
            client = _clients.get("experiment:" + super().__getattribute__("name"))
            if client is not None:
                known = by_name(client, self.name)
                for field in Experiment.__struct_fields__:
                    force_setattr(self, field, getattr(known, field))
                return super().__getattribute__(name)
        return found


def started(client: Client, info: RunInfo) -> StartedInfo:
    """Return a run's info whose empty fields are looked up when they are asked for."""
    if len(_clients) > 10_000:
        _clients.clear()
    _clients[info.run_id] = client
    fields = {name: getattr(info, name) for name in RunInfo.__struct_fields__}
    return StartedInfo(**fields)


def identified(client: Client, experiment_id: str) -> Experiment:
    """Return an experiment of which nothing but the id can be known now."""
    return replace(named(client, ""), experiment_id=experiment_id)


def named(client: Client, name: str) -> NamedExperiment:
    """Return an experiment that is looked up, or created, when its id is asked for."""
    _clients["experiment:" + name] = client
    return NamedExperiment(
        experiment_id="",
        name=name,
        artifact_location="",
        lifecycle_stage="active",
        last_update_time=0,
        creation_time=0,
    )


def by_name(client: Client, name: str) -> Experiment:
    """Return the experiment of a name, created if need be.

    Raises:
        InvalidParameter: it is deleted.
    """
    found = client.get_experiment_by_name(name)
    if found is None:
        try:
            return client.get_experiment(client.create_experiment(name))
        except AlreadyExists:  # another program was faster
            found = client.get_experiment_by_name(name)
            if found is None:
                raise
    check_active(found)
    return found


def check_active(experiment: Experiment) -> None:
    """Refuse an experiment that is deleted."""
    if experiment.lifecycle_stage != "active":
        raise InvalidParameter(
            f"The experiment {experiment.name!r} is deleted: bring it back with "
            f"Client().restore_experiment({experiment.experiment_id!r}), or choose another name."
        )
