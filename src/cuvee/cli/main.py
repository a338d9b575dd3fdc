"""The ``cuvee`` command itself: its subcommands, and the one place where errors are printed."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from cuvee import __version__
from cuvee.cli.options import examples
from cuvee.errors import CuveeError

COMMANDS = (
    "server",
    "demo",
    "experiments",
    "runs",
    "sync",
    "models",
    "versions",
    "requests",
    "check",
    "deployments",
    "comments",
    "emergencies",
    "policy",
    "events",
    "evidence",
    "webhooks",
    "audit",
    "grant",
    "permissions",
    "user",
    "group",
    "token",
    "purge",
    "db",
)
"""Each stands in the module of its name, as a click command of its name."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names in the order of ``COMMANDS``."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(
            importlib.import_module(f"cuvee.cli.{cmd_name}"),
            cmd_name,
        )
        return command


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "cuvee server --port 5000",
        "cuvee demo",
        "cuvee runs search 'metrics.rmse < 0.7' --experiment wine",
        "cuvee models list --json",
    ),
)
@click.version_option(__version__, message="cuvee %(version)s")
def cli() -> None:
    """Track experiments, register models and move them through stages.

    The server speaks MLflow's REST protocol. Commands that read or change data work on the store
    given by --tracking-uri, else by CUVEE_TRACKING_URI or MLFLOW_TRACKING_URI.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and exit: 0 when done, 1 on an error, 2 on wrong usage."""
    try:
        cli.main(args=arguments, prog_name="cuvee")
    except (CuveeError, OSError) as problem:
        click.echo("Error: " + " ".join(str(problem).split()), err=True)
        sys.exit(1)
    sys.exit(0)
