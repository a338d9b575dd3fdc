"""Python files packaged with a model, and how they get on the import path."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cuvee.models.directory import inside


def packaged_code(root: Path, conf: Mapping[str, Any]) -> list[Path]:
    """Return the directory of packaged code, or nothing.

    Args:
        root: the model's directory.
        conf: the flavour's settings.
    """
    return [inside(root, conf["code"])] if conf.get("code") else []


def add_packaged_code(root: Path, conf: Mapping[str, Any]) -> None:
    """Put packaged code first on the import path. Only after consent: it will be run.

    Modules of the same name that were imported before, from another model's code or from the
    working directory, are forgotten: two versions of a model each get their own code. Installed
    packages and the standard library stay.

    Args:
        root: the model's directory.
        conf: the flavour's settings.
    """
    for code in packaged_code(root, conf):
        where = str(code)
        if where in sys.path:
            sys.path.remove(where)
        sys.path.insert(0, where)
        names = {p.stem for p in code.iterdir()}
        for name in [n for n in sys.modules if n.partition(".")[0] in names]:
            if not _is_installed(sys.modules[name], code):
                del sys.modules[name]


def _is_installed(module: Any, code: Path) -> bool:
    file = getattr(module, "__file__", None)
    if file is None:
        return True
    paths = sysconfig.get_paths()
    kept = [str(code), *(paths[k] for k in ("stdlib", "platstdlib", "purelib", "platlib"))]
    return any(Path(file).is_relative_to(k) for k in kept)
