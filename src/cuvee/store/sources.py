"""What a version may be made of: the source that a request names, checked and resolved."""

from __future__ import annotations

import posixpath
import re
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select

from cuvee.api.base import Level
from cuvee.api.names import plain, shown, version_number
from cuvee.api.versions import CreateModelVersion
from cuvee.api.wordings import version_missing
from cuvee.errors import InvalidParameter, NotFound
from cuvee.rules.webhooks import PROMPT_TAG
from cuvee.store import access, schema
from cuvee.store.engine import arg, hot
from cuvee.store.holders import holder_at, version_of_digest
from cuvee.store.locations import (
    HOST_SCHEMES,
    fully_decoded,
    on_another_host,
    proxy_path,
    scheme_of,
)
from cuvee.store.logged_models import find_logged_model
from cuvee.store.models import find_model
from cuvee.store.policies import find_stage, policy_of
from cuvee.store.runs import find_run
from cuvee.store.tx import Tx

_v = schema.model_versions
_a = schema.aliases
_lm = schema.logged_models

_by_version = hot(
    select(_v).where(_v.c.model_pk == arg("model_pk"), _v.c.version == arg("version"))
)
_newest = hot(
    select(_v).where(_v.c.model_pk == arg("model_pk")).order_by(_v.c.version.desc()).limit(1)
)
_newest_in_stage = hot(
    select(_v)
    .where(_v.c.model_pk == arg("model_pk"), _v.c.stage == arg("stage"))
    .order_by(_v.c.version.desc())
    .limit(1)
)
_by_alias = hot(
    select(_a.c.version).where(_a.c.model_pk == arg("model_pk"), _a.c.alias == arg("alias"))
)
_named_models = hot(
    select(_lm.c.artifact_uri)
    .where(
        _lm.c.source_run_id == arg("run_id"), _lm.c.name == arg("name"), _lm.c.lifecycle == "active"
    )
    .order_by(_lm.c.created.desc())
    .limit(1)
)


IDENTIFY = "The {} request parameter must identify the resource that contains the source."


class Source(Struct, frozen=True, kw_only=True):
    """A checked source.

    Args:
        uri: the source as it is kept.
        location: where the files are, as clients are told.
        run_id, model_id: where the model comes from, as far as known.
        files: path in this server's artifact store, or None when the files are elsewhere.
    """

    uri: str
    location: str
    run_id: str = ""
    model_id: str = ""
    files: str | None = None


def resolve_source(tx: Tx, op: CreateModelVersion) -> Source:
    """Check the source of a new version and find its files.

    Who runs a server may say with an expression which sources it takes, by MLflow's name for it;
    like there, it is looked for in the source as it was sent.

    Raises:
        InvalidParameter: the source is not one that a request may name, or does not belong to
            the run or model that the request names.
        NotFound: the source refers to a model, version or run that does not exist.
    """
    if tx.database.sources and not re.search(tx.database.sources, op.source):
        _refuse(op, "This server takes sources of another form: ask who runs it which")
    op = replace(op, source=_resolved(op.source))
    uri = op.source
    plain = fully_decoded(uri)
    if ".." in re.split(r"[/\\]", plain) or "\0" in plain:
        _refuse(
            op,
            "If supplying a source as an http, https, local file path, ftp, objectstore, or "
            "mlflow-artifacts uri, an absolute path must be provided without relative path "
            "references present: leave out '..' segments and NUL",
        )
    scheme = scheme_of(uri)
    if scheme == "file" and on_another_host(uri):
        _refuse(
            op,
            "With a host it is not a valid remote uri: write file:///<path> for files that this "
            "server can reach",
        )
    if scheme == "models":
        return _from_model(tx, op)
    if scheme == "runs":
        return _from_run(tx, op)
    if scheme == "mlflow-artifacts":
        return _from_proxy(tx, op)
    if scheme in HOST_SCHEMES:
        _refuse(
            op,
            f"'source' cannot use the '{scheme}' scheme: it is on another host, which this server "
            "does not follow. Log the model to a run and register runs:/<run_id>/<path> or "
            "models:/<model_id>",
        )
    if scheme == "" and "/" not in plain and "\\" not in plain and _is_prompt(op):
        # A prompt is a text in a tag. Clients send some word, since a source is asked for.
        return Source(uri=uri, location=uri, run_id=_source_run(tx, op), model_id=op.model_id)
    if scheme in ("", "file") or len(scheme) == 1:
        return _from_local(tx, op)
    return Source(uri=uri, location=uri, run_id=_source_run(tx, op), model_id=op.model_id)


