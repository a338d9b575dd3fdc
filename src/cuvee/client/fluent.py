"""MLflow's module-level functions; those without a run id work on the active run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from cuvee.api.datasets import DatasetInput, InputTag, ModelInput, ModelOutput
from cuvee.api.experiments import Experiment, ExperimentTag
from cuvee.api.metrics import Metric
from cuvee.api.runs import Param, Run, RunTag
from cuvee.client.active import active_experiment_id, current_client, target
from cuvee.client.journals import flush_journals
from cuvee.client.values import Logged, milliseconds, number, step_number, tag_items
from cuvee.uris import join

if TYPE_CHECKING:
    import pandas as pd

    from cuvee.data import Dataset

CONTEXT_TAG = "mlflow.data.context"


def log_param(key: str, value: Any, synchronous: bool | None = None) -> Any:
    """Log a param of the active run and return its value."""
    client, run_id = target()
    return client.log_param(run_id, key, value, synchronous)


def log_params(
    params: Mapping[str, Any], synchronous: bool | None = None, run_id: str | None = None
) -> Logged | None:
    """Log several params; up to 100 all or none."""
    client, run_id = target(run_id)
    return client.log_batch(run_id, params=tag_items(Param, params), synchronous=synchronous)


def log_metric(
    key: str,
    value: float,
    step: int | None = None,
    synchronous: bool | None = None,
    timestamp: int | None = None,
    run_id: str | None = None,
    model_id: str | None = None,
    dataset: Dataset | None = None,
) -> Logged | None:
    """Log one point of a metric.

    Args:
        key: its name.
        value: a number; NaN and the infinities are kept.
        step: place in the series; 0.
        synchronous: True waits for the server; otherwise the journal has it when this returns.
        timestamp: milliseconds since 1970; now.
        run_id: the run; the active one when absent.
        model_id: logged model that the point belongs to as well.
        dataset: dataset that it was measured on.
    """
    client, run_id = target(run_id)
    return client.log_metric(
        run_id,
        key,
        value,
        timestamp,
        step,
        synchronous,
        dataset.name if dataset else None,
        dataset.digest if dataset else None,
        model_id,
    )


def log_metrics(
    metrics: Mapping[str, float],
    step: int | None = None,
    synchronous: bool | None = None,
    run_id: str | None = None,
    timestamp: int | None = None,
    model_id: str | None = None,
    dataset: Dataset | None = None,
) -> Logged | None:
    """Log a point of several metrics, all or none; see ``log_metric``."""
    client, run_id = target(run_id)
    when, place = milliseconds(timestamp), step_number(step)
    name, digest = (dataset.name, dataset.digest) if dataset else (None, None)
    points = [
        Metric(key, number(key, value), when, place, model_id, name, digest)
        for key, value in metrics.items()
    ]
    return client.log_batch(run_id, metrics=points, synchronous=synchronous)


def set_tag(key: str, value: Any, synchronous: bool | None = None) -> Logged | None:
    """Set a tag of the active run."""
    client, run_id = target()
    return client.set_tag(run_id, key, value, synchronous)


def set_tags(tags: Mapping[str, Any], synchronous: bool | None = None) -> Logged | None:
    """Set several tags of the active run; up to 100 all or none."""
    client, run_id = target()
    return client.log_batch(run_id, tags=tag_items(RunTag, tags), synchronous=synchronous)


def delete_tag(key: str) -> None:
    """Remove a tag of the active run."""
    client, run_id = target()
    client.delete_tag(run_id, key)


def log_artifact(
    local_path: str | Path, artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Store a file in the directory ``artifact_path`` of the run."""
    client, run_id = target(run_id)
    client.log_artifact(run_id, local_path, artifact_path)


