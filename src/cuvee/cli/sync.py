"""``cuvee sync``: send what journals still hold."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cuvee.cli.options import examples

if TYPE_CHECKING:
    from cuvee.client.shipping import Shipment

SAY_EVERY = 2.0


@click.command(
    epilog=examples(
        "cuvee sync",
        "cuvee sync --list",
        "cuvee sync /media/usb/journal --tracking-uri http://127.0.0.1:5000",
    )
)
@click.argument(
    "path", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("--list", "list_", is_flag=True, help="Show what is there; send nothing.")
@click.option(
    "--tracking-uri",
    metavar="URI",
    help="The server to send to. [default: the one that the journal was written for]",
)
@click.option(
    "--patience",
    type=click.FloatRange(min=0),
    default=30.0,
    show_default=True,
    help="Seconds to wait for a server that does not answer.",
)
@click.option("--keep", is_flag=True, help="Keep the journals that are sent.")
def sync(
    path: Path | None, tracking_uri: str | None, patience: float, *, list_: bool, keep: bool
) -> None:
    """Send what programs have logged and no server has yet.

    PATH is a directory of journals, also one copied from another computer. Sending again what was
    sent does no harm. Calls that the server refuses are kept, with its reason, beside the journal.
    """
    from cuvee.client.session import INFO, journal_root

    root = path or journal_root()
    found = [root] if (root / INFO).exists() else sorted(p.parent for p in root.glob("*/" + INFO))
    if not found:
        click.echo(f"There are no journals in {root}.")
        return
    if list_:
        _list(found)
        return
    bad = [each for each in found if not _sync(each, tracking_uri or "", patience, keep=keep)]
    if bad:
        raise click.exceptions.Exit(1)


def _list(folders: list[Path]) -> None:
    from cuvee.cli.output import moment, print_table
    from cuvee.client.records import refusals
    from cuvee.client.session import sender_alive, session_info
    from cuvee.client.shipping import remaining

    rows = []
    for folder in folders:
        info = session_info(folder)
        records, size = remaining(folder)
        refused = refusals(folder)
        state = "is being sent" if sender_alive(folder) else "waits"
        rows.append(
            (
                folder,
                info.get("uri") or "any",
                moment(info.get("created")),
                info.get("script"),
                records,
                size,
                len(refused),
                state if records else "sent",
            )
        )
    heads = ("JOURNAL", "SERVER", "BEGUN", "PROGRAM", "RECORDS", "BYTES", "REFUSED", "STATE")
    print_table(heads, rows, wrap=("JOURNAL", "PROGRAM"))
    for folder in folders:
        _print_refusals(refusals(folder))


def _sync(folder: Path, uri: str, patience: float, *, keep: bool) -> bool:
    """Send one session; say whether everything is at the server."""
    from cuvee.client.leases import Leases
    from cuvee.client.records import refusals
    from cuvee.client.sender import finish, open_shipment
    from cuvee.client.session import lock_sender, session_info

    target = uri or session_info(folder).get("uri", "")
    if not target:
        click.echo(f"{folder}: it was written for no server: say --tracking-uri URI.", err=True)
        return False
    if lock_sender(folder) < 0:
        click.echo(f"{folder}: another process is sending it.")
        return True
    shipment = open_shipment(folder, target)
    shipment.keep = keep
    click.echo(f"{folder} -> {target}")
    done = _ship(shipment, Leases(shipment, lambda: ""), patience)
    refused = refusals(folder)
    click.echo(f"  {shipment.sent} records sent, {len(refused)} refused")
    _print_refusals(refused)
    if done and not keep:
        finish(folder)
    return done and not refused


def _ship(shipment: Shipment, leases: Any, patience: float) -> bool:
    from cuvee.client.answers import Away

    shipment.look()
    said = answered = time.monotonic()
    while shipment.lines:
        try:
            moved = shipment.step()
            if not moved:
                for line, run in list(shipment.live()):
                    if line.done():
                        leases.witness(line, run)
        except Away as problem:
            if time.monotonic() - answered > patience:
                click.echo(f"  The server takes nothing now: {problem}", err=True)
                return False
            time.sleep(0.2)
            continue
        answered = time.monotonic()
        if answered - said > SAY_EVERY:
            said = answered
            click.echo(f"  {shipment.sent} records sent ...")
        if not moved:
            shipment.sweep()
            if shipment.lines and any(line.owned() for line in shipment.lines.values()):
                click.echo("  The program still runs: what it logs from here on is left to it.")
                return True
    return True


def _print_refusals(refused: list[dict[str, Any]]) -> None:
    from cuvee.cli.output import moment

    for entry in refused[:20]:
        run = f" run {entry['run_id']}" if entry.get("run_id") else ""
        click.echo(f"  refused {moment(entry['time'])}{run}: {entry['reason']}")
    if len(refused) > 20:
        click.echo(f"  ... and {len(refused) - 20} more")
