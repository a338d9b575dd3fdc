"""Model files on their way to and from the store; what they mean is ``cuvee.models``' business."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cuvee.api.artifacts import StoredFile
from cuvee.api.datasets import ModelOutput
from cuvee.api.logged_models import LoggedModel
from cuvee.api.metrics import Metric
from cuvee.api.runs import Run
from cuvee.client.active import current_client, remember_model, target
from cuvee.client.client import Client
from cuvee.client.context import SOURCE_NAME, SOURCE_TYPE, USER, context_tags
from cuvee.client.files import download, download_files, upload_tree
from cuvee.client.finding import register_model
from cuvee.client.pins import check_bytes, manifest_of, part_of
from cuvee.client.resolve import Resolved, local_path
from cuvee.errors import CuveeError, NotFound
from cuvee.uris import LocalUri, ModelUri, parse_artifact_uri

META = "registered_model_meta"
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

    Raises:
        CuveeError: the store refused something. The model is then marked as failed.
    """
    client, run_id = target(run_id)
    run = client.get_run(run_id)
    context = context_tags()
    model = client.create_logged_model(
        run.info.experiment_id,
        name,
        run_id,
        {**{k: context[k] for k in _CONTEXT if k in context}, **(tags or {})},
        {**run.data.params, **(params or {})},
        model_type,
    )
    model_id = model.model_id
    client.log_outputs(run_id, [ModelOutput(model_id, step)])
    _link_metrics(client, run, model_id, step)
    _save_and_upload(client, save, ModelContext(model_id, run_id, model.artifact_location))
    model = client.finalize_logged_model(model_id, "READY")
    remember_model(model_id)
    version = None
    if registered_model_name:
        version = int(register_model(model.model_uri, registered_model_name).version)
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


def _save_and_upload(
    client: Client, save: Callable[[Path, ModelContext], None], context: ModelContext
) -> None:
    """Store what ``save`` writes; a model that cannot be stored whole is marked as failed."""
    try:
        with tempfile.TemporaryDirectory(prefix="cuvee-model-") as directory:
            save(Path(directory), context)
            files, root = client.place(context.artifact_uri)
            upload_tree(files, root, Path(directory))
    except BaseException:
        with suppress(CuveeError):  # the first problem is the one to report
            client.finalize_logged_model(context.model_id, "FAILED")
        raise


def _link_metrics(client: Client, run: Run, model_id: str, step: int) -> None:
    """Log the metrics that the run has at the model's step for the model as well."""
    points = [
        Metric(m.key, m.value, m.timestamp, m.step, model_id, m.dataset_name, m.dataset_digest)
        for m in run.data.metric_items
        if m.step == step
    ]
    if points:
        client.log_batch(run.info.run_id, metrics=points)


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
