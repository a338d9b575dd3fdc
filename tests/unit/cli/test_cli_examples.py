"""What the help of every command shows can be typed."""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cuvee.cli.main import cli

FILES = ("policy.yaml", "wine.zip", "winequality-red.csv")


def commands(command: click.Command, parent: click.Context) -> Iterator[click.Context]:
    """Yield a context for each command, those of groups included."""
    yield parent
    if isinstance(command, click.Group):
        for name in command.list_commands(parent):
            found = command.get_command(parent, name)
            assert found is not None
            yield from commands(found, click.Context(found, info_name=name, parent=parent))


ALL = list(commands(cli, click.Context(cli, info_name="cuvee", **cli.context_settings)))


def shown(context: click.Context) -> list[str]:
    """Return the examples of a command, those of several lines as one."""
    text = (context.command.epilog or "").partition("Examples:\n")[2].replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("context", ALL, ids=lambda context: context.command_path)
def test_the_examples_of_a_command_are_taken(
    context: click.Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in FILES:
        (tmp_path / name).touch()
    examples = shown(context)
    assert examples or isinstance(context.command, click.Group)
    for example in examples:
        for part in re.split(r"[|&>]", quoted(example)):
            typed = part.replace("\0", ">").replace("\1", "<").partition("cuvee ")[2]
            understand(shlex.split(typed.replace("/media/usb/journal", str(tmp_path))))


def quoted(example: str) -> str:
    """Return an example whose quoted comparisons are no redirections."""
    return re.sub(
        r"'[^']*'|\"[^\"]*\"",
        lambda text: text[0].replace(">", "\0").replace("<", "\1"),
        example,
    )


def understand(words: list[str]) -> None:
    """Parse a command as it would be run, down to its last group; nothing needs nothing."""
    if not words:
        return
    with contextlib.ExitStack() as stack:
        command: click.Command = cli
        context = stack.enter_context(cli.make_context("cuvee", words))
        while isinstance(command, click.Group):
            rest = [*context._protected_args, *context.args]  # noqa: SLF001  as click's groups do
            name, found, rest = command.resolve_command(context, rest)
            assert found is not None
            command = found
            context = stack.enter_context(found.make_context(name, rest, parent=context))


def test_help_fits_into_80_columns_and_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for context in ALL:
        text = context.get_help()
        options = text.partition("Examples:")[0]
        assert max(map(len, options.splitlines())) <= 80, context.command_path
        assert "\x1b" not in text
