"""From the URI of a model or of artifacts to the place where the files are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from cuvee.api.logged_models import LoggedModel
from cuvee.client.files import Files, below
from cuvee.client.journals import settle
from cuvee.client.logged_models import LoggedModelCalls
from cuvee.client.registry import ModelVersionCalls
from cuvee.client.runs import RunCalls
from cuvee.errors import InvalidParameter
from cuvee.uris import (
    LocalUri,
    ModelUri,
    RunUri,
    StoredUri,
    join,
    parse_artifact_uri,
)

_NOT_IN_NAMES = frozenset("/:.%\"'")


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """What a URI means.

    Args:
        artifact_uri: where the files are: ``mlflow-artifacts:``, ``file:`` or a plain path.
        name, version: the registered version, when the URI names one.
        model_id: the logged model that the files belong to, when known.
        run_id: the run, when known.
    """

    artifact_uri: str
    name: str = ""
    version: str = ""
    model_id: str = ""
    run_id: str = ""


class ResolveCalls(RunCalls, LoggedModelCalls, ModelVersionCalls):
    """Finding files by URI."""

    def resolve(self, uri: str) -> Resolved:
        """Find out where the files of a URI are.

        Raises:
            InvalidParameter: the URI is malformed or of a kind that this client cannot read.
            NotFound: it names something that does not exist.
        """
        where = parse_artifact_uri(uri)
        if isinstance(where, ModelUri):
            return self._model(where)
        if isinstance(where, RunUri):
            return self._run(where)
        return Resolved(artifact_uri=uri)

    def place(self, uri: str) -> tuple[Files, str]:
        """Return the files that an artifact URI belongs to, and the path in them."""
        where = parse_artifact_uri(uri)
        if isinstance(where, (StoredUri, LocalUri)):
            settle(self.tracking_uri)
            return self.connection.place(where)
        return self.place(self.resolve(uri).artifact_uri)

    def run_root(self, run_id: str) -> str:
        """Return the artifact URI of a run; remembered, for it never changes."""
        found = self._roots.get(run_id)
        if found is None:
            if len(self._roots) > 1000:
                self._roots.clear()
            found = self._roots[run_id] = self.get_run(run_id).info.artifact_uri
        return found

    def logged_model_of(self, run_id: str, name: str) -> LoggedModel | None:
        """Return the newest logged model of this name that a run has made, if any."""
        if not name or _NOT_IN_NAMES & set(name):
            return None
        experiment = self.get_run(run_id).info.experiment_id
        where = f"name = '{name}' AND source_run_id = '{run_id}'"
        found = self.search_logged_models([experiment], where, max_results=1)
        return found[0] if found else None

    def _run(self, where: RunUri) -> Resolved:
        name, _, rest = where.path.partition("/")
        model = self.logged_model_of(where.run_id, name)
        if model is None:
            uri = join(self.run_root(where.run_id), where.path)
            return Resolved(artifact_uri=uri, run_id=where.run_id)
        return Resolved(
            artifact_uri=join(model.artifact_location, rest),
            model_id=model.model_id,
            run_id=where.run_id,
        )

    def _model(self, where: ModelUri) -> Resolved:
        if where.model_id:
            model = self.get_logged_model(where.model_id)
            return Resolved(
                artifact_uri=join(model.artifact_location, where.path),
                model_id=where.model_id,
                run_id=model.source_run_id or "",
            )
        version = self.find_version(where)
        uri = self.get_model_version_download_uri(version.name, version.version)
        model_id = version.model_id or ""
        if not model_id and version.source.startswith("models:/m-"):
            model_id = version.source.removeprefix("models:/")
        if isinstance(parse_artifact_uri(uri), (ModelUri, RunUri)):
            if uri == f"models:/{version.name}/{version.version}":
                raise InvalidParameter(f"The registry says that {uri} is stored at {uri}.")
            source = self.resolve(uri)
            uri, model_id = source.artifact_uri, model_id or source.model_id
        return replace(
            Resolved(artifact_uri=join(uri, where.path), model_id=model_id),
            name=version.name,
            version=version.version,
            run_id=version.run_id,
        )


def local_path(uri: str) -> Path | None:
    """Return the path that a URI names on this computer, None when it is elsewhere."""
    where = parse_artifact_uri(uri)
    return where.path if isinstance(where, LocalUri) else None


__all__ = ["ResolveCalls", "Resolved", "below", "local_path"]
