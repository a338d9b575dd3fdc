"""``cuvee events``: who changed what, when and why."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from cuvee.cli.interrupts import one_interrupt
from cuvee.cli.options import Do, as_json, collect, examples, limit, uses_store
from cuvee.cli.output import moment, print_items, printable

if TYPE_CHECKING:
    from cuvee.api.events import Event


@click.command(
    epilog=examples(
        "cuvee events",
        "cuvee events --object version:lr_wine_quality/2",
        "cuvee events --actor alice --json",
        "cuvee events --token 5f0c2a91d37be486",
        "cuvee events --address 192.0.2.7",
        "cuvee events --why INC-4711",
        "cuvee events --follow --action version.transitioned",
    )
)
@click.option(
    "--object", "changed", metavar="NOUN:ID", help="Only this object's events.", default=""
)
@click.option(
    "--action", metavar="NOUN.VERB", help="Only events of this kind; NOUN. for all.", default=""
)
@click.option("--actor", metavar="NAME", help="Only what this user did.", default="")
@click.option("--token", metavar="ID", help="Only what was done with this token.", default="")
@click.option(
    "--address",
    metavar="IP",
    help="Only what was done from this IP address; for admins.",
    default="",
)
@click.option("--why", metavar="WORDS", help="Only with these words in the reason.", default="")
@click.option("--follow", is_flag=True, help="Wait for new events and print them; Ctrl-C ends it.")
@click.option(
    "--since",
    type=click.IntRange(min=0),
    metavar="NO",
    help="Only events after this one; with --follow, print those first.",
)
@limit
@as_json
@uses_store
def events(
    do: Do,
    changed: str,
    action: str,
    actor: str,
    token: str,
    address: str,
    why: str,
    limit: int,
    since: int | None,
    *,
    follow: bool,
    as_json: bool,
) -> None:
    """Show who changed what, when and why.

    Changes to experiments, runs and the registry, newest first; with --follow in their order, as
    they happen, one line each.
    """
    from msgspec.structs import replace

    from cuvee.api.events import ListEvents

    asked = ListEvents(
        object=changed, action=action, actor=actor, token=token, address=address, comment=why
    )
    if follow:
        _follow(do, asked, since, as_json=as_json)
        return
    newest = replace(asked, since=since or 0, newest_first=True)

    def fetch(place: str, size: int) -> tuple[list[Any], str | None]:
        page = do(replace(newest, max_results=size, page_token=place))
        return page.events, page.next_page_token

    found = collect(fetch, limit)
    print_items(
        found,
        ("NO", "TIME", "WHO", "ACTION", "OBJECT", "CHANGE", "WHY"),
        [
            (
                e.sequence,
                moment(e.time),
                e.actor,
                e.action,
                e.object,
                "; ".join(_changes(e)),
                e.comment,
            )
            for e in found
        ],
        wrap=("CHANGE", "WHY"),
        as_json=as_json,
    )


def _follow(do: Any, op: Any, since: int | None, *, as_json: bool) -> None:
    from cuvee.api.wire import encode
    from cuvee.client.following import follow

    with suppress(KeyboardInterrupt), one_interrupt():
        for e in follow(do.__self__, op, since):
            if as_json:
                click.echo(encode(e))
                continue
            words = [str(e.sequence), moment(e.time), e.actor, e.action, e.object]
            words += [part for part in ("; ".join(_changes(e)), e.comment) if part]
            click.echo("  ".join(map(printable, words)))


_LONG = ("digest", "end_time")  # for programs; people look at the time and the name


def _changes(event: Event, most: int = 6) -> list[str]:
    """Return ``field: before → after`` for what an event changed, long values cut."""
    lines = []
    for key in list(dict.fromkeys((*event.before, *event.after)))[:most]:
        if key in _LONG:
            continue
        old, new = (_short(fields.get(key) or "") for fields in (event.before, event.after))
        if old or new:
            lines.append(f"{key}: {old} → {new}" if old else f"{key}: {new}")
    return lines


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:60] + "…"
