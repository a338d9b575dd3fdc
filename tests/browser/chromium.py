"""Finds a Chromium for the tests, or installs Debian's: ``python tests/browser/chromium.py``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MISSING = (
    "The tests of the web UI need Chromium: install it (Debian, Ubuntu: apt-get install chromium), "
    "or name one with CUVEE_CHROMIUM=/path/to/chromium."
)


def find() -> str:
    """Return the path of Chromium, empty when there is none."""
    named = os.environ.get("CUVEE_CHROMIUM", "")
    return named or next((path for name in NAMES if (path := shutil.which(name))), "")


def main() -> None:
    """Find Chromium; else install it where that is allowed, and say so."""
    if find():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium, which the tests of the web UI need", flush=True)  # noqa: T201
        quiet = ["apt-get", "-qq", "-y", "-o", "Dpkg::Use-Pty=0"]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "--no-install-recommends", "chromium"]):
            subprocess.run([*quiet, *command], env=environment, stdout=sys.stderr, check=False)
    if not find():
        sys.exit(MISSING)


if __name__ == "__main__":
    main()
