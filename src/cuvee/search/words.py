"""Words that refusals of searches begin with: clients and tests for MLflow look for them."""

from __future__ import annotations

from dataclasses import dataclass

from cuvee.search.tree import Kind


@dataclass(frozen=True)
class Words:
    """How one search says what sort of mistake it is, before it says where.

    Args:
        filter: a filter that cannot be read, for mistakes without words of their own.
        order: the same of an order.
        entity: a type word that there is not.
        comparator: an operator that is not one, or not of this sort of value: which, of what.
        order_key: what cannot be sorted by; empty where it is said as in a filter.
    """

    filter: str = "Invalid clause(s) in filter string"
    order: str = "Invalid order_by clause"
    entity: str = "Invalid entity type '{}'"
    comparator: str = "Invalid comparator '{op}'"
    order_key: str = ""


DIRECTION = "Invalid ordering key in order_by clause"
TWICE = "`order_by` contains duplicate fields"
SEVERAL = "Search filter contained multiple expression"
NO_NAME = "Invalid comparison clause. Expected 'Identifier' found '{}'"
UNQUOTED = (
    "Parameter value is either not quoted or unidentified quote types used for string value {}. "
    "Use either single or double quotes"
)
KEYWORDS = ("TRUE", "FALSE", "NULL")
"""Words that MLflow's grammar takes for something else than a text whose quotes were left out."""
_LIST = "While parsing a list in the query, expected "
EMPTY_LIST = _LIST + "a non-empty list of string values, but got empty list"
BROKEN_LIST = _LIST + "a non-empty list of string values, but got ill-formed list"
OTHER_LIST = _LIST + "string value, punctuation, or whitespace, but got different type in list: {}"
_QUOTED = {
    Kind.PARAM: "parameter",
    Kind.TAG: "tag",
    Kind.ATTRIBUTE: "attributes",
    Kind.DATASET: "dataset attributes",
    Kind.MODEL: "attributes of models",
}


def bad_key(kind: Kind, key: str) -> str:
    """Return the words for a key that such things do not have."""
    return f"Invalid {kind.value} key '{key}' specified"


def no_number(kind: Kind, key: str) -> str:
    """Return the words for what is compared with a number and is not."""
    if kind is Kind.ATTRIBUTE:
        return f"Expected numeric value type for numeric attribute: {key}"
    return f"Expected numeric value type for {kind.value}"


def no_text(kind: Kind) -> str:
    """Return the words for what is compared with a text and is not."""
    return f"Expected a quoted string value for {_QUOTED.get(kind, kind.value)}"
