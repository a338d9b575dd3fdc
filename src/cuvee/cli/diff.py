"""``cuvee runs diff``: what tells runs apart."""

from __future__ import annotations

import hashlib
import json
import math
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cuvee.cli import options
from cuvee.cli.options import as_json, examples
from cuvee.cli.output import print_table, printable

if TYPE_CHECKING:
    from cuvee.api.runs import Run
    from cuvee.client.client import Client

DIFFERENT = 3
PARTS = ("params", "metrics", "tags", "data", "git", "environment")
GIT_TAGS = {
    "mlflow.source.git.commit": "commit",
    "mlflow.source.git.branch": "branch",
    "mlflow.source.git.repoURL": "repository",
    "cuvee.git.dirty": "uncommitted changes",
}
ENVIRONMENT_TAGS = {"cuvee.command": "command", "cuvee.host": "host", "cuvee.gpu": "gpu"}
ENVIRONMENT = ("python", "implementation", "executable", "platform", "machine", "cpus", "memory")
UNTOLD = {"mlflow.runName", "mlflow.log-model.history"}
"""Tags that differ between any two runs, and say nothing that is not said elsewhere."""

Facts = dict[tuple[str, str], Any]
"""Values by part and name."""


@click.command(
    epilog=examples(
        "cuvee runs diff 3f0c7e1a9d2b4c55a0e4b7d1f6a89c02 8c1d5b7e2a904f3398d6e0c4b1f72a65",
        "cuvee runs diff RUN RUN RUN --only params --only metrics",
        "cuvee runs diff RUN RUN --only environment --exit-code && echo the same",
    )
)
@click.argument("run_ids", metavar="RUN RUN [RUN...]", nargs=-1, required=True)
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(PARTS),
    help="Compare this part; may be repeated. [default: all]",
)
@click.option("--all", "everything", is_flag=True, help="Show what is the same, too.")
@click.option("--exit-code", is_flag=True, help="Exit with 3 when something differs.")
@options.tracking_uri
@as_json
@click.pass_context
def diff(
    context: click.Context,
    run_ids: tuple[str, ...],
    only: tuple[str, ...],
    tracking_uri: str | None,
    *,
    everything: bool,
    exit_code: bool,
    as_json: bool,
) -> None:
    """Show what differs between runs.

    That is params, latest metrics, tags, datasets, code and environment. The exit status is 0,
    whether or not something differs; with --exit-code it is 3 when something does.
    """
    from cuvee.client.client import Client

    ids = list(dict.fromkeys(run_ids))
    if len(ids) < 2:
        raise click.UsageError("Name at least two different runs.")
    client = Client(tracking_uri)
    runs = [client.get_run(run_id) for run_id in ids]
    facts = [_facts(client, run, set(only or PARTS)) for run in runs]
    order = sorted(
        {name for each in facts for name in each}, key=lambda n: (PARTS.index(n[0]), n[1])
    )
    rows = [(name, [each.get(name) for each in facts]) for name in order]
    different = [(name, values) for name, values in rows if len(set(map(repr, values))) > 1]
    shown = rows if everything else different
    if as_json:
        _print_json(ids, shown)
    else:
        _print_table(runs, shown, same=len(rows) - len(different))
    context.exit(DIFFERENT if exit_code and different else 0)


def _facts(client: Client, run: Run, parts: set[str]) -> Facts:
    data = run.data
    found: dict[str, Mapping[str, Any]] = {
        "params": data.params,
        "metrics": data.metrics,
        "tags": {
            key: value
            for key, value in data.tags.items()
            if key not in UNTOLD | GIT_TAGS.keys() | ENVIRONMENT_TAGS.keys()
        },
        "data": {
            _dataset_name(each): f"{each.dataset.name} {each.dataset.digest}"
            for each in run.inputs.dataset_inputs
        },
        "git": {name: data.tags[key] for key, name in GIT_TAGS.items() if key in data.tags},
        "environment": {
            name: data.tags[key] for key, name in ENVIRONMENT_TAGS.items() if key in data.tags
        },
    }
    if "git" in parts:
        found["git"] = {**found["git"], **_patch(client, run.info.run_id)}
    if "environment" in parts:
        found["environment"] = {**found["environment"], **_environment(client, run.info.run_id)}
    return {
        (part, name): value
        for part, values in found.items()
        if part in parts
        for name, value in values.items()
    }


def _dataset_name(given: Any) -> str:
    contexts = [tag.value for tag in given.tags if tag.key == "mlflow.data.context"]
    return contexts[0] if contexts else str(given.dataset.name)


def _patch(client: Client, run_id: str) -> dict[str, str]:
    """Return a digest of what differed from the commit."""
    patch = _file(client, run_id, "cuvee/diff.patch")
    return {"diff.patch": hashlib.sha256(patch).hexdigest()[:12]} if patch else {}


def _environment(client: Client, run_id: str) -> dict[str, Any]:
    """Return what the run wrote down of what it ran in."""
    told: Any = {}
    text = _file(client, run_id, "cuvee/environment.json")
    if text:
        try:
            told = json.loads(text)
        except ValueError:
            click.echo(f"The environment of run {run_id} cannot be read.", err=True)
    if not isinstance(told, dict):
        return {}
    found = {name: told[name] for name in ENVIRONMENT if name in told}
    packages = told.get("packages")
    if isinstance(packages, dict):
        found |= {f"package {name}": version for name, version in packages.items()}
    return found


def _file(client: Client, run_id: str, path: str) -> bytes:
    """Return a file of a run; nothing if it has none, or it lies where we cannot read."""
    from cuvee.errors import CuveeError, NotFound

    with tempfile.TemporaryDirectory(prefix="cuvee-") as directory:
        try:
            return Path(client.download_artifacts(run_id, path, directory)).read_bytes()
        except NotFound:
            return b""
        except (CuveeError, OSError) as problem:
            click.echo(f"Without {path} of run {run_id}: {problem}", err=True)
            return b""


def _print_json(ids: list[str], rows: Iterable[tuple[tuple[str, str], list[Any]]]) -> None:
    import msgspec

    def spelled(value: Any) -> Any:
        odd = isinstance(value, float) and not math.isfinite(value)
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)] if odd else value

    listed = [
        {"part": part, "name": name, "values": [spelled(value) for value in values]}
        for (part, name), values in rows
    ]
    body = msgspec.json.encode({"run_ids": ids, "rows": listed})
    click.echo(msgspec.json.format(body, indent=2))


def _print_table(
    runs: list[Run], rows: list[tuple[tuple[str, str], list[Any]]], *, same: int
) -> None:
    numbers = [str(n) for n in range(1, len(runs) + 1)]
    for number, run in zip(numbers, runs, strict=True):
        info = run.info
        click.echo(f"{number}  {info.run_id}  {printable(info.run_name)}  {info.status}")
    if rows:
        click.echo()
        change = ["CHANGE"] if len(runs) == 2 else []
        print_table(
            ("PART", "NAME", *numbers, *change),
            [(part, name, *values, _change(part, values)) for (part, name), values in rows]
            if change
            else [(part, name, *values) for (part, name), values in rows],
            wrap=("NAME", *numbers),
        )
    click.echo(f"{same} values are the same." if rows else f"Nothing differs in {same} values.")


def _change(part: str, values: list[Any]) -> str:
    """Return by how much the second of two metrics is above the first."""
    if part != "metrics" or None in values:
        return ""
    return f"{values[1] - values[0]:+.6g}"
