"""The packages of a conda environment, as conda has written them down: it is not asked."""

from __future__ import annotations

import json
import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

_LOGIN = re.compile(r"(?<=://)[^/@]*@")
_TOKEN = re.compile(r"/t/[^/]+(?=/)")
_NOTE = "# 'conda create --name NAME --file FILE' makes this environment again\n"


def conda_prefix() -> Path | None:
    """Return the conda environment that this Python runs in, or on top of; None in no other.

    A virtual environment that was made by a conda environment's Python runs on top of it. An
    environment that is merely active counts when this Python lies in it.
    """
    active = os.environ.get("CONDA_PREFIX", "")
    python = Path(sys.executable)
    above = [Path(active)] if active and python.is_relative_to(active) else []
    for prefix in (Path(sys.prefix), *above, Path(sys.base_prefix)):
        if (prefix / "conda-meta").is_dir():
            return prefix
    return None


def explicit_list(prefix: Path) -> str:
    """Return a conda environment's packages as a list that conda takes; "" when there are none.

    Args:
        prefix: the environment's directory.
    """
    found = sorted(filter(None, map(_package, (prefix / "conda-meta").glob("*.json"))))
    if not found:
        return ""
    platforms = {subdir for _, subdir, _ in found} - {"noarch", ""}
    head = "".join(f"# platform: {platform}\n" for platform in sorted(platforms))
    return f"{_NOTE}{head}@EXPLICIT\n" + "".join(f"{line}\n" for *_, line in found)


def _package(path: Path) -> tuple[str, str, str] | None:
    """Return a package's name, platform and address with its hash; None if it has none."""
    record: Any = None
    with suppress(OSError, ValueError):
        record = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(record, dict) or not isinstance(record.get("url"), str):
        return None
    url = _TOKEN.sub("", _LOGIN.sub("", record["url"]))  # channels may be entered by what is there
    if not re.match(r"[a-z][a-z0-9+.-]*://\S+$", url):
        return None
    # conda knows a hash by its length, 32 digits or 64 after "sha256:"
    md5, sha256 = str(record.get("md5") or ""), str(record.get("sha256") or "")
    mark = f"#{md5}" if md5 else f"#sha256:{sha256}" if sha256 else ""
    return str(record.get("name", "")), str(record.get("subdir", "")), url + mark
