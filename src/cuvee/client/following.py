"""The history as it grows: over HTTP by server-sent events, in an embedded store by looking."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from cuvee.api.base import Store
from cuvee.api.events import Event, ListEvents
from cuvee.client.base import Calls
from cuvee.client.connect import connect
from cuvee.errors import ConnectionFailed, TooManyRequests, Unavailable

PATH = "/api/1.0/cuvee/events/stream"
SILENCE = 50.0
"""Seconds without a byte after which a stream counts as cut: three missed heartbeats."""
POLL = 1.0
"""Seconds between two looks into an embedded store."""
LONGEST_PAUSE = 20.0


class FollowCalls(Calls):
    """What a client asks of the history to come."""

    def follow_events(
        self,
        object: str | None = None,  # noqa: A002  # the field's name in the protocol
        action: str | None = None,
        actor: str | None = None,
        since: int | None = None,
    ) -> Iterator[Event]:
        """Return an iterator of events that waits for the next one, and never ends by itself.

        Interruptions are bridged: when the server is back it goes on after the last event, without
        gap or repetition. Close the iterator to end the connection.

        Args:
            object: only this object's, as ``version:wine/2``.
            action: only this kind, as ``version.transitioned``.
            actor: only this user's.
            since: those after this sequence number; only those from this call on when None.

        Raises:
            Unauthenticated: the login has ended.
            ConnectionFailed: the server cannot be reached at the first attempt.
        """
        op = ListEvents(object=object or "", action=action or "", actor=actor or "")
        return follow(connect(self._registry_uri).store, op, since)


def follow(store: Store, op: ListEvents, since: int | None = None) -> Iterator[Event]:
    """Follow the history of a store; see ``Client.follow_events``.

    Args:
        store: whose history.
        op: filters.
        since: number of the last event that is known; the latest one of now when None.
    """
    from cuvee.client.remote import HttpStore

    if since is None:
        latest = store.do(ListEvents(newest_first=True, max_results=1)).events
        since = latest[0].sequence if latest else 0
    if isinstance(store, HttpStore):
        return _streamed(store, op, since)
    return _polled(store, op, since)


def _polled(store: Store, op: ListEvents, since: int) -> Iterator[Event]:
    while True:
        events = store.do(replace(op, since=since, max_results=1000)).events
        for event in events:
            since = event.sequence
            yield event
        if not events:
            time.sleep(POLL)


def _streamed(store: Any, op: ListEvents, since: int) -> Iterator[Event]:
    from msgspec.json import Decoder

    decode = Decoder(Event).decode
    pause, reached = POLL, False
    while True:
        try:
            for line in store.follow(op, PATH, since, SILENCE):
                pause, reached = POLL, True
                if line.startswith(b"data: "):
                    event = decode(line[6:])
                    if event.sequence > since:
                        since = event.sequence
                        yield event
        except (ConnectionFailed, Unavailable, TooManyRequests):
            if not reached:
                raise
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
