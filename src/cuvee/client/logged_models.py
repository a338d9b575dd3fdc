"""The client's methods for logged models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec

from cuvee.api import logged_models as api
from cuvee.api.artifacts import FileInfo
from cuvee.client.base import Calls
from cuvee.client.values import PagedList, tag_items
from cuvee.errors import InvalidParameter

MAX_PARAMS = 100
_STATUSES = {
    "PENDING": "LOGGED_MODEL_PENDING",
    "READY": "LOGGED_MODEL_READY",
    "FAILED": "LOGGED_MODEL_UPLOAD_FAILED",
}


class LoggedModelCalls(Calls):
    """Logged models."""

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
        given = list((params or {}).items())
        op = api.CreateLoggedModel(
            experiment_id=str(experiment_id),
            name=name or "",
            model_type=model_type or "",
            source_run_id=source_run_id or "",
            params=tag_items(api.LoggedModelParameter, dict(given[:MAX_PARAMS])),
            tags=tag_items(api.LoggedModelTag, tags),
        )
        model = self.do(op).model
        if len(given) <= MAX_PARAMS:
            return model
        self.log_model_params(model.model_id, dict(given[MAX_PARAMS:]))
        return self.get_logged_model(model.model_id)

    def log_model_params(self, model_id: str, params: Mapping[str, Any]) -> None:
        """Add params to a logged model."""
        items = tag_items(api.LoggedModelParameter, params)
        for i in range(0, len(items), MAX_PARAMS):
            op = api.LogLoggedModelParams(model_id=model_id, params=items[i : i + MAX_PARAMS])
            self.do(op)

    def get_logged_model(self, model_id: str) -> api.LoggedModel:
        """Return a logged model."""
        return self.do(api.GetLoggedModel(model_id=model_id)).model

    def finalize_logged_model(self, model_id: str, status: str) -> api.LoggedModel:
        """Say that a logged model's files are complete (``READY``), or that they are not."""
        name = _STATUSES.get(status, status)
        if name not in api.LOGGED_MODEL_STATUSES.values():
            raise InvalidParameter(f"There is no logged model status {status!r}: READY or FAILED.")
        op = api.FinalizeLoggedModel(model_id=model_id, status=cast("api.LoggedModelStatus", name))
        return self.do(op).model

    def delete_logged_model(self, model_id: str, *, comment: str = "", force: bool = False) -> None:
        """Mark a logged model as deleted; behind a version in a stage by ``force`` only."""
        self.do(api.DeleteLoggedModel(model_id=model_id, comment=comment, force=force))

    def set_logged_model_tags(self, model_id: str, tags: Mapping[str, Any]) -> None:
        """Set tags of a logged model."""
        op = api.SetLoggedModelTags(model_id=model_id, tags=tag_items(api.LoggedModelTag, tags))
        self.do(op)

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        """Remove a tag of a logged model."""
        self.do(api.DeleteLoggedModelTag(model_id=model_id, tag_key=key))

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
