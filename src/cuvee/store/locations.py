"""Where artifacts are said to be: locations that a request may name, and those that follow."""

from __future__ import annotations

import os
import re
from urllib.parse import unquote, urlsplit

from cuvee.api.names import shown
from cuvee.errors import InvalidParameter

PROXY = "mlflow-artifacts:"
HOST_SCHEMES = frozenset({"http", "https", "ftp", "sftp", "hdfs", "viewfs", "abfss", "b2", "r2"})


def experiment_location(given: str, root: str, number: int) -> str:
    """Return where an experiment keeps its artifacts.

    Args:
        given: the location that the request names, or "".
        root: URI below which the server puts those that name none.
        number: the experiment's id.

    Raises:
        InvalidParameter: the location is not one that a request may name.
    """
    if not given:
        return f"{root.rstrip('/')}/{number}"
    scheme = scheme_of(given)
    refuse = f"The artifact location {shown(given)} is not allowed: "
    if scheme in ("runs", "models"):
        raise InvalidParameter(
            f"Artifact location cannot be a {scheme}:/ URI. Given: {shown(given)}. Name a place, "
            "or leave it out to keep artifacts on this server."
        )
    if "#" in given or "?" in given or ";" in given:
        raise InvalidParameter(
            f"'artifact_location' URL can't include fragments or params. Given: {shown(given)}. "
            "Leave out '#', '?' and ';'."
        )
    if scheme == "file" and on_another_host(given):
        raise InvalidParameter(
            f"{given[:200]} is not a valid remote uri: write file:///<path> for a directory that "
            "clients can reach."
        )
    if scheme in HOST_SCHEMES or (given.lower().startswith(PROXY + "//") and _host(given)):
        raise InvalidParameter(
            f"{refuse}'artifact_location' cannot use the '{scheme}' scheme: the server does not "
            "follow locations on other hosts. Leave it out to keep artifacts on this server."
        )
    if ".." in fully_decoded(given).replace("\\", "/").split("/"):
        raise InvalidParameter(refuse + "leave out '..' segments.")
    return absolute_location(given)


def absolute_location(given: str) -> str:
    """Return a location without a trailing slash, a path as seen from the working directory.

    ``file:`` with a relative path is one, too.

    Raises:
        InvalidParameter: it is not a URI.
    """
    scheme = scheme_of(given)
    if not scheme or len(scheme) == 1:
        return os.path.abspath(given)  # noqa: PTH100  # Path.resolve would follow links
    if scheme == "file" and not given[5:].startswith("/"):
        return "file://" + os.path.abspath(given[5:])  # noqa: PTH100  # as above
    return given.rstrip("/")


def scheme_of(uri: str) -> str:
    """Return a URI's scheme in lower case; empty when it is a path.

    Raises:
        InvalidParameter: it is not a URI, such as one with half a pair of brackets.
    """
    try:
        return urlsplit(uri).scheme.lower()
    except ValueError:
        raise InvalidParameter(f"{shown(uri)} is not a well-formed URI or path.") from None


def on_another_host(uri: str) -> bool:
    """Say whether a ``file:`` URI names a host, which nobody here reads files from."""
    return _host(uri) not in ("", "localhost")


def _host(uri: str) -> str:
    return urlsplit(uri).netloc


def fully_decoded(text: str) -> str:
    """Return ``text`` percent-decoded until nothing changes, so that no spelling hides."""
    for _ in range(10):
        decoded = unquote(text)
        if decoded == text:
            return text
        text = decoded
    raise InvalidParameter("The location is percent-encoded too many times: send it plainly.")


def proxy_path(uri: str) -> str | None:
    """Return the path in this server's artifact store that ``uri`` names, or None."""
    match = re.fullmatch(r"mlflow-artifacts:/*([^?#]*)", uri, re.IGNORECASE)
    if match is None or (
        uri.lower().startswith(PROXY + "//") and not uri.startswith(PROXY + "///")
    ):
        return None
    return match[1].strip("/")
