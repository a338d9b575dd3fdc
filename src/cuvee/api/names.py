"""Which names and values are allowed; pure functions that raise ``InvalidParameter``."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from cuvee.api.spelling import unseen
from cuvee.errors import InvalidParameter

MAX_KEY = 250
MAX_PARAM_VALUE = MAX_RUN_TAG_VALUE = 65_536
"""MLflow cuts params at 6,000 and tags at 8,000 characters; here they are kept whole."""
MAX_EXPERIMENT_TAG_VALUE = 20000
MAX_MODEL_TAG_VALUE = 100_000
MAX_EXPERIMENT_NAME = 500
MAX_MODEL_NAME = 256
MAX_LOGGED_MODEL_NAME = 500
MAX_LOGGED_MODEL_PARAM = 8000
MAX_RUN_NAME = 1000
MAX_LOCATION = 2048
MAX_DESCRIPTION = 1_000_000
MAX_DATASET_NAME = 500
MAX_DATASET_DIGEST = 36

_KEY = re.compile(r"[\w\-. :/]+")
_RUN_ID = re.compile(r"[A-Za-z0-9][\w-]{0,255}")
_EXPERIMENT_ID = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_VERSION = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_ALIAS = re.compile(r"[\w\-]{1,255}")
_VERSION_LIKE = re.compile(r"[vV]\d+")


def shown(text: str, limit: int = 60) -> str:
    """Return ``text`` quoted for a message, cut to ``limit`` characters."""
    return repr(text if len(text) <= limit else text[:limit] + "…")


def quoted(text: str, limit: int = 60) -> str:
    """Return ``text`` in double quotes for a message, cut to ``limit`` characters."""
    return f'"{text if len(text) <= limit else text[:limit] + "…"}"'


_LONG = {"metric": "Metric name", "param": "Param key"}


def plain(text: str, limit: int = 100) -> str:
    """Return ``text`` for a message as it is, cut to ``limit`` characters."""
    return text if len(text) <= limit else text[:limit] + "…"


def check_key(kind: str, key: str, within: str = "", index: int = 0) -> None:
    """Refuse a metric, param or tag key outside the protocol's rule.

    Args:
        kind: what the key names, for the message ("metric", "param", "tag").
        key: the key.
        within: the list that it was sent in, if it was.
        index: its place there.
    """
    if not key:
        raise InvalidParameter(f"A {kind} needs a key: send a non-empty string.")
    if len(key) > MAX_KEY:
        name = _LONG.get(kind) or _field(kind, within, index)
        raise InvalidParameter(
            f"'{name}' exceeds the maximum length of {MAX_KEY} characters: the {kind} key "
            f"{shown(key)} has {len(key)}."
        )
    if not _KEY.fullmatch(key):
        raise InvalidParameter(
            f"Invalid value {quoted(key)} for parameter '{_field(kind, within, index)}' supplied: "
            "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), "
            f"spaces ( ), colons (:) and slashes (/), and this {kind} key has another character."
        )
    if posixpath.normpath(key) != key or key == "." or key.startswith(("..", "/")):
        raise InvalidParameter(
            f"Invalid value {quoted(key)} for parameter '{_field(kind, within, index)}' supplied: "
            "Names may be treated as files in certain cases, and must not resolve to other names "
            "when treated as such. This name would resolve to "
            f"{shown(posixpath.normpath(key))}: leave out leading, trailing and double slashes and "
            f"'.' or '..' parts of the {kind} key."
        )


def _field(kind: str, within: str, index: int) -> str:
    """Return what MLflow calls a key in its messages."""
    name = "name" if kind == "metric" else "key"
    return f"{within}[{index}].{name}" if within else name


def check_length(what: str, text: str, limit: int, field: str = "value") -> None:
    """Refuse ``text`` longer than ``limit`` characters; it is never cut.

    Args:
        what: what the text is, for the message.
        text: the text.
        limit: how many characters it may have.
        field: its name in the protocol, with which MLflow's message begins.
    """
    if len(text) > limit:
        artifact = ", or log it as an artifact" if field == "value" else ""
        raise InvalidParameter(
            f"'{field}' exceeds the maximum length of {limit} characters: the {what} has "
            f"{len(text)}. Nothing was stored: shorten it{artifact}."
        )


def check_unique(what: str, keys: Iterable[str]) -> None:
    """Refuse a list that names the same key twice."""
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise InvalidParameter(
                f"Duplicate parameter keys have been submitted: [{shown(key)}]. Send each {what} "
                "key once."
            )
        seen.add(key)


def check_run_id(run_id: str) -> None:
    """Refuse a run id that could not be one."""
    if not _RUN_ID.fullmatch(run_id):
        raise InvalidParameter(
            f"{shown(run_id)} is not a run id: letters, digits, '_' and '-', at most 256."
        )


def experiment_number(experiment_id: str) -> int:
    """Return the experiment id as a number; ids travel as decimal strings."""
    if _EXPERIMENT_ID.fullmatch(experiment_id):
        return int(experiment_id)
    raise InvalidParameter(
        f"Invalid experiment ID {shown(experiment_id)}. Experiment ID must be a valid integer. "
        "Send it as a string, such as '1'; to look an experiment up by name use "
        "experiments/get-by-name."
    )


def version_number(version: str) -> int:
    """Return the model version as a number; versions travel as decimal strings."""
    if _VERSION.fullmatch(version):
        return int(version)
    raise InvalidParameter(
        f"Parameter 'version' must be an integer, got {shown(version)}. Send it as a string, such "
        "as '3'."
    )


def page_number(token: str) -> int:
    """Return the number behind which a page begins; 0 for the first page."""
    if not token:
        return 0
    if token.isascii() and token.isdecimal() and len(token) <= 18:
        return int(token)
    raise InvalidParameter(
        "Invalid page token, could not base64-decode it: this call did not give it out. Leave "
        "page_token out to start anew."
    )


def check_experiment_name(name: str) -> None:
    """Refuse an experiment name that is empty or too long."""
    if not name:
        raise InvalidParameter("An experiment needs a name: send a non-empty 'name'.")
    check_length("experiment name", name, MAX_EXPERIMENT_NAME, "name")


def check_model_name(name: str) -> None:
    """Refuse a registered-model name that could not stand in a ``models:/`` URI."""
    if not name.strip():
        raise InvalidParameter(
            "Missing value for required parameter 'name'. A registered model needs a name that is "
            "not blank."
        )
    check_length("registered model name", name, MAX_MODEL_NAME, "name")
    if "/" in name or ":" in name or posixpath.normpath(name) != name or name == ".":
        raise InvalidParameter(
            f"Invalid model name {shown(name)}. Names cannot contain '/' or ':', and cannot be '.' "
            "or '..'."
        )
    if name == "..":
        raise InvalidParameter("A registered model cannot be named '..'.")
    _check_seen("registered model name", name)


def _check_seen(what: str, name: str) -> None:
    char = unseen(name)
    if char:
        raise InvalidParameter(
            f"The {what} {shown(name)} has a character that nobody sees (U+{ord(char):04X}), and "
            "would look like another name: leave it out."
        )


def check_target(target: str) -> None:
    """Refuse a name of a place to deploy to that nobody could write again as it was."""
    char = unseen(target)
    if char:
        raise InvalidParameter(
            f"The target {shown(target)} has a character that nobody sees (U+{ord(char):04X}), and "
            "would look like another one: leave it out."
        )
    if target.strip() != target or not target:
        raise InvalidParameter(
            f"The target {shown(target)} is blank, or begins or ends with a space: name where the "
            "version runs, such as k8s/prod-eu."
        )


def check_folder(folder: str) -> None:
    """Refuse what cannot be the folder of a registered model; an empty text is none."""
    check_length("folder", folder, MAX_MODEL_NAME, "folder")
    parts = folder.removesuffix("/").split("/")
    bad = any(part.strip() in ("", ".", "..") for part in parts) or set(folder) & set(":'\"\\\0")
    _check_seen("folder", folder)
    if folder and bad:
        raise InvalidParameter(
            f"The folder {shown(folder)} is not allowed: write names with '/' between them, as in "
            "team/project, without : ' \" and \\."
        )


def check_logged_model_name(name: str) -> None:
    """Refuse a logged-model name that could not stand in a URI."""
    check_length("logged model name", name, MAX_LOGGED_MODEL_NAME, "name")
    bad = sorted(set(name) & set("/:.%\"'"))
    if bad:
        raise InvalidParameter(
            f"Invalid model name ({shown(name)}) provided. Model name must be a non-empty string "
            "and cannot contain the following characters: ('/', ':', '.', '%', '\"', \"'\"). "
            f"Leave out {' '.join(bad)}."
        )


def check_alias(alias: str) -> None:
    """Refuse an alias that is malformed or reserved."""
    if not _ALIAS.fullmatch(alias):
        raise InvalidParameter(
            f"Invalid alias name: {shown(alias)}. Names may only contain alphanumerics, "
            "underscores (_) and dashes (-), 1 to 255 of them."
        )
    if alias.lower() == "latest":
        raise InvalidParameter(
            "'latest' alias name (case insensitive) is reserved: it always means the highest "
            "version. Choose another."
        )
    if _VERSION_LIKE.fullmatch(alias):
        raise InvalidParameter(
            f"Version alias name {shown(alias)} is reserved: it looks like a version number. "
            "Choose another."
        )
