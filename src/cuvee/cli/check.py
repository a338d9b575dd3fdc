"""``cuvee check``: post results of checks of a version, as CI does, and list them."""

from __future__ import annotations

import click

from cuvee.cli.options import Do, as_json, examples, uses_store
from cuvee.cli.output import moment, print_items


@click.group()
def check() -> None:
    """Post results of checks of versions; list and delete them."""


@check.command(
    "set",
    epilog=examples(
        "cuvee check set lr_wine_quality 2 golden-set --pass --url https://ci.example/7",
        "cuvee check set lr_wine_quality 2 golden-set --fail --details '2 of 90 differ'",
    ),
)
@click.argument("name")
@click.argument("version")
@click.argument("check_name", metavar="CHECK")
@click.option("--pass/--fail", "passed", default=None, help="What came out.")
@click.option("--url", default="", help="Where the evidence is.")
@click.option("--details", default="", help="What came out, in words.")
@click.option("--digest", default="", help="Digest of what was checked; refused if it changed.")
@uses_store
def set_(
    do: Do,
    name: str,
    version: str,
    check_name: str,
    url: str,
    details: str,
    digest: str,
    *,
    passed: bool | None,
) -> None:
    """Post the result of CHECK for VERSION of the model NAME."""
    from cuvee.api.checks import SetCheck

    if passed is None:
        raise click.UsageError("Say what came out: --pass or --fail.")
    op = SetCheck(
        name=name,
        version=version,
        check_name=check_name,
        passed=passed,
        url=url,
        details=details,
        digest=digest,
    )
    do(op)
    click.echo(f"{check_name} of {name} version {version} {'passed' if passed else 'failed'}.")


@check.command("list", epilog=examples("cuvee check list lr_wine_quality 2"))
@click.argument("name")
@click.argument("version")
@as_json
@uses_store
def list_(do: Do, name: str, version: str, *, as_json: bool) -> None:
    """List the results that were posted for VERSION of the model NAME."""
    from cuvee.api.checks import ListChecks

    found = do(ListChecks(name=name, version=version)).checks
    print_items(
        found,
        ("CHECK", "RESULT", "BY", "POSTED", "URL", "DETAILS"),
        [
            (
                c.name,
                ("passed" if c.passed else "failed") + ("" if c.counts else " (other files)"),
                c.user_id,
                moment(c.creation_timestamp),
                c.url,
                c.details,
            )
            for c in found
        ],
        wrap=("DETAILS",),
        as_json=as_json,
    )


@check.command(epilog=examples("cuvee check delete lr_wine_quality 2 golden-set"))
@click.argument("name")
@click.argument("version")
@click.argument("check_name", metavar="CHECK")
@click.option("--comment", default="", help="Why; the history keeps it.")
@uses_store
def delete(do: Do, name: str, version: str, check_name: str, comment: str) -> None:
    """Take back the result of CHECK."""
    from cuvee.api.checks import DeleteCheck

    do(DeleteCheck(name=name, version=version, check_name=check_name, comment=comment))
    click.echo(f"{name} version {version} has no result of {check_name} any more.")
