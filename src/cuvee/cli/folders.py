"""``cuvee experiments move``, ``archive``, ``restore`` and ``tree``: one of them, or a folder."""

from __future__ import annotations

import click

from cuvee.cli.options import Do, as_json, examples, find_experiment, uses_store
from cuvee.cli.output import print_json

why = click.option("--comment", default="", help="Why; the history keeps it.")
forced = click.option("--force", is_flag=True, help="Although a version in a stage rests on it.")


@click.command(
    epilog=examples(
        "cuvee experiments move wine team/wine",
        "cuvee experiments move wine team/",
        "cuvee experiments move team/old/ team/new/ --comment 'renamed'",
        "cuvee experiments move team/ ''",
    )
)
@click.argument("what", metavar="NAME|ID|FOLDER/")
@click.argument("to", metavar="NAME|FOLDER/")
@why
@uses_store
def move(do: Do, what: str, to: str, comment: str) -> None:
    """Rename an experiment, or a folder with all it holds.

    What stands before the last '/' of a name is the experiment's folder. Permissions that were
    given to a folder stay with its name.
    """
    from cuvee.api.experiments import UpdateExperiment
    from cuvee.api.folders import MoveFolder

    if what.endswith("/"):
        count = do(MoveFolder(folder=what, new_folder=to, comment=comment)).count
        click.echo(f"{count} experiments moved.")
        return
    found = find_experiment(do, what)
    name = to + found.name.rpartition("/")[2] if to.endswith("/") or not to else to
    op = UpdateExperiment(experiment_id=found.experiment_id, new_name=name, comment=comment)
    do(op)
    click.echo(f"Experiment {found.experiment_id} is {name}.")


@click.command(
    epilog=examples("cuvee experiments archive wine", "cuvee experiments archive team/old/")
)
@click.argument("what", metavar="NAME|ID|FOLDER/")
@forced
@why
@uses_store
def archive(do: Do, what: str, comment: str, *, force: bool) -> None:
    """Mark an experiment, or a folder's, as deleted.

    'cuvee experiments restore' brings it back, until 'cuvee purge' removes it for good.
    """
    from cuvee.api.experiments import DeleteExperiment
    from cuvee.api.folders import ArchiveFolder

    if what.endswith("/"):
        count = do(ArchiveFolder(folder=what, force=force, comment=comment)).count
        click.echo(f"{count} experiments archived.")
        return
    found = find_experiment(do, what)
    do(DeleteExperiment(experiment_id=found.experiment_id, force=force, comment=comment))
    click.echo(f"Experiment {found.experiment_id} ({found.name}) is archived.")


@click.command(
    epilog=examples("cuvee experiments restore wine", "cuvee experiments restore team/old/")
)
@click.argument("what", metavar="NAME|ID|FOLDER/")
@why
@uses_store
def restore(do: Do, what: str, comment: str) -> None:
    """Bring back an experiment, or a folder's, with the runs."""
    from cuvee.api.experiments import RestoreExperiment
    from cuvee.api.folders import RestoreFolder

    if what.endswith("/"):
        count = do(RestoreFolder(folder=what, comment=comment)).count
        click.echo(f"{count} experiments restored.")
        return
    found = find_experiment(do, what)
    do(RestoreExperiment(experiment_id=found.experiment_id, comment=comment))
    click.echo(f"Experiment {found.experiment_id} ({found.name}) is back.")


@click.command(epilog=examples("cuvee experiments tree", "cuvee experiments tree team/project"))
@click.argument("folder", default="")
@as_json
@uses_store
def tree(do: Do, folder: str, *, as_json: bool) -> None:
    """Show the folders and experiments in a folder."""
    from cuvee.api.folders import ListFolder

    found = do(ListFolder(folder=folder))
    if as_json:
        print_json(found)
        return
    for inner in found.folders:
        click.echo(f"{inner.path}  ({inner.experiments})")
    for experiment in found.experiments:
        click.echo(f"{experiment.name}  [{experiment.experiment_id}]")
