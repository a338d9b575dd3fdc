"""``cuvee demo``: a server with the wine story on it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cuvee.cli.options import examples

if TYPE_CHECKING:
    from rich.console import Console

    from cuvee.demo.story import Holder

SHIPPING_SECONDS = 10.0
"""Seconds that what the story has logged may take to reach the server."""


@click.command(
    epilog=examples(
        "cuvee demo",
        "cuvee demo --data winequality-red.csv --port 8080",
        "cuvee demo --once",
        "cuvee demo --into http://127.0.0.1:5000",
    )
)
@click.option(
    "--data",
    envvar="CUVEE_DEMO_DATA",
    metavar="CSV",
    type=click.Path(path_type=Path),
    help="Wine-quality data to use. [default: CUVEE_DEMO_DATA, or a sample made here]",
)
@click.option(
    "--into", metavar="URI", help="A server that runs already, instead of one of its own."
)
@click.option("--once", is_flag=True, help="Check the story, keep nothing, and exit.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=5000,
    show_default=True,
    help="Port of the server; another one is taken when it is in use.",
)
@click.option(
    "--directory",
    default="cuvee-demo",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the server keeps its data; a second demo adds versions to the first one's.",
)
def demo(data: Path | None, into: str | None, port: int, directory: Path, *, once: bool) -> None:
    """Run the wine story on a server of its own.

    Linear regressions of wine quality are logged. The first one, on alcohol alone, becomes version
    1 of lr_wine_quality and goes to Production; a better one, with pH, becomes version 2 and goes
    to Staging. Both are loaded by stage and predict. Every step is checked. The server then runs
    until Ctrl-C.
    """
    if into is not None:
        _load(data, into)
        return
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        signal.signal(number, _stop_on_signal)
    with contextlib.ExitStack() as stack:
        if once:
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cuvee-demo-")))
        _isolate()
        if once:  # what is sent after the story would look for a server that has gone
            os.environ["CUVEE_CAPTURE_ENVIRONMENT"] = os.environ["CUVEE_CAPTURE_OUTPUT"] = "0"
        _tell(data, port, directory, once=once)


class Teller:
    """Prints the steps of a story."""

    def __init__(self) -> None:
        from rich.console import Console

        self.console = Console(highlight=False, soft_wrap=True)

    @contextlib.contextmanager
    def step(self, text: str) -> Iterator[list[str]]:
        """Print a step once it is done, with the results that were put into the list."""
        results: list[str] = []
        with self.console.status(text):
            yield results
        mark = "ok" if self.console.options.ascii_only else "✓"
        said = "".join(f": [bold]{each}[/]" for each in results)
        self.console.print(f"[green]{mark}[/] {text}{said}")

    def wines(self, data: Path | None) -> Any:
        """Read the wines, or make some."""
        from cuvee.demo.data import make_wines, read_wines

        with self.step(f"Reading {data}" if data else "Making a sample of wines") as result:
            wines = read_wines(data) if data else make_wines()
            result.append(f"{len(wines)} wines, {len(wines.columns) - 1} measurements each")
        if not data:
            self.console.print(
                "  These are made up. Give the real ones with --data or CUVEE_DEMO_DATA."
            )
        return wines


def _load(data: Path | None, uri: str) -> None:
    """Tell the story to a server that runs already, by the login of whoever tells it."""
    from cuvee.client.journals import finish_journals
    from cuvee.demo.story import Story

    teller = Teller()
    wines = teller.wines(data)
    try:
        holders = Story(uri, wines, teller.step, source=str(data or "")).tell()
    finally:
        finish_journals(SHIPPING_SECONDS)
    _print_result(teller.console, holders)
    teller.console.print(f"\nLook at [bold]{uri}[/].")


def _tell(data: Path | None, wanted_port: int, directory: Path, *, once: bool) -> None:
    from cuvee.client.journals import finish_journals
    from cuvee.demo.run import HOST, free_port, serving
    from cuvee.demo.story import Story

    teller = Teller()
    console, step = teller.console, teller.step
    wines = teller.wines(data)
    port = free_port(wanted_port)
    if wanted_port not in (port, 0):
        console.print(f"  Port {wanted_port} is in use; this server takes port {port}.")
    with contextlib.ExitStack() as stack:
        with step("Starting a server on SQLite") as result:
            server = stack.enter_context(serving(directory.resolve(), port))
            result.append(f"http://{HOST}:{port}")
        try:
            holders = Story(f"http://{HOST}:{port}", wines, step, source=str(data or "")).tell()
        finally:  # a sender would look for a server that has gone, for an hour
            finish_journals(SHIPPING_SECONDS)
        _print_result(console, holders)
        if not once:
            _stay(console, server, f"http://{HOST}:{port}", directory)


def _print_result(console: Console, holders: list[Holder]) -> None:
    from rich import box
    from rich.table import Table

    from cuvee.api.demo import MODEL

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    console.print(f"\n[bold]{MODEL}[/]")
    for name in ("version", "stage", "fields", "RMSE", "first wine", "description"):
        table.add_column(name, justify="right" if name in ("RMSE", "first wine") else "left")
    for holder in holders:
        table.add_row(
            holder.version,
            holder.stage,
            str(len(holder.fit.features)),
            f"{holder.fit.rmse:.4f}",
            f"{holder.predictions[0]:.2f}",
            holder.description,
        )
    console.print(table, soft_wrap=False)
    console.print("All of it was checked: Production was unaffected by what happened in Staging.")


def _program() -> str:
    """Return what to type for this command; `make demo` leaves it off PATH."""
    if shutil.which("cuvee"):
        return "cuvee"
    script = Path(sys.argv[0])
    if script.name == "cuvee":
        return os.path.relpath(script)
    return f"{os.path.relpath(sys.executable)} -m cuvee"


def _stay(console: Console, server: subprocess.Popen[bytes], url: str, directory: Path) -> None:
    try:
        console.print(f"\nLook at [bold]{url}[/] - the server runs until Ctrl-C.")
        console.print(f"Its data are in {directory}; ask it from another terminal:")
        console.print(f"  {_program()} models list --tracking-uri {url}")
        server.wait()
    except KeyboardInterrupt:
        console.print("\nStopping the server.")
        return
    click.echo(f"Error: The server ended by itself (see {directory}/server.log).", err=True)
    sys.exit(1)


def _isolate() -> None:
    """Forget settings for other servers and runs: the demo speaks to its own server only."""
    for name in list(os.environ):
        if name.startswith(("MLFLOW_", "CUVEE_")):
            del os.environ[name]


def _stop_on_signal(number: int, frame: object) -> None:  # noqa: ARG001 - a handler's arguments
    sys.exit(128 + number)
