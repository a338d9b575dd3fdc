"""Which tracking and registry URI the program works with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from cuvee.settings import DEFAULT_DATA, Settings
from cuvee.uris import DirectoryUri, parse_tracking_uri


class _Chosen(NamedTuple):
    tracking: str = ""
    registry: str = ""


_chosen = _Chosen()


def set_tracking_uri(uri: str | Path) -> None:
    """Choose where runs are recorded, for this process and those that it starts.

    Args:
        uri: ``http(s)://host[/prefix]``, a database URL, or a directory for an embedded store;
            empty goes back to the environment's choice.

    Raises:
        InvalidParameter: the URI is not understood.
    """
    global _chosen  # noqa: PLW0603  # one choice per process is what this function is about
    uri = str(uri)
    if uri:
        where = parse_tracking_uri(uri)
        if isinstance(where, DirectoryUri):
            uri = str(where.path.expanduser().absolute())
        os.environ["CUVEE_TRACKING_URI"] = uri
    elif os.environ.get("CUVEE_TRACKING_URI") == _chosen.tracking:
        os.environ.pop("CUVEE_TRACKING_URI", None)
    _chosen = _chosen._replace(tracking=uri)


def get_tracking_uri() -> str:
    """Return where runs are recorded."""
    found = _chosen.tracking or Settings.read().tracking_uri
    return found or str(Path(DEFAULT_DATA).absolute())


def is_tracking_uri_set() -> bool:
    """Say whether somebody chose where runs are recorded."""
    return bool(_chosen.tracking or Settings.read().tracking_uri)


def set_registry_uri(uri: str | Path) -> None:
    """Choose where registered models are; empty means where runs are recorded.

    Raises:
        InvalidParameter: the URI is not understood.
    """
    global _chosen  # noqa: PLW0603  # see set_tracking_uri
    uri = str(uri)
    if uri:
        parse_tracking_uri(uri)
    _chosen = _chosen._replace(registry=uri)


def get_registry_uri() -> str:
    """Return where registered models are."""
    return _chosen.registry or Settings.read().registry_uri or get_tracking_uri()
