"""The client's methods for logged models."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, cast

import msgspec
from msgspec.structs import replace

from cuvee.api import logged_models as api
from cuvee.api.artifacts import FileInfo
from cuvee.api.base import Op
from cuvee.api.ids import new_id
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.versions import CreateModelVersion
from cuvee.api.wire import check
from cuvee.client.journaled import JournaledCalls
from cuvee.client.values import PagedList, now, tag_items
from cuvee.errors import AlreadyExists, InvalidParameter, NotFound

MAX_PARAMS = 100
ANSWER = 2.0
"""Seconds that a server may take to answer a change that can go through the journal as well."""
_STATUSES = {
    "PENDING": "LOGGED_MODEL_PENDING",
    "READY": "LOGGED_MODEL_READY",
    "FAILED": "LOGGED_MODEL_UPLOAD_FAILED",
}


class LoggedModelCalls(JournaledCalls):
    """Logged models.

    What is said about them goes to the journal when the server does not answer.
    """

    def create_logged_model(
        self,
        experiment_id: str,
        name: str | None = None,
        source_run_id: str | None = None,
        tags: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        model_type: str | None = None,
    ) -> api.LoggedModel:
        """Announce a model whose files are about to be uploaded."""
        op = api.CreateLoggedModel(
            experiment_id=str(experiment_id),
            name=name or "",
            model_type=model_type or "",
            source_run_id=source_run_id or "",
            params=tag_items(api.LoggedModelParameter, params),
            tags=tag_items(api.LoggedModelTag, tags),
        )
        return self.announce_model(op)

    def announce_model(
        self, op: api.CreateLoggedModel, experiment_name: str = ""
    ) -> api.LoggedModel:
        """Announce a logged model; also one whose experiment only the server knows.

        Args:
            op: what it is; params beyond those that one call may have are sent after it. Without
                an experiment it belongs to that of its run, or else to
            experiment_name: the experiment of this name.
        """
        rest = op.params[MAX_PARAMS:]
        op = replace(op, params=op.params[:MAX_PARAMS])
        log = self.journal
        model = None
        if log is None:
            model = self.do(op).model
        else:
            op = replace(op, model_id=f"m-{new_id()}")
            ours = self.takes_ids() if op.experiment_id and self.reaches(log) else None
            if ours is not None:
                found = self.ask(op if ours else replace(op, model_id=""), ANSWER)
                model = found.model if found else None
        if model is None:
            whole = op if op.experiment_id else replace(op, experiment_id="0")
            check(whole)
            about = {"model": op.model_id, "experiment": experiment_name}
            unplaced = not op.experiment_id
            self.append(log, whole, run=op.source_run_id, unplaced=unplaced, **about)
            log.models.kept.add(op.model_id)
            model = _unknown(op)
        if log is not None:
            log.models.known.add(model.model_id)
        if rest:
            self.log_model_params(model.model_id, {p.key: p.value for p in rest})
            if log is None:
                return self.get_logged_model(model.model_id)
            data = replace(model.data, param_items=[*model.data.param_items, *rest])
            model = replace(model, data=data)
        return model

    def log_model_params(self, model_id: str, params: Mapping[str, Any]) -> None:
        """Add params to a logged model."""
        items = tag_items(api.LoggedModelParameter, params)
        for i in range(0, len(items), MAX_PARAMS):
            op = api.LogLoggedModelParams(model_id=model_id, params=items[i : i + MAX_PARAMS])
            self._tell(op)

    def get_logged_model(self, model_id: str) -> api.LoggedModel:
        """Return a logged model."""
        return self.do(api.GetLoggedModel(model_id=model_id)).model

    def finalize_logged_model(self, model_id: str, status: str) -> api.LoggedModel:
        """Say that a logged model's files are complete (``READY``), or that they are not.

        One that the server refuses a file of, or whose file found no room, becomes ``FAILED``.
        """
        name = _STATUSES.get(status, status)
        if name not in api.LOGGED_MODEL_STATUSES.values():
            raise InvalidParameter(f"There is no logged model status {status!r}: READY or FAILED.")
        log = self.journal
        if log is not None and model_id in log.models.cut:
            name = _STATUSES["FAILED"]
        known = cast("api.LoggedModelStatus", name)
        whole = model_id if name == _STATUSES["READY"] else ""
        found = self._tell(api.FinalizeLoggedModel(model_id=model_id, status=known), whole=whole)
        if found is None and self.reaches(log):
            with suppress(NotFound):  # by another id: the server has not taken ours
                found = self.ask(api.GetLoggedModel(model_id=model_id), ANSWER)
        if found is not None:
            model: api.LoggedModel = found.model
            return model
        unknown = _unknown(api.CreateLoggedModel(experiment_id="", model_id=model_id))
        return replace(unknown, info=replace(unknown.info, status=known))

    def delete_logged_model(self, model_id: str, *, comment: str = "", force: bool = False) -> None:
        """Mark a logged model as deleted; behind a version in a stage by ``force`` only."""
        self.do(api.DeleteLoggedModel(model_id=model_id, comment=comment, force=force))

    def set_logged_model_tags(self, model_id: str, tags: Mapping[str, Any]) -> None:
        """Set tags of a logged model."""
        op = api.SetLoggedModelTags(model_id=model_id, tags=tag_items(api.LoggedModelTag, tags))
        self._tell(op)

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        """Remove a tag of a logged model."""
        self._tell(api.DeleteLoggedModelTag(model_id=model_id, tag_key=key))

    def search_logged_models(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None = None,
        datasets: Sequence[Mapping[str, Any]] | None = None,
        max_results: int | None = None,
        order_by: Sequence[Mapping[str, Any]] | None = None,
        page_token: str | None = None,
    ) -> PagedList[api.LoggedModel]:
        """Return a page of the logged models that pass a filter."""
        try:
            op = api.SearchLoggedModels(
                experiment_ids=[str(i) for i in experiment_ids],
                filter=filter_string or "",
                datasets=msgspec.convert(list(datasets or []), list[api.DatasetFilter]),
                max_results=50 if max_results is None else max_results,
                order_by=msgspec.convert(list(order_by or []), list[api.LoggedModelOrder]),
                page_token=page_token or "",
            )
        except msgspec.ValidationError as problem:
            raise InvalidParameter(
                "datasets are dictionaries with dataset_name, order_by ones with field_name: "
                f"{problem}."
            ) from None
        page = self.do(op)
        return PagedList(page.models, page.next_page_token)

    def list_logged_model_artifacts(self, model_id: str, path: str | None = None) -> list[FileInfo]:
        """List a directory of a logged model's files; paths are relative to its root."""
        op = api.ListLoggedModelArtifacts(model_id=model_id, artifact_directory_path=path or "")
        return self.do(op).files

    def put_version(self, log: Any, uri: str, name: str) -> int | None:
        """Make a logged model the next version of a registered one: at once, or by the journal.

        Args:
            log: the journal.
            uri: the logged model.
            name: the registered model, in the registry beside the runs.

        Returns:
            The version's number; None while nobody answers.

        Raises:
            CuveeError: the server refuses it.
        """
        model_id = uri.removeprefix("models:/")
        version = CreateModelVersion(name=name, source=uri, model_id=model_id)
        model = CreateRegisteredModel(name=name)
        for op in (model, version):
            check(op)
        key = f"version-{uuid.uuid4().hex}"
        ids = self.takes_ids() if self.reaches(log) else None
        if ids:  # then it keeps keys too, so what was not answered is asked for again
            with suppress(AlreadyExists):
                self.ask(model, ANSWER)
            found = self.ask(version, ANSWER, key)
            if found is not None:
                return int(found.model_version.version)
        self.append(log, model, may_exist=True)
        self.append(log, version, whole=model_id, key=key)
        return None

    def _tell(self, op: Op[Any], whole: str = "") -> Any:
        """Carry out a change that may be made twice; through the journal if nobody answers: None.

        Args:
            op: the change.
            whole: the logged model whose files must all be there for it.

        Raises:
            CuveeError: the server refuses it.
        """
        log = self.journal
        if log is None:
            return self.do(op)
        check(op)
        after = op.model_id in log.models.kept  # type: ignore[attr-defined]  # of logged models
        found = None if after or not self.reaches(log) else self.ask(op, ANSWER)
        if found is None:
            self.append(log, op, whole=whole)
        return found


def _unknown(op: api.CreateLoggedModel) -> api.LoggedModel:
    """Return a logged model that the server does not know yet: its files are where its URI says."""
    when = now()
    info = api.LoggedModelInfo(
        model_id=op.model_id,
        experiment_id=op.experiment_id,
        name=op.name or f"model-{op.model_id[2:10]}",
        creation_timestamp_ms=when,
        last_updated_timestamp_ms=when,
        artifact_uri=f"models:/{op.model_id}",
        status="LOGGED_MODEL_PENDING",
        model_type=op.model_type,
        source_run_id=op.source_run_id,
        tag_items=op.tags,
    )
    return api.LoggedModel(info=info, data=api.LoggedModelData(param_items=op.params))
