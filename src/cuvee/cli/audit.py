"""``cuvee audit``: prove that the history is whole and unchanged."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cuvee.cli.databases import database_at, key_beside, log_key
from cuvee.cli.options import Do, days, examples, uses_store
from cuvee.errors import CuveeError, InvalidParameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cuvee.api.log import LogEntry
    from cuvee.log.verifier import Keys


@click.group()
def audit() -> None:
    """Prove that the history is whole and unchanged."""


@audit.command(
    epilog=examples(
        "cuvee audit verify",
        "cuvee audit verify postgresql://cuvee@db/cuvee --log-key /etc/cuvee/log.key",
        "cuvee audit verify http://127.0.0.1:5000 --key cuvee-log-5c+8a0b77d2+AYb...",
    )
)
@click.argument("target", required=False)
@log_key
@click.option("--key", metavar="NAME+ID+BASE64", help="The public key, as you know it.")
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A file with a checkpoint that you have kept.",
)
def verify(
    target: str | None, log_key: Path | None, key: str | None, checkpoint: Path | None
) -> None:
    """Check all entries, their tree and all checkpoints.

    TARGET is a database, whose server need not run, or a server; the tracking URI if absent. A
    database is read wholly: its events and texts, the log, its tiles, and the checkpoint that
    stands beside the key. A server is believed nothing but what it can prove. Exits with 1 when
    something does not hold.
    """
    from cuvee.client.connect import connect
    from cuvee.client.current import get_tracking_uri
    from cuvee.log.note import extensions

    uri = target or get_tracking_uri()
    known = checkpoint.read_text("utf-8", "replace") if checkpoint else ""
    if uri.startswith(("http://", "https://")):
        problems, said = verify_served(connect(uri).store.do, key, known)
    else:
        problems, said = _verify_database(database_at(uri), log_key, key, known)
    if checkpoint and not extensions(known).size:
        problems.append(f"{checkpoint} holds no checkpoint")
    for problem in problems:
        click.echo(f"WRONG: {problem}")
    click.echo(said)
    if problems:
        click.echo("The history does not hold.")
        sys.exit(1)
    click.echo("The history holds.")


def _verify_database(
    uri: str, path: Path | None, key: str | None, known: str
) -> tuple[list[str], str]:
    from cuvee.log import note
    from cuvee.store.audit import audit_database

    path = path or key_beside(uri)
    with click.progressbar(length=1, label="Checking", file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        kept = note.kept(path) if path else ""
        found = audit_database(uri, kept=kept, known=known, progress=progress)
    chain = [one for _, one in found.keys.chain]
    mine = [note.SigningKey.load(path).verifier] if path and path.exists() else []
    problems = found.problems + _unknown(mine[:1] if chain else [], chain[-1:])
    problems += _unknown([key] if key else [], chain)
    last = max(found.checkpoints, default=0)
    return problems, (
        f"{found.tree.size} entries, {len(found.checkpoints)} checkpoints up to entry {last}, "
        f"signed by {', '.join(chain) or 'nobody'}"
    )


def verify_served(do: Do, key: str | None, known: str = "") -> tuple[list[str], str]:
    """Check the log that a server answers with, and return what is wrong and what was read.

    Args:
        do: carries out operations.
        key: the key that must have signed it, if one is known.
        known: a checkpoint that somebody has kept.
    """
    from cuvee.api.log import GetLogStatus
    from cuvee.log import bundle
    from cuvee.log.verifier import Frontier, Keys

    keys, tree, roots, hidden = Keys(), Frontier(), {0: b""}, 0
    status = do(GetLogStatus())
    size = status.size  # what is added meanwhile is checked the next time
    problems = list(status.problems)
    for entry, leaf in bundle.leaves(do, size):
        if entry.entry is None:
            hidden += 1
        else:
            problems += _look_at(entry, leaf, keys)
        tree.add(leaf)
        roots[tree.size] = tree.root()
    if tree.size < size:
        problems.append(f"entries from {tree.size + 1} to {size} are not shown")
    last, wrong = _verify_checkpoints(do, keys, roots, known)
    if last < tree.size:
        wrong.append(f"entries from {last + 1} on are under no checkpoint")
    chain = [one for _, one in keys.chain]
    return [*problems, *wrong, *_unknown([key] if key else [], chain)], (
        f"{tree.size} entries ({hidden} of them hidden from you), checkpoints up to entry {last}, "
        f"signed by {', '.join(chain) or 'nobody'}"
    )


def _look_at(entry: LogEntry, leaf: bytes, keys: Keys) -> Iterator[str]:
    """Say what is wrong with an entry and its texts."""
    import json

    from cuvee.log.entry import commitment, committed
    from cuvee.log.note import openssl
    from cuvee.log.verifier import leaf_hash

    raw = entry.entry or ""
    if leaf_hash(raw.encode()) != leaf:
        yield f"place {entry.sequence}: the entry is not what was recorded"
        return
    try:
        found = json.loads(raw)
        held = committed(*(found[name] for name in ("comment", "before", "after", "details")))
        if problem := keys.note(entry.sequence - 1, found, openssl):
            yield problem
    except (ValueError, TypeError, LookupError, AttributeError):
        yield f"place {entry.sequence}: the entry cannot be read"
        return
    for text in entry.texts:
        try:
            right = commitment(text.salt, text.text) == held.get(text.field)
        except ValueError:
            right = False
        if not right:
            yield f"place {entry.sequence}: the text '{text.field}' is not what was recorded"


def _verify_checkpoints(
    do: Do, keys: Keys, roots: dict[int, bytes], known: str
) -> tuple[int, list[str]]:
    from cuvee.log import bundle
    from cuvee.log.note import extensions, openssl
    from cuvee.log.verifier import read_checkpoint

    problems = []
    notes = [(one.size, one.note) for one in bundle.checkpoints(do, max(roots))]
    named = [(extensions(known).size, known)] if known else []
    for size, note in notes + named:
        signer = keys.at(size) or ""
        try:
            right = read_checkpoint(note, signer, openssl)
        except ValueError as problem:
            problems.append(f"checkpoint {size}: {problem}")
        else:
            if right != (size, roots.get(size)):
                problems.append(f"checkpoint {size} states other entries")
    return max((size for size, _ in notes), default=0), problems


def _unknown(keys: Iterable[str], chain: list[str]) -> list[str]:
    return [f"the key {key} is not the one that signs this log" for key in keys if key not in chain]


@audit.command(
    epilog=examples(
        "cuvee audit export history.zip",
        "cuvee audit export wine.zip --object model:lr_wine_quality "
        "--object version:lr_wine_quality/2",
        "python verifier.py history.zip",
    )
)
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--object",
    "subjects",
    multiple=True,
    metavar="NOUN:ID",
    help="Only this object's events, each with its proof; may be repeated.",
)
@click.option("--no-texts", is_flag=True, help="Leave out comments and descriptions.")
@uses_store
def export(do: Do, path: Path, subjects: tuple[str, ...], *, no_texts: bool) -> None:
    """Write a zip file that proves the history offline.

    It contains the program that checks it.
    """
    from cuvee.log import bundle

    count = bundle.write(do, path, subjects=subjects, texts=not no_texts)
    click.echo(f"{count} entries in {path}. Check it with the verifier.py in it.")


@audit.command(
    "forget-addresses",
    epilog=examples(
        "cuvee audit forget-addresses --older-than 90d",
        "cuvee audit forget-addresses --older-than 0d --comment 'the works council asked'",
    ),
)
@click.option(
    "--older-than",
    callback=days,
    metavar="DAYS",
    required=True,
    help="Only of events that are that old.",
)
@click.option("--comment", default="", help="Why, for the history.")
@uses_store
def forget_addresses(do: Do, older_than: int, comment: str) -> None:
    """Erase the IP addresses of old changes.

    Who made which change, when and why stays, and stays provable. It needs an admin, and is an
    event itself.
    """
    from cuvee.api.events import EraseEventAddresses

    until = int(time.time() * 1000) - older_than * 86_400_000
    erased = do(EraseEventAddresses(to_time=max(until, 0), comment=comment)).events
    click.echo(f"Erased the addresses of {erased} event{'' if erased == 1 else 's'}.")


@audit.command(
    "rotate-key",
    epilog=examples("cuvee audit rotate-key --comment 'yearly'", "cuvee audit rotate-key --lost"),
)
@click.argument("target", required=False)
@log_key
@click.option("--lost", is_flag=True, help="The old key is lost: the new one cannot be proved.")
@click.option("--comment", default="", help="Why, for the history.")
def rotate_key(target: str | None, log_key: Path | None, comment: str, *, lost: bool) -> None:
    """Replace the key that signs the history.

    Running servers take the new one up.

    TARGET is the database; the one of the tracking URI if absent. The old key signs the entry of
    the new one.
    """
    from cuvee.api.log import GetLogStatus, ReplaceLogKey
    from cuvee.client.current import get_tracking_uri
    from cuvee.log.note import SigningKey
    from cuvee.store.sql import SqlStore

    url = database_at(target or get_tracking_uri())
    path = log_key or key_beside(url)
    if path is None or (not path.exists() and not lost):
        raise InvalidParameter("The key of the log was not found: name its file with --log-key.")
    old: Any = SigningKey.load(path) if path.exists() else None
    store = SqlStore.open(url)
    try:
        store.order_events()
        name = old.name if old else store.do(GetLogStatus()).key.partition("+")[0]
        new = SigningKey.new(name)
        signature = old.endorse(new.verifier) if old and not lost else ""
        draft = path.with_name(f"{path.name}.{new.id.hex()}")  # whatever happens, it is not lost
        new.save(draft)
        try:
            store.do(ReplaceLogKey(key=new.verifier, signature=signature, comment=comment))
        except CuveeError:
            draft.unlink()
            raise
        draft.replace(path)
        store.signing = new
        store.order_events()
    finally:
        store.close()
    click.echo(f"The history is signed by {new.verifier} from now on.")
