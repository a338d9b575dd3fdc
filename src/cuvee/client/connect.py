"""From a tracking URI to a ``Store`` and its ``Files``; the only way to the embedded store."""

from __future__ import annotations

import atexit
import os
import threading
from dataclasses import dataclass
from pathlib import Path

from cuvee.api.base import Store
from cuvee.client.files import EmbeddedFiles, Files, HttpFiles, LocalFiles
from cuvee.errors import InvalidParameter
from cuvee.settings import DEFAULT_DATA, Settings
from cuvee.uris import (
    DatabaseUri,
    DirectoryUri,
    LocalUri,
    ServerUri,
    StoredUri,
    database_url,
    parse_tracking_uri,
)


@dataclass(frozen=True)
class Connection:
    """An open tracking URI.

    Args:
        uri: as it was given.
        store: carries out operations.
        files: what follows ``mlflow-artifacts:/``.
    """

    uri: str
    store: Store
    files: Files

    def place(self, uri: StoredUri | LocalUri) -> tuple[Files, str]:
        """Return the files that ``uri`` belongs to, and the path in them."""
        if isinstance(uri, LocalUri):
            return LocalFiles(), str(uri.path)
        if not uri.host:
            return self.files, uri.path
        scheme = self.uri.partition(":")[0]
        if scheme not in ("http", "https"):
            raise InvalidParameter(
                f"mlflow-artifacts://{uri.host}/ names a server, but the tracking URI does not say "
                "whether it speaks http or https: set the tracking URI to that server."
            )
        return connect(f"{scheme}://{uri.host}").files, uri.path


_open: dict[tuple[str, int], Connection] = {}
_lock = threading.Lock()


def connect(uri: str) -> Connection:
    """Return the connection to ``uri``; one per process, so that a fork opens its own.

    Args:
        uri: ``http(s)://host[/prefix]``, a database URL, or a directory (a path or ``file:`` URI)
            for an embedded store.

    Raises:
        InvalidParameter: the URI is not understood.
    """
    key = (uri, os.getpid())
    found = _open.get(key)
    if found is None:
        with _lock:
            found = _open.get(key)
            if found is None:
                found = _open[key] = _connect(uri)
    return found


def _connect(uri: str) -> Connection:
    where = parse_tracking_uri(uri)
    if isinstance(where, ServerUri):
        from cuvee.client.http import Http
        from cuvee.client.remote import HttpStore

        http = Http(where, Settings.read())
        return Connection(where.url, HttpStore(http), HttpFiles(http))
    return _embedded(uri, where)


def _embedded(uri: str, where: DatabaseUri | DirectoryUri) -> Connection:
    from cuvee.blobs.local import LocalBlobs
    from cuvee.store.lost_runs import settle_lost
    from cuvee.store.sql import SqlStore

    data = where.path if isinstance(where, DirectoryUri) else Path(DEFAULT_DATA)
    data = data.absolute()
    data.mkdir(parents=True, exist_ok=True)
    url = where.url if isinstance(where, DatabaseUri) else database_url(data / "cuvee.db")
    store = SqlStore.open(url)
    blobs = store.blobs = LocalBlobs(data / "artifacts")
    settle_lost(store)
    return Connection(uri, store, EmbeddedFiles(store, blobs))


def is_embedded(uri: str) -> bool:
    """Say whether a tracking URI is of a store in this process."""
    return not isinstance(parse_tracking_uri(uri), ServerUri)


def close_all() -> None:
    """Close this process's connections; the next use opens them again."""
    with _lock:
        mine = [key for key in _open if key[1] == os.getpid()]
        for key in mine:
            _open.pop(key).store.close()


def _new_process() -> None:
    """Let a fork use neither its parent's connections nor a lock that nobody will release."""
    global _lock  # noqa: PLW0603
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_new_process)
atexit.register(close_all)
