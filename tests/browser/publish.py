"""Puts what the browser's tests have seen into ``docs/``: ``python tests/browser/publish.py``.

Run the tests of the browser before; what they keep lies in ``build/screenshots``.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TAKEN = ROOT / "build" / "screenshots"
SHOWN = ROOT / "docs" / "screenshots"
COLOURS = 128  # of a palette: a third of the bytes, and nobody sees it
PICTURES = {
    "home-light-1440": "Home: what runs, what waits for you, what is in Production since when",
    "runs-light-1440": "The runs of an experiment, with the columns in which they differ",
    "runs-split-dark-1440": "The runs and their curves beside each other",
    "charts-dark-1440": "A run's metrics, which grow while it goes on",
    "compare-light-1440": "Runs side by side: only what differs",
    "model-board-light-1440": "A model's versions in their stages",
    "request-review": "A request to move a version: what changes, checks, approvals, conversation",
    "version-diff-dark-1440": "Two versions compared, with what breaks callers marked",
    "lineage-light-1440": "Where a version comes from, and what has come of it",
    "run-code-light-1440": "What a run ran: commit, uncommitted changes, command",
    "audit-event-light-1440": "An event of the history, and its proof",
}
"""The screenshots that the documentation shows, in its order, and what is to be seen."""


def page() -> str:
    """Return the text of the page that shows them."""
    parts = [
        f"## {title}\n\n![{title}](screenshots/{name}.png)" for name, title in PICTURES.items()
    ]
    intro = (
        "Made by the tests of the web UI, in Chromium, on a real server. "
        "[The web UI](ui.md) says what is where."
    )
    return "\n\n".join(["# Screenshots", intro, *parts]) + "\n"


def main() -> None:
    """Copy the pictures and write the page."""
    from PIL import Image

    missing = [name for name in PICTURES if not (TAKEN / f"{name}.png").exists()]
    if missing:
        sys.exit(f"Run the tests of the browser first: {', '.join(missing)} were not taken.")
    SHOWN.mkdir(exist_ok=True)
    for old in SHOWN.glob("*.png"):
        old.unlink()
    for name in PICTURES:
        with Image.open(TAKEN / f"{name}.png") as picture:
            small = picture.convert("RGB").quantize(COLOURS)
            small.save(SHOWN / f"{name}.png", optimize=True)
    (ROOT / "docs" / "screenshots.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
