"""Artifacts by URI: list, download, read."""

from __future__ import annotations

import json
import posixpath
import tempfile
from pathlib import Path
from typing import Any

from cuvee.api.artifacts import FileInfo
from cuvee.client.active import current_client
from cuvee.client.client import Client
from cuvee.client.files import below
from cuvee.errors import InvalidParameter
from cuvee.uris import RunUri, check_path, join, parse_artifact_uri


def download_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    dst_path: str | Path | None = None,
    tracking_uri: str | None = None,
    registry_uri: str | None = None,
) -> str:
    """Fetch a file or directory and return where it is on this computer.

    Args:
        artifact_uri: ``runs:/``, ``models:/``, ``mlflow-artifacts:/``, ``file:`` or a path, or
        run_id: a run, with
        artifact_path: the path below its root; everything when absent.
        dst_path: directory to fetch into; a new temporary one when absent.
        tracking_uri: where to ask; the current tracking URI when absent.
        registry_uri: where registered models are.

    Raises:
        InvalidParameter: both or neither of ``artifact_uri`` and ``run_id`` are given.
        NotFound: nothing is stored there.
    """
    client = _client(tracking_uri, registry_uri)
    if dst_path is not None:
        Path(dst_path).mkdir(parents=True, exist_ok=True)
    if (artifact_uri is None) == (run_id is None):
        raise InvalidParameter("Give artifact_uri, or run_id with artifact_path, and not both.")
    if run_id is not None:
        return client.download_artifacts(run_id, artifact_path or "", dst_path)
    uri = str(artifact_uri)
    if artifact_path:
        raise InvalidParameter("artifact_path goes with run_id: append it to artifact_uri instead.")
    inside = getattr(parse_artifact_uri(uri), "path", "")
    name = posixpath.basename(str(inside).rstrip("/"))
    return str(client.fetch(uri, name, dst_path))


def list_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    tracking_uri: str | None = None,
) -> list[FileInfo]:
    """List a directory of artifacts.

    Args:
        artifact_uri: the directory's URI, or
        run_id: a run, with
        artifact_path: the path below its root.
        tracking_uri: where to ask; the current tracking URI when absent.
    """
    client = _client(tracking_uri, None)
    if (artifact_uri is None) == (run_id is None):
        raise InvalidParameter("Give artifact_uri, or run_id with artifact_path, and not both.")
    if run_id is not None:
        return client.list_artifacts(run_id, artifact_path)
    where = parse_artifact_uri(str(artifact_uri))
    if isinstance(where, RunUri):
        return client.list_artifacts(where.run_id, join(where.path, artifact_path or ""))
    files, path = client.place(join(str(artifact_uri), check_path(artifact_path or "")))
    shown = check_path(artifact_path or "")
    return [FileInfo(below(shown, f.path), f.is_dir, f.file_size) for f in files.list(path)]


def load_text(artifact_uri: str) -> str:
    """Return a UTF-8 file as text.

    Raises:
        InvalidParameter: the file is not UTF-8.
    """
    with tempfile.TemporaryDirectory(prefix="cuvee-") as directory:
        data = Path(download_artifacts(artifact_uri, dst_path=directory)).read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise InvalidParameter(
            f"{artifact_uri!r} is not a UTF-8 text (byte {problem.start}): use download_artifacts."
        ) from None


def load_dict(artifact_uri: str) -> Any:
    """Return a JSON file's value.

    Raises:
        InvalidParameter: the file is not JSON.
    """
    try:
        return json.loads(load_text(artifact_uri))
    except json.JSONDecodeError as problem:
        raise InvalidParameter(f"{artifact_uri!r} is not a JSON file: {problem}.") from None


def load_image(artifact_uri: str) -> Any:
    """Return an image file as a PIL image."""
    from PIL import Image

    with tempfile.TemporaryDirectory(prefix="cuvee-") as directory:
        picture = Image.open(download_artifacts(artifact_uri, dst_path=directory))
        picture.load()  # reads and closes the file before it is gone
        return picture


def _client(tracking_uri: str | None, registry_uri: str | None) -> Client:
    if tracking_uri or registry_uri:
        return Client(tracking_uri, registry_uri)
    return current_client()
