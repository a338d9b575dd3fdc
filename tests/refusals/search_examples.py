"""Right requests for the calls about searches."""

from __future__ import annotations

from typing import Any


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
        "CheckSearch": {"subject": "runs", "filter": "metrics.rmse < 1", "order_by": ["status"]},
        "CompleteSearch": {
            "subject": "runs",
            "text": "metrics.r",
            "cursor": 9,
            "experiment_ids": [experiment],
        },
    }
