"""``cuvee purge``: remove for good what was deleted long ago."""

from __future__ import annotations

import click

from cuvee.cli.options import Do, as_json, days, examples, uses_store
from cuvee.cli.output import moment, print_json, print_table


@click.command(
    epilog=examples(
        "cuvee purge",
        "cuvee purge --older-than 7d",
        "cuvee purge --no-dry-run --comment 'disk is full'",
    )
)
@click.option(
    "--older-than",
    callback=days,
    metavar="DAYS",
    default="30d",
    show_default=True,
    help="Only what was deleted that long ago.",
)
@click.option(
    "--dry-run/--no-dry-run",
    default=True,
    show_default=True,
    help="Only show what would go, and what would stay, and why.",
)
@click.option("--comment", default="", help="Why, for the history.")
@as_json
@uses_store
def purge(do: Do, older_than: int, comment: str, *, dry_run: bool, as_json: bool) -> None:
    """Remove deleted runs, experiments and logged models for good.

    Their names, rows and files become free. What a registered version needs stays; so does the
    history. Stored bytes that nothing names any more are removed, if they are a day old. On a
    server it needs an admin; the server keeps running.
    """
    from cuvee.client.purging import purge_blobs, purge_items

    items = purge_items(do, older_than, dry_run=dry_run, comment=comment)
    blobs = purge_blobs(do, dry_run=dry_run)
    if as_json:
        print_json({"dry_run": dry_run, "items": items, "blobs": blobs})
        return
    if items:
        print_table(
            ("KIND", "ID", "NAME", "DELETED", "FILES", "BYTES", "KEPT BECAUSE"),
            [(i.kind, i.id, i.name, moment(i.deleted), i.files, i.size, i.kept) for i in items],
            wrap=("NAME", "KEPT BECAUSE"),
        )
    kept = sum(1 for i in items if i.kept)
    would = "would be " if dry_run else ""
    click.echo(
        f"{len(items) - kept} {would}removed, {kept} kept; {blobs.count} stored files of "
        f"{blobs.size} bytes that nothing names {would}removed."
    )
    if dry_run:
        click.echo("Nothing was changed: add --no-dry-run to remove them.", err=True)
