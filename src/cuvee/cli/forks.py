"""``cuvee runs fork`` and ``cuvee runs rewind``."""

from __future__ import annotations

import click

from cuvee.cli.options import Do, as_json, examples, uses_store
from cuvee.cli.output import print_json

RUN = "3f0c7e1a9d2b4c55a0e4b7d1f6a89c02"
at_step = click.option("--step", type=int, required=True, help="Up to this step, included.")
why = click.option("--comment", default="", help="Why; the history keeps it.")


@click.command(
    epilog=examples(
        f"cuvee runs fork {RUN} --step 1000",
        f"cuvee runs fork {RUN} --step 1000 --name warmer --artifacts",
    )
)
@click.argument("run_id")
@at_step
@click.option("--name", default="", help="Name of the new run. [default: the other's]")
@click.option("--artifacts", is_flag=True, help="With its files; their bytes are not copied.")
@why
@as_json
@uses_store
def fork(
    do: Do, run_id: str, step: int, name: str, comment: str, *, artifacts: bool, as_json: bool
) -> None:
    """Start a run that goes on from a step; print its id.

    It has the other's params, tags and inputs, and its metrics up to the step.
    """
    from cuvee.api.forks import ForkRun

    op = ForkRun(run_id=run_id, step=step, run_name=name, artifacts=artifacts, comment=comment)
    made = do(op).run
    if as_json:
        print_json(made)
    else:
        click.echo(made.info.run_id)


@click.command(epilog=examples(f"cuvee runs rewind {RUN} --step 1000 --comment 'diverged'"))
@click.argument("run_id")
@at_step
@why
@uses_store
def rewind(do: Do, run_id: str, step: int, comment: str) -> None:
    """Remove a run's points after a step, for good.

    Params, tags and files stay. 'cuvee runs fork' leaves the run as it is instead.
    """
    from cuvee.api.forks import RewindRun

    do(RewindRun(run_id=run_id, step=step, comment=comment))
    click.echo(f"{run_id} has no points after step {step}.")
