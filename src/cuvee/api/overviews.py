"""Registered models at a glance: what is in their stages, who changed them last, what waits."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct, field

from cuvee.api.base import CUVEE, Id, Offset, Permission, Read
from cuvee.api.models import RegisteredModelAlias, RegisteredModelTag


class StageOverview(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stage of a model and what is in it.

    Args:
        stage: its name.
        version: the highest version in it.
        since: since when that is there; absent where it is not known, and of ``None``.
        count: how many versions are in it.
    """

    stage: str
    version: str
    since: int | None = None
    count: int = 1


class KeyMetric(Struct, frozen=True, kw_only=True):
    """A metric of the run behind a version.

    Args:
        key: its key.
        value: its last value.
        version: the version.
        stage: the stage that it is in.
    """

    key: str
    value: float
    version: str
    stage: str


class ModelOverview(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A registered model at a glance.

    Args:
        name: its name.
        folder: the folder that it is in.
        user_id: its owner: who created it.
        last_updated_timestamp: when it, a version or a stage was changed last.
        changed_by: who did that; absent where the history does not tell.
        changed: what that was, as the history calls it, such as ``version.stage_changed``.
        latest: its highest version; absent when it has none.
        stages: the stages with versions, in the order of its policy.
        metric: of the version in Production, or in the last stage where its policy has none of
            that name; absent when the caller may not read the run.
        requests: open requests to move its versions.
        aliases: its aliases.
        tags: its tags.
    """

    name: str
    folder: str = ""
    user_id: str | None = None
    last_updated_timestamp: int = 0
    changed_by: str = ""
    changed: str = ""
    latest: str = ""
    stages: list[StageOverview] = []
    metric: KeyMetric | None = None
    requests: int = 0
    alias_items: list[RegisteredModelAlias] = field(default_factory=list, name="aliases")
    tag_items: list[RegisteredModelTag] = field(default_factory=list, name="tags")


class ModelOverviewPage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A page of models, the token of the next, and how many pass, if asked for.

    Args:
        models: the models.
        next_page_token: resumes behind the page; absent on the last.
        total: models that pass, on all pages.
        owners: if asked for, the owners of all models that the caller may read, those of most
            models first, up to 100.
        stages: if asked for, the stages that versions of these are in, by name.
    """

    models: list[ModelOverview] = []
    next_page_token: str | None = None
    total: int | None = None
    owners: list[str] = []
    stages: list[str] = []


class SearchModelOverviews(Read[ModelOverviewPage], frozen=True, kw_only=True):
    """Find registered models at a glance: a window by index, or a page by token.

    Args:
        filter: as of a search for registered models.
        order_by: likewise.
        stage: only models with a version in this stage, as it is spelled.
        owner: only models of this owner.
        metric: which metric to give; when empty, the first that a check of the model's policy
            names, or else the first by name that the run has.
        max_results: models of a page.
        page_token: resumes behind a page.
        offset: models to pass over first.
        total: whether to count those that pass.
        choices: whether to list all owners and stages.
    """

    base: ClassVar[str] = CUVEE
    searches: ClassVar[bool] = True
    route: ClassVar[str] = "registered-models/overview"
    needs: ClassVar[Permission] = Permission.LOGIN
    filter: str = ""
    order_by: list[str] = []
    stage: Id = ""
    owner: Annotated[str, Meta(max_length=500)] = ""
    metric: Annotated[str, Meta(max_length=500)] = ""
    max_results: Annotated[int, Meta(ge=1, le=1000)] = 100
    page_token: str = ""
    offset: Offset = 0
    total: bool = False
    choices: bool = False
