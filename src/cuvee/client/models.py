"""Model files on their way to and from the store; what they mean is ``cuvee.models``' business."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from cuvee.api.artifacts import StoredFile
from cuvee.api.datasets import ModelOutput
from cuvee.api.logged_models import (
    CreateLoggedModel,
    LoggedModel,
    LoggedModelParameter,
    LoggedModelTag,
)
from cuvee.api.metrics import Metric
from cuvee.api.runs import GetRun
from cuvee.client.active import current_client, remember_model, target
from cuvee.client.client import Client
from cuvee.client.context import SOURCE_NAME, SOURCE_TYPE, USER, context_tags
from cuvee.client.files import HttpFiles, download, download_files, upload_tree
from cuvee.client.finding import register_model
from cuvee.client.journals import Facts
from cuvee.client.logged_models import ANSWER
from cuvee.client.notes import note
from cuvee.client.pins import check_bytes, manifest_of, part_of
from cuvee.client.resolve import Resolved, local_path
from cuvee.client.values import tag_items
from cuvee.errors import CuveeError, NotFound
from cuvee.uris import LocalUri, ModelUri, parse_artifact_uri

META = "registered_model_meta"
SILENCE = 5.0
"""Seconds of silence after which the files of a model go to the journal instead."""
_CONTEXT = (USER, SOURCE_NAME, SOURCE_TYPE)


@dataclass(frozen=True)
class ModelContext:
    """What a model's files may say about where they come from.

    Args:
        model_id: logged model.
        run_id: run that makes it.
        artifact_uri: where its files will be.
    """

    model_id: str
    run_id: str
    artifact_uri: str


@dataclass(frozen=True, kw_only=True)
class LoggedModelUpload:
    """A model that was logged.

    Args:
        model_id: logged model.
        model_uri: URI to load it by.
        run_id: run that made it.
        artifact_path: where its files are.
        registered_model_version: number of the version it was registered as, None when it was not.
        logged_model: the logged model, ready.
    """

    model_id: str
    model_uri: str
    run_id: str
    artifact_path: str
    registered_model_version: int | None
    logged_model: LoggedModel


def log_saved_model(
    save: Callable[[Path, ModelContext], None],
    *,
    name: str,
    registered_model_name: str | None = None,
    run_id: str | None = None,
    model_type: str | None = None,
    params: Mapping[str, Any] | None = None,
    tags: Mapping[str, Any] | None = None,
    step: int = 0,
) -> LoggedModelUpload:
    """Log the files that ``save`` writes as a logged model of a run.

    Args:
        save: writes the model into an empty directory.
        name: the model's name.
        registered_model_name: registers it as the next version of this model as well.
        run_id: the run; the active one, which is started when missing.
        model_type: what kind of model it is.
        params: settings of the model; those of the run are added.
        tags: tags of the model.
        step: training step that it was made at; metrics of the run at this step are its own.

    When the server does not answer all of it goes to the journal, if there is one, and there is no
    number of a version yet.

    Raises:
        CuveeError: the store refused something. The model is then marked as failed.
    """
    client, run_id = target(run_id)
    known = _what_is_known(client, run_id)
    op = CreateLoggedModel(
        experiment_id=known.experiment_id,
        name=name,
        source_run_id=run_id,
        tags=tag_items(LoggedModelTag, {**_origin(), **(tags or {})}),
        params=tag_items(LoggedModelParameter, {**known.params, **(params or {})}),
        model_type=model_type or "",
    )
    model = client.announce_model(op)
    model_id = model.model_id
    client.log_outputs(run_id, [ModelOutput(model_id, step)])
    _link_metrics(client, run_id, known.metrics, model_id, step)
    place = ModelContext(model_id, run_id, model.artifact_location)
    _save_and_upload(client, save, place)
    model = _finalized(client, model)
    remember_model(model_id)
    version = None
    if registered_model_name:
        version = _register(client, model, registered_model_name)
    return LoggedModelUpload(
        model_id=model_id,
        model_uri=model.model_uri,
        run_id=run_id,
        artifact_path=model.artifact_location,
        registered_model_version=version,
        logged_model=model,
    )


def resolve_model(uri: str) -> Resolved:
    """Find out which registered version, which logged model and which files a URI means.

    Raises:
        InvalidParameter: the URI is malformed.
        NotFound: it names something that does not exist.
    """
    return current_client().resolve(uri)


def download_model(uri: str) -> Path:
    """Fetch a model's files and return their directory; a local directory stays where it is.

    The files of a registered version are checked against the digests of its manifest. They are
    removed when the process ends.

    Raises:
        Conflict: the files are not those that were registered.
        NotFound: there is no such model.
    """
    local = local_path(uri)
    if local is not None:
        if not local.exists():
            raise NotFound(f"There is no model at {str(local)!r}.")
        return local
    client = current_client()
    found = client.resolve(uri)
    where = parse_artifact_uri(found.artifact_uri)
    if isinstance(where, LocalUri) and not found.name:
        return where.path
    directory = Path(tempfile.mkdtemp(prefix="model-", dir=_scratch())) / "model"
    named = parse_artifact_uri(uri)
    inside = named.path if isinstance(named, ModelUri) else ""
    files, root = client.place(found.artifact_uri)
    pinned = named.digest if isinstance(named, ModelUri) else ""
    manifest: dict[str, StoredFile] = {}
    if found.name and (pinned or not inside):
        manifest = part_of(manifest_of(client, found.name, found.version, pinned), inside)
    try:
        if manifest and "" not in manifest:
            download_files(files, root, list(manifest), directory)
            check_bytes(directory, manifest, f"version {found.version} of {found.name!r}")
        else:
            download(files, root, directory)
            if manifest:
                check_bytes(directory, manifest, f"version {found.version} of {found.name!r}")
    except NotFound as problem:
        raise NotFound(f"No model files are stored at {uri!r}: {problem.message}") from problem
    if found.name and not inside:
        import yaml

        meta = {"model_name": found.name, "model_version": found.version}
        (directory / META).write_text(yaml.safe_dump(meta), encoding="utf-8")
    return directory


class _Known(NamedTuple):
    """What a run has, as far as it is known: without an experiment if nobody answers."""

    experiment_id: str
    params: Mapping[str, str]
    metrics: Sequence[Metric]


def _origin() -> dict[str, str]:
    """Return the tags that say who has made a model, and with what."""
    context = context_tags()
    return {key: context[key] for key in _CONTEXT if key in context}


def _what_is_known(client: Client, run_id: str) -> _Known:
    log = client.journal
    found = None
    if log is None:
        found = client.get_run(run_id)
    elif client.reaches(log):
        answer = client.ask(GetRun(run_id=run_id), ANSWER)
        found = answer.run if answer else None
    if found is not None:
        return _Known(found.info.experiment_id, found.data.params, found.data.metric_items)
    facts = log.runs.get(run_id) or Facts()
    latest = [Metric(key, *point) for key, point in facts.latest.items()]
    return _Known("", dict(facts.params), latest)


def _save_and_upload(
    client: Client, save: Callable[[Path, ModelContext], None], context: ModelContext
) -> None:
    """Store what ``save`` writes; a model that cannot be stored whole is marked as failed."""
    log = client.journal
    try:
        with tempfile.TemporaryDirectory(prefix="cuvee-model-") as directory:
            save(Path(directory), context)
            if client.reaches(log):
                begin = time.monotonic()
                try:
                    files, root = client.place(context.artifact_uri)
                    if log is not None and isinstance(files, HttpFiles):
                        files = files.impatient(SILENCE)
                    upload_tree(files, root, Path(directory))
                except CuveeError as problem:
                    if log is None or problem.status < 500:
                        raise
                    client.missed(log, begin)
                else:
                    return
            client.put_files(log, context.run_id, Path(directory), "", model=context.model_id)
    except BaseException:
        with suppress(CuveeError):  # the first problem is the one to report
            client.finalize_logged_model(context.model_id, "FAILED")
        raise


def _finalized(client: Client, model: LoggedModel) -> LoggedModel:
    ready = client.finalize_logged_model(model.model_id, "READY")
    if ready.experiment_id:
        return ready
    return replace(model, info=replace(model.info, status=ready.info.status))  # nobody answers


def _register(client: Client, model: LoggedModel, name: str) -> int | None:
    """Register a logged model; return the version, None if it goes through the journal."""
    log, uri = client.journal, model.model_uri
    if model.info.status == "LOGGED_MODEL_UPLOAD_FAILED":
        note(f"{uri} was not registered as {name!r}: not all of its files could be stored.")
        return None
    beside = client.registry_uri == client.tracking_uri
    ours = log is not None and beside and client.takes_ids() is not False
    if not ours and model.model_id not in (log.models.kept if log else ()) and client.reaches(log):
        try:
            return int(register_model(uri, name).version)
        except CuveeError as problem:
            if log is None or problem.status < 500:
                raise
    if beside:
        return client.put_version(log, uri, name)
    note(f"{uri} was not registered as {name!r}: the registry is elsewhere, and not reached.")
    return None


def _link_metrics(
    client: Client, run_id: str, metrics: Sequence[Metric], model_id: str, step: int
) -> None:
    """Log the metrics that the run has at the model's step for the model as well."""
    points = [
        Metric(m.key, m.value, m.timestamp, m.step, model_id, m.dataset_name, m.dataset_digest)
        for m in metrics
        if m.step == step
    ]
    if points:
        client.log_batch(run_id, metrics=points)


_scratches: dict[int, str] = {}


def _scratch() -> str:
    """Return this process's directory for downloaded models."""
    pid = os.getpid()
    if pid not in _scratches:
        _scratches[pid] = tempfile.mkdtemp(prefix="cuvee-models-")
    return _scratches[pid]


def _remove_scratch() -> None:
    found = _scratches.pop(os.getpid(), None)
    if found:
        shutil.rmtree(found, ignore_errors=True)


atexit.register(_remove_scratch)
