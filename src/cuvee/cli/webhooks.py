"""``cuvee webhooks``: have URLs told of events, and see what became of it."""

from __future__ import annotations

import os
from typing import Any

import click

from cuvee.cli.options import Do, as_json, collect, examples, limit, uses_store
from cuvee.cli.output import moment, print_items, print_json, print_table

comment = click.option("--comment", default="", help="Why; the history keeps it.")


def _headers(_ctx: Any, _param: Any, given: tuple[str, ...]) -> list[tuple[str, str]]:
    """Take ``Name: value`` apart; in the environment there is one a line."""
    found = []
    lines = os.environ.get("CUVEE_WEBHOOK_HEADERS", "").split("\n")
    for text in given or [line for line in lines if line.strip()]:
        name, colon, value = text.partition(":")
        if not colon:  # not repeated: it may be the value alone
            raise click.BadParameter("Write a header as 'Name: value'.")
        found.append((name.strip(" "), value.strip(" ")))
    return found


action = click.option(
    "--action",
    "actions",
    multiple=True,
    metavar="BEGINNING",
    help="Only actions that begin so, as 'version.'; may be repeated.",
)
secret = click.option(
    "--secret",
    default="",
    envvar="CUVEE_WEBHOOK_SECRET",
    help="Sign messages with it; never shown again. [env: CUVEE_WEBHOOK_SECRET]",
)
authorization = click.option(
    "--authorization",
    default="",
    envvar="CUVEE_WEBHOOK_AUTHORIZATION",
    help="Value of the Authorization header; never shown again. [env: CUVEE_WEBHOOK_AUTHORIZATION]",
)
header = click.option(
    "--header",
    "headers",
    multiple=True,
    callback=_headers,
    metavar="'NAME: VALUE'",
    help="Send this header too; its value is never shown again; may be repeated. "
    "[env: CUVEE_WEBHOOK_HEADERS, one a line]",
)


@click.group()
def webhooks() -> None:
    """Have URLs told of events; see and repeat deliveries."""


@webhooks.command("list", epilog=examples("cuvee webhooks list --model lr_wine_quality"))
@click.option("--model", default="", metavar="NAME", help="Only those of this model.")
@limit
@as_json
@uses_store
def list_(do: Do, model: str, limit: int, *, as_json: bool) -> None:
    """List the webhooks of all forms, newest first."""
    from cuvee.api.hooks import ListHooks

    def fetch(token: str, size: int) -> tuple[list[Any], str | None]:
        page = do(ListHooks(model=model, max_results=size, page_token=token))
        return page.webhooks, page.next_page_token

    found = collect(fetch, limit)
    print_items(
        found,
        ("ID", "FORM", "STATUS", "MODEL", "URL", "ABOUT", "PENDING", "DEAD", "PROBLEM"),
        [
            (
                w.webhook_id,
                w.form,
                w.status,
                w.model,
                w.url,
                ", ".join(w.actions) or "everything",
                w.pending,
                w.dead,
                w.problem,
            )
            for w in found
        ],
        wrap=("URL", "ABOUT", "PROBLEM"),
        as_json=as_json,
    )


@webhooks.command(
    epilog=examples(
        "cuvee webhooks create https://hooks.example.com/x --model lr_wine_quality \\",
        "                      --action version.transitioned",
        "cuvee webhooks create https://hooks.example.com/x --header 'X-Team: wine'",
        "CUVEE_WEBHOOK_SECRET=... cuvee webhooks create https://hooks.example.com/x",
    )
)
@click.argument("url")
@click.option("--model", metavar="NAME", help="Only what is about this model.")
@action
@click.option("--name", default="", help="A name for people.")
@secret
@authorization
@header
@comment
@as_json
@uses_store
def create(
    do: Do,
    actions: tuple[str, ...],
    headers: list[tuple[str, str]],
    *,
    as_json: bool,
    **fields: Any,
) -> None:
    """Have URL told of events, as CloudEvents, from now on."""
    from cuvee.api.hooks import CreateHook
    from cuvee.api.targets import HookHeader

    sent = [HookHeader(name, value) for name, value in headers]
    made = do(CreateHook(actions=list(actions), headers=sent, **fields)).webhook
    if as_json:
        print_json(made)
    else:
        click.echo(made.webhook_id)


@webhooks.command(
    epilog=examples(
        "cuvee webhooks update 4f0c... --action version. --comment 'versions only'",
        "cuvee webhooks update 4f0c... --header 'X-Team: wine' --drop-header X-Key",
        "cuvee webhooks update 4f0c... --drop-authorization",
        "cuvee webhooks update 4f0c... --disable",
    )
)
@click.argument("webhook_id", metavar="ID")
@click.option("--url", help="Send there from now on.")
@action
@click.option("--every-action", is_flag=True, help="Tell of everything.")
@click.option("--name", help="A name for people.")
@secret
@click.option("--drop-secret", is_flag=True, help="Sign messages no longer.")
@authorization
@click.option("--drop-authorization", is_flag=True, help="Send no Authorization header.")
@header
@click.option(
    "--drop-header",
    "dropped",
    multiple=True,
    metavar="NAME",
    help="Send this header no longer; may be repeated.",
)
@click.option("--enable/--disable", "enabled", default=None, help="Whether anything is sent.")
@comment
@as_json
@uses_store
def update(do: Do, webhook_id: str, *, comment: str, as_json: bool, **given: Any) -> None:
    """Change a webhook of Cuvee's own form.

    What is not said stays as it is; but neither Authorization nor other headers follow the URL to
    another host.
    """
    from cuvee.api.hooks import UpdateHook

    fields = _changes(given)
    headers = _headers_after(do, webhook_id, given["headers"], given["dropped"])
    if headers is not None:
        fields["headers"] = headers
    if not fields:
        raise click.UsageError("Say what to change; --help lists what can be.")
    made = do(UpdateHook(webhook_id=webhook_id, comment=comment, **fields)).webhook
    if as_json:
        print_json(made)
    else:
        click.echo(f"Webhook {webhook_id} is changed.")


