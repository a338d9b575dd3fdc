"""Webhooks (since 3.3): their calls, and what a receiver gets."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.server
import json
import threading
import time
from typing import Any

from clients.flows.refusals import refusal


class Handler(http.server.BaseHTTPRequestHandler):
    """Keeps what comes, and takes it."""

    def do_POST(self) -> None:
        """Take a message."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers.items()), body))  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def genuine(headers: dict[str, str], body: bytes) -> bool:
    """Check a message as MLflow's documentation says."""
    by_name = {k.lower(): v for k, v in headers.items()}
    signed = f"{by_name['x-mlflow-delivery-id']}.{by_name['x-mlflow-timestamp']}.".encode() + body
    code = base64.b64encode(hmac.new(b"s3cret", signed, hashlib.sha256).digest()).decode()
    return by_name["x-mlflow-signature"] == "v1," + code


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Make, change, try, hear and delete a webhook."""
    del options
    client = mlflow.MlflowClient()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    got: list[tuple[dict[str, str], bytes]] = []
    server.got = got  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    words = ["registered_model.created", "model_version_alias.created"]
    made = client.create_webhook("ci", url, words, description="d", secret="s3cret")
    hook = made.webhook_id
    facts: dict[str, Any] = {
        "made": [made.name, made.url == url, made.description, _upper(made.status)],
        "events": [f"{_upper(e.entity)}.{_upper(e.action)}" for e in made.events],
        "listed": [w.webhook_id == hook for w in client.list_webhooks(max_results=1)],
        "same": client.get_webhook(hook).name,
    }
    tried = client.test_webhook(hook)
    facts["tried"] = [tried.success, tried.response_status, genuine(*got[0])]
    tried = client.test_webhook(hook, event="prompt.created")
    facts["tried another"] = json.loads(got[1][1])["entity"]

    client.create_registered_model(prefix + "hooked", tags={"k": "v"}, description="m")
    end = time.monotonic() + 20
    while len(got) < 3 and time.monotonic() < end:
        time.sleep(0.02)
    body = json.loads(got[2][1])
    body["data"]["name"] = body["data"]["name"].replace(prefix, "")
    del body["timestamp"]
    facts["heard"] = [body, genuine(*got[2])]

    changed = client.update_webhook(hook, status="DISABLED", name="other")
    facts["changed"] = [changed.name, _upper(changed.status), len(changed.events)]
    facts["wrong"] = [
        refusal(client.update_webhook, hook, name="-x"),
        refusal(client.update_webhook, hook, url="https://10.0.0.1/"),
        refusal(client.create_webhook, "ci", url, ["model_version.deleted"]),
    ]
    client.delete_webhook(hook)
    facts["gone"] = refusal(client.get_webhook, hook)
    server.shutdown()
    return facts


def _upper(value: Any) -> str:
    return str(getattr(value, "value", value)).upper()
