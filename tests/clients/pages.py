"""A page of the documentation as a play: who runs which commands, and what they say.

A code block that opens with ``sh WHO`` or ``python WHO`` behind its backticks is run by that
person, in the page's order: in a directory and with environment variables of their own, which last
from block to block. ``fails`` behind the name says that it must end with an error. Of a ``text``
block that follows, every line must have been said, with ``...`` for anything. A block with the name
of a file in place of a person's (one with a dot) is written to that file, for everyone.
"""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)(?: ([\w.-]+))?( fails)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Block:
    """A code block.

    Args:
        language: ``sh``, ``python`` or ``yaml``.
        who: who runs it, or the file that it is the content of.
        fails: whether it must fail.
        text: what stands in it.
        said: lines that must be said.
    """

    language: str
    who: str
    fails: bool
    text: str
    said: list[str] = field(default_factory=list)


def blocks(page: str) -> Iterator[Block]:
    """Yield the blocks of a page that are somebody's, in their order."""
    last: Block | None = None
    for language, who, fails, text in _BLOCK.findall(page):
        if language == "text" and last is not None:
            last.said = [line for line in text.splitlines() if line.strip()]
            continue
        if last is not None:
            yield last
        last = Block(language, who, bool(fails), text) if who else None
    if last is not None:
        yield last


class Person:
    """Somebody at a computer of their own.

    Args:
        home: where they work.
        path: folders of programs, the first ones first.
        environment: variables from the start.
    """

    def __init__(self, home: Path, path: list[Path], environment: dict[str, str]) -> None:
        home.mkdir(exist_ok=True)
        self.home = home
        self._state = home / ".state"
        self._environment = environment
        lines = [f"export PATH='{':'.join(map(str, path))}:/usr/bin:/bin'\n"]
        self._state.write_text("".join(lines), encoding="utf-8")

    def variables(self) -> dict[str, str]:
        """Return the environment variables from the start."""
        return {**self._environment, "HOME": str(self.home)}

    def run(self, block: Block) -> str:
        """Run a block and return what it said.

        Raises:
            AssertionError: it ended in another way than the page says, or did not say what it says.
        """
        if block.language == "python":
            (self.home / "block.py").write_text(block.text, encoding="utf-8")
            commands = "python block.py\n"
        else:
            commands = block.text
        script = f"set -euo pipefail\n. ./.state\n{commands}\nexport -p > .state\n"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.home,
            env=self.variables(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=180,
            check=False,
        )
        what = f"{block.who} ran:\n{block.text}\nand was told:\n{done.stdout}"
        assert (done.returncode != 0) == block.fails, what
        for line in block.said:
            wanted = r"\s+".join(map(re.escape, line.split())).replace(r"\.\.\.", ".*?")
            assert re.search(wanted, done.stdout), f"{what}\nwhere the page says: {line}"
        return done.stdout


def link_program(folder: Path, name: str, *arguments: str) -> None:
    """Put a program into a folder: the tests' own Python with these arguments."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    words = " ".join(f"'{word}'" for word in (sys.executable, *arguments))
    path.write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
    path.chmod(0o755)


_FENCE = re.compile(r"^( *)```(\w*)(?: ([\w.-]+))?[^\n]*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


def snippets(page: str) -> Iterator[tuple[str, str, str]]:
    """Yield language, person or file, and text of all code blocks of a page, in their order."""
    for indent, language, who, text in _FENCE.findall(page):
        yield language, who, textwrap.dedent(text) if indent else text
