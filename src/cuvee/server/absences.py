"""What a refusal says of calls that clients of MLflow send and this server does not have."""

from __future__ import annotations

import re

_FAMILY = re.compile(r"/(?:ajax-)?api/[23]\.0/mlflow/([a-z-]+)(?:/|$)")
_SPANS = "/v1/traces"
_TRACES = (
    "This server keeps no traces, and what was traced has run all the same. Turn tracing off by "
    "mlflow.tracing.disable(), or send traces to an OpenTelemetry collector: install "
    "opentelemetry-exporter-otlp-proto-http and set OTEL_EXPORTER_OTLP_TRACES_ENDPOINT and "
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf."
)
_FAMILIES = {
    "traces": _TRACES,
    "unified-traces": _TRACES,
    "get-online-trace-details": _TRACES,
    "datasets": (
        "This server keeps no evaluation datasets: log the data as a file, or what a run has read "
        "with mlflow.log_input()."
    ),
    "scorers": "This server keeps no scorers: keep them with the code that evaluates.",
    "gateway": "This server is no gateway to models of others: ask them where they are served.",
}


def absence(path: str) -> str:
    """Return what is said of a call that there is not: what to do instead where that is known.

    Whoever traces sees these words as a warning of each trace, and has not sent a call knowingly.
    """
    family = _FAMILY.match(path)
    known = _TRACES if path == _SPANS else _FAMILIES.get(family[1]) if family else None
    return (
        known or f"There is no call {path[:200]!r}: /api/openapi.json lists those that there are."
    )
