"""Search results as pandas DataFrames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cuvee.api.logged_models import LoggedModel
from cuvee.api.runs import Run

if TYPE_CHECKING:
    import pandas as pd


def runs_frame(runs: Sequence[Run]) -> pd.DataFrame:
    """Return one row per run: its info, then a column for each metric, param and tag."""
    import pandas as pd

    infos = [run.info for run in runs]
    columns: dict[str, Any] = {
        name: [getattr(info, name) for info in infos]
        for name in ("run_id", "experiment_id", "status", "artifact_uri")
    }
    for name in ("start_time", "end_time"):
        times = [getattr(info, name) for info in infos]
        columns[name] = pd.to_datetime(pd.Series(times, dtype="Int64"), unit="ms", utc=True)
    columns.update(_spread("metrics", [run.data.metrics for run in runs], float("nan")))
    columns.update(_spread("params", [run.data.params for run in runs], None))
    columns.update(_spread("tags", [run.data.tags for run in runs], None))
    frame: pd.DataFrame = pd.DataFrame(columns)
    return frame


def logged_models_frame(models: Sequence[LoggedModel]) -> pd.DataFrame:
    """Return one row per logged model."""
    import pandas as pd

    names = (
        "experiment_id",
        "model_id",
        "name",
        "model_type",
        "status",
        "source_run_id",
        "artifact_location",
        "creation_timestamp",
        "last_updated_timestamp",
        "params",
        "tags",
        "metrics",
    )
    frame: pd.DataFrame = pd.DataFrame({n: [getattr(m, n) for m in models] for n in names})
    return frame


def _spread(kind: str, rows: Sequence[dict[str, Any]], missing: Any) -> dict[str, list[Any]]:
    """Turn dictionaries into columns, in the order in which the keys first occur."""
    keys = {key: None for row in rows for key in row}
    return {f"{kind}.{key}": [row.get(key, missing) for row in rows] for key in keys}
