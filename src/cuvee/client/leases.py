"""Signs of life: the sender sends them for the program's runs, and says when it has died."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from cuvee.client.answers import API, Away
from cuvee.client.line import Line
from cuvee.client.records import segment_path
from cuvee.client.shipping import Shipment
from cuvee.errors import CuveeError, EndpointNotFound, MethodNotAllowed

HEARTBEAT = "/api/1.0/cuvee/runs/heartbeat"
EVERY = 10.0
"""Seconds between signs of life."""
LEASE = 30
MAX_TAIL = 16 << 10


class Leases:
    """Leases of the runs whose processes live.

    Args:
        shipment: the journals that tell which runs there are.
        tail: gives the last lines of the program's output.
    """

    def __init__(self, shipment: Shipment, tail: Callable[[], str]) -> None:
        self._shipment = shipment
        self._tail = tail
        self._renewed: set[str] = set()
        self._offered = True
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cuvee-leases", daemon=True)

    def start(self) -> None:
        """Send signs of life from now on."""
        self._thread.start()

    def close(self) -> None:
        """Send no more."""
        self._stop.set()

    def _run(self) -> None:
        fresh = 0.0
        while not self._stop.wait(0.5):
            fresh += 0.5
            due = fresh >= EVERY
            if due:
                fresh = 0.0
            for line, run in list(self._shipment.live()):
                if self._offered and (due or run not in self._renewed) and line.owned():
                    self._renew(run, LEASE)

    def _renew(self, run: str, seconds: int) -> None:
        body: dict[str, Any] = {"run_id": self._shipment.name(run), "lease": seconds}
        tail = self._tail()
        if tail:
            body["tail"] = tail
        try:
            self._shipment.call("POST", HEARTBEAT, body)
            self._renewed.add(run)
        except (EndpointNotFound, MethodNotAllowed):
            self._offered = False  # MLflow's server knows no leases
        except (Away, CuveeError):
            return

    def witness(self, line: Line, run: str) -> None:
        """Say that a run's process has died without ending it.

        A last, short lease lets another process of the run keep it alive.

        Raises:
            Away: the server cannot take it now.
        """
        shipment, run_id = self._shipment, self._shipment.name(run)
        line.live.discard(run)
        try:
            if run in self._renewed:
                body: dict[str, Any] = {"run_id": run_id, "lease": 1}
                shipment.call("POST", HEARTBEAT, {**body, "tail": self._tail()})
                return
            found = shipment.call("GET", f"{API}runs/get?run_id={run_id}", b"")["run"]["info"]
            if found.get("status") != "RUNNING":
                return
            seen = _last_word(line)
            tags = [("cuvee.lost", "true"), ("cuvee.lost.last_seen", str(seen))]
            marks = {"run_id": run_id, "tags": [{"key": k, "value": v} for k, v in tags]}
            shipment.call("POST", API + "runs/log-batch", marks)
            end = {"run_id": run_id, "status": "FAILED", "end_time": seen}
            shipment.call("POST", API + "runs/update", end)
        except Away:
            line.live.add(run)
            raise
        except CuveeError:
            return  # it is not there any more, or not ours to change


def _last_word(line: Line) -> int:
    """Return when the process has written its last record, in milliseconds since 1970."""
    path = segment_path(line.folder, line.id, line.state.segment)
    return path.stat().st_mtime_ns // 1_000_000
