"""MLflow's module-level searches, and its functions for logged and registered models."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cuvee.api.experiments import Experiment
from cuvee.api.logged_models import (
    CreateLoggedModel,
    LoggedModel,
    LoggedModelParameter,
    LoggedModelTag,
)
from cuvee.api.models import RegisteredModel
from cuvee.api.versions import ModelVersion
from cuvee.client.active import (
    active_experiment,
    active_experiment_id,
    active_run,
    current_client,
    last_model_id,
    remember_model,
)
from cuvee.client.client import Client
from cuvee.client.frames import logged_models_frame, runs_frame
from cuvee.client.registry import AWAIT_VERSION
from cuvee.client.values import tag_items
from cuvee.errors import EndpointNotFound, InvalidParameter, NotFound
from cuvee.uris import ModelUri, RunUri, join, parse_artifact_uri

MAX_RUNS = 100_000
RUNS_PAGE = 10_000
RUN_COLUMNS = (
    *("run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time"),
    *("metrics.*", "params.*", "tags.*"),
)
"""The columns of a DataFrame of runs, as MLflow has them."""


def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int | str = 1,
    max_results: int = MAX_RUNS,
    order_by: list[str] | None = None,
    output_format: str = "pandas",
    search_all_experiments: bool = False,
    experiment_names: Sequence[str] | None = None,
) -> Any:
    """Find runs.

    Args:
        experiment_ids: experiments to look in, or
        experiment_names: their names; the active experiment when both are absent.
        filter_string: such as ``metrics.rmse < 1 and params.alpha = '0.5'``.
        run_view_type: active runs, deleted ones or both; see ``ViewType``.
        max_results: runs at most.
        order_by: such as ``["metrics.rmse ASC"]``.
        output_format: ``pandas`` for a DataFrame, ``list`` for a list of runs.
        search_all_experiments: look everywhere when no experiment is named.
    """
    if output_format not in ("pandas", "list"):
        raise InvalidParameter(f"output_format is 'pandas' or 'list', not {output_format!r}.")
    client = current_client()
    ids = _experiments(client, experiment_ids, experiment_names, search_all_experiments)
    if output_format == "pandas":
        with contextlib.suppress(EndpointNotFound):  # another server than Cuvee's
            return client.search(
                ids, filter_string, order_by, RUN_COLUMNS, run_view_type, max_results
            ).to_pandas()
    runs = _all(
        lambda n, token: client.search_runs(
            ids, filter_string, run_view_type, min(n, RUNS_PAGE), order_by, token
        ),
        max_results if ids else 0,
    )
    return runs_frame(runs) if output_format == "pandas" else runs


def search_experiments(
    view_type: int | str = 1,
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: list[str] | None = None,
) -> list[Experiment]:
    """Return the experiments that pass a filter."""
    client = current_client()
    return _all(
        lambda n, token: client.search_experiments(
            view_type, min(n, 1000), filter_string, order_by, token
        ),
        max_results,
    )


def search_registered_models(
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: list[str] | None = None,
) -> list[RegisteredModel]:
    """Return the registered models that pass a filter."""
    client = current_client()
    return _all(
        lambda n, token: client.search_registered_models(
            filter_string, min(n, 100), order_by, token
        ),
        max_results,
    )


def search_model_versions(
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: list[str] | None = None,
) -> list[ModelVersion]:
    """Return the model versions that pass a filter."""
    client = current_client()
    return _all(
        lambda n, token: client.search_model_versions(
            filter_string, min(n, 10_000), order_by, token
        ),
        max_results,
    )


def search_logged_models(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str | None = None,
    datasets: Sequence[Mapping[str, Any]] | None = None,
    max_results: int | None = None,
    order_by: Sequence[Mapping[str, Any]] | None = None,
    output_format: str = "pandas",
) -> Any:
    """Return the logged models that pass a filter; of the active experiment when none is named."""
    if output_format not in ("pandas", "list"):
        raise InvalidParameter(f"output_format is 'pandas' or 'list', not {output_format!r}.")
    client = current_client()
    ids = list(experiment_ids or [active_experiment_id(client)])
    models = _all(
        lambda n, token: client.search_logged_models(
            ids, filter_string, datasets, min(n, 1000), order_by, token
        ),
        max_results,
    )
    return logged_models_frame(models) if output_format == "pandas" else models


def register_model(
    model_uri: str,
    name: str,
    await_registration_for: int | None = AWAIT_VERSION,
    *,
    tags: Mapping[str, Any] | None = None,
    comment: str = "",
) -> ModelVersion:
    """Register a model as the next version of a registered model, which is created when missing.

    Args:
        model_uri: ``runs:/<run>/<name>``, ``models:/<logged model id>``, the URI of a registered
            version, or where the files are.
        name: registered model.
        await_registration_for: seconds to wait for a registry that takes its time.
        tags: tags of the version.
        comment: why, for the history.

    Raises:
        NotFound: there is no such model.
    """
    client = current_client()
    source, run_id, model_id = _source(client, model_uri)
    client.ensure_registered_model(name, comment=comment)
    return client.create_model_version(
        name,
        source,
        run_id=run_id,
        tags=tags,
        await_creation_for=await_registration_for,
        model_id=model_id,
        comment=comment,
    )


def set_model_version_tag(
    name: str, version: str | int | None = None, key: str | None = None, value: Any = None
) -> None:
    """Set a tag of a model version."""
    current_client().set_model_version_tag(name, version, key, value)


def initialize_logged_model(
    name: str | None = None,
    source_run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    params: Mapping[str, Any] | None = None,
    model_type: str | None = None,
    experiment_id: str | None = None,
) -> LoggedModel:
    """Announce a logged model whose files and metrics are to come."""
    client = current_client()
    run = active_run()
    experiment_name = ""
    there = client.reaches(client.journal)
    if source_run_id is None and run is not None:
        source_run_id = run.info.run_id
        if there:
            experiment_id = experiment_id or run.info.experiment_id
    elif not experiment_id:
        experiment_id, experiment_name = active_experiment(client)
        if there:
            experiment_id = active_experiment_id(client)
    op = CreateLoggedModel(
        experiment_id=str(experiment_id or ""),
        name=name or "",
        model_type=model_type or "",
        source_run_id=source_run_id or "",
        params=tag_items(LoggedModelParameter, params),
        tags=tag_items(LoggedModelTag, tags),
    )
    model = client.announce_model(op, experiment_name)
    remember_model(model.model_id)
    return model


def create_external_model(
    name: str | None = None,
    source_run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    params: Mapping[str, Any] | None = None,
    model_type: str | None = None,
    experiment_id: str | None = None,
) -> LoggedModel:
    """Record a model whose files are kept elsewhere; it is ready at once."""
    model = initialize_logged_model(name, source_run_id, tags, params, model_type, experiment_id)
    return finalize_logged_model(model.model_id, "READY")


def finalize_logged_model(model_id: str, status: str) -> LoggedModel:
    """Say that a logged model is ``READY`` or that it ``FAILED``."""
    return current_client().finalize_logged_model(model_id, status)


def get_logged_model(model_id: str) -> LoggedModel:
    """Return a logged model."""
    return current_client().get_logged_model(model_id)


def last_logged_model() -> LoggedModel | None:
    """Return the logged model that this thread has made last."""
    model_id = last_model_id()
    return get_logged_model(model_id) if model_id else None


def log_model_params(params: Mapping[str, Any], model_id: str | None = None) -> None:
    """Add params to a logged model; to the one made last when none is named."""
    model_id = model_id or last_model_id()
    if not model_id:
        raise InvalidParameter("No model was logged yet: pass model_id.")
    current_client().log_model_params(model_id, params)


def set_logged_model_tags(model_id: str, tags: Mapping[str, Any]) -> None:
    """Set tags of a logged model."""
    current_client().set_logged_model_tags(model_id, tags)


def delete_logged_model_tag(model_id: str, key: str) -> None:
    """Remove a tag of a logged model."""
    current_client().delete_logged_model_tag(model_id, key)


def _experiments(
    client: Client,
    ids: Sequence[str] | None,
    names: Sequence[str] | None,
    everywhere: bool,
) -> list[str]:
    if ids and names:
        raise InvalidParameter("Give experiment_ids or experiment_names, and not both.")
    if ids:
        return [str(i) for i in ids]
    if names:
        found = [client.get_experiment_by_name(name) for name in names if name is not None]
        return [experiment.experiment_id for experiment in found if experiment]
    if everywhere:
        return [experiment.experiment_id for experiment in search_experiments()]
    if ids is not None or names is not None:
        return []
    return [active_experiment_id(client)]


def _source(client: Client, uri: str) -> tuple[str, str | None, str | None]:
    """Return source, run id and logged model id for a version made from a URI."""
    where = parse_artifact_uri(uri)
    if isinstance(where, ModelUri):
        if where.model_id:
            return f"models:/{where.model_id}", None, where.model_id
        return uri, None, None
    if not isinstance(where, RunUri):
        return uri, None, None
    if not where.path:
        raise InvalidParameter(f"{uri!r} names no model: write runs:/<run id>/<model name>.")
    model = client.logged_model_of(where.run_id, where.path)
    if model is not None:
        return f"models:/{model.model_id}", where.run_id, model.model_id
    if not client.list_artifacts(where.run_id, where.path):
        raise NotFound(
            f"The run {where.run_id} has no model {where.path!r}: log one first, or check the name."
        )
    return join(client.run_root(where.run_id), where.path), where.run_id, None


def _all(page: Callable[[int, str | None], Any], limit: int | None) -> list[Any]:
    """Return what all pages hold, up to ``limit``."""
    found: list[Any] = []
    token: str | None = None
    while limit is None or len(found) < limit:
        got = page(1_000_000 if limit is None else limit - len(found), token)
        found += got
        token = got.token
        if not token:
            break
    return found