def _resolved(uri: str) -> str:
    """Return a path or ``file:`` URI without '..' segments, as clients mean it; others as sent."""
    scheme = "file://" if uri.startswith("file:///") else ""
    path = uri.removeprefix(scheme)
    climbs = ".." in path.split("/")
    # What is encoded would climb once more after this.
    if not climbs or not re.match("/(?!/)", path) or fully_decoded(path) != path:
        return uri
    return scheme + posixpath.normpath(path)


def _is_prompt(op: CreateModelVersion) -> bool:
    return any(tag.key == PROMPT_TAG and tag.value == "true" for tag in op.tags)


def _from_model(tx: Tx, op: CreateModelVersion) -> Source:
    rest = op.source.partition(":")[2].strip("/")
    if "/" not in rest and "@" not in rest:
        if op.model_id != rest:
            _refuse(
                op,
                f"{IDENTIFY.format('model_id')} Send the logged model that it names (got "
                f"{shown(op.model_id)})",
            )
        row = find_logged_model(tx, rest)
        if op.run_id and row[5] and op.run_id != row[5]:
            _refuse(
                op,
                f"The run_id of that model is {shown(row[5])}, not {shown(op.run_id)}: leave it "
                "out to take it from there",
            )
        return Source(
            uri=op.source,
            location=row[6],
            run_id=op.run_id or row[5],
            model_id=rest,
            files=proxy_path(row[6]),
        )
    name, version = find_version_by_uri(tx, rest)
    for field, sent, held in (
        ("run_id", op.run_id, version[7]),
        ("model_id", op.model_id, version[9]),
    ):
        if sent and sent != held:
            _refuse(
                op,
                f"The {field} of that version is {shown(held)}, not {shown(sent)}: leave it out to "
                "take it from there",
            )
    return Source(
        uri=f"models:/{name}/{version[2]}",
        location=version[6],
        run_id=version[7],
        model_id=version[9],
        files=_files_of(tx, version[6]),
    )


def _refuse(op: CreateModelVersion, why: str) -> NoReturn:
    raise InvalidParameter(f"Invalid model version source: {shown(op.source, 500)}. {why}.")


def _files_of(tx: Tx, location: str) -> str | None:
    match = re.fullmatch(r"runs:/([^/]+)/?(.*)", location)
    if match is None:
        return proxy_path(location)
    return _run_files(tx, match[1], match[2])


def _from_run(tx: Tx, op: CreateModelVersion) -> Source:
    match = re.fullmatch(r"runs:/([^/]+)/?(.*)", op.source)
    if match is None or match[1] != op.run_id:
        _refuse(
            op,
            f"{IDENTIFY.format('run_id')} Write runs:/<run_id>/<path> with the run that is sent "
            f"({shown(op.run_id)})",
        )
    if op.model_id:
        _refuse(op, "Send model_id with a source models:/<model_id>, not with runs:/")
    return Source(
        uri=op.source,
        location=op.source,
        run_id=op.run_id,
        files=_run_files(tx, match[1], match[2]),
    )


def _run_files(tx: Tx, run_id: str, path: str) -> str | None:
    place = run_place(tx, run_id, path)
    return None if place is None else proxy_path(place)


def run_place(tx: Tx, run_id: str, path: str) -> str | None:
    """Return where the files behind ``runs:/`` are; a logged model of that name wins.

    Clients look there first, too.
    """
    try:
        root = find_run(tx, run_id)[9]
    except NotFound:
        return None
    name, _, below = path.partition("/")
    logged = tx.value(_named_models, run_id=run_id, name=name)
    if logged is not None:
        root, path = logged, below
    return f"{root}/{path}".rstrip("/")


def _from_proxy(tx: Tx, op: CreateModelVersion) -> Source:
    path = proxy_path(op.source)
    roots = _roots(tx, op)
    inside = path is not None and any(
        root is not None and (path == root or path.startswith(root + "/"))
        for root in map(proxy_path, roots)
    )
    if not inside:
        _refuse(
            op,
            f"{IDENTIFY.format('model_id' if op.model_id else 'run_id')} It does not lie in the "
            "artifacts of the run or model that the request names",
        )
    return Source(
        uri=op.source,
        location=op.source,
        run_id=_source_run(tx, op),
        model_id=op.model_id,
        files=path,
    )


