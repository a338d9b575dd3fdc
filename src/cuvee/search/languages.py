"""What may be asked of each kind of thing: one table per search."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cuvee.search.tree import Kind
from cuvee.search.words import Words

COMPARED = ("=", "!=", ">", ">=", "<", "<=")
LISTS = ("IN", "NOT IN")
RANGES = ("BETWEEN", "NOT BETWEEN")
PRESENCE = ("IS NULL", "IS NOT NULL")
NUMERIC = (*COMPARED, *LISTS, *RANGES, *PRESENCE)
TEXT = ("=", "!=", "LIKE", "ILIKE", "CONTAINS", *LISTS, *PRESENCE)
CHOSEN = ("=", "!=", *LISTS, *PRESENCE)

FUNCTIONS: Mapping[str, Kind] = {
    **dict.fromkeys(("min", "max", "first", "last", "best", "at"), Kind.METRIC),
    "number": Kind.PARAM,
}
"""Functions and of what they are; ``number`` is of params and tags."""

RELATIVES = ("parent", "children")


class Takes(enum.Enum):
    """What the right side of a comparison must be."""

    TEXT = "a text in quotes, such as 'a'"
    NUMBER = "a number without quotes, such as 0.5"
    WHOLE = "a whole number without quotes, such as 5"
    VERSION = "a whole number, such as 5"
    STATUS = "1 (pending), 2 (ready) or 3 (failed)"


@dataclass(frozen=True)
class Field:
    """Something that can be compared.

    Args:
        ops: the operators it has.
        takes: what it is compared with.
        sides: it may also be compared with another of its sort.
        values: all values that there can be, where they are few.
    """

    ops: tuple[str, ...]
    takes: Takes = Takes.TEXT
    sides: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Space:
    """What a type word such as ``metrics`` opens.

    Args:
        kind: what its members are.
        any_key: how every key is compared, where keys are free.
        fields: the members by spelling, where they are fixed: name and how it is compared.
    """

    kind: Kind
    any_key: Field | None = None
    fields: Mapping[str, tuple[str, Field]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Language:
    """One search's filters and orders; each is equal to itself alone.

    Args:
        spaces: type word -> what it opens; "" is what a name without a type word belongs to.
        order: spelling of an attribute -> its name, for those that can be sorted by.
        order_kinds: kinds other than attributes that can be sorted by.
        upper_only: operator words count in upper case only.
        bare_text: text values may stand without quotes.
        repeated_order: an order may name the same key twice.
        functions: there are functions of metrics, params and tags.
        relatives: words that put another thing in the place of the one that is looked for.
        words: how its refusals begin.
    """

    spaces: Mapping[str, Space]
    order: Mapping[str, str]
    order_kinds: frozenset[Kind] = frozenset()
    upper_only: bool = False
    bare_text: bool = False
    repeated_order: bool = False
    functions: bool = False
    relatives: tuple[str, ...] = ()
    words: Words = field(default_factory=Words)


def _words(space: Space, *words: str) -> dict[str, Space]:
    return dict.fromkeys(words, space)


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


_TEXT = Field(TEXT)
_CHOICE = Field(CHOSEN)
_NUMBER = Field(NUMERIC, Takes.NUMBER)
_WHOLE = Field(NUMERIC, Takes.WHOLE)
_VERSION = Field(NUMERIC, Takes.VERSION)
MEASURE = Field(NUMERIC, Takes.NUMBER, sides=True)
"""How metrics of runs, and functions of anything, are compared."""

STATUSES = ("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED")
_RUN_NAMES = ("run_name", "run name", "Run name", "Run Name")
_RUN_ATTRIBUTES = Space(
    Kind.ATTRIBUTE,
    fields={
        "run_id": ("run_id", _TEXT),
        "status": ("status", Field(TEXT, values=STATUSES)),
        **{name: (name, _TEXT) for name in ("artifact_uri", "user_id", "created_by", "parent")},
        **dict.fromkeys(_RUN_NAMES, ("run_name", _TEXT)),
        **dict.fromkeys(("start_time", "created", "Created"), ("start_time", _NUMBER)),
        "end_time": ("end_time", _NUMBER),
        "root": ("root", Field(("=", "!=", *LISTS))),
        "depth": ("depth", Field((*COMPARED, *LISTS, *RANGES), Takes.WHOLE)),
    },
)
UNSORTED = ("parent", "root", "depth")
"""What runs can be found by, but neither sorted by nor shown as a column."""
_DATASETS = Space(
    Kind.DATASET, fields={name: (name, _TEXT) for name in ("name", "digest", "context")}
)
_RUN_MODELS = Space(
    Kind.MODEL,
    fields={"name": ("name", _TEXT), "version": ("version", _VERSION), "stage": ("stage", _TEXT)},
)
_CHILDREN = Space(
    Kind.CHILDREN, fields={"count": ("count", Field((*COMPARED, *RANGES), Takes.WHOLE))}
)

RUNS = Language(
    spaces={
        **_words(_RUN_ATTRIBUTES, "", "attribute", "attributes", "attr", "run"),
        **_words(Space(Kind.METRIC, MEASURE), "metric", "metrics"),
        **_words(Space(Kind.PARAM, _TEXT), "param", "params", "parameter", "parameters"),
        **_words(Space(Kind.TAG, _TEXT), "tag", "tags"),
        **_words(_DATASETS, "dataset", "datasets"),
        "model": _RUN_MODELS,
        "children": _CHILDREN,
    },
    order={
        name: target for name, (target, _) in _RUN_ATTRIBUTES.fields.items() if name not in UNSORTED
    },
    order_kinds=frozenset({Kind.METRIC, Kind.PARAM, Kind.TAG}),
    functions=True,
    relatives=RELATIVES,
)

COLUMNS = replace(
    RUNS,
    spaces={
        **RUNS.spaces,
        **_words(
            Space(
                Kind.ATTRIBUTE,
                fields={
                    **_RUN_ATTRIBUTES.fields,
                    **{name: (name, _TEXT) for name in ("experiment_id", "lifecycle_stage")},
                },
            ),
            *("", "attribute", "attributes", "attr", "run"),
        ),
    },
    order={**RUNS.order, **_same("experiment_id", "lifecycle_stage", "datasets", "models")},
)
"""What a table of runs can have as columns, as an order names it."""

EXPERIMENTS = Language(
    spaces={
        **_words(
            Space(
                Kind.ATTRIBUTE,
                fields={
                    "name": ("name", _TEXT),
                    "experiment_id": ("experiment_id", _CHOICE),
                    "creation_time": ("creation_time", _WHOLE),
                    "last_update_time": ("last_update_time", _WHOLE),
                },
            ),
            "",
            "attribute",
        ),
        **_words(Space(Kind.TAG, _TEXT), "tag", "tags"),
    },
    order=_same("name", "experiment_id", "creation_time", "last_update_time"),
    upper_only=True,
    repeated_order=True,
)

_OF_KIND = "Invalid comparator for {kind}: {op}"

REGISTERED_MODELS = Language(
    spaces={
        **_words(
            Space(
                Kind.ATTRIBUTE,
                fields={"name": ("name", _TEXT), "folder": ("folder", _TEXT)},
            ),
            "",
            "attribute",
        ),
        **_words(Space(Kind.TAG, _TEXT), "tag", "tags"),
    },
    order={
        "name": "name",
        "timestamp": "last_updated_timestamp",
        "last_updated_timestamp": "last_updated_timestamp",
    },
    words=Words(comparator=_OF_KIND, order_key="Invalid order by key '{}' specified"),
)

MODEL_VERSIONS = Language(
    spaces={
        **_words(
            Space(
                Kind.ATTRIBUTE,
                fields={
                    "name": ("name", _TEXT),
                    "run_id": ("run_id", _TEXT),
                    "source_path": ("source_path", _TEXT),
                    "current_stage": ("current_stage", _TEXT),
                    "version_number": ("version_number", _VERSION),
                },
            ),
            "",
            "attribute",
        ),
        **_words(Space(Kind.TAG, _TEXT), "tag", "tags"),
    },
    order=_same("name", "version_number", "creation_timestamp", "last_updated_timestamp"),
    words=Words(comparator=_OF_KIND),
)

_MODEL_TIMES = {
    "creation_timestamp": "creation_timestamp",
    "creation_timestamp_ms": "creation_timestamp",
    "creation_time": "creation_timestamp",
    "last_updated_timestamp": "last_updated_timestamp",
    "last_updated_timestamp_ms": "last_updated_timestamp",
}
_MODEL_TEXTS = (
    "name",
    "model_id",
    "model_type",
    "source_run_id",
    "experiment_id",
    "artifact_location",
)

LOGGED_MODELS = Language(
    spaces={
        **_words(
            Space(
                Kind.ATTRIBUTE,
                fields={
                    **{name: (name, _TEXT) for name in _MODEL_TEXTS},
                    **{name: (target, _NUMBER) for name, target in _MODEL_TIMES.items()},
                    "status": ("status", Field(CHOSEN, Takes.STATUS)),
                },
            ),
            "",
            "attributes",
        ),
        "metrics": Space(Kind.METRIC, _NUMBER),
        "params": Space(Kind.PARAM, _TEXT),
        "tags": Space(Kind.TAG, _TEXT),
    },
    order={**_same(*_MODEL_TEXTS, "status"), **_MODEL_TIMES},
    order_kinds=frozenset({Kind.METRIC}),
    bare_text=True,
    words=Words(
        filter="Invalid filter string",
        entity="Invalid entity type: '{}'",
        comparator="Invalid comparison operator for {kind}s.{key}: '{op}'",
        order_key="Invalid order by field name: {}",
    ),
)
