"""``cuvee models``: list, search, show."""

from __future__ import annotations

from typing import Any

import click

from cuvee.cli.options import Do, as_json, collect, examples, limit, order_by, uses_store
from cuvee.cli.output import moment, pairs, print_fields, print_items, print_json


@click.group()
def models() -> None:
    """List, search and show registered models."""


@models.command("list", epilog=examples("cuvee models list"))
@limit
@as_json
@uses_store
def list_(do: Do, limit: int, *, as_json: bool) -> None:
    """List registered models by name, with the version in each stage."""
    _print(_search(do, limit), as_json=as_json)


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
            "description": model.description,
            "stages": _stages(model),
            "aliases": pairs(model.aliases),
            "created": moment(model.creation_timestamp),
            "updated": moment(model.last_updated_timestamp),
            **{f"tag {key}": value for key, value in sorted(model.tags.items())},
        }
    )


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
