"""A disk that is full refuses what it cannot hold, and takes it again once there is room."""

from __future__ import annotations

import resource
from pathlib import Path

from refusals.served import API, Site


def test_writes_are_refused_while_there_is_no_room_and_taken_afterwards(tmp_path: Path) -> None:
    site = Site(f"sqlite:///{tmp_path}/cuvee.db", tmp_path)
    pid, none = site.process.pid, resource.RLIM_INFINITY
    try:
        run_id = site.api("runs/create", experiment_id="0")["run"]["info"]["run_id"]

        def log(number: int) -> int:
            metrics = [
                {"key": f"m{number}.{i}", "value": i, "timestamp": 1, "step": 0} for i in range(200)
            ]
            return site.send(
                "POST", API + "runs/log-batch", {"run_id": run_id, "metrics": metrics}
            ).status

        largest = max(path.stat().st_size for path in tmp_path.glob("cuvee.db*"))
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest + 300_000, none))
        statuses = [log(number) for number in range(60)]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (none, none))
        assert set(statuses) == {200, 507}
        assert [log(number) for number in range(100, 110)] == [200] * 10
        run = site.send("GET", f"{API}runs/get?run_id={run_id}").json["run"]
        keys = {metric["key"].partition(".")[0] for metric in run["data"]["metrics"]}
        taken = [f"m{n}" for n, status in enumerate(statuses) if status == 200]
        assert keys == {*taken, *(f"m{n}" for n in range(100, 110))}
        assert len(run["data"]["metrics"]) == 200 * len(keys)
    finally:
        site.close()
