"""Searches as tables, what can be searched for, and what is wrong with a search."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct, field

from cuvee.api.base import CUVEE, Of, Offset, Permission, Read
from cuvee.api.experiments import PageSize, ViewType
from cuvee.api.names import MAX_PARAM_VALUE, experiment_number
from cuvee.api.stages import NONE

MAX_COLUMNS = 1000

MaxText = Annotated[
    int,
    Meta(ge=0, le=MAX_PARAM_VALUE, description="characters of a param or a tag; all when 0"),
]

Subject = Literal["runs", "experiments", "registered_models", "model_versions", "logged_models"]
KeyKind = Literal["metric", "param", "tag"]
ItemKind = Literal["dataset", "logged_model", "version"]


class TableItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that a run has read or made.

    Args:
        kind: what it is.
        name: of the dataset or logged model; the model's, of a version.
        ref: a dataset's digest, the id of a logged model, a version's number.
        stage: of a version.
    """

    kind: ItemKind
    name: str
    ref: str
    stage: str = ""

    def __str__(self) -> str:
        if self.kind != "version":
            return f"{self.name} ({self.ref})"
        held = f" ({self.stage})" if self.stage not in ("", NONE) else ""
        return f"{self.name}/{self.ref}{held}"


class TableCell(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a run has of some sort of things.

    Args:
        items: the first of them.
        more: how many more there are.
    """

    items: list[TableItem]
    more: int = 0

    def __str__(self) -> str:
        more = [f"and {self.more} more"] if self.more else []
        return "; ".join([*map(str, self.items), *more])


class TableColumn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the runs of a table have for one name; of the sort that the name says.

    Args:
        name: what was asked for, as ``metrics.loss`` or ``min(metrics.loss)``.
        rows: numbers of the rows that have it, in order, counted from 0; left out when all, or
            none, do.
        numbers: their values; NaN and the infinities are null.
        plus: numbers of the values that are Infinity.
        minus: numbers of the values that are -Infinity.
        times: whole numbers: milliseconds since 1970.
        texts: texts.
        cut: numbers of the texts of which only the beginning is here, as ``max_text`` asked.
        cells: things, of the columns ``datasets`` and ``models``.
    """

    name: str
    rows: list[int] = []
    numbers: list[float | None] = []
    plus: list[int] = []
    minus: list[int] = []
    times: list[int] = []
    texts: list[str] = []
    cut: list[int] = []
    cells: list[TableCell] = []


class RunTable(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A page of runs, column by column.

    Args:
        count: rows of the page.
        columns: those asked for that some run of the page has.
        total: runs that pass the filter, on all pages, if that was asked for.
        next_page_token: resumes behind the page; absent on the last.
    """

    count: int
    columns: list[TableColumn] = []
    total: int | None = None
    next_page_token: str | None = None


class SearchRunTable(Read[RunTable], frozen=True, kw_only=True):
    """Find runs as a table of the columns asked for: a window by index, or a page by token.

    A page may be shorter than ``limit`` where its values would be too many; its token goes on.
    The columns ``datasets`` and ``models`` (versions that come from a run, and models that it has
    logged) are there when they are named, with what the caller may read.
    """

    base: ClassVar[str] = CUVEE
    searches: ClassVar[bool] = True
    route: ClassVar[str] = "runs/search"
    methods: ClassVar[tuple[str, ...]] = ("POST",)
    of: ClassVar[tuple[Of, ...]] = (Of("experiment", "experiment_ids"),)
    experiment_ids: list[str] = []
    filter: str = ""
    run_view_type: ViewType = "ACTIVE_ONLY"
    order_by: list[str] = []
    columns: Annotated[list[str], Meta(max_length=MAX_COLUMNS)] = field(
        default_factory=lambda: ["attributes.*"]
    )
    limit: PageSize = 100
    offset: Offset = 0
    page_token: str = ""
    total: bool = False
    max_text: MaxText = 0

    def check(self) -> None:
        for experiment_id in self.experiment_ids:
            experiment_number(experiment_id)


class RunKey(Struct, frozen=True, kw_only=True):
    """A metric, param or tag that runs have.

    Args:
        kind: which of them.
        key: its key.
        runs: how many of the runs that were looked at have it.
        varies: whether their values differ, or some run lacks it.
    """

    kind: KeyKind
    key: str
    runs: int
    varies: bool


class RunKeys(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Keys, those of most runs first.

    Args:
        runs: runs that were looked at, the newest that pass.
        complete: whether these are all that pass.
        keys: what they have.
    """

    runs: int
    complete: bool = False
    keys: list[RunKey] = []


class ListRunKeys(Read[RunKeys], frozen=True, kw_only=True):
    """List the metrics, params and tags of the runs that pass a filter; all, or what varies."""

    base: ClassVar[str] = CUVEE
    searches: ClassVar[bool] = True
    route: ClassVar[str] = "runs/keys"
    methods: ClassVar[tuple[str, ...]] = ("POST",)
    of: ClassVar[tuple[Of, ...]] = (Of("experiment", "experiment_ids"),)
    experiment_ids: list[str] = []
    filter: str = ""
    run_view_type: ViewType = "ACTIVE_ONLY"
    kinds: list[KeyKind] = []
    contains: Annotated[str, Meta(max_length=256)] = ""
    varying: bool = False
    limit: Annotated[int, Meta(ge=1, le=10_000)] = 1000

    def check(self) -> None:
        for experiment_id in self.experiment_ids:
            experiment_number(experiment_id)


class SearchCheck(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is wrong with a search.

    Args:
        valid: nothing is.
        where: which of the texts is meant: ``Filter`` or ``Order``.
        start: place of the first wrong character, counted from 0.
        end: place behind the last one.
        found: what stands there.
        expected: what would have been right.
        message: all of it in a sentence.
    """

    valid: bool
    where: str = ""
    start: int | None = None
    end: int | None = None
    found: str = ""
    expected: str = ""
    message: str = ""


class CheckSearch(Read[SearchCheck], frozen=True, kw_only=True):
    """Say whether a filter, and an order, can be read, and if not, where and what was expected."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "search/check"
    needs: ClassVar[Permission] = Permission.LOGIN
    subject: Subject = "runs"
    filter: str = ""
    order_by: list[str] = []


class Completion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A text that can stand in some place.

    Args:
        text: the text.
        kind: ``attribute``, ``metric``, ``param``, ``tag``, ``function``, ``operator``, ``value``
            or ``word``.
        runs: how many of the newest runs have it, where that is known.
    """

    text: str
    kind: str
    runs: int | None = None


class Completions(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What can stand at the cursor.

    Args:
        start: place where what is replaced begins, counted from 0.
        end: place behind it.
        completions: the likeliest first.
        check: what is wrong before the cursor, if that is why there are none.
    """

    start: int
    end: int
    completions: list[Completion] = []
    check: SearchCheck | None = None


class CompleteSearch(Read[Completions], frozen=True, kw_only=True):
    """Say how a filter, or an order, can go on at the cursor: with keys and values that exist."""

    base: ClassVar[str] = CUVEE
    searches: ClassVar[bool] = True
    route: ClassVar[str] = "search/complete"
    of: ClassVar[tuple[Of, ...]] = (Of("experiment", "experiment_ids"),)
    subject: Subject = "runs"
    text: str = ""
    cursor: Annotated[
        int, Meta(ge=0, le=1_000_000, description="place in the text, counted from 0")
    ] = 0
    order: bool = False
    experiment_ids: list[str] = []
    limit: Annotated[int, Meta(ge=1, le=1000)] = 50

    def check(self) -> None:
        for experiment_id in self.experiment_ids:
            experiment_number(experiment_id)
