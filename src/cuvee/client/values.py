"""From the values that scripts pass to the values that operations hold."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, cast

from cuvee.api.experiments import VIEW_TYPES, ViewType
from cuvee.api.runs import RUN_STATUSES, RunStatus
from cuvee.errors import InvalidParameter

T = TypeVar("T")


class PagedList(list[T]):
    """A page of a search; ``token`` fetches the next one and is None on the last.

    Args:
        items: the page.
        token: page token of the next page.
    """

    def __init__(self, items: Iterable[T], token: str | None) -> None:
        super().__init__(items)
        self.token = token or None

    def to_list(self) -> list[T]:
        """Return the page as a plain list."""
        return list(self)


class Logged:
    """What asynchronous logging calls return.

    Args:
        wait: waits until the server has it; None: it has it already.
    """

    def __init__(self, wait: Callable[[], None] | None = None) -> None:
        self._wait = wait

    def wait(self) -> None:
        """Return when the server has what was logged, or after ten seconds without it."""
        if self._wait:
            self._wait()


def now() -> int:
    """Return the time in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def number(key: str, value: Any) -> float:
    """Return a metric's value as a float; tensors and arrays of one element have one.

    Raises:
        InvalidParameter: it is no number.
    """
    try:
        return float(value)
    except (TypeError, ValueError):
        pass
    try:
        return float(value.item())
    except (AttributeError, TypeError, ValueError, RuntimeError):
        raise InvalidParameter(
            f"The value of metric {key!r} must be a number, not {type(value).__name__} "
            f"{str(value)[:60]!r}."
        ) from None


def step_number(value: Any) -> int:
    """Return a step as an integer, 0 for None; arrays of one element have one.

    Raises:
        InvalidParameter: it is no whole number.
    """
    try:
        found = 0 if value is None else int(value)
        if value is None or isinstance(value, str) or found == value:
            return found
    except (TypeError, ValueError, OverflowError):
        pass
    raise InvalidParameter(f"A step must be a whole number, not {str(value)[:60]!r}.")


def milliseconds(value: Any) -> int:
    """Return a time as whole milliseconds; None is now, parts of a millisecond are left out.

    Raises:
        InvalidParameter: it is no number.
    """
    try:
        return now() if value is None else int(value)
    except (TypeError, ValueError, OverflowError):
        raise InvalidParameter(
            f"A timestamp must be milliseconds since 1970, not {str(value)[:60]!r}."
        ) from None


def tag_items(kind: type[T], tags: Mapping[str, Any] | None) -> list[T]:
    """Return tags as a list of ``kind``; values become text."""
    make = cast("Any", kind)
    return [make(key=str(k), value=str(v)) for k, v in (tags or {}).items()]


def view_name(view: int | str) -> ViewType:
    """Return a view's name from its number or name.

    Raises:
        InvalidParameter: there is no such view.
    """
    name = VIEW_TYPES.get(view, "") if isinstance(view, int) else view.upper()
    if name not in VIEW_TYPES.values():
        raise InvalidParameter(f"There is no view type {view!r}: use ViewType.ACTIVE_ONLY.")
    return cast("ViewType", name)


def status_name(status: int | str) -> RunStatus:
    """Return a run status' name from its number or name.

    Raises:
        InvalidParameter: there is no such status.
    """
    name = RUN_STATUSES.get(status, "") if isinstance(status, int) else status
    if name not in RUN_STATUSES.values():
        raise InvalidParameter(
            f"There is no run status {status!r}: choose from {', '.join(RUN_STATUSES.values())}."
        )
    return cast("RunStatus", name)