def _changes(given: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a webhook, but for its headers, that the options say."""
    fields = {key: given[key] for key in ("url", "name") if given[key] is not None}
    for key in ("secret", "authorization"):
        if given[key] and given[f"drop_{key}"]:
            raise click.UsageError(f"--{key} and --drop-{key} exclude each other.")
        if given[key] or given[f"drop_{key}"]:
            fields[key] = given[key]  # empty takes it away
    if given["actions"] and given["every_action"]:
        raise click.UsageError("--action and --every-action exclude each other.")
    if given["actions"] or given["every_action"]:
        fields["actions"] = list(given["actions"])
    if given["enabled"] is not None:
        fields["status"] = "ACTIVE" if given["enabled"] else "DISABLED"
    return fields


def _headers_after(
    do: Do, webhook_id: str, added: list[tuple[str, str]], dropped: tuple[str, ...]
) -> list[Any] | None:
    """Return all headers of a webhook after a change, None where nothing is said of them."""
    from cuvee.api.hooks import GetHook
    from cuvee.api.targets import HookHeader

    if not added and not dropped:
        return None
    names = do(GetHook(webhook_id=webhook_id)).webhook.header_names
    known = {name.lower() for name in names}
    for name in dropped:
        if name.lower() not in known:
            raise click.UsageError(
                f"The webhook sends no header {name}; it sends {', '.join(names) or 'none'}."
            )
    gone = {name.lower() for name in (*dropped, *(name for name, _ in added))}
    kept = [HookHeader(name) for name in names if name.lower() not in gone]
    return kept + [HookHeader(name, value) for name, value in added]


@webhooks.command(epilog=examples("cuvee webhooks test 4f0c..."))
@click.argument("webhook_id", metavar="ID")
@uses_store
def test(do: Do, webhook_id: str) -> None:
    """Send a sample to a webhook now.

    Of any form; the exit status says whether the receiver took it.
    """
    from cuvee.api.hooks import TryHook
    from cuvee.errors import CuveeError

    result = do(TryHook(webhook_id=webhook_id)).result
    if not result.success:
        raise CuveeError(result.error_message)
    click.echo(f"The receiver answered {result.response_status}.")


@webhooks.command(epilog=examples("cuvee webhooks deliveries 4f0c... --state dead"))
@click.argument("webhook_id", metavar="ID")
@click.option(
    "--state",
    type=click.Choice(["pending", "delivered", "dead", "cancelled"]),
    help="Only deliveries in this state.",
)
@click.option("--attempts", is_flag=True, help="List each request that was sent for them.")
@limit
@as_json
@uses_store
def deliveries(
    do: Do, webhook_id: str, state: Any, limit: int, *, attempts: bool, as_json: bool
) -> None:
    """List what was sent to a webhook of any form, newest first."""
    from cuvee.api.hooks import ListDeliveries

    def fetch(token: str, size: int) -> tuple[list[Any], str | None]:
        op = ListDeliveries(webhook_id=webhook_id, state=state, max_results=size, page_token=token)
        page = do(op)
        return page.deliveries, page.next_page_token

    found = collect(fetch, limit)
    if attempts and not as_json:
        print_table(
            ("DELIVERY", "SENT", "MS", "STATUS", "PROBLEM"),
            [
                (d.delivery_id, moment(a.started), a.duration, a.status, a.problem)
                for d in found
                for a in d.attempt_log
            ],
            wrap=("PROBLEM",),
        )
        return
    print_items(
        found,
        ("ID", "EVENT", "KIND", "STATE", "ATTEMPTS", "STATUS", "TIME", "PROBLEM"),
        [
            (
                d.delivery_id,
                d.event,
                d.kind,
                d.state,
                d.attempts,
                d.status,
                moment(d.last_updated_timestamp),
                d.problem,
            )
            for d in found
        ],
        wrap=("PROBLEM",),
        as_json=as_json,
    )


@webhooks.command(epilog=examples("cuvee webhooks redeliver 4f0c... --delivery 77ab..."))
@click.argument("webhook_id", metavar="ID")
@click.option(
    "--delivery",
    "delivery_ids",
    multiple=True,
    metavar="ID",
    help="Only this one, whatever its state; may be repeated. [default: all dead ones]",
)
@comment
@uses_store
def redeliver(do: Do, webhook_id: str, delivery_ids: tuple[str, ...], comment: str) -> None:
    """Send deliveries again, under the same ids."""
    from cuvee.api.hooks import RedeliverHook

    op = RedeliverHook(webhook_id=webhook_id, delivery_ids=list(delivery_ids), comment=comment)
    count = do(op).redelivered
    click.echo(f"{count} {'delivery is' if count == 1 else 'deliveries are'} queued again.")


@webhooks.command(epilog=examples("cuvee webhooks delete 4f0c..."))
@click.argument("webhook_id", metavar="ID")
@comment
@uses_store
def delete(do: Do, webhook_id: str, comment: str) -> None:
    """Stop a webhook of any form for good; what waits is cancelled."""
    from cuvee.api.hooks import DeleteHook

    do(DeleteHook(webhook_id=webhook_id, comment=comment))
    click.echo(f"Webhook {webhook_id} is deleted.")