def _from_local(tx: Tx, op: CreateModelVersion) -> Source:
    path = local_path(op.source)
    inside = path is not None and any(
        root is not None and (path == root or path.startswith(root.rstrip("/") + "/"))
        for root in map(local_path, _roots(tx, op))
    )
    if not inside:
        _refuse(
            op,
            "To use a local path as a model version source, the run_id request parameter has to be "
            "specified and the local path has to be contained within the artifact directory of the "
            "run specified by the run_id. Log the model to a run and register it from there",
        )
    return Source(
        uri=op.source, location=op.source, run_id=_source_run(tx, op), model_id=op.model_id
    )


def local_path(uri: str) -> str | None:
    """Return the path that a URI or path names on this computer, fully decoded; or None."""
    parts = urlsplit(uri)
    if parts.scheme.lower() not in ("", "file") or parts.netloc not in ("", "localhost"):
        return None
    path = fully_decoded(parts.path)
    if parts.query or parts.fragment or not path.startswith("/") or "\0" in path:
        return None
    return path.rstrip("/")


def _roots(tx: Tx, op: CreateModelVersion) -> list[str]:
    roots = []
    if op.run_id:
        roots.append(find_run(tx, op.run_id)[9])
    if op.model_id:
        roots.append(find_logged_model(tx, op.model_id)[6])
    return roots


def _source_run(tx: Tx, op: CreateModelVersion) -> str:
    if op.model_id and not op.run_id:
        found: str = find_logged_model(tx, op.model_id)[5]
        return found
    return op.run_id


def find_version_by_uri(tx: Tx, rest: str) -> tuple[str, tuple[Any, ...]]:
    """Find the version that the part after ``models:/`` names, of a model that may be read.

    Returns:
        The model's name, and the row in the order of ``schema.model_versions``.
    """
    past = re.fullmatch(r"(.+)/([^/?]+)\?at=([^/]*)", rest)
    if past is not None:
        _require_readable(tx, past[1])
        held = holder_at(tx, past[1], past[2], unquote(past[3]))
        name, suffix = past[1], held.version
    elif (pinned := re.fullmatch(r"(.+)@sha256:([0-9a-fA-F]{12,64})", rest)) is not None:
        name, suffix = version_of_digest(tx, pinned[1], pinned[2])
    elif "/" in rest:
        name, _, suffix = rest.rpartition("/")
    else:
        name, _, suffix = rest.rpartition("@")
        suffix = "@" + suffix
    _require_readable(tx, name)
    row = _find(tx, name, suffix)
    if row is None:
        if suffix.isascii() and suffix.isdecimal():
            raise NotFound(version_missing(name, suffix))
        raise NotFound(
            f"There is no version at models:/{rest[:200]}: model-versions/search lists those that "
            "there are."
        )
    return name, row


def _require_readable(tx: Tx, name: str) -> None:
    """Refuse a model that the actor may not read, before an answer says anything about it."""
    pk = find_model(tx, name)[0]
    access.require(tx, [(access.model_thing(tx, pk, name), Level.READ)])


def _find(tx: Tx, name: str, suffix: str) -> tuple[Any, ...] | None:
    model = find_model(tx, name)
    pk = model[0]
    if suffix.lower() in ("latest", "@latest"):
        return tx.first(_newest, model_pk=pk)
    if suffix.startswith("@"):
        version = tx.value(_by_alias, model_pk=pk, alias=suffix[1:])
        return None if version is None else tx.first(_by_version, model_pk=pk, version=version)
    if suffix.isascii() and suffix.isdecimal():
        return tx.first(_by_version, model_pk=pk, version=version_number(suffix))
    applied = policy_of(tx, name, model[7])
    if suffix.lower() not in (known.lower() for known in applied.names):
        raise InvalidParameter(
            f"Invalid Model Version stage: {plain(suffix)}. Value must be one of "
            f"{', '.join(applied.names)}, or else a version, an alias (@name) or 'latest'."
        )
    stage = find_stage(applied, suffix).name
    return tx.first(_newest_in_stage, model_pk=pk, stage=stage)
