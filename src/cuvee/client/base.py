"""What every group of the client's methods stands on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

from msgspec.structs import replace

from cuvee.api.base import Op
from cuvee.client.connect import Connection, connect
from cuvee.client.current import get_registry_uri, get_tracking_uri
from cuvee.client.journals import journal_of, settle

R = TypeVar("R")
_IDS = ("run_id", "run_uuid", "source_run_id", "model_id", "source")


def pages(do: Callable[[Any], R], op: Op[R]) -> Iterator[R]:
    """Give the answers to an operation that is answered in pages, one after the other.

    Args:
        do: carries it out.
        op: what to ask, from its first page on.
    """
    token: str | None = ""
    while token is not None:
        page: Any = do(replace(cast("Any", op), page_token=token))
        yield page
        token = page.next_page_token


class Calls:
    """Two stores to ask: one for tracking, one for the registry; usually the same.

    Args:
        tracking_uri: where runs are; the current one when absent.
        registry_uri: where registered models are; ``tracking_uri`` when that is given, else the
            current one.
    """

    def __init__(self, tracking_uri: str | None = None, registry_uri: str | None = None) -> None:
        self._tracking_uri = tracking_uri or get_tracking_uri()
        self._registry_uri = registry_uri or tracking_uri or get_registry_uri()
        self._roots: dict[str, str] = {}

    @property
    def tracking_uri(self) -> str:
        """Where runs are."""
        return self._tracking_uri

    @property
    def registry_uri(self) -> str:
        """Where registered models are."""
        return self._registry_uri

    @property
    def connection(self) -> Connection:
        """The connection to where runs are."""
        return connect(self._tracking_uri)

    @property
    def journal(self) -> Any:
        """The journal for where runs are; None when calls go straight there."""
        return journal_of(self._tracking_uri)

    def do(self, op: Op[R]) -> R:
        """Carry out an operation where runs are, after what this process has logged."""
        settle(self._tracking_uri)
        return connect(self._tracking_uri).store.do(self.named(op))

    def do_registry(self, op: Op[R]) -> R:
        """Carry out an operation where registered models are."""
        settle(self._tracking_uri)
        return connect(self._registry_uri).store.do(self.named(op))

    def named(self, op: Op[R]) -> Op[R]:
        """Return an operation with the server's ids in place of ours that it did not take."""
        log = journal_of(self._tracking_uri)
        session = getattr(log, "session", None)
        names = session.aliases() if session is not None else {}
        if not names:
            return op
        forms = {**names, **{f"models:/{ours}": f"models:/{name}" for ours, name in names.items()}}
        said = ((field, getattr(op, field, None)) for field in _IDS)
        changed: dict[str, Any] = {field: forms[text] for field, text in said if text in forms}
        tags = getattr(op, "tags", ())
        if any(getattr(tag, "value", None) in names for tag in tags):  # a parent may be such a run
            changed["tags"] = [replace(tag, value=names.get(tag.value, tag.value)) for tag in tags]
        return replace(op, **changed) if changed else op
