"""Which files of a model are pickles, as far as names and the file MLmodel tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

PICKLED = frozenset(
    {".pkl", ".pickle", ".p", ".joblib", ".dill", ".cloudpickle", ".pt", ".pth", ".ckpt", ".sav"}
)
"""Endings of files that are pickles, or hold one."""

PLAIN = frozenset(
    {".yaml", ".yml", ".json", ".txt", ".md", ".toml", ".csv", ".skops", ".safetensors", ".onnx"}
    | {".ubj", ".cbm", ".xgb", ".lgb", ".parquet", ".env", ".py", ".lock"}
)
"""Endings of files that no loader unpickles."""

PLAIN_NAMES = frozenset({"MLmodel", "LICENSE", "README"})
PICKLING = frozenset({"pickle", "cloudpickle", "dill", "joblib"})


def pickles(
    files: Iterable[str], flavors: Mapping[str, Mapping[str, Any]] | None
) -> tuple[list[str], list[str]]:
    """Sort out what is, and what might be, a pickle.

    Args:
        files: paths of the version's files.
        flavors: settings by flavor, from the file MLmodel; None when they are not known.

    Returns:
        What is a pickle, and what cannot be told.
    """
    found, unsure = [], []
    for path in files:
        name = path.rpartition("/")[2]
        dot, ending = name.rpartition(".")[1:]
        suffix = (dot + ending).lower() if dot else ""
        if suffix in PICKLED:
            found.append(path)
        elif suffix not in PLAIN and name not in PLAIN_NAMES:
            unsure.append(path)
    if flavors is None:
        unsure.append("the flavors, which are not known")
    for flavor, settings in (flavors or {}).items():
        form = str(settings.get("serialization_format", "")).lower()
        if form in PICKLING:
            found.append(f"flavor {flavor} ({form})")
    return found, unsure
