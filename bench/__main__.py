"""Measure servers that speak MLflow's protocol, side by side.

    python -m bench --launch 'cuvee=cuvee server --port {port} --backend-store-uri sqlite:///{dir}/c.db'
    python -m bench --server one=http://127.0.0.1:5000 --server two=http://127.0.0.1:5001

{port}, {host} and {dir} (a scratch directory of the server's own) are filled in. Launched servers
are stopped at the end; nothing else is. Only 127.0.0.1 is talked to.
"""

from __future__ import annotations

import argparse
import contextlib
import fnmatch
import json
import os
import shlex
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import limits
from bench.load import Refused, ask, request
from bench.plan import ROWS, STARTS
from bench.report import Results, markdown, write
from bench.rows import Row, Settings, Unsupported, create_run
from bench.servers import Server, memory

# The last three: an answer of another shape than the protocol's.
FAILURES = (Unsupported, Refused, LookupError, TypeError, ValueError)


def options() -> argparse.Namespace:
    """Return the parsed command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--server", action="append", default=[], metavar="NAME=URL", help="a running server")
    add("--launch", action="append", default=[], metavar="NAME=COMMAND", help="one to start here")
    add(
        "--pid",
        action="append",
        default=[],
        metavar="NAME=PID",
        help="root of a process tree whose CPU and memory count for this server (its own process"
        " if it was not launched here, or its database's)",
    )
    add(
        "--tables",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="SQLite file of a server that has MLflow's tables: of many models, and of versions of"
        " one, it is sent the first, and its rows are repeated; {dir} is filled in",
    )
    add("--reference", default="", metavar="NAME", help="whom to compare with (default: first)")
    add("--rows", default="*", metavar="PATTERNS", help="comma-separated patterns of row names")
    add("--skip", default="", metavar="PATTERNS", help="comma-separated patterns of row names")
    add("--repeats", type=int, default=3, help="turns of each server in each row")
    add("--seconds", type=float, default=2.0, help="length of one measurement")
    add("--load-cap", type=float, default=900.0, help="most seconds for loading data, per step")
    add("--budget", type=float, default=7200.0, help="after so many seconds, leave rows out")
    add("--runs", type=int, nargs=2, default=(1000, 10_000), help="sizes of the searched sets")
    add("--models", type=int, default=10_000, help="models to search among, versions of one")
    add("--points", type=int, default=100_000, help="length of the history (whole thousands)")
    add("--big-mib", type=int, default=64, help="size of the big artifact")
    add("--small-files", type=int, default=1000, help="number of small artifacts")
    add("--work", type=Path, help="folder for the servers' data and logs (default: a scratch one)")
    add("--out", type=Path, default=Path(".cache/bench.json"), help="every sample, as JSON")
    add("--markdown", type=Path, help="also write the tables to this file")
    add("--section", default="tracking", help="the section of the file whose marks are around them")
    add("--render", type=Path, metavar="JSON", help="only print the table of an earlier run")
    add("--list", action="store_true", help="list the rows and end")
    return parser.parse_args()


def pairs(items: list[str]) -> list[tuple[str, str]]:
    """Split NAME=VALUE arguments."""
    split = [item.partition("=") for item in items]
    if wrong := [name for name, equals, _ in split if not equals]:
        raise SystemExit(f"write NAME=VALUE instead of {wrong[0]!r}")
    return [(name, value) for name, _, value in split]


def local_port(url: str) -> int:
    """Return the port of a URL on this machine; refuse any other."""
    parts = urlsplit(url)
    if parts.hostname not in {"127.0.0.1", "localhost"} or not parts.port or parts.path.strip("/"):
        raise SystemExit(f"{url}: give a server of this machine, as http://127.0.0.1:PORT")
    return parts.port


def servers(args: argparse.Namespace, work: Path) -> list[Server]:
    """Return the servers that the command line names, not started yet."""
    found = [Server(name, port=local_port(url)) for name, url in pairs(args.server)]
    found += [
        Server(name, command=command, directory=work / name) for name, command in pairs(args.launch)
    ]
    if len({s.name for s in found}) < len(found) or not found:
        raise SystemExit("name at least one --server or --launch, each name once")
    for name, pid in pairs(args.pid):
        matching = [s for s in found if s.name == name]
        if not matching:
            raise SystemExit(f"--pid {name}: there is no server of this name")
        matching[0].pids.append(int(pid))
    for name, file in pairs(args.tables):
        for server in found:
            if server.name == name:
                server.tables = Path(file.replace("{dir}", str(server.directory)))
    return found


class Bench:
    """One benchmark: its servers, its settings and the results so far."""

    def __init__(self, args: argparse.Namespace, work: Path) -> None:
        self.args, self.work = args, work
        self.end = time.monotonic() + args.budget
        self.servers = servers(args, work)
        python = shlex.quote(sys.executable)
        line = f"{python} -m uvicorn bench.echo:app --port {{port}} --no-access-log"
        root = Path(__file__).resolve().parent.parent
        self.echo = Server(
            "echo", command=f"{line} --app-dir {shlex.quote(str(root))}", directory=work / "echo"
        )
        self.settings = Settings(
            args.seconds,
            args.load_cap,
            args.big_mib,
            args.small_files,
            tuple(args.runs),
            args.points,
            models=args.models,
        )
        self.results: Results = {
            # Of where the repository lies the reader needs to know nothing.
            "command": shlex.join(["python", "-m", "bench", *sys.argv[1:]]).replace(f"{root}/", ""),
            "reference": args.reference or self.servers[0].name,
            "machine": limits.machine(),
            "settings": asdict(self.settings),
            "repeats": args.repeats,
            "servers": {},
            "limits": {},
            "rows": {},
            "notes": {},
        }

    def wanted(self, row: Row) -> bool:
        """Whether the command line asks for a row."""
        chosen = [
            any(fnmatch.fnmatchcase(row.name, p.strip()) for p in patterns.split(","))
            for patterns in (self.args.rows, self.args.skip)
        ]
        return chosen[0] and not chosen[1]

    def put(self, row: Row, server: Server, sample: dict[str, Any]) -> None:
        """Add one sample to the results."""
        entry = self.results["rows"].setdefault(
            row.name,
            {
                "unit": row.unit,
                "doc": row.doc,
                "lower": row.lower,
                "limits": row.limits,
                "cells": {},
            },
        )
        sample["load1"] = os.getloadavg()[0]
        entry["cells"].setdefault(server.name, []).append(sample)
        value = f"{sample['value']:.4g} {row.unit}" if "value" in sample else sample["why"]
        print(f"{time.strftime('%H:%M:%S')} {row.name:18} {server.name:14} {value}")

    def start(self) -> None:
        """Start what is to be launched, and note how long that takes and what it weighs."""
        ready, first, weight = STARTS
        for server in [s for s in self.servers if s.command]:
            server.rehearse()
            for row in (first, *[ready] * self.args.repeats):
                server.stop()
                seconds, cpu = server.start(), server.cpu()
                if self.wanted(row):
                    self.put(row, server, {"value": seconds, "cpu_ms_per_op": 1e3 * (cpu or 0)})
        for server in self.servers:
            answer = ask(server.port, request("GET", "/version"))
            known = answer.ok and answer.size < 40
            self.results["servers"][server.name] = answer.body.decode().strip() * known
            server.settle()
            if self.wanted(weight) and server.roots():
                sizes = memory(server.roots())
                self.put(weight, server, {"value": sizes["pss_mb"], **sizes})
            with contextlib.suppress(*FAILURES):  # the first requests pay for what is loaded late
                create_run(8)(server, self.settings)

    def measure_limits(self) -> None:
        """Measure the machine and the generator, one more time."""
        self.echo.start()
        try:
            found = limits.measure(self.echo, self.work, self.settings)
        finally:
            self.echo.stop()
        for name, sample in found.items():
            entry = {"unit": limits.UNITS[name], "samples": []}
            self.results["limits"].setdefault(name, entry)["samples"].append(sample)
            print(f"{time.strftime('%H:%M:%S')} {name:18} {'(limit)':14} {sample['value']:.4g}")

    def measure(self, row: Row) -> None:
        """Measure one row, the servers taking turns; each turn begins with another one."""
        out: set[str] = set()
        for turn in range(self.args.repeats):
            at = turn % len(self.servers)
            for server in self.servers[at:] + self.servers[:at]:
                if server.name in out:
                    continue
                try:
                    if time.monotonic() > self.end:
                        raise Unsupported("the time of --budget was over")
                    sample: dict[str, Any] = dict(row.measure(server, self.settings))
                except FAILURES as error:
                    out.add(server.name)
                    sample = {"why": f"{type(error).__name__}: {error}"[:200]}
                    why = f"{server.name}: {sample['why'][:120]}"
                    self.results["notes"].setdefault(why, []).append(row.name)
                self.put(row, server, sample)

    def save(self) -> None:
        """Write the results so far."""
        self.results["machine"]["load_after"] = os.getloadavg()[0]
        self.args.out.parent.mkdir(parents=True, exist_ok=True)
        self.args.out.write_text(json.dumps(self.results, indent=1), "utf-8")

    def run(self) -> None:
        """Do it all; whatever happens, stop what was started."""
        try:
            for _ in range(self.args.repeats):
                self.measure_limits()
            self.start()
            for row in filter(self.wanted, ROWS):
                self.measure(row)
                self.save()
            self.measure_limits()
        finally:
            for server in self.servers:
                server.stop()
            self.save()


@contextlib.contextmanager
def workplace(given: Path | None) -> Iterator[Path]:
    """Give a folder: the wanted one, or a scratch one that is removed at the end."""
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as scratch:
        yield Path(scratch)


def main() -> None:
    """Run what the command line asks for."""
    args = options()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    if args.list:
        for row in [*STARTS, *ROWS]:
            print(f"{row.name:18} {row.unit:10} {row.doc}")
        return
    if args.render:
        results = json.loads(args.render.read_text("utf-8"))
    else:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
        with workplace(args.work) as work:
            bench = Bench(args, work)
            try:
                bench.run()
            except (Refused, FileNotFoundError) as error:
                raise SystemExit(str(error)) from error
        results = bench.results
    text = markdown(results, args.reference)
    print(text)
    if args.markdown:
        write(text, args.markdown, args.section)


if __name__ == "__main__":
    main()
