"""Files that a client writes by itself, with those that a page sends into the same directory."""

from __future__ import annotations

import pathlib
import tempfile
import urllib.request
from typing import Any


def send(mlflow: Any, run_id: str, path: str, data: bytes) -> int:
    """Upload a file as a page does, and return the answer's status."""
    address = f"{mlflow.get_tracking_uri()}/ajax-api/2.0/mlflow/upload-artifact"
    request = urllib.request.Request(  # noqa: S310
        f"{address}?run_uuid={run_id}&path={path}", data, method="POST"
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return int(answer.status)


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Write files by both ways, each over what the other wrote."""
    del options
    client = mlflow.MlflowClient()
    mlflow.set_experiment(prefix + "shared")
    with mlflow.start_run() as active:
        run_id, uri = active.info.run_id, active.info.artifact_uri
        first = [send(mlflow, run_id, "d/page.txt", b"page")]  # before there is a directory
        mlflow.log_text("client", "d/client.txt")
        client.list_artifacts(run_id)  # what is logged later is written before it is read
        first += [send(mlflow, run_id, f"d/{name}.txt", b"again") for name in ("page", "client")]
        mlflow.log_text("last", "d/page.txt")
        mlflow.log_dict({"a": 1}, "d/e/f.json")
    with tempfile.TemporaryDirectory() as folder:
        copied = pathlib.Path(client.download_artifacts(run_id, "d", folder))
        got = {str(p.relative_to(copied)): p.read_text() for p in copied.rglob("*") if p.is_file()}
    return {
        "the client writes by itself": uri.startswith("file:///"),
        "answers": first,
        "listed": sorted(f.path for f in client.list_artifacts(run_id, "d")),
        "got": got,
    }
