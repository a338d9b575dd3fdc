"""The least that a server on uvicorn can do: read the request, answer, store nothing.

What the benchmark measures here is the limit of the machine and of its own load generator.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]

MIB = bytes(1 << 20)
ANSWER = b'{"experiment_id": "1", "run": {"info": {"run_id": "0123456789abcdef0123456789abcdef"}}}'


async def app(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """Answer any request with a small object, or ``GET /<n>`` with n MiB."""
    if scope["type"] != "http":
        return
    more = True
    while more:
        more = (await receive()).get("more_body", False)
    blocks = scope["path"][1:]
    count = int(blocks) if scope["method"] == "GET" and blocks.isdigit() else 0
    size = count * len(MIB) or len(ANSWER)
    headers = [(b"content-length", b"%d" % size), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for _ in range(count):
        await send({"type": "http.response.body", "body": MIB, "more_body": True})
    await send({"type": "http.response.body", "body": b"" if count else ANSWER})
