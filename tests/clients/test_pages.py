"""The pages of the documentation, done as they stand by somebody who reads them.

Every code block of every page is run in the page's order: shell, Python, and what a ``console``
block shows after its commands. ``scenes.py`` has what a page takes for granted. The tutorial has a
play of its own (``test_tutorial_review.py``).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from clients.environments import REPOSITORY, python_of
from clients.pages import snippets
from clients.reader import Reader
from clients.scenes import SCENES

pytestmark = pytest.mark.clients

# Those whose blocks are done elsewhere, by name and where.
ELSEWHERE = {
    "CONTRIBUTING.md": "make check and make test are what .ci/run does",
    "docs/benchmarks.md": "tests/unit/bench runs the programs, which would measure for hours",
    "docs/tutorial-review.md": "test_tutorial_review.py",
    "examples/wine/README.md": "test_wine_story.py",
}


@pytest.mark.parametrize("name", SCENES)
def test_a_page_does_what_it_says(name: str, tmp_path: Path) -> None:
    path = [Path(python_of("mlflow-3.17")).parent] if name == "docs/ui.md" else []
    reader = Reader(tmp_path, SCENES[name], path)
    try:
        reader.wait()
        reader.read((REPOSITORY / name).read_text(encoding="utf-8"))
    finally:
        reader.close()


def test_every_page_with_commands_or_code_is_done() -> None:
    pages = [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md")]
    pages += REPOSITORY.glob("examples/**/*.md")
    with_code = {
        page.relative_to(REPOSITORY).as_posix()
        for page in pages
        if any(True for _ in snippets(page.read_text(encoding="utf-8")))
    }
    assert with_code == SCENES.keys() | ELSEWHERE.keys()
