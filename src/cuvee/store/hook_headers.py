"""The headers that a webhook is sent with, as its row keeps them.

Names and values are one sealed text, so that a value is of no use in another row or under another
name; the names, which are no secret, stand beside it for whoever lists webhooks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from cuvee.api.targets import HookHeader
from cuvee.errors import InvalidParameter


def columns(headers: Sequence[HookHeader], kept: Mapping[str, str]) -> dict[str, str]:
    """Return the columns of a webhook's row, not sealed yet.

    Args:
        headers: the headers that it is to have.
        kept: those of which a value may stay.

    Raises:
        InvalidParameter: one has no value, and none is kept.
    """
    values = {name.lower(): value for name, value in kept.items()}
    found: dict[str, str] = {}
    for header in headers:
        value = values.get(header.name.lower()) if header.value is None else header.value
        if value is None:
            raise InvalidParameter(
                f"No value is kept for the header {header.name}: send one. Those that a webhook "
                "has do not follow its URL to another host."
            )
        found[header.name] = value
    text = msgspec.json.encode(found).decode() if found else ""
    return {"headers": text, "header_names": ",".join(found)}


def values_of(text: str) -> dict[str, str]:
    """Return the headers, and their values, of the unsealed text that a row keeps."""
    return msgspec.json.decode(text, type=dict[str, str]) if text else {}


def names_of(column: str) -> list[str]:
    """Return the names that a row keeps beside the sealed text; no name has a comma."""
    return column.split(",") if column else []
