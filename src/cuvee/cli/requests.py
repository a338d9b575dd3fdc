"""``cuvee requests``: ask for a version to be moved to a stage, and judge what others ask for."""

from __future__ import annotations

from typing import Any

import click

from cuvee.cli.options import Do, as_json, collect, examples, limit, uses_store
from cuvee.cli.output import moment, print_items, print_json

name = click.argument("name")
version = click.argument("version")
stage = click.argument("stage")
comment = click.option("--comment", default="", help="Why; the history keeps it.")


@click.group()
def requests() -> None:
    """Ask for moves of versions; approve, reject and cancel them."""


@requests.command(
    epilog=examples("cuvee requests create lr_wine_quality 2 Production --comment 'better RMSE'")
)
@name
@version
@stage
@comment
@uses_store
def create(do: Do, name: str, version: str, stage: str, comment: str) -> None:
    """Ask for VERSION of the model NAME to be moved to STAGE."""
    from cuvee.api.reviews import CreateTransitionRequest

    op = CreateTransitionRequest(name=name, version=version, stage=stage, comment=comment)
    made = do(op).request
    click.echo(f"Requested: {name} version {version} to {made.to_stage} (request {made.id}).")
    _say_what_is_missing(made)


@requests.command("list", epilog=examples("cuvee requests list lr_wine_quality 2"))
@name
@version
@as_json
@uses_store
def list_(do: Do, name: str, version: str, *, as_json: bool) -> None:
    """List the open requests of a version, and what each still lacks."""
    from cuvee.api.reviews import ListTransitionRequests

    found = do(ListTransitionRequests(name=name, version=version)).requests
    _print(found, [(name, version)] * len(found), as_json=as_json)


@requests.command(epilog=examples("cuvee requests waiting"))
@limit
@as_json
@uses_store
def waiting(do: Do, limit: int, *, as_json: bool) -> None:
    """List the requests that wait for your word, oldest first."""
    from cuvee.api.reviews import ListWaitingRequests

    def fetch(token: str, size: int) -> tuple[list[Any], str | None]:
        page = do(ListWaitingRequests(max_results=size, page_token=token))
        return page.requests, page.next_page_token

    found = collect(fetch, limit)
    _print(found, [(r.name, r.version) for r in found], as_json=as_json)


@requests.command(epilog=examples("cuvee requests approve lr_wine_quality 2 Production"))
@name
@version
@stage
@click.option("--archive-existing", is_flag=True, help="Archive the versions now in that stage.")
@comment
@uses_store
def approve(
    do: Do, name: str, version: str, stage: str, comment: str, *, archive_existing: bool
) -> None:
    """Approve the open requests to move VERSION to STAGE.

    The last approval that is needed moves it.
    """
    from cuvee.api.reviews import ApproveTransitionRequest

    said = do(
        ApproveTransitionRequest(
            name=name,
            version=version,
            stage=stage,
            archive_existing_versions=archive_existing,
            comment=comment,
        )
    ).activity
    if said.state == "allowed":
        click.echo(f"{name} version {version} is in {said.to_stage}.")
    else:
        click.echo(f"Approved: {name} version {version} to {said.to_stage}; not moved yet.")
        _say_what_is_missing(said)


@requests.command(
    epilog=examples("cuvee requests reject lr_wine_quality 2 Production --comment 'worse on reds'")
)
@name
@version
@stage
@click.option("--comment", required=True, help="Why; who asked will read it.")
@uses_store
def reject(do: Do, name: str, version: str, stage: str, comment: str) -> None:
    """Reject the open requests to move VERSION to STAGE."""
    from cuvee.api.reviews import RejectTransitionRequest

    op = RejectTransitionRequest(name=name, version=version, stage=stage, comment=comment)
    said = do(op).activity
    click.echo(f"Rejected: {name} version {version} to {said.to_stage}.")


@requests.command(epilog=examples("cuvee requests cancel lr_wine_quality 2 Production"))
@name
@version
@stage
@click.option("--creator", default="", help="Whose request, when several users have one.")
@comment
@uses_store
def cancel(do: Do, name: str, version: str, stage: str, creator: str, comment: str) -> None:
    """Cancel a request to move VERSION to STAGE."""
    from cuvee.api.reviews import DeleteTransitionRequest, ListTransitionRequests

    if not creator:
        found = do(ListTransitionRequests(name=name, version=version)).requests
        mine = [r.user_id for r in found if r.to_stage.lower() == stage.lower()]
        if len(mine) != 1:
            raise click.UsageError(
                f"{len(mine)} users have open requests for {stage}: say whose with --creator."
            )
        creator = mine[0]
    do(
        DeleteTransitionRequest(
            name=name, version=version, stage=stage, creator=creator, comment=comment
        )
    )
    click.echo(f"Cancelled: {creator}'s request for {name} version {version} to {stage}.")


@requests.command(epilog=examples("cuvee requests explain lr_wine_quality 2 Production"))
@name
@version
@stage
@as_json
@uses_store
def explain(do: Do, name: str, version: str, stage: str, *, as_json: bool) -> None:
    """Say what VERSION lacks for STAGE, and how its checks stand."""
    from cuvee.api.reviews import ExplainTransition

    found = do(ExplainTransition(name=name, version=version, stage=stage))
    if as_json:
        print_json(found)
        return
    gate = f"policy {found.policy}" if found.gated else "no review is needed"
    click.echo(f"{name} version {version} to {stage}: {found.state} ({gate}).")
    for check in found.checks:
        click.echo(f"  {check.state:<8}{check.check}: {check.reason}")
    _say_what_is_missing(found)


def _say_what_is_missing(found: Any) -> None:
    for sentence in found.missing:
        click.echo(f"  missing: {sentence}")
    for void in found.void_approvals:
        click.echo(f"  does not count: {void.user_id}'s approval: {void.reason}")


def _print(found: list[Any], versions: list[tuple[str, str]], *, as_json: bool) -> None:
    print_items(
        found,
        ("MODEL", "VERSION", "TO", "BY", "CREATED", "APPROVALS", "STATE", "MISSING", "COMMENT"),
        [
            (
                *which,
                r.to_stage,
                r.user_id,
                moment(r.creation_timestamp),
                f"{len(r.approvals)}/{r.required_approvals}",
                r.state,
                "; ".join(r.missing),
                r.comment,
            )
            for which, r in zip(versions, found, strict=True)
        ],
        wrap=("MISSING", "COMMENT"),
        as_json=as_json,
    )
