"""``cuvee models``: list, search, show, move."""

from __future__ import annotations

from typing import Any

import click

from cuvee.cli.options import Do, as_json, collect, examples, limit, order_by, uses_store
from cuvee.cli.output import moment, pairs, print_fields, print_items, print_json


@click.group()
def models() -> None:
    """List, search, show and move registered models."""


@models.command("list", epilog=examples("cuvee models list", "cuvee models list --folder credit"))
@click.option("--folder", help="Only those in this folder.")
@limit
@as_json
@uses_store
def list_(do: Do, folder: str | None, limit: int, *, as_json: bool) -> None:
    """List registered models by name, with the version in each stage."""
    asked = {} if folder is None else {"filter": f"folder = '{folder.removesuffix('/')}'"}
    _print(_search(do, limit, **asked), as_json=as_json)


@models.command(epilog=examples("cuvee models search \"name LIKE 'lr_%'\" --json"))
@click.argument("query", metavar="FILTER")
@order_by
@limit
@as_json
@uses_store
def search(do: Do, query: str, order_by: tuple[str, ...], limit: int, *, as_json: bool) -> None:
    """Find the registered models that FILTER describes."""
    _print(_search(do, limit, filter=query, order_by=list(order_by)), as_json=as_json)


@models.command(epilog=examples("cuvee models show lr_wine_quality"))
@click.argument("name")
@as_json
@uses_store
def show(do: Do, name: str, *, as_json: bool) -> None:
    """Show one registered model.

    'cuvee versions list NAME' shows its versions.
    """
    from cuvee.api.models import GetRegisteredModel

    model = do(GetRegisteredModel(name=name)).registered_model
    if as_json:
        print_json(model)
        return
    print_fields(
        {
            "name": model.name,
            "folder": model.folder,
            "description": model.description,
            "stages": _stages(model),
            "aliases": pairs(model.aliases),
            "created": moment(model.creation_timestamp),
            "updated": moment(model.last_updated_timestamp),
            **{f"tag {key}": value for key, value in sorted(model.tags.items())},
        }
    )


@models.command(
    epilog=examples("cuvee models move lr_wine_quality wine/quality", "cuvee models move pd ''")
)
@click.argument("name")
@click.argument("folder")
@click.option("--comment", default="", help="Why; the history keeps it.")
@uses_store
def move(do: Do, name: str, folder: str, comment: str) -> None:
    """Put a registered model into FOLDER; '' takes it out of all.

    Permissions and stages that were given to folders follow; the name stays.
    """
    from cuvee.api.models import MoveRegisteredModel

    moved = do(MoveRegisteredModel(name=name, folder=folder, comment=comment)).registered_model
    click.echo(f"{name} is in {moved.folder}/." if moved.folder else f"{name} is in no folder.")


def _search(do: Do, limit: int, **asked: Any) -> list[Any]:
    from cuvee.api.models import SearchRegisteredModels

    def fetch(token: str, size: int) -> tuple[list[Any], str | None]:
        page = do(SearchRegisteredModels(max_results=size, page_token=token, **asked))
        return page.registered_models, page.next_page_token

    return collect(fetch, limit)


def _stages(model: Any) -> str:
    return ", ".join(f"{v.current_stage} {v.version}" for v in model.latest_versions)


def _print(found: list[Any], *, as_json: bool) -> None:
    print_items(
        found,
        ("NAME", "STAGES", "UPDATED", "DESCRIPTION"),
        [(m.name, _stages(m), moment(m.last_updated_timestamp), m.description) for m in found],
        wrap=("STAGES", "DESCRIPTION"),
        as_json=as_json,
    )
