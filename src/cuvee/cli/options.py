"""Options that several commands share, and the store that they work on."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar

import click

from cuvee.errors import InvalidParameter, NotFound

P = ParamSpec("P")
T = TypeVar("T")


class Do(Protocol):
    """Carries out an operation of ``cuvee.api`` and returns its result."""

    def __call__(self, op: Any) -> Any:
        """Carry out ``op``."""
        ...


def examples(*lines: str) -> str:
    """Return a help epilog that shows ``lines`` as they are."""
    return "\b\nExamples:\n" + "\n".join("  " + line for line in lines)


def days(_ctx: click.Context, _option: click.Parameter, value: str) -> int:
    """Read an option that is a number of days, such as ``30d``."""
    match = re.fullmatch(r"([0-9]{1,5})d?", value)
    if match is None:
        raise click.BadParameter(f"{value!r} is not a number of days: write 30d, for example.")
    return int(match[1])


tracking_uri = click.option(
    "--tracking-uri",
    metavar="URI",
    help="A server (http://127.0.0.1:5000) or a database (sqlite:///cuvee.db). "
    "[default: CUVEE_TRACKING_URI, MLFLOW_TRACKING_URI, or the store in this directory]",
)


def uses_store(command: Callable[..., T]) -> Callable[..., T]:
    """Add --tracking-uri to a command and hand it ``do`` for the store there."""

    @functools.wraps(command)
    def with_store(*args: Any, tracking_uri: str | None, **kwargs: Any) -> T:
        from cuvee.client.connect import connect
        from cuvee.client.current import get_tracking_uri

        return command(connect(tracking_uri or get_tracking_uri()).store.do, *args, **kwargs)

    return tracking_uri(with_store)


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")

limit = click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="How many to print at most.",
)

order_by = click.option(
    "--order-by",
    multiple=True,
    metavar="KEY [ASC|DESC]",
    help="What to sort by, such as 'metrics.rmse ASC'; may be repeated.",
)


def collect(fetch: Callable[[str, int], tuple[list[T], str | None]], wanted: int) -> list[T]:
    """Follow pages until ``wanted`` items are there; say on stderr when there are more.

    Args:
        fetch: (page token, page size) -> (items, next page token).
        wanted: how many items to return at most.
    """
    found: list[T] = []
    token: str | None = ""
    while token is not None and len(found) < wanted:
        items, token = fetch(token, min(wanted - len(found), 1000))
        found += items
        token = token or None
    if token:
        click.echo(f"Showing the first {wanted}; ask for more with --limit.", err=True)
    return found


def find_experiment(do: Do, name_or_id: str) -> Any:
    """Return the experiment of this name, else of this id.

    Raises:
        NotFound: there is neither.
    """
    from cuvee.api.experiments import GetExperiment, GetExperimentByName

    try:
        return do(GetExperimentByName(experiment_name=name_or_id)).experiment
    except NotFound:
        try:
            return do(GetExperiment(experiment_id=name_or_id)).experiment
        except (NotFound, InvalidParameter):
            raise NotFound(
                f"There is no experiment with the name or id '{name_or_id}': "
                "'cuvee experiments list' shows them."
            ) from None
