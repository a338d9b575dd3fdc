"""The client's methods for registered models, their versions, stages and aliases."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from cuvee.api import ancestry, comparisons, overviews, versions
from cuvee.api import models as api
from cuvee.api.stages import ACTIVE_STAGES, ARCHIVED, NONE
from cuvee.client.base import Calls
from cuvee.client.stages import StageCalls
from cuvee.client.values import PagedList, tag_items
from cuvee.errors import (
    AlreadyExists,
    EndpointNotFound,
    InvalidParameter,
    NotFound,
    NotImplementedHere,
)
from cuvee.uris import ModelUri, parse_model_uri

AWAIT_VERSION = 300


class RegisteredModelCalls(Calls):
    """Registered models; ``comment`` is the reason that the history keeps."""

    def create_registered_model(
        self,
        name: str,
        tags: Mapping[str, Any] | None = None,
        description: str | None = None,
        *,
        folder: str = "",
        comment: str = "",
    ) -> api.RegisteredModel:
        """Create a registered model, in a folder (``team/project``) or in none."""
        op = api.CreateRegisteredModel(
            name=name,
            tags=tag_items(api.RegisteredModelTag, tags),
            description=description,
            folder=folder,
            comment=comment,
        )
        return self.do_registry(op).registered_model

    def get_registered_model(self, name: str) -> api.RegisteredModel:
        """Return a registered model with the newest version of each stage."""
        return self.do_registry(api.GetRegisteredModel(name=name)).registered_model

    def rename_registered_model(
        self, name: str, new_name: str, *, comment: str = ""
    ) -> api.RegisteredModel:
        """Give a registered model another name."""
        op = api.RenameRegisteredModel(name=name, new_name=new_name, comment=comment)
        return self.do_registry(op).registered_model

    def move_registered_model(
        self, name: str, folder: str, *, comment: str = ""
    ) -> api.RegisteredModel:
        """Put a registered model into a folder (``team/project``); into none, if it is empty."""
        op = api.MoveRegisteredModel(name=name, folder=folder, comment=comment)
        return self.do_registry(op).registered_model

    def update_registered_model(
        self, name: str, description: str | None = None, *, comment: str = ""
    ) -> api.RegisteredModel:
        """Set a registered model's description."""
        op = api.UpdateRegisteredModel(name=name, description=description, comment=comment)
        return self.do_registry(op).registered_model

    def delete_registered_model(self, name: str, *, comment: str = "", force: bool = False) -> None:
        """Remove a registered model with all its versions, for good.

        One with a version in a stage is removed by ``force`` only.
        """
        self.do_registry(api.DeleteRegisteredModel(name=name, comment=comment, force=force))

    def search_registered_models(
        self,
        filter_string: str | None = None,
        max_results: int = 100,
        order_by: list[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[api.RegisteredModel]:
        """Return a page of the registered models that pass a filter."""
        op = api.SearchRegisteredModels(
            filter=filter_string or "",
            max_results=max_results,
            order_by=order_by or [],
            page_token=page_token or "",
        )
        page = self.do_registry(op)
        return PagedList(page.registered_models, page.next_page_token)

    def search_model_overviews(
        self,
        filter_string: str = "",
        max_results: int = 100,
        order_by: list[str] | None = None,
        page_token: str = "",
        *,
        stage: str = "",
        owner: str = "",
        metric: str = "",
    ) -> overviews.ModelOverviewPage:
        """Return a page of registered models at a glance: stages, last change, key metric.

        Args:
            filter_string: as of ``search_registered_models``.
            max_results: models of the page.
            order_by: as of ``search_registered_models``.
            page_token: resumes behind a page.
            stage: only models with a version in this stage.
            owner: only models of this owner.
            metric: the metric to give, instead of one that the policy names or the run has.
        """
        op = overviews.SearchModelOverviews(
            filter=filter_string,
            max_results=max_results,
            order_by=order_by or [],
            page_token=page_token,
            stage=stage,
            owner=owner,
            metric=metric,
        )
        return self.do_registry(op)

    def set_registered_model_tag(
        self, name: str, key: str, value: Any, *, comment: str = ""
    ) -> None:
        """Set a tag of a registered model."""
        op = api.SetRegisteredModelTag(name=name, key=key, value=str(value), comment=comment)
        self.do_registry(op)

    def delete_registered_model_tag(self, name: str, key: str, *, comment: str = "") -> None:
        """Remove a tag of a registered model."""
        self.do_registry(api.DeleteRegisteredModelTag(name=name, key=key, comment=comment))

    def set_registered_model_alias(
        self, name: str, alias: str, version: str | int, *, comment: str = ""
    ) -> None:
        """Point an alias at a version."""
        op = api.SetRegisteredModelAlias(
            name=name, alias=alias, version=str(version), comment=comment
        )
        self.do_registry(op)

    def delete_registered_model_alias(self, name: str, alias: str, *, comment: str = "") -> None:
        """Remove an alias."""
        self.do_registry(api.DeleteRegisteredModelAlias(name=name, alias=alias, comment=comment))

    def get_version_lineage(
        self, name: str, version: str | int, *, depth: int = 5, max_nodes: int = 300
    ) -> ancestry.Lineage:
        """Return what a version comes from and what has come of it, as nodes and edges.

        Args:
            name: the model.
            version: the version.
            depth: how many steps to go from it.
            max_nodes: how many things to return, the nearest.
        """
        op = ancestry.GetVersionLineage(
            name=name, version=str(version), depth=depth, max_nodes=max_nodes
        )
        return self.do_registry(op)

    def get_model_version_by_alias(self, name: str, alias: str) -> versions.ModelVersion:
        """Return the version that an alias points at."""
        return self.do_registry(api.GetModelVersionByAlias(name=name, alias=alias)).model_version

    def get_latest_versions(
        self, name: str, stages: list[str] | None = None
    ) -> list[versions.ModelVersion]:
        """Return the highest version of each stage, or of the named ones."""
        op = api.GetLatestVersions(name=name, stages=list(stages or []))
        return self.do_registry(op).model_versions


class ModelVersionCalls(RegisteredModelCalls, StageCalls):
    """Model versions; ``comment`` is the reason that the history keeps."""

    def create_model_version(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        tags: Mapping[str, Any] | None = None,
        run_link: str | None = None,
        description: str | None = None,
        await_creation_for: int | None = AWAIT_VERSION,
        model_id: str | None = None,
        *,
        comment: str = "",
    ) -> versions.ModelVersion:
        """Register a model as the next version; waits (seconds) until a slow registry has it."""
        op = versions.CreateModelVersion(
            name=name,
            source=str(source),
            run_id=run_id or "",
            tags=tag_items(versions.ModelVersionTag, tags),
            run_link=run_link or "",
            description=description or "",
            model_id=model_id or "",
            comment=comment,
        )
        found = self.do_registry(op).model_version
        deadline = time.monotonic() + (await_creation_for or 0)
        while found.status == "PENDING_REGISTRATION" and time.monotonic() < deadline:
            time.sleep(1)
            found = self.get_model_version(name, found.version)
        return found

    def copy_model_version(
        self, src_model_uri: str, dst_name: str, *, comment: str = ""
    ) -> versions.ModelVersion:
        """Register a version again under another name, created when missing.

        Args:
            src_model_uri: ``models:/<name>/<version>`` or another URI of a registered version.
            dst_name: registered model that gets the copy.
            comment: why, for the history.
        """
        where = parse_model_uri(src_model_uri)
        if where.model_id:
            raise InvalidParameter(
                f"{src_model_uri!r} is a logged model, not a registered version: use "
                "register_model to register it."
            )
        source = self.find_version(where)
        self.ensure_registered_model(dst_name, comment=comment)
        return self.create_model_version(
            dst_name,
            f"models:/{source.name}/{source.version}",
            run_id=source.run_id,
            tags=source.tags,
            run_link=source.run_link,
            description=source.description,
            comment=comment,
        )

    def ensure_registered_model(self, name: str, *, comment: str = "") -> None:
        """Create a registered model unless it exists."""
        with suppress(AlreadyExists):
            self.create_registered_model(name, comment=comment)

    def find_version(self, where: ModelUri) -> versions.ModelVersion:
        """Return the registered version that a ``models:/`` URI means.

        Raises:
            NotFound: there is none, such as no version in the stage.
        """
        if where.version:
            return self.get_model_version(where.name, where.version)
        if where.alias:
            return self.get_model_version_by_alias(where.name, where.alias)
        if where.digest:
            return self.get_model_version_by_digest(where.name, where.digest)
        if where.at:
            return self.get_stage_holder(where.name, where.stage, where.at).model_version
        found = self.get_latest_versions(where.name, [where.stage] if where.stage else None)
        if found:
            return max(found, key=lambda v: int(v.version))
        if where.stage:
            raise NotFound(
                f"No version of {where.name!r} is in stage {where.stage!r}: move one there with "
                f"client.transition_model_version_stage({where.name!r}, <version>, "
                f"{where.stage!r}), or name a version, as in models:/{where.name}/1."
            )
        raise NotFound(f"The registered model {where.name!r} has no versions yet.")

    def get_model_version(self, name: str, version: str | int) -> versions.ModelVersion:
        """Return a model version."""
        op = versions.GetModelVersion(name=name, version=str(version))
        return self.do_registry(op).model_version

    def get_model_version_download_uri(self, name: str, version: str | int) -> str:
        """Return where a version's files are."""
        op = versions.GetModelVersionDownloadUri(name=name, version=str(version))
        return self.do_registry(op).artifact_uri

    def get_model_version_stages(self, name: str, version: str | int) -> list[str]:
        """Return the stages that a version can be in."""
        del version
        try:
            return self.get_model_policy(name).stages
        except (EndpointNotFound, NotImplementedHere):  # a server that is not Cuvee's
            return [NONE, *ACTIVE_STAGES, ARCHIVED]

    def transition_model_version_stage(
        self,
        name: str,
        version: str | int,
        stage: str,
        archive_existing_versions: bool = False,
        *,
        comment: str = "",
        expected_holder: str | int | None = None,
        break_glass: bool = False,
    ) -> versions.ModelVersion:
        """Move a version to a stage.

        Args:
            name: the registered model.
            version: its version.
            stage: where it goes; ``get_model_version_stages`` says which there are.
            archive_existing_versions: whether the versions that hold the stage leave it.
            comment: why, for the history.
            expected_holder: the version that must hold the stage until now; empty for nobody.
            break_glass: in an emergency, move past the stage's policy, to be reviewed later.

        Raises:
            Conflict: another version holds the stage than was expected.
        """
        op = versions.TransitionStage(
            name=name,
            version=str(version),
            stage=stage,
            archive_existing_versions=archive_existing_versions,
            comment=comment,
            expected_holder=None if expected_holder is None else str(expected_holder),
            break_glass=break_glass,
        )
        return self.do_registry(op).model_version

    def update_model_version(
        self, name: str, version: str | int, description: str | None = None, *, comment: str = ""
    ) -> versions.ModelVersion:
        """Set a version's description."""
        op = versions.UpdateModelVersion(
            name=name, version=str(version), description=description or "", comment=comment
        )
        return self.do_registry(op).model_version

    def delete_model_version(
        self, name: str, version: str | int, *, comment: str = "", force: bool = False
    ) -> None:
        """Delete a version; one that holds a stage by ``force`` only."""
        op = versions.DeleteModelVersion(
            name=name, version=str(version), comment=comment, force=force
        )
        self.do_registry(op)

    def search_model_versions(
        self,
        filter_string: str | None = None,
        max_results: int = 10_000,
        order_by: list[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[versions.ModelVersion]:
        """Return a page of the model versions that pass a filter."""
        op = versions.SearchModelVersions(
            filter=filter_string or "",
            max_results=max_results,
            order_by=order_by or [],
            page_token=page_token or "",
        )
        page = self.do_registry(op)
        return PagedList(page.model_versions, page.next_page_token)

    def compare_model_versions(
        self, name: str, before: str | int, after: str | int, *, everything: bool = False
    ) -> comparisons.VersionComparison:
        """Return what has changed from one version of a model to another.

        Args:
            name: the model.
            before: a version's number, ``@<alias>``, or a stage for the version in it.
            after: likewise.
            everything: whether to return what is the same, too.
        """
        op = comparisons.CompareVersions(
            name=name, before=str(before), after=str(after), everything=everything
        )
        return self.do_registry(op)

    def set_model_version_tag(
        self,
        name: str,
        version: str | int | None = None,
        key: str | None = None,
        value: Any = None,
        stage: str | None = None,
        *,
        comment: str = "",
    ) -> None:
        """Set a tag of a version, or of the newest version in a stage."""
        op = versions.SetModelVersionTag(
            name=name,
            version=self._which(name, version, stage),
            key=_key(key),
            value=str(value),
            comment=comment,
        )
        self.do_registry(op)

    def delete_model_version_tag(
        self,
        name: str,
        version: str | int | None = None,
        key: str | None = None,
        stage: str | None = None,
        *,
        comment: str = "",
    ) -> None:
        """Remove a tag of a version, or of the newest version in a stage."""
        op = versions.DeleteModelVersionTag(
            name=name, version=self._which(name, version, stage), key=_key(key), comment=comment
        )
        self.do_registry(op)

    def _which(self, name: str, version: str | int | None, stage: str | None) -> str:
        if (version is None) == (stage is None):
            raise InvalidParameter("Name the version or the stage, and not both.")
        if stage is None:
            return str(version)
        return self.find_version(ModelUri(name=name, stage=stage)).version


def _key(key: str | None) -> str:
    if not key:
        raise InvalidParameter("A tag needs a key: pass key='name'.")
    return key
