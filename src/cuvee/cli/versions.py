"""``cuvee versions``: list, search and show versions; move them between stages; set aliases."""

from __future__ import annotations

from typing import Any

import click

from cuvee.cli.options import Do, as_json, collect, examples, limit, order_by, uses_store
from cuvee.cli.output import moment, print_fields, print_items, print_json
from cuvee.cli.version_diff import diff
from cuvee.cli.version_loads import loads

comment = click.option("--comment", default="", help="Why; the history keeps it.")

expect = click.option(
    "--expect",
    metavar="VERSION",
    help="Refuse unless this version holds the stage until now ('nobody' for none).",
)

break_glass = click.option(
    "--break-glass", is_flag=True, help="In an emergency, move past the stage's policy."
)


@click.group()
def versions() -> None:
    """Show model versions; set stages and aliases."""


versions.add_command(diff)
versions.add_command(loads)


@versions.command("list", epilog=examples("cuvee versions list lr_wine_quality"))
@click.argument("name")
@limit
@as_json
@uses_store
def list_(do: Do, name: str, limit: int, *, as_json: bool) -> None:
    """List the versions of the registered model NAME, highest first."""
    from cuvee.api.models import GetRegisteredModel

    do(GetRegisteredModel(name=name))  # a name that does not exist is an error, not an empty list
    quoted = name.replace("'", "''")
    found = _search(do, limit, filter=f"name = '{quoted}'", order_by=["version_number DESC"])
    _print(found, as_json=as_json)


@versions.command(epilog=examples("cuvee versions search \"run_id = '3f0c7e1a9d2b4c55'\""))
@click.argument("query", metavar="FILTER")
@order_by
@limit
@as_json
@uses_store
def search(do: Do, query: str, order_by: tuple[str, ...], limit: int, *, as_json: bool) -> None:
    """Find the model versions that FILTER describes."""
    _print(_search(do, limit, filter=query, order_by=list(order_by)), as_json=as_json)


@versions.command(epilog=examples("cuvee versions show lr_wine_quality 1"))
@click.argument("name")
@click.argument("version")
@as_json
@uses_store
def show(do: Do, name: str, version: str, *, as_json: bool) -> None:
    """Show one version of a registered model."""
    from cuvee.api.versions import GetModelVersion

    found = do(GetModelVersion(name=name, version=version)).model_version
    if as_json:
        print_json(found)
        return
    print_fields(
        {
            "name": found.name,
            "version": found.version,
            "stage": found.current_stage,
            "status": found.status,
            "description": found.description,
            "aliases": ", ".join(found.aliases),
            "run": found.run_id,
            "source": found.source,
            "digest": found.digest,
            "registered by": found.user_id,
            "created": moment(found.creation_timestamp),
            "updated": moment(found.last_updated_timestamp),
            **{f"tag {key}": value for key, value in sorted(found.tags.items())},
        }
    )


@versions.command(
    epilog=examples(
        "cuvee versions stage lr_wine_quality 2 Production --archive-existing \\",
        "                     --comment 'better on the 2026 harvest'",
    )
)
@click.argument("name")
@click.argument("version")
@click.argument("stage")
@click.option("--archive-existing", is_flag=True, help="Archive the versions now in that stage.")
@break_glass
@expect
@comment
@uses_store
def stage(
    do: Do,
    name: str,
    version: str,
    stage: str,
    comment: str,
    expect: str | None,
    *,
    archive_existing: bool,
    break_glass: bool,
) -> None:
    """Move a version to STAGE.

    'cuvee policy show NAME' says which stages there are.
    """
    from cuvee.api.versions import TransitionStage

    moved = do(
        TransitionStage(
            name=name,
            version=version,
            stage=stage,
            archive_existing_versions=archive_existing,
            comment=comment,
            expected_holder=_expected(expect),
            break_glass=break_glass,
        )
    ).model_version
    click.echo(f"{moved.name} version {moved.version} is in {moved.current_stage}.")


