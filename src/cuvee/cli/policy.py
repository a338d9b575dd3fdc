"""``cuvee policy``: apply, show and remove the stages and reviews of models."""

from __future__ import annotations

from difflib import unified_diff
from typing import Any

import click

from cuvee.cli.options import Do, as_json, examples, uses_store
from cuvee.cli.output import moment, print_json, print_table, printable
from cuvee.errors import NotFound

comment = click.option("--comment", default="", help="Why; the history keeps it.")


@click.group()
def policy() -> None:
    """Say which stages models have, and what moves need."""


@policy.command(
    "apply",
    epilog=examples(
        "cuvee policy apply policy.yaml --comment 'agreed by risk'",
        "cuvee policy apply policy.yaml --dry-run",
    ),
)
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@comment
@as_json
@uses_store
def apply_(do: Do, file: Any, comment: str, *, dry_run: bool, as_json: bool) -> None:
    """Apply the policy in FILE and show what changes.

    FILE is YAML or JSON; - reads standard input.

    The file names its scope: a model, a folder (team/), or / for all models.
    """
    from cuvee.api.policies import ApplyPolicy

    op = ApplyPolicy(document=file.read(), comment=comment, dry_run=dry_run)
    _show_change(do(op), as_json=as_json, dry_run=dry_run)


@policy.command(
    epilog=examples("cuvee policy show lr_wine_quality", "cuvee policy show / --yaml > policy.yaml")
)
@click.argument("scope")
@click.option("--versions", is_flag=True, help="List all policies that SCOPE has had.")
@click.option("--yaml", "as_yaml", is_flag=True, help="Print a document that 'apply' takes.")
@as_json
@uses_store
def show(do: Do, scope: str, *, versions: bool, as_yaml: bool, as_json: bool) -> None:
    """Show the policy of SCOPE.

    SCOPE is a model, a folder (team/), or / for all models.

    For a model, the policy that applies to it is shown, wherever it comes from.
    """
    from cuvee.api.policies import GetModelPolicy, ListPolicyVersions

    if versions:
        listed = do(ListPolicyVersions(scope=scope)).policy_versions
        if as_json:
            print_json(listed)
            return
        print_table(
            ("POLICY", "APPLIED", "BY", "STAGES"),
            [
                (v.id, moment(v.creation_timestamp), v.user_id, ", ".join(v.stages) or "(removed)")
                for v in listed
            ],
            wrap=("STAGES",),
        )
        return
    if scope.endswith("/"):
        listed = do(ListPolicyVersions(scope=scope)).policy_versions
        if not listed or listed[0].policy is None:
            raise NotFound(f"{scope} has no policy: 'cuvee policy apply' gives it one.")
        found = listed[0]
    else:
        found = do(GetModelPolicy(name=scope)).policy_version
    if as_json:
        print_json(found)
    elif as_yaml:
        click.echo("\n".join(_lines(found, scope)))
    else:
        click.echo(f"# {_source(found)}")
        click.echo(printable(f"# stages: {', '.join(found.stages)}"))
        click.echo("\n".join(_lines(found, found.scope or scope)))


@policy.command(epilog=examples("cuvee policy remove lr_wine_quality"))
@click.argument("scope")
@comment
@as_json
@uses_store
def remove(do: Do, scope: str, comment: str, *, as_json: bool) -> None:
    """Take the policy of SCOPE away.

    The next larger scope's applies then.
    """
    from cuvee.api.policies import RemovePolicy

    change = do(RemovePolicy(scope=scope, comment=comment))
    _show_change(change, as_json=as_json, dry_run=False)


@policy.command("test", epilog=examples("cuvee policy test policy.yaml"))
@click.argument("file", type=click.File("r", encoding="utf-8"))
@as_json
@uses_store
def test_(do: Do, file: Any, *, as_json: bool) -> None:
    """Say which past moves the policy in FILE would have blocked.

    It says why, too, and changes nothing. What the history does not hold is said below the table.
    """
    from cuvee.api.rehearsals import RehearsePolicy

    found = do(RehearsePolicy(document=file.read()))
    if as_json:
        print_json(found)
        return
    print_table(
        ("MODEL", "VERSION", "TO", "BY", "MOVED", "RESULT", "WHY"),
        [
            (
                m.name,
                m.version,
                m.to_stage,
                m.user_id,
                moment(m.timestamp),
                ("blocked" if m.blocked else "allowed") + (" (emergency)" if m.emergency else ""),
                "; ".join(m.missing),
            )
            for m in found.moves
        ],
        wrap=("WHY",),
    )
    click.echo(f"This policy would have blocked {found.blocked} of {found.total} moves.")
    for note in found.notes:
        click.echo(f"  {note}")


def _show_change(change: Any, *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        print_json(change)
        return
    if change.unchanged:
        click.echo(f"Nothing to do: {change.after.id} says the same.")
        return
    old, new = (_lines(v, "")[1:] for v in (change.before, change.after))
    for line in unified_diff(old, new, _source(change.before), _source(change.after), lineterm=""):
        click.echo(line)
    would = "would move" if dry_run else "moved"
    for moved in change.moved:
        click.echo(
            f"{would} {moved.name} version {moved.version}: {moved.from_stage} -> {moved.to_stage}"
        )
    click.echo(
        "Nothing was changed (--dry-run)."
        if dry_run
        else f"In force now: {_source(change.after)}. Stages: {', '.join(change.after.stages)}."
    )


def _source(version: Any) -> str:
    if not version.id:
        return "the built-in stages"
    who = f", applied by {version.user_id}" if version.user_id else ""
    return f"policy {version.id}{who}"


def _lines(version: Any, scope: str) -> list[str]:
    """Return the policy as a document, line by line."""
    import msgspec
    import yaml

    class Dumper(yaml.SafeDumper):
        """Escapes what is not printable, which the library would write as it is and read anew."""

        def represent_str(self, text: str) -> Any:
            style = None if text.isprintable() else '"'
            return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, Dumper.represent_str)
    held = msgspec.to_builtins(version.policy) if version.policy else {"stages": []}
    # What a scope of many models says by leaving binding out, its document spells out.
    binds = {"binding": held.get("binding", False)} if scope.endswith("/") else {}
    text = yaml.dump(
        {"scope": scope, "stages": held["stages"], **binds},
        Dumper=Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=100,
    )
    return str(text).splitlines()
