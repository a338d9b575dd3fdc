"""Run flows with one client, from the folder ``tests``.

    python -m clients.driver MODULE TRACKING_URI [FLOW [OPTIONS]]

MODULE is the module that the flows know as ``mlflow``: ``mlflow`` or ``cuvee``. OPTIONS is JSON.
Without FLOW, requests ``{"flow", "prefix", "options"}`` are read from standard input, one a line,
because importing a client costs seconds. Every flow prints one line of JSON:
``{"facts": {...}}`` or ``{"error": "<traceback>"}``. Runs on every Python since 3.9.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from typing import IO, Any


def run_flow(mlflow: Any, flow: str, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Run one flow and return its line; a run that it leaves open is closed.

    Args:
        mlflow: the client's module.
        flow: name of a module in ``clients.flows`` with a function ``run``.
        prefix: what the names of everything that the flow creates begin with.
        options: the flow's own options.
    """
    try:
        facts = importlib.import_module(f"clients.flows.{flow}").run(mlflow, prefix, options)
    except Exception:  # noqa: BLE001  the test shows whatever went wrong
        line = {"error": traceback.format_exc()}
    else:
        line = {"facts": facts}
    while mlflow.active_run() is not None:
        mlflow.end_run()
    return line


def requests(arguments: list[str], lines: IO[str]) -> Any:
    """Yield what is to be run: the flow of the command line, or every line of `lines`."""
    if arguments:
        options = json.loads(arguments[1]) if len(arguments) > 1 else {}
        yield {"flow": arguments[0], "prefix": f"by-hand-{os.getpid()}-", "options": options}
    else:
        for line in lines:
            yield json.loads(line)


def main() -> None:
    """Import the client, point it at the server, and answer requests until there are no more."""
    module, uri, *arguments = sys.argv[1:]
    # Clients print progress to standard output; the answers keep a line of their own.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    mlflow = importlib.import_module(module)
    mlflow.set_tracking_uri(uri)
    for request in requests(arguments, sys.stdin):
        line = run_flow(mlflow, request["flow"], request["prefix"], request.get("options", {}))
        answers.write(json.dumps(line) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
