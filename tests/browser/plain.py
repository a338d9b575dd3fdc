"""A page that has nothing of Cuvee, as heavy as one of its own: what loading a page takes here.

Drawing alone says how fast one core is. A page needs several at once, for browser, network, scripts
and server, and other work on the machine takes from them what drawing does not miss.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

SCRIPTS = 8
FUNCTIONS = 2000  # of each script, about 80 kB
CALLS = 8
PAGE = """<!doctype html><html lang="en"><title>Plain</title><link rel="icon" href="data:,">
<main><h1>Plain</h1><div id="rows"></div></main><script type="module" src="main.js"></script>"""
MAIN = """
{imports}
const found = await Promise.all({calls}.map(async (i) => (await fetch(`${{i}}.json`)).json()));
let sum = 0;
for (const all of [{all}]) for (const one of all) sum += one(found.length);
const last = await (await fetch("last.json")).json();
const row = (_, i) => `<p><b>${{i}}</b> <i>${{sum + last.length}}</i></p>`;
document.getElementById("rows").innerHTML = Array.from({{length: 400}}, row).join("");
"""


class Plain(NamedTuple):
    """A server of the page, by its port."""

    port: int


def write(folder: Path) -> None:
    """Write the page's files."""
    names = range(SCRIPTS)
    for i in names:
        lines = [f"(a) => Math.sqrt(a * {n}) + {n * i}," for n in range(FUNCTIONS)]
        (folder / f"{i}.js").write_text("export const all = [\n" + "\n".join(lines) + "\n];")
    for name in [*map(str, range(CALLS)), "last"]:
        (folder / f"{name}.json").write_text("[1, 2, 3]")
    (folder / "index.html").write_text(PAGE)
    (folder / "main.js").write_text(
        MAIN.format(
            imports="\n".join(f'import {{ all as a{i} }} from "./{i}.js";' for i in names),
            calls=list(range(CALLS)),
            all=", ".join(f"a{i}" for i in names),
        )
    )


@contextmanager
def serving(folder: Path) -> Iterator[Plain]:
    """Serve the page from a process of its own, as a server has one."""
    write(folder)
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout is not None
            yield Plain(int(server.stdout.readline().split(" port ")[1].split()[0]))
        finally:
            server.terminate()