def log_artifacts(
    local_dir: str | Path, artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Store what is in a directory in the directory ``artifact_path`` of the run."""
    client, run_id = target(run_id)
    client.log_artifacts(run_id, local_dir, artifact_path)


def log_text(text: str, artifact_file: str, run_id: str | None = None) -> None:
    """Store a text as a file of the run."""
    client, run_id = target(run_id)
    client.log_text(run_id, text, artifact_file)


def log_dict(dictionary: Any, artifact_file: str, run_id: str | None = None) -> None:
    """Store a dictionary as JSON, or as YAML when the file's name says so."""
    client, run_id = target(run_id)
    client.log_dict(run_id, dictionary, artifact_file)


def log_stream(stream: IO[bytes], artifact_file: str, run_id: str | None = None) -> None:
    """Store what a binary stream gives."""
    client, run_id = target(run_id)
    client.log_stream(run_id, stream, artifact_file)


def log_figure(
    figure: Any, artifact_file: str, *, save_kwargs: Mapping[str, Any] | None = None
) -> None:
    """Store a matplotlib or plotly figure."""
    client, run_id = target()
    client.log_figure(run_id, figure, artifact_file, save_kwargs=save_kwargs)


def log_image(
    image: Any,
    artifact_file: str | None = None,
    key: str | None = None,
    step: int | None = None,
    timestamp: int | None = None,
    synchronous: bool | None = False,
) -> None:
    """Store an image as a file, or as the picture of ``key`` at a step."""
    client, run_id = target()
    client.log_image(run_id, image, artifact_file, key, step, timestamp, synchronous)


def log_table(data: Any, artifact_file: str, run_id: str | None = None) -> None:
    """Store a DataFrame or dictionary of columns, below the rows that the table has."""
    client, run_id = target(run_id)
    client.log_table(run_id, data, artifact_file)


def load_table(
    artifact_file: str,
    run_ids: Sequence[str] | None = None,
    extra_columns: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return a table of the runs of the active experiment, one below the other."""
    client = current_client()
    return client.load_table(active_experiment_id(client), artifact_file, run_ids, extra_columns)


def log_input(
    dataset: Dataset | None = None,
    context: str | None = None,
    tags: Mapping[str, str] | None = None,
    model: ModelInput | None = None,
) -> None:
    """Record a dataset, or a logged model, as input of the active run.

    Args:
        dataset: what ``cuvee.data.from_pandas`` and its like return.
        context: what for, such as ``training``.
        tags: tags of this use.
        model: logged model.
    """
    client, run_id = target()
    datasets = [_dataset_input(dataset, context, tags)] if dataset is not None else []
    client.log_inputs(run_id, datasets, [model] if model else [])


def log_inputs(
    datasets: Sequence[Dataset | None] | None = None,
    contexts: Sequence[str | None] | None = None,
    tags_list: Sequence[Mapping[str, str] | None] | None = None,
    models: Sequence[ModelInput | None] | None = None,
) -> None:
    """Record datasets and logged models as inputs of the active run."""
    client, run_id = target()
    given = list(datasets or [])
    count = len(given)
    inputs = [
        _dataset_input(dataset, context, tags)
        for dataset, context, tags in zip(
            given, contexts or [None] * count, tags_list or [None] * count, strict=True
        )
        if dataset is not None
    ]
    client.log_inputs(run_id, inputs, [m for m in models or [] if m])


def log_outputs(models: Sequence[ModelOutput] | None = None) -> None:
    """Record logged models as outputs of the active run."""
    client, run_id = target()
    client.log_outputs(run_id, list(models or []))


def get_artifact_uri(artifact_path: str | None = None) -> str:
    """Return where the active run's artifacts are, or the one at ``artifact_path``."""
    client, run_id = target()
    return join(client.run_root(run_id), artifact_path or "")


def get_run(run_id: str) -> Run:
    """Return a run."""
    return current_client().get_run(run_id)


def get_parent_run(run_id: str) -> Run | None:
    """Return the run that a run was nested in, if any."""
    return current_client().get_parent_run(run_id)


def delete_run(run_id: str) -> None:
    """Mark a run as deleted."""
    current_client().delete_run(run_id)


def restore_run(run_id: str) -> None:
    """Bring a deleted run back."""
    current_client().restore_run(run_id)


def create_experiment(
    name: str,
    artifact_location: str | None = None,
    tags: Mapping[str, Any] | None = None,
    trace_location: Any = None,
) -> str:
    """Create an experiment and return its id."""
    del trace_location
    return current_client().create_experiment(name, artifact_location, tags)


def get_experiment(experiment_id: str) -> Experiment:
    """Return an experiment."""
    return current_client().get_experiment(experiment_id)


def get_experiment_by_name(name: str) -> Experiment | None:
    """Return the experiment of this name, None when there is none."""
    return current_client().get_experiment_by_name(name)


def delete_experiment(experiment_id: str) -> None:
    """Mark an experiment and its runs as deleted."""
    current_client().delete_experiment(experiment_id)


def restore_experiment(experiment_id: str) -> None:
    """Bring a deleted experiment and its runs back."""
    current_client().restore_experiment(experiment_id)


def set_experiment_tag(key: str, value: Any) -> None:
    """Set a tag of the active experiment."""
    client = current_client()
    client.set_experiment_tag(active_experiment_id(client), key, value)


def set_experiment_tags(tags: Mapping[str, Any]) -> None:
    """Set several tags of the active experiment."""
    for tag in tag_items(ExperimentTag, tags):
        set_experiment_tag(tag.key, tag.value)


def delete_experiment_tag(key: str) -> None:
    """Remove a tag of the active experiment."""
    client = current_client()
    client.delete_experiment_tag(active_experiment_id(client), key)


def flush_async_logging() -> None:
    """Wait until the server has what this process has logged, ten seconds at most."""
    flush_journals()


def flush_artifact_async_logging() -> None:
    """Wait until the server has what this process has logged, ten seconds at most."""
    flush_journals()


def _dataset_input(
    dataset: Dataset, context: str | None, tags: Mapping[str, str] | None
) -> DatasetInput:
    marks = [*tag_items(InputTag, tags)]
    if context:
        marks.append(InputTag(CONTEXT_TAG, context))
    return DatasetInput(dataset=dataset.to_entity(), tags=marks)
