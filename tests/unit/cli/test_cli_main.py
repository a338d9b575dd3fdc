"""The command itself: help, versions, errors."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from cuvee.api.base import Store
from cuvee.cli.main import COMMANDS

Command = Callable[..., Any]

EVERY = [
    (),
    *((name,) for name in COMMANDS),
    *(
        (noun, verb)
        for noun in ("experiments", "runs", "models")
        for verb in ("list", "search", "show")
    ),
    *(("versions", verb) for verb in ("list", "search", "show", "stage", "alias")),
    ("permissions", "list"),
    ("permissions", "explain"),
    ("permissions", "revoke"),
    *(
        ("user", verb)
        for verb in (
            *("create", "setup", "list", "show", "whoami", "set-password"),
            *("admin", "deactivate", "activate", "delete"),
        )
    ),
    *(("group", verb) for verb in ("create", "list", "show", "add", "remove", "rename", "delete")),
    *(("token", verb) for verb in ("create", "list", "revoke")),
    *(
        ("webhooks", verb)
        for verb in ("list", "create", "update", "test", "deliveries", "redeliver", "delete")
    ),
    *(("experiments", verb) for verb in ("tree", "move", "archive", "restore")),
    *(("runs", verb) for verb in ("tree", "groups", "fork", "rewind", "watch", "diff")),
    ("purge",),
    ("db", "status"),
    ("db", "upgrade"),
]


def test_help_names_every_command(cuvee: Command) -> None:
    said = cuvee("--help")

    assert said.status == 0
    assert all(f"\n  {name} " in said.out for name in COMMANDS)
    assert "..." not in said.out.partition("Commands:")[2]  # one-line descriptions are whole


@pytest.mark.parametrize("path", [path for path in EVERY if path], ids=" ".join)
def test_every_command_shows_help_with_an_example(cuvee: Command, path: tuple[str, ...]) -> None:
    said = cuvee(*path, "-h")

    assert said.status == 0
    is_group = "\nCommands:\n" in said.out
    assert is_group or f"Examples:\n    cuvee {' '.join(path)}" in said.out
    assert "..." not in said.out.partition("Commands:")[2]  # one-line descriptions are whole


def test_help_is_fast_because_it_loads_no_heavy_package() -> None:
    code = (
        "import sys\nfrom cuvee.cli.main import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'numpy', 'pandas', 'sklearn', 'sqlalchemy', 'starlette', 'rich', 'msgspec'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_the_module_is_the_same_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cuvee", "--version"], capture_output=True, text=True, check=True
    )

    assert done.stdout.startswith("cuvee 0.")


def test_a_mistake_is_one_line_on_stderr_and_status_1(cuvee: Command, store: Store) -> None:  # noqa: ARG001
    said = cuvee("runs", "show", "0" * 32)

    assert said.status == 1
    assert said.out == ""
    assert said.err.startswith("Error: ")
    assert said.err.count("\n") == 1


def test_a_server_that_does_not_answer_is_an_error_and_no_trace(
    cuvee: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUVEE_HTTP_REQUEST_MAX_RETRIES", "0")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    said = cuvee("models", "list", "--tracking-uri", f"http://127.0.0.1:{port}")

    assert said.status == 1
    assert said.err.startswith("Error: ")
    assert str(port) in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("wine",),
        ("runs", "search"),
        ("runs", "list", "--limit", "0"),
        ("server", "--port", "x"),
        ("server", "--workers", "0"),
        ("versions", "stage", "lr"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_status_2(cuvee: Command, arguments: tuple[str, ...]) -> None:
    said = cuvee(*arguments)

    assert said.status == 2
    assert "Usage: cuvee" in said.err
