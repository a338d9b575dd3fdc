"""Words that clients and their tests look for in a refusal, where general sentences lack them."""

from __future__ import annotations

import json
import re
from typing import Any

from msgspec import inspect

from cuvee.api.fields import bare
from cuvee.api.names import plain, shown

_TOO_LONG = re.compile(r"expected str of length <= (\d+)")
_INDEX = re.compile(r"\[\d+\]")
_MISSING = {
    ("GetMetricHistoryBulk", "run_id"): (
        "GetMetricHistoryBulk request must specify at least one run_id"
    ),
    (
        "GetMetricHistoryBulk",
        "metric_key",
    ): "GetMetricHistoryBulk request must specify a metric_key",
    ("SearchDatasets", "experiment_ids"): (
        "SearchDatasets request must specify at least one experiment_id"
    ),
    ("SearchLoggedModels", "datasets[].dataset_name"): (
        "`dataset_name` in the `datasets` clause must be specified"
    ),
    ("SearchLoggedModels", "order_by[].field_name"): (
        "`field_name` in the `order_by` clause must be specified"
    ),
}
_PAGED = frozenset({"SearchRuns", "SearchExperiments", "GetMetricHistory"})
_BATCH = "A batch logging request can contain at most {limit} {field}. Got {count} {field}"
_NEEDED = {"list": "Send one or more.", "text": "Send one that is not."}
_TOO_MANY = {
    ("LogBatch", "metrics"): _BATCH,
    ("LogBatch", "params"): _BATCH,
    ("LogBatch", "tags"): _BATCH,
    ("GetMetricHistoryBulk", "run_id"): (
        "GetMetricHistoryBulk request cannot specify more than {limit} run_ids. Received {count}"
    ),
    ("GetMetricHistoryBulkInterval", "run_ids"): (
        "GetMetricHistoryBulkInterval request must specify at most {limit} run_ids. "
        "Received {count}"
    ),
    ("SearchDatasets", "experiment_ids"): (
        "SearchDatasets request cannot specify more than {limit} experiment_ids. Received {count}"
    ),
}


def missing(kind: Any, field: str, empty: str = "") -> str:
    """Return the sentence about a field that is needed and was not sent.

    Args:
        kind: the operation, or what is part of it.
        field: the field.
        empty: what was sent in its place: a text or a list that is empty.
    """
    said = f"Missing value for required parameter '{field}'"
    if words := _MISSING.get((kind.__name__, _INDEX.sub("[]", field))):
        return f"{said}. {words}."
    if empty:
        return f"{said}: the {empty} is empty. {_NEEDED[empty]}"
    return f"{said}. Send it: /api/openapi.json shows what each call takes."


def too_many(kind: Any, field: str, count: int) -> str:
    """Return the sentence about a list that is too long; empty if it is said in general words."""
    words = _TOO_MANY.get((kind.__name__, field))
    info = _find(kind, field)
    limit = info.max_length if isinstance(info, inspect.ListType) else None
    if words is None or limit is None or count <= limit:
        return ""
    said = words.format(limit=limit, count=count, field=field)
    return f"{said}: split it over several requests."


def length_of(text: str, name: str) -> str:
    """Say of which length a field was expected; a text that is too long is named as MLflow does."""
    if long := _TOO_LONG.fullmatch(text):
        return f"'{name.rpartition('.')[2]}' exceeds the maximum length of {long[1]} characters"
    words = text.replace("str of length", "a text of length")
    return words.replace("array of length", "a list of length")


def range_of(kind: Any, field: str, value: Any) -> str:
    """Say in which range a number was expected; empty where the field says nothing of it."""
    if field.rpartition(".")[2] == "timestamp":
        return ". Timestamp must be a nonnegative long (64-bit integer)"
    info = _find(kind, field)
    if not isinstance(info, inspect.IntType) or info.ge is None or info.le is None:
        return ""
    if kind.__name__ in _PAGED and field == "max_results":
        if isinstance(value, int) and value > info.le:
            return f". It must be at most {info.le}"
        return f". It must be a positive integer of at most {info.le}"
    return f": {field} must be between {info.ge} and {info.le}"


def _find(kind: Any, field: str) -> inspect.Type | None:
    info = inspect.type_info(kind)
    if not isinstance(info, inspect.StructType):
        return None
    return next((bare(f.type) for f in info.fields if f.encode_name == field), None)


def run_missing(run_id: str) -> str:
    """Return the sentence about a run that there is not."""
    return f"Run with id={plain(run_id)} not found: runs/search lists those that there are."


def logged_model_missing(model_id: str) -> str:
    """Return the sentence about a logged model that there is not."""
    return (
        f"Logged model with ID {shown(model_id)} not found: logged-models/search lists those that "
        "there are."
    )


def version_missing(name: str, version: str) -> str:
    """Return the sentence about a version that there is not."""
    return (
        f"Model Version (name={plain(name)}, version={version}) not found: model-versions/search "
        "lists those that there are."
    )


def artifact_missing(path: str) -> str:
    """Return the sentence about a file that there is not."""
    return f"No such artifact: {shown(path)}. List its directory to see what there is."


def seen(value: Any, limit: int = 120) -> str:
    """Return a value as it was sent, cut."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return text if len(text) <= limit else text[:limit] + "…"


def kind_of(value: Any) -> str:
    """Return what JSON calls a value, with the value itself where it is short."""
    if isinstance(value, str):
        return f"the string {value[:40]!r}" + ("…" if len(value) > 40 else "")
    if isinstance(value, (bool, int, float)) or value is None:
        return str(json.dumps(value))[:40]
    return "an array" if isinstance(value, list) else "an object"
