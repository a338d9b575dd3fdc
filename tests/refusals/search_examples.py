"""Right requests for the calls about searches."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

VIEW = "filter=metrics.rmse+%3C+1&sort=-metrics.rmse"
VIEW_ID = sha256(VIEW.encode()).hexdigest()[:32]


def searches(experiment: str, run: str) -> dict[str, dict[str, Any]]:
    """Return call -> fields, about an experiment and a run of it."""
    return {
        "SearchRunTable": {
            "experiment_ids": [experiment],
            "filter": "min(metrics.rmse) < 1 OR NOT tags.team = 'x'",
            "columns": ["*", "max(metrics.rmse)"],
            "order_by": ["metrics.rmse"],
            "limit": 5,
            "offset": 1,
            "total": True,
            "max_text": 100,
        },
        "SearchRunOutline": {
            "experiment_ids": [experiment],
            "filter": "metrics.rmse < 1",
            "columns": ["run_id", "metrics.rmse"],
            "order_by": ["metrics.rmse"],
            "unfold": True,
            "limit": 5,
            "max_text": 100,
        },
        "ListRunKeys": {"experiment_ids": [experiment], "kinds": ["metric"], "limit": 9},
        "ResolveRunIds": {"ids": [run, run[:12]]},
        "GetRunOverview": {"run_id": run, "max_items": 5, "max_text": 100},
        "ListRunValues": {"run_id": run, "kind": "param", "find": "dep", "max_text": 100},
        "KeepView": {"query": VIEW},
        "GetView": {"view_id": VIEW_ID},
        "CheckSearch": {"subject": "runs", "filter": "metrics.rmse < 1", "order_by": ["status"]},
        "CompleteSearch": {
            "subject": "runs",
            "text": "metrics.r",
            "cursor": 9,
            "experiment_ids": [experiment],
        },
    }
