"""A request for bytes, and the way to answer it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from cuvee.api.base import Actor
from cuvee.errors import InvalidParameter

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True)
class Exchange:
    """A request and the way to answer it."""

    scope: Scope
    receive: Receive
    send: Send
    actor: Actor

    @property
    def method(self) -> str:
        """HTTP method; HEAD counts as GET and gets no body."""
        return "GET" if self.scope["method"] == "HEAD" else str(self.scope["method"])

    def header(self, name: str) -> str:
        """Return a header's values, joined; empty when it was not sent."""
        key = name.encode()
        sent: list[tuple[bytes, bytes]] = self.scope["headers"]
        return ", ".join(v.decode("latin-1") for k, v in sent if k == key)

    def optional(self, name: str) -> str:
        """Return a field of the query, empty when it is not there.

        Raises:
            InvalidParameter: the query is not UTF-8.
        """
        query = str(self.scope["query_string"], "latin-1")
        try:
            return parse_qs(query, errors="strict", max_num_fields=100).get(name, [""])[-1]
        except ValueError:
            raise InvalidParameter("The query string is malformed: percent-encode it.") from None

    def field(self, name: str) -> str:
        """Return a field of the query, which must be there.

        Raises:
            InvalidParameter: it is missing, empty, or not UTF-8.
        """
        value = self.optional(name)
        if not value:
            raise InvalidParameter(f"Request must specify {name}. Send it in the query string.")
        return value

    async def answer(
        self, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b""
    ) -> None:
        """Send a whole answer; to HEAD without the body."""
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        body = b"" if self.scope["method"] == "HEAD" else body
        await self.send({"type": "http.response.body", "body": body})

    async def answer_json(self, body: bytes) -> None:
        """Send a JSON document."""
        length = str(len(body)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        await self.answer(200, headers, body)
