"""URIs of models, artifacts and stores, taken apart; no I/O.

==================================  ===========================================
``models:/wine/3``                  version 3 of the registered model ``wine``
``models:/wine/Production``         the newest version in a stage
``models:/wine/UAT?at=2026-03-03``  the version that was in a stage then
``models:/wine@champion``           the version that an alias points at
``models:/wine@sha256:<digits>``    the version whose files have this digest
``models:/wine/latest``             the highest version
``models:/m-<32 hex digits>``       a logged model
``runs:/<run id>/path``             files of a run, or its logged model ``path``
``mlflow-artifacts:/path``          files of the artifact store
``file:///path``, ``/path``         files of this computer
==================================  ===========================================
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit
from urllib.request import url2pathname

from cuvee.errors import InvalidParameter

PROXY_PATH = "/api/2.0/mlflow-artifacts/artifacts"
"""Where a server keeps the artifacts that ``mlflow-artifacts:`` URIs name."""

MODEL_FORMS = (
    "models:/<name>/<version>, models:/<name>/<stage>, models:/<name>@<alias>, "
    "models:/<name>/latest, models:/<name>/<stage>?at=<moment>, models:/<name>@sha256:<digest> or "
    "models:/<logged model id>"
)
_MODEL_ID = re.compile(r"m-[0-9a-f]{32}")
_AT = re.compile(r"(.*/.*)\?at=([^?&/]*)")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")


@dataclass(frozen=True, kw_only=True)
class ModelUri:
    """A ``models:/`` URI.

    Exactly one of version, stage, alias, digest, latest and model_id is set; ``at`` may come with
    a stage.
    """

    name: str = ""
    version: str = ""
    stage: str = ""
    alias: str = ""
    at: str = ""
    digest: str = ""
    latest: bool = False
    model_id: str = ""
    path: str = ""


@dataclass(frozen=True)
class RunUri:
    """A ``runs:/`` URI."""

    run_id: str
    path: str


@dataclass(frozen=True)
class StoredUri:
    """An ``mlflow-artifacts:`` URI; ``host`` is empty when the tracking server is meant."""

    host: str
    path: str


@dataclass(frozen=True)
class LocalUri:
    """A file or directory of this computer."""

    path: Path


@dataclass(frozen=True)
class ServerUri:
    """A tracking server; ``url`` has no trailing slash, no credentials."""

    url: str
    username: str = ""
    password: str = ""


@dataclass(frozen=True)
class DatabaseUri:
    """A database that this process opens by itself."""

    url: str


@dataclass(frozen=True)
class DirectoryUri:
    """A directory with an embedded store."""

    path: Path


ArtifactUri = ModelUri | RunUri | StoredUri | LocalUri
TrackingUri = ServerUri | DatabaseUri | DirectoryUri


def scheme_of(uri: str) -> str:
    """Return the scheme in lower case; a plain path has none."""
    found = _SCHEME.match(uri)
    return found[1].lower() if found else ""


def parse_tracking_uri(uri: str) -> TrackingUri:
    """Take a tracking URI apart.

    Raises:
        InvalidParameter: it names neither a server nor a database nor a directory.
    """
    scheme = scheme_of(uri)
    if scheme in ("http", "https"):
        parts = urlsplit(uri)
        if not parts.hostname:
            raise InvalidParameter(f"The tracking URI {uri!r} has no host: write http://host:5000.")
        url = f"{scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
        return ServerUri(url, unquote(parts.username or ""), unquote(parts.password or ""))
    if scheme in ("", "file"):
        return DirectoryUri(_local(uri))
    if "://" in uri:
        return DatabaseUri(uri)
    raise InvalidParameter(
        f"The tracking URI {uri!r} is not understood: use http://host:5000 for a server, a "
        "database URL, or a path for an embedded store."
    )


def parse_model_uri(uri: str) -> ModelUri:
    """Take a ``models:/`` URI apart.

    Raises:
        InvalidParameter: it has none of the forms above.
    """
    rest = uri.partition(":")[2]
    if scheme_of(uri) != "models" or not rest.startswith("/") or rest.startswith("//"):
        raise InvalidParameter(f"{uri!r} is not a model URI: write {MODEL_FORMS}.")
    past = _AT.fullmatch(rest)
    first, _, tail = (past[1] if past else rest)[1:].partition("/")
    if not first.strip():
        raise InvalidParameter(f"The model URI {uri!r} names no model: write {MODEL_FORMS}.")
    if _MODEL_ID.fullmatch(first):
        found = ModelUri(model_id=first, path=_path(uri, tail))
    elif "@" in first and not _names_version(tail):
        found = _marked(uri, first, tail)
    else:
        found = _listed(uri, first, tail)
    if past and not (found.stage and past[2]):
        raise InvalidParameter(
            f"In {uri!r}, 'at' says when a stage was held: write "
            "models:/<name>/<stage>?at=2026-03-03T00:00Z."
        )
    return replace(found, at=unquote(past[2])) if past else found


def _marked(uri: str, first: str, tail: str) -> ModelUri:
    """Take ``<name>@<alias>`` or ``<name>@sha256:<digest>`` apart."""
    name, _, alias = first.rpartition("@")
    if not name or not alias:
        raise InvalidParameter(
            f"The model URI {uri!r} is incomplete: write models:/<name>@<alias>."
        )
    if not alias.startswith("sha256:"):
        return ModelUri(name=name, alias=alias, path=_path(uri, tail))
    digest = alias.removeprefix("sha256:")
    if not re.fullmatch("[0-9a-fA-F]{12,64}", digest):
        raise InvalidParameter(
            f"The model URI {uri!r} needs the version's sha256 in hexadecimal, or its first 12 or "
            "more digits: models:/<name>@sha256:<digest>."
        )
    return ModelUri(name=name, digest=digest.lower(), path=_path(uri, tail))


def _listed(uri: str, name: str, tail: str) -> ModelUri:
    """Take ``<name>/<version, stage or latest>`` apart."""
    which, _, path = tail.partition("/")
    if not which:
        raise InvalidParameter(f"The model URI {uri!r} names no version: write {MODEL_FORMS}.")
    found = ModelUri(name=name, path=_path(uri, path))
    if which.isdecimal() and which.isascii():
        return replace(found, version=str(int(which)))
    if which.lower() == "latest":
        return replace(found, latest=True)
    return replace(found, stage=which)


def _names_version(tail: str) -> bool:
    """Tell ``models:/a@b/3`` (a model named ``a@b``) from ``models:/a@b/MLmodel``."""
    which = tail.partition("/")[0]
    return which.isdecimal() or which.lower() in (
        "latest",
        "none",
        "staging",
        "production",
        "archived",
    )


def parse_artifact_uri(uri: str) -> ArtifactUri:
    """Take the URI of a model, an artifact or a directory of artifacts apart.

    Raises:
        InvalidParameter: the scheme is unknown, or a part is missing.
    """
    scheme = scheme_of(uri)
    rest = uri.partition(":")[2]
    if scheme == "models":
        return parse_model_uri(uri)
    if scheme == "runs":
        run_id, _, path = rest.lstrip("/").partition("/")
        if not run_id:
            raise InvalidParameter(f"{uri!r} names no run: write runs:/<run id>/<path>.")
        return RunUri(run_id, _path(uri, path))
    if scheme == "mlflow-artifacts":
        host = ""
        if rest.startswith("//"):
            host, _, rest = rest[2:].partition("/")
        return StoredUri(host, _path(uri, rest))
    if scheme in ("", "file"):
        return LocalUri(_local(uri))
    raise InvalidParameter(
        f"The artifacts at {uri!r} cannot be reached from here: this client reads models:/, "
        "runs:/, mlflow-artifacts:/, file: and plain paths. Have the server proxy the artifacts."
    )


def join(uri: str, path: str) -> str:
    """Return the URI of ``path`` below ``uri``."""
    return f"{uri.rstrip('/')}/{path}" if path else uri


def check_path(path: str) -> str:
    """Return a path inside an artifact directory as it is stored: relative, with ``/``.

    Raises:
        InvalidParameter: it is absolute, climbs out, or has characters that URLs cannot carry.
    """
    plain = posixpath.normpath(path) if path else ""
    if plain == ".":
        return ""
    parts = plain.split("/")
    if plain.startswith("/") or ".." in parts or "\0" in plain or re.match(r"[A-Za-z]:\\", plain):
        raise InvalidParameter(
            f"{path!r} is not a path inside the artifact directory: leave out a leading '/' and "
            "'..', as in 'plots/roc.png'."
        )
    return plain


def database_url(file: Path) -> str:
    """Return the URL of an SQLite database in a file."""
    return f"sqlite:///{quote(str(file))}"


def _path(uri: str, path: str) -> str:
    try:
        return check_path(path.strip("/"))
    except InvalidParameter as problem:
        raise InvalidParameter(f"In {uri!r}: {problem.message}") from None


def _local(uri: str) -> Path:
    if not uri.lower().startswith("file:"):
        return Path(uri)
    parts = urlsplit(uri)
    if parts.netloc not in ("", "localhost"):
        raise InvalidParameter(f"{uri!r} names a host: write file:///path for a local path.")
    return Path(url2pathname(parts.path))
