r"""What a training sees of its client: ``python -m bench.client``.

    python -m bench.client --client 'cuvee=python cuvee' \
      --launch 'cuvee=cuvee server --port {port} --backend-store-uri sqlite:///{dir}/c.db'

A client is a Python (with what goes before it, such as ``env NAME=value``) and the module that a
training imports; the server of the same name is started for it. {port}, {host} and {dir} are
filled in. Each client logs the same points one by one, is killed in the middle of it, and reads
runs as a table.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from bench.limits import machine
from bench.load import Refused, ask, get
from bench.report import columns, write
from bench.rows import Settings, load_runs
from bench.servers import Server

ROUNDS = 7
PATIENCE = 90.0
LOG = """
import importlib, os, sys, time
module, calls, stop = importlib.import_module(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
run = module.start_run()
print(run.info.run_id, flush=True)
took = []
for step in range(calls):
    if step == stop:
        print(step, flush=True)
        os.kill(os.getpid(), 9)
    begin = time.perf_counter()
    module.log_metric("loss", 1 / (step + 1), step=step)
    took.append(time.perf_counter() - begin)
ended = time.perf_counter()
module.end_run()
took.sort()
print(sum(took) / calls, took[calls // 2], took[-1], time.perf_counter() - ended)
"""
READ = """
import importlib, sys, time
module = importlib.import_module(sys.argv[1])
took = []
for _ in range(3):
    begin = time.perf_counter()
    found = module.search_runs([sys.argv[2]], max_results=int(sys.argv[3]))
    took.append(time.perf_counter() - begin)
assert len(found) == int(sys.argv[3]), len(found)
print(sorted(took)[1])
"""


class Client:
    """A client and the server that it talks to.

    Args:
        name: its column in the table.
        command: the Python, and the module to import.
        server: its server.
        folder: where its scripts run.
    """

    def __init__(self, name: str, command: str, server: Server, folder: Path) -> None:
        *self.python, self.module = shlex.split(command)
        self.name, self.server, self.folder = name, server, folder

    def run(self, script: str, *values: object, code: int = 0) -> list[str]:
        """Run a script with the module's name and more values; return the words it has printed."""
        uri = f"http://127.0.0.1:{self.server.port}"
        command = ["env", f"MLFLOW_TRACKING_URI={uri}", *self.python, "-c", script, self.module]
        done = subprocess.run(
            [*command, *map(str, values)],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != code:
            raise Refused(0, f"{self.name}: {done.stderr[-400:]}".encode())
        return done.stdout.split()

    def import_cpu(self) -> float:
        """Return the CPU seconds that the import adds to those of an empty program."""
        costs: dict[str, list[float]] = {"pass": [], f"import {self.module}": []}
        for _ in range(ROUNDS):
            for program, found in costs.items():
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                subprocess.run([*self.python, "-c", program], cwd=self.folder, check=True)
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
                found.append(used)
        nothing, everything = (median(found) for found in costs.values())
        return everything - nothing

    def logged(self, run: str) -> int:
        """Return how many points of a run the server has."""
        path = f"metrics/get-history?run_id={run}&metric_key=loss"
        return len(ask(self.server.port, get(path)).json().get("metrics", []))

    def log(self, calls: int) -> dict[str, float]:
        """Log points one by one."""
        run, *_, mean, middle, longest, end = self.run(LOG, calls, -1)  # MLflow prints, too
        begin = time.perf_counter()
        while (there := self.logged(run)) < calls and time.perf_counter() < begin + PATIENCE:
            time.sleep(0.1)
        late = time.perf_counter() - begin
        if there != calls:
            raise Refused(0, f"{self.name}: {there} of {calls} points have arrived".encode())
        return {
            "log_metric, mean (µs)": 1e6 * float(mean),
            "log_metric, median (µs)": 1e6 * float(middle),
            "log_metric, longest (ms)": 1e3 * float(longest),
            "end_run (ms)": 1e3 * float(end),
            "until the server has all points, after the script's end (ms)": 1e3 * late,
        }

    def lose(self, calls: int) -> dict[str, float]:
        """Log points until killed; count those whose calls had returned and that never arrive."""
        run, *_, returned = self.run(LOG, calls, calls // 2, code=-9)
        begin = time.perf_counter()
        while (there := self.logged(run)) < int(returned):
            if time.perf_counter() > begin + PATIENCE:
                break
            time.sleep(0.5)
        return {"points lost by kill -9, of those whose calls returned": int(returned) - there}

    def read(self, count: int, settings: Settings) -> dict[str, float]:
        """Read runs as a table."""
        home = load_runs(self.server, settings, count)
        *_, took = self.run(READ, home, count)
        return {f"search_runs of {count:,} runs to a DataFrame (ms)": 1e3 * float(took)}


def attempt(part: Callable[..., dict[str, float]], *args: Any) -> dict[str, float]:
    """Return a part's figures; what failed says so, and leaves its rows out."""
    try:
        return part(*args)
    except (Refused, LookupError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return {}


def measure(client: Client, calls: int, runs: int, settings: Settings) -> dict[str, Any]:
    """Return all figures of one client."""
    found: dict[str, Any] = {"import, CPU (ms)": 1e3 * client.import_cpu()}
    found |= attempt(client.log, calls)
    found |= attempt(client.lose, calls)
    found |= attempt(client.read, runs, settings)
    return found


def main() -> None:
    """Measure, print, and write the table where it is wanted."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.client",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--client", action="append", default=[], metavar="NAME=PYTHON MODULE")
    add("--launch", action="append", default=[], metavar="NAME=COMMAND", help="its server")
    add("--calls", type=int, default=10_000, help="points that are logged")
    add("--runs", type=int, default=10_000, help="runs that are read")
    add("--load-cap", type=float, default=600, help="most seconds for loading runs")
    add("--markdown", type=Path, help="also write the table to this file")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers are to end with it
    servers = dict(item.split("=", 1) for item in args.launch)
    settings = Settings(load_cap=args.load_cap)
    found: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, command in (item.split("=", 1) for item in args.client):
            server = Server(name, command=servers[name], directory=Path(folder) / name)
            try:
                server.start()
                client = Client(name, command, server, Path(folder))
                found[name] = measure(client, args.calls, args.runs, settings)
            finally:
                server.stop()
            print(name, json.dumps(found[name]), flush=True)
    text = table(found, args.calls)
    print(text)
    if args.markdown:
        write(text, args.markdown, "client")


def table(found: dict[str, dict[str, Any]], calls: int) -> str:
    """Return the figures as a table."""
    lines = columns(found)
    about = machine()
    lines += ["", f"{calls:,} calls. Machine: {about['cpu']}, {about['cores']} cores,"]
    lines += [f"{about['kernel']}, Python {about['python']}, {about['date']}. Made by:", ""]
    command = shlex.join(["python", "-m", "bench.client", *map(_bare, sys.argv[1:])])
    return "\n".join([*lines, "    " + command, ""])


def _bare(word: str) -> str:
    """Return a word of the command without the directories of this machine's programs."""
    return re.sub(r"(?<![\w.}/])/(?:[^\s/{}]+/)+", "", word)


if __name__ == "__main__":
    main()
