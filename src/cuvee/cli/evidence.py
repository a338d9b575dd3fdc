"""``cuvee evidence``: write down what is known about a version, and check what was written."""

from __future__ import annotations

import os
from pathlib import Path

import click

from cuvee.cli import options
from cuvee.cli.databases import key_beside, log_key
from cuvee.cli.options import as_json, examples
from cuvee.cli.output import print_fields, print_json, printable


class _Default(click.Group):
    """A group in which a pack is written unless a subcommand is named."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            return "write", self.commands["write"], args
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Default,
    epilog=examples(
        "cuvee evidence lr_wine_quality 2",
        "cuvee evidence lr_wine_quality 2 --out wine.zip --json",
        "cuvee evidence verify wine.zip",
    ),
)
def evidence() -> None:
    """Write a version's evidence pack (NAME VERSION); verify one.

    "cuvee evidence NAME VERSION" is short for "cuvee evidence write NAME VERSION".
    """


@evidence.command(
    epilog=examples(
        "cuvee evidence write lr_wine_quality 2",
        "cuvee evidence write lr_wine_quality 2 --out wine.zip",
    )
)
@click.argument("name")
@click.argument("version")
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The archive. [default: NAME-VERSION-evidence.zip in this directory]",
)
@log_key
@options.tracking_uri
@as_json
def write(
    name: str,
    version: str,
    out: Path | None,
    log_key: Path | None,
    tracking_uri: str | None,
    *,
    as_json: bool,
) -> None:
    """Write the pack of a version: one signed archive.

    A server signs it; a database without a server is signed for with the key beside it.
    """
    from cuvee.client.client import Client
    from cuvee.evidence import archive

    client = Client(tracking_uri)
    _sign_here(client.registry_uri, log_key)
    found = client.get_evidence(name, version)
    path = out or Path(archive.file_name(found))
    archive.write(path, found.members)
    if as_json:
        print_json(archive.summary(found, path))
        return
    sizes = {member.path: len(member.text.encode()) for member in found.members}
    print_fields(
        {
            "pack": str(path),
            "of": f"{found.name} {found.version}",
            "digest": found.digest or "none",
            "files": f"{len(sizes)}, {sum(sizes.values()):,} bytes",
        }
    )
    click.echo("\nIn it:")
    for each in sorted(sizes):
        click.echo(f"  {each}")
    click.echo("\nMissing:" if found.missing else "\nNothing is missing of what is looked for.")
    for gap in found.missing:
        click.echo(f"  {gap.topic}: {printable(gap.says)}")


def _sign_here(uri: str, path: Path | None) -> None:
    """Let a store in this process sign, with the key of its log where that can be read."""
    from cuvee.api.log import GetLogStatus
    from cuvee.client.connect import connect
    from cuvee.log.note import SigningKey
    from cuvee.store.sql import SqlStore

    store = connect(uri).store
    if not isinstance(store, SqlStore):
        return
    beside = None if path else key_beside(store.database.url)
    key = path or (beside if beside and os.access(beside, os.R_OK) else None)
    if key is None:
        return
    signing = SigningKey.load(key)
    if signing.verifier == store.do(GetLogStatus()).key:
        store.signing = signing
        store.order_events()


@evidence.command(
    epilog=examples(
        "cuvee evidence verify wine.zip",
        "cuvee evidence verify wine.zip --key cuvee-log-8f3a+5d41402a+AWx1...",
    )
)
@click.argument("pack", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--key", metavar="NAME+ID+BASE64", help="The log's key, as you know it elsewhere.")
@as_json
def verify(pack: Path, key: str | None, *, as_json: bool) -> None:
    """Check a pack's signature, files and proofs, offline."""
    from cuvee.evidence import archive

    found = archive.verify(pack, key)
    if as_json:
        print_json(found)
    else:
        for problem in found.problems:
            click.echo(f"WRONG: {printable(problem)}")
        print_fields(
            {
                "of": found.of,
                "events": f"{found.entries}, in the log of {found.checkpoint}",
                "signed by": ", ".join(found.keys[-1:]) or "nobody",
            }
        )
        click.echo("The pack does not hold." if found.problems else "The pack holds.")
    if found.problems:
        raise SystemExit(1)
