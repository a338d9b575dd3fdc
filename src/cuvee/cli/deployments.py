"""``cuvee deployments``: tell where versions run, as a pipeline does, and list it."""

from __future__ import annotations

import click

from cuvee.cli.options import Do, as_json, collect, examples, limit, uses_store
from cuvee.cli.output import moment, print_items


@click.group()
def deployments() -> None:
    """Tell where versions of models run; list what runs where."""


@deployments.command(
    epilog=examples(
        "cuvee deployments record lr_wine_quality 2 k8s/prod-eu --comment 'build 71'",
        "cuvee deployments record lr_wine_quality 2 eu --url https://eu.example/wine",
    ),
)
@click.argument("name")
@click.argument("version")
@click.argument("target")
@click.option("--url", default="", help="Where to look at it; kept when it is left out.")
@click.option("--comment", default="", help="Why; the history keeps it.")
@uses_store
def record(do: Do, name: str, version: str, target: str, url: str, comment: str) -> None:
    """Tell that VERSION of the model NAME runs at TARGET.

    TARGET is any text of yours. Another version of the model that ran there is replaced. To tell
    it again changes nothing.
    """
    from cuvee.api.deployments import RecordDeployment

    op = RecordDeployment(name=name, version=version, target=target, url=url, comment=comment)
    reply = do(op)
    said = f"{name} version {reply.deployment.version} runs at {target}"
    click.echo(f"{said}, in place of version {reply.replaced}." if reply.replaced else f"{said}.")


@deployments.command(epilog=examples("cuvee deployments end lr_wine_quality k8s/prod-eu"))
@click.argument("name")
@click.argument("target")
@click.option("--comment", default="", help="Why; the history keeps it.")
@uses_store
def end(do: Do, name: str, target: str, comment: str) -> None:
    """Tell that no version of NAME runs at TARGET now."""
    from cuvee.api.deployments import EndDeployment

    ended = do(EndDeployment(name=name, target=target, comment=comment)).deployment
    click.echo(f"{name} version {ended.version} runs at {target} no more.")


@deployments.command(
    "list",
    epilog=examples(
        "cuvee deployments list",
        "cuvee deployments list lr_wine_quality 2 --ended",
    ),
)
@click.argument("name", default="")
@click.argument("version", default="")
@click.option("--ended", is_flag=True, help="Also list what has ended.")
@limit
@as_json
@uses_store
def list_(do: Do, name: str, version: str, limit: int, *, ended: bool, as_json: bool) -> None:
    """List what runs where, newest first.

    Of all models, of the model NAME, or of its VERSION.
    """
    from cuvee.api.deployments import Deployment, ListDeployments

    def fetch(token: str, size: int) -> tuple[list[Deployment], str | None]:
        page = do(
            ListDeployments(
                name=name,
                version=version,
                include_ended=ended,
                max_results=size,
                page_token=token,
            )
        )
        return page.deployments, page.next_page_token

    found = collect(fetch, limit)
    print_items(
        found,
        ("NAME", "VERSION", "TARGET", "SINCE", "UNTIL", "BY", "URL"),
        [
            (d.name, d.version, d.target, moment(d.since), moment(d.until), d.user_id, d.url)
            for d in found
        ],
        wrap=("TARGET", "URL"),
        as_json=as_json,
    )
