"""Where a version of a model or a run comes from, and what has come of it: a graph."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Of, Read, Required
from cuvee.api.names import version_number

NodeKind = Literal["dataset", "run", "logged_model", "version", "stage", "deployment"]
EdgeKind = Literal[
    "input", "logged", "registered", "copied", "nested", "forked", "holds", "deployed"
]
NodeState = Literal["", "hidden", "missing", "deleted"]


class LineageNode(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something in a lineage; of what is hidden or missing only ``id``, ``kind`` and ``ref``.

    Args:
        id: names it in the edges.
        kind: what it is.
        ref: a dataset's digest, the id of a run or logged model, a version's number, a stage,
            where a version runs.
        name: of the dataset, run or logged model; the model's, of versions, stages and
            deployments.
        state: ``hidden`` when the caller may not read it, ``missing`` when it is not here (any
            more), ``deleted`` when it is in the trash.
        status: a run's status, a version's stage, a dataset's sort of source.
        user_id: who has made it, or recorded that it runs there.
        time: when a run began, a logged model or version was made, a version came to the stage,
            or began to run there.
        experiment_id: in which experiment it is.
        run_id: of a logged model and a version, the run that it comes from.
        url: of a deployment, where to look at it.
    """

    id: str
    kind: NodeKind
    ref: str
    name: str = ""
    state: NodeState = ""
    status: str = ""
    user_id: str = ""
    time: int | None = None
    experiment_id: str = ""
    run_id: str = ""
    url: str = ""


class LineageEdge(Struct, frozen=True, order=True):
    """One thing that comes from another.

    Args:
        source: the id of what it comes from.
        target: the id of what comes from it.
        kind: ``input`` (a dataset or model that a run has read), ``logged`` (a model, by a run),
            ``registered`` (as a version), ``copied`` (a version, from another), ``nested`` (a run
            in a run), ``forked`` (a run from a run), ``holds`` (a stage),
            ``deployed`` (a version, to where it runs).
    """

    source: str
    target: str
    kind: EdgeKind


class Lineage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A graph.

    Args:
        root: the id of what was asked about.
        nodes: the nearest first.
        edges: between them.
        complete: whether nothing lies further away, or was left out because there are too many.
    """

    root: str
    nodes: list[LineageNode]
    edges: list[LineageEdge] = []
    complete: bool = True


class GetVersionLineage(Read[Lineage], frozen=True, kw_only=True):
    """Read what a version comes from (datasets, runs, models) and what has come of it.

    Copies of it in models that the caller may not read are left out.

    Args:
        name: the model.
        version: the version.
        depth: how many steps to go from it.
        max_nodes: how many things to return, the nearest.
    """

    base: ClassVar[str] = CUVEE
    searches: ClassVar[bool] = True
    route: ClassVar[str] = "model-versions/lineage"
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    version: Required
    depth: Annotated[int, Meta(ge=1, le=20)] = 5
    max_nodes: Annotated[int, Meta(ge=2, le=1000)] = 300

    def check(self) -> None:
        version_number(self.version)


class GetRunLineage(Read[Lineage], frozen=True, kw_only=True):
    """Read what a run comes from (datasets, models, runs) and what has come of it.

    That are the models that it has logged, the versions registered from it and from them, and the
    runs nested in it or forked from it, with theirs. Of these, what the caller may not read and
    deleted runs are left out.

    Args:
        run_id: the run.
        depth: how many steps to go from it.
        max_nodes: how many things to return, the nearest.
    """

    base: ClassVar[str] = CUVEE
    searches: ClassVar[bool] = True
    route: ClassVar[str] = "runs/lineage"
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_id"),)
    run_id: Required
    depth: Annotated[int, Meta(ge=1, le=20)] = 5
    max_nodes: Annotated[int, Meta(ge=2, le=1000)] = 300
