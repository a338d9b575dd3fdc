"""Cuvee: experiment tracking, a model registry and models, over MLflow's protocol.

``import cuvee as mlflow`` runs an MLflow script. Names are imported when they are first used, so
that the import itself loads the standard library only.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from cuvee.client.active import (
        ActiveRun,
        active_run,
        end_run,
        last_active_run,
        set_experiment,
        start_run,
    )
    from cuvee.client.client import Client
    from cuvee.client.client import Client as MlflowClient
    from cuvee.client.current import (
        get_registry_uri,
        get_tracking_uri,
        is_tracking_uri_set,
        set_registry_uri,
        set_tracking_uri,
    )
    from cuvee.client.finding import (
        create_external_model,
        delete_logged_model_tag,
        finalize_logged_model,
        get_logged_model,
        initialize_logged_model,
        last_logged_model,
        log_model_params,
        register_model,
        search_experiments,
        search_logged_models,
        search_model_versions,
        search_registered_models,
        search_runs,
        set_logged_model_tags,
        set_model_version_tag,
    )
    from cuvee.client.fluent import (
        create_experiment,
        delete_experiment,
        delete_experiment_tag,
        delete_run,
        delete_tag,
        flush_artifact_async_logging,
        flush_async_logging,
        get_artifact_uri,
        get_experiment,
        get_experiment_by_name,
        get_parent_run,
        get_run,
        load_table,
        log_artifact,
        log_artifacts,
        log_dict,
        log_figure,
        log_image,
        log_input,
        log_inputs,
        log_metric,
        log_metrics,
        log_outputs,
        log_param,
        log_params,
        log_stream,
        log_table,
        log_text,
        restore_experiment,
        restore_run,
        set_experiment_tag,
        set_experiment_tags,
        set_tag,
        set_tags,
    )
    from cuvee.client.journals import get_mode, set_mode
    from cuvee.errors import CuveeError
    from cuvee.errors import CuveeError as MlflowException

    from . import (
        artifacts,
        data,
        entities,
        errors,
        exceptions,
        models,
        pyfunc,
        sklearn,
        tracking,
    )

_ROOMS = frozenset(
    {
        "artifacts",
        "data",
        "entities",
        "errors",
        "exceptions",
        "models",
        "pyfunc",
        "sklearn",
        "tracking",
    }
)
_HOMES = (
    "exceptions",
    "client.current",
    "client.active",
    "client.fluent",
    "client.finding",
    "client.journals",
    "tracking",
)

__all__ = [
    "ActiveRun",
    "Client",
    "CuveeError",
    "MlflowClient",
    "MlflowException",
    "__version__",
    "active_run",
    "artifacts",
    "create_experiment",
    "create_external_model",
    "data",
    "delete_experiment",
    "delete_experiment_tag",
    "delete_logged_model_tag",
    "delete_run",
    "delete_tag",
    "end_run",
    "entities",
    "errors",
    "exceptions",
    "finalize_logged_model",
    "flush_artifact_async_logging",
    "flush_async_logging",
    "get_artifact_uri",
    "get_experiment",
    "get_experiment_by_name",
    "get_logged_model",
    "get_mode",
    "get_parent_run",
    "get_registry_uri",
    "get_run",
    "get_tracking_uri",
    "initialize_logged_model",
    "is_tracking_uri_set",
    "last_active_run",
    "last_logged_model",
    "load_table",
    "log_artifact",
    "log_artifacts",
    "log_dict",
    "log_figure",
    "log_image",
    "log_input",
    "log_inputs",
    "log_metric",
    "log_metrics",
    "log_model_params",
    "log_outputs",
    "log_param",
    "log_params",
    "log_stream",
    "log_table",
    "log_text",
    "models",
    "pyfunc",
    "register_model",
    "restore_experiment",
    "restore_run",
    "search_experiments",
    "search_logged_models",
    "search_model_versions",
    "search_registered_models",
    "search_runs",
    "set_experiment",
    "set_experiment_tag",
    "set_experiment_tags",
    "set_logged_model_tags",
    "set_mode",
    "set_model_version_tag",
    "set_registry_uri",
    "set_tag",
    "set_tags",
    "set_tracking_uri",
    "sklearn",
    "start_run",
    "tracking",
]


_MLFLOW_ONLY = frozenset(
    [
        "autolog",
        "evaluate",
        "projects",
        "run",
        "enable_system_metrics_logging",
        "disable_system_metrics_logging",
        "set_system_metrics_sampling_interval",
        "set_active_model",
        "clear_active_model",
        "get_active_model_id",
        "genai",
        "trace",
        "start_span",
        "load_prompt",
        "register_prompt",
        "xgboost",
        "lightgbm",
        "catboost",
        "pytorch",
        "tensorflow",
        "keras",
        "spark",
        "statsmodels",
        "transformers",
        "langchain",
        "openai",
        "onnx",
        "prophet",
        "doctor",
    ]
)
"""What scripts for MLflow may use and Cuvee does not have."""


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name in _ROOMS:
        return importlib.import_module(f"{__name__}.{name}")
    if name in __all__:
        for home in _HOMES:
            value = getattr(importlib.import_module(f"{__name__}.{home}"), name, None)
            if value is not None:
                globals()[name] = value  # the next use finds it without coming here
                return value
    message = f"module {__name__!r} has no attribute {name!r}"
    if name in _MLFLOW_ONLY:
        message += ": for it, import mlflow, whose client works with Cuvee's server too"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