@versions.command(
    epilog=examples("cuvee versions rollback lr_wine_quality Production --comment 'it drifts'")
)
@click.argument("name")
@click.argument("stage")
@break_glass
@expect
@comment
@uses_store
def rollback(
    do: Do, name: str, stage: str, expect: str | None, comment: str, *, break_glass: bool
) -> None:
    """Give STAGE back to the version that held it before."""
    from cuvee.api.holdings import RollbackStage

    op = RollbackStage(
        name=name,
        stage=stage,
        comment=comment,
        expected_holder=_expected(expect),
        break_glass=break_glass,
    )
    found = do(op).model_version
    click.echo(f"{found.name} version {found.version} is in {found.current_stage} again.")


@versions.command(epilog=examples("cuvee versions swap lr_wine_quality 3 Production --expect 2"))
@click.argument("name")
@click.argument("version")
@click.argument("stage")
@break_glass
@expect
@comment
@uses_store
def swap(
    do: Do,
    name: str,
    version: str,
    stage: str,
    expect: str | None,
    comment: str,
    *,
    break_glass: bool,
) -> None:
    """Let a version and the holder of STAGE exchange their stages."""
    from cuvee.api.holdings import SwapStages

    op = SwapStages(
        name=name,
        version=version,
        stage=stage,
        comment=comment,
        expected_holder=_expected(expect),
        break_glass=break_glass,
    )
    for found in do(op).model_versions:
        click.echo(f"{found.name} version {found.version} is in {found.current_stage}.")


@versions.command(
    epilog=examples(
        "cuvee versions holders lr_wine_quality Production",
        "cuvee versions holders lr_wine_quality Production --at 2026-03-03T00:00Z",
    )
)
@click.argument("name")
@click.argument("stage", required=False, default="")
@click.option(
    "--at", metavar="MOMENT", help="Who held STAGE then: 2026-03-03, 2026-03-03T09:30+01:00."
)
@limit
@as_json
@uses_store
def holders(do: Do, name: str, stage: str, at: str | None, limit: int, *, as_json: bool) -> None:
    """Show which versions held STAGE, and when, newest first.

    Without STAGE, of all stages.
    """
    from cuvee.api.holdings import GetStageHolder, ListHoldings

    if at and not stage:
        raise click.UsageError("--at needs a STAGE.")

    def fetch(token: str, size: int) -> tuple[list[Any], str | None]:
        page = do(ListHoldings(name=name, stage=stage, max_results=size, page_token=token))
        return page.holdings, page.next_page_token

    if at:
        found = [do(GetStageHolder(name=name, stage=stage, at=at)).holding]
    else:
        found = collect(fetch, limit)
    print_items(
        found,
        ("STAGE", "VERSION", "SINCE", "UNTIL", "MOVED IN BY", "MOVED OUT BY"),
        [
            (
                h.stage,
                h.version + (" (deleted)" if h.deleted else ""),
                moment(h.since),
                moment(h.until) or "now",
                h.user_id,
                h.ended_by,
            )
            for h in found
        ],
        wrap=(),
        as_json=as_json,
    )


@versions.command(epilog=examples("cuvee versions alias lr_wine_quality 2 champion"))
@click.argument("name")
@click.argument("version")
@click.argument("alias")
@comment
@uses_store
def alias(do: Do, name: str, version: str, alias: str, comment: str) -> None:
    """Point ALIAS at a version; models:/NAME@ALIAS then loads it."""
    from cuvee.api.models import SetRegisteredModelAlias

    do(SetRegisteredModelAlias(name=name, alias=alias, version=version, comment=comment))
    click.echo(f"models:/{name}@{alias} is version {version}.")


def _expected(expect: str | None) -> str | None:
    return "" if expect and expect.lower() == "nobody" else expect


def _search(do: Do, limit: int, **asked: Any) -> list[Any]:
    from cuvee.api.versions import SearchModelVersions

    def fetch(token: str, size: int) -> tuple[list[Any], str | None]:
        page = do(SearchModelVersions(max_results=size, page_token=token, **asked))
        return page.model_versions, page.next_page_token

    return collect(fetch, limit)


def _print(found: list[Any], *, as_json: bool) -> None:
    print_items(
        found,
        ("MODEL", "VERSION", "STAGE", "RUN ID", "CREATED", "BY", "DESCRIPTION"),
        [
            (
                v.name,
                v.version,
                v.current_stage,
                v.run_id,
                moment(v.creation_timestamp),
                v.user_id,
                v.description,
            )
            for v in found
        ],
        wrap=("DESCRIPTION",),
        as_json=as_json,
    )
