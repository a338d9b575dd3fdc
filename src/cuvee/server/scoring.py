"""Predictions of registered versions: questions are passed on to where an admin says they go.

Nobody but an admin names an address, and nothing of it is shown: an answer's status and body are.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from cuvee.api.base import Actor, Op, Store
from cuvee.api.scoring import GetScoring, Score, ScoreVersion, Scoring
from cuvee.errors import InvalidParameter, TooManyRequests
from cuvee.rules.targets import Allowed
from cuvee.server.outbound import Answer, Outbound

TIMEOUT = 60.0
AT_ONCE = 4
"""Questions under way in one process; each keeps a thread."""
MAX_ANSWER = 256 << 10
UNKNOWN = (
    "This server does not know where this version is served: start it with --scoring-url, "
    "or load the model and call predict."
)
_URL = re.compile(r"https?://[^/?#@\s]+([/?][!-~]*)?")
_PLACES = re.compile(r"\{(name|version)\}")


class Places:
    """Where versions are served.

    Args:
        entries: ``NAME/VERSION=URL``, or a URL with ``{name}`` and ``{version}`` in its path, for
            all versions that have none of their own.

    Raises:
        InvalidParameter: an entry is neither; says which.
    """

    def __init__(self, entries: Sequence[str] = ()) -> None:
        self._own: dict[tuple[str, str], str] = {}
        self._common = ""
        for entry in entries:
            self._add(entry)

    def _add(self, entry: str) -> None:
        version, equals, url = entry.partition("=http")
        url = "http" + url if equals else entry
        name, slash, number = version.rpartition("/") if equals else ("", "", "")
        if not (_good(url) and bool(equals) == bool(slash and name and number.isdecimal())):
            raise InvalidParameter(
                f"--scoring-url {entry!r} is neither NAME/VERSION=URL, such as "
                "lr_wine_quality/2=http://127.0.0.1:5001/invocations, nor a URL for all versions, "
                "such as http://serving.internal/{name}/{version}/invocations."
            )
        if equals:
            self._own[name, number] = url
        elif set(_PLACES.findall(urlsplit(url).path)) == {"name", "version"}:
            self._common = url
        else:
            raise InvalidParameter(
                f"--scoring-url {entry!r} is for all versions, so its path must have {{name}} and "
                "{version}; for one version, write NAME/VERSION= before it."
            )

    def find(self, name: str, version: str) -> str:
        """Return the URL that answers for a version; empty when there is none."""
        words = {"name": quote(name, safe=""), "version": version}
        url = self._own.get((name, version)) or self._common
        return _PLACES.sub(lambda found: words[found[1]], url)

    def hosts(self) -> list[str]:
        """Return the hosts of all URLs, as ``Allowed`` takes them."""
        return [urlsplit(url).netloc for url in (*self._own.values(), self._common) if url]


class Scorer:
    """Asks served models.

    Args:
        store: says whether a version is there, and for whom.
        places: where versions are served.
    """

    def __init__(self, store: Store, places: Places) -> None:
        self._store = store
        self._places = places
        self._outbound = Outbound(Allowed(places.hosts()), timeout=TIMEOUT)
        self._free = threading.BoundedSemaphore(AT_ONCE)

    def get(self, op: Op[Any], actor: Actor) -> Scoring:
        """Say whether a version can be asked."""
        assert isinstance(op, GetScoring)  # noqa: S101
        self._store.do(op, actor)
        return Scoring(available=bool(self._places.find(op.name, op.version)))

    def score(self, op: Op[Any], actor: Actor) -> Score:
        """Ask a version.

        Raises:
            InvalidParameter: nobody has said where it is served.
            TooManyRequests: others are asking.
        """
        assert isinstance(op, ScoreVersion)  # noqa: S101
        self._store.do(op, actor)
        url = self._places.find(op.name, op.version)
        if not url:
            raise InvalidParameter(UNKNOWN)
        if not self._free.acquire(blocking=False):
            raise TooManyRequests("Other questions are being answered: ask again.", 1)
        try:
            start = time.monotonic()
            body = msgspec.json.encode(op.payload)
            headers = {"Content-Type": "application/json", "Accept": "application/json"}
            answer = self._outbound.post(url, body, headers, verify=True, keep=MAX_ANSWER + 1)
            return _scored(answer, (time.monotonic() - start) * 1000)
        finally:
            self._free.release()

    def close(self) -> None:
        """Cut what is under way."""
        self._outbound.close()


def _scored(answer: Answer, milliseconds: float) -> Score:
    problem = answer.problem.replace("receiver", "model's server")
    if len(answer.body) > MAX_ANSWER:
        problem = f"The answer has more than {MAX_ANSWER >> 10} KiB: ask with fewer rows."
    elif answer.status is not None and not 200 <= answer.status < 300:
        problem = f"The model's server answered {answer.status}."
    text = answer.body[:MAX_ANSWER].decode("utf-8", "replace")
    return Score(status=answer.status, body=text, problem=problem, milliseconds=milliseconds)


def _good(url: str) -> bool:
    if not _URL.fullmatch(url):
        return False
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False
