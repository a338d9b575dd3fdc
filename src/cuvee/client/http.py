"""Requests over HTTP: pooled connections, careful retries, errors that say what to check."""

from __future__ import annotations

import base64
import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3 import exceptions as http_errors

from cuvee import __version__
from cuvee.errors import (
    ConnectionFailed,
    CuveeError,
    EndpointNotFound,
    PermissionDenied,
    Unauthenticated,
    from_wire,
)
from cuvee.settings import Settings
from cuvee.uris import ServerUri

R = TypeVar("R")
Response = urllib3.BaseHTTPResponse

CHUNK = 1 << 20
LONGEST_PAUSE = 20.0
_BUSY = (429, 502, 503, 504)
"""What a server, or a proxy before it, answers when it may be there again soon."""

HEADER = "Idempotency-Key"
RETENTION = "Idempotency-Retention"
"""As in ``cuvee.api.replies``, which is not loaded here: the sender is to be light."""


class Http:
    """Keep-alive connections to one server; safe to share between threads.

    Args:
        server: where it is; credentials in the URI win over the settings.
        settings: credentials, TLS, timeouts and retries.
    """

    def __init__(self, server: ServerUri, settings: Settings) -> None:
        self.url = server.url
        self._attempts = 1 + settings.http_max_retries
        self._headers = {"User-Agent": f"cuvee-python-client/{__version__}"}
        user, password = server.username or settings.username, server.password or settings.password
        if user:
            secret = base64.b64encode(f"{user}:{password}".encode()).decode()
            self._headers["Authorization"] = f"Basic {secret}"
        elif settings.token:
            self._headers["Authorization"] = f"Bearer {settings.token}"
        self._keeps_keys: bool | None = None
        """Whether the server carries out once what is sent twice with a key; None: not known."""
        self._pool = _pool(server.url, settings)

    def send(
        self,
        method: str,
        target: str,
        *,
        body: bytes | Path | None = None,
        content_type: str = "application/json",
        repeatable: bool,
        key: str = "",
        patience: float = 0.0,
        receive: Callable[[Response], R],
    ) -> R:
        """Send a request, again where that is harmless, and return what ``receive`` makes of it.

        Args:
            method: HTTP method.
            target: path and query below the server's URL.
            body: bytes, or a file that is streamed.
            content_type: of the body.
            repeatable: the request may be sent again although the first may have been carried out.
            key: a name of this change: a server that keeps keys carries it out once.
            patience: seconds after which to give up (of silence, when a file is sent), at the first
                attempt; 0: as the settings say.
            receive: reads a 200 answer.

        Raises:
            ConnectionFailed: the server could not be reached, or did not answer.
            CuveeError: what the server answered.
        """
        headers = dict(self._headers)
        if body is not None:
            headers["Content-Type"] = content_type
        if key:
            headers[HEADER] = key
        doubt: http_errors.HTTPError | None = None
        for left in reversed(range(1 if patience else self._attempts)):
            pause = 0.0
            try:
                if doubt is not None and not self._asks_for_keys():
                    self._unreachable(method, target, doubt)
                response = self._once(method, target, body, headers, patience)
                self._keeps_keys = RETENTION in response.headers or self._keeps_keys
                again = left > 0 and (repeatable or bool(key and self._keeps_keys))
                if not (again and response.status in _BUSY):
                    return self._take(method, target, response, receive)
                pause = _retry_after(response)
                response.drain_conn()
                response.release_conn()
            except http_errors.HTTPError as problem:
                unsure = not (repeatable or _never_sent(problem))
                if not left or (unsure and not key):
                    self._unreachable(method, target, doubt or problem)
                doubt = doubt or (problem if unsure else None)
            if not pause:  # 0.1, 0.2, 0.4 ... seconds, spread so that clients do not march in step
                pause = 0.1 * 2 ** (self._attempts - 1 - left) * random.uniform(0.75, 1.25)  # noqa: S311
            time.sleep(min(pause, LONGEST_PAUSE))
        raise AssertionError("unreachable")

    def _take(
        self, method: str, target: str, response: Response, receive: Callable[[Response], R]
    ) -> R:
        """Return what ``receive`` makes of an answer, or raise what the answer says."""
        try:
            if response.status != 200:
                self._refused(method, target, response)
            return receive(response)
        except BaseException:
            if not response.closed:
                response.close()  # what is half read cannot be used for the next request
            raise
        finally:
            response.release_conn()

    def _asks_for_keys(self, patience: float = 0.0) -> bool:
        """Say whether the server keeps keys, asking it if no answer has told yet."""
        if self._keeps_keys is None:
            response = self._once("GET", "/version", None, self._headers, patience)
            response.drain_conn()
            response.release_conn()
            if response.status in _BUSY:
                raise http_errors.HTTPError(f"The server answers {response.status}")
            self._keeps_keys = RETENTION in response.headers
        return self._keeps_keys

    def takes_ids(self, patience: float) -> bool | None:
        """Say whether the server takes ids of our making; None if it does not answer in time."""
        try:
            return self._asks_for_keys(patience)
        except http_errors.HTTPError:
            return None

    def answers(self, patience: float) -> bool:
        """Say whether the server answers anything at all in time."""
        try:
            response = self._once("GET", "/version", None, self._headers, patience)
            response.drain_conn()
            response.release_conn()
        except http_errors.HTTPError:
            return False
        return response.status not in _BUSY

    def _once(
        self,
        method: str,
        target: str,
        body: bytes | Path | None,
        headers: dict[str, str],
        patience: float = 0.0,
    ) -> Response:
        options: dict[str, Any] = {
            "retries": False,
            "redirect": False,
            "preload_content": False,
        }
        if patience:
            # A file takes as long as it is long: only silence counts then.
            whole = not isinstance(body, Path)
            options["timeout"] = (
                urllib3.Timeout(total=patience)
                if whole
                else urllib3.Timeout(connect=patience, read=patience)
            )
        if not isinstance(body, Path):
            return self._pool.urlopen(
                method, self.url + target, body=body, headers=headers, **options
            )
        with body.open("rb") as file:
            sized = {**headers, "Content-Length": str(body.stat().st_size)}
            return self._pool.urlopen(
                method, self.url + target, body=file, headers=sized, **options
            )

    def _refused(self, method: str, target: str, response: Response) -> NoReturn:
        text = response.read(1 << 16, decode_content=True)
        if len(text) < 1 << 16:
            response.drain_conn()
        try:
            raw = json.loads(text)
        except ValueError:
            raw = None
        status = response.status
        call = f"{method} {self.url}{target.partition('?')[0]}"
        if isinstance(raw, dict) and "error_code" in raw:
            raise from_wire(status, str(raw["error_code"]), str(raw.get("message", "")))
        if status == 404:
            raise EndpointNotFound(
                f"{call} does not exist there: check that the tracking URI is that of a Cuvee or "
                "MLflow server, with its path prefix if it has one."
            )
        if 300 <= status < 400:
            raise ConnectionFailed(
                f"{call} is redirected to {response.headers.get('Location', 'nowhere')}: "
                "set the tracking URI to the server's own address."
            )
        if status == 401:
            raise Unauthenticated(
                f"{self.url} asks for a login: set CUVEE_TRACKING_USERNAME and "
                "CUVEE_TRACKING_PASSWORD, or CUVEE_TRACKING_TOKEN."
            )
        excerpt = " ".join(text[:300].decode("utf-8", "replace").split())
        if status == 403:
            raise PermissionDenied(f"{call} was refused: {excerpt or 'no reason given'}.")
        raise _by_status(status, f"{call} answered {status}: {excerpt or response.reason}.")

    def _unreachable(self, method: str, target: str, problem: Exception) -> NoReturn:
        what = f"{method} {self.url}{target.partition('?')[0]}"
        if _never_sent(problem):
            raise ConnectionFailed(
                f"No server answers at {self.url} ({_reason(problem)}): check that it is running "
                "and that CUVEE_TRACKING_URI or set_tracking_uri() names its host, port and prefix."
            ) from problem
        if isinstance(problem, http_errors.ReadTimeoutError):
            raise ConnectionFailed(
                f"{what} was not answered in time, so it may or may not have been carried out. "
                "Raise CUVEE_HTTP_REQUEST_TIMEOUT (seconds) if the server needs longer."
            ) from problem
        raise ConnectionFailed(
            f"The connection broke during {what} ({_reason(problem)}), so it may or may not have "
            "been carried out. Check the server's log and any proxy on the way."
        ) from problem

    def follow(self, target: str, headers: dict[str, str], silence: float) -> Iterator[bytes]:
        """Send one GET request and give the lines of its answer as they come.

        Args:
            target: path and query below the server's URL.
            headers: besides the usual ones.
            silence: seconds without a byte after which the connection counts as cut.

        Raises:
            ConnectionFailed: the server cannot be reached, or the connection was cut.
            CuveeError: what the server answered.
        """
        response = None
        try:
            response = self._pool.urlopen(
                "GET",
                self.url + target,
                headers={**self._headers, **headers},
                retries=False,
                redirect=False,
                preload_content=False,
                timeout=urllib3.Timeout(connect=10.0, read=silence),
            )
            if response.status != 200:
                self._refused("GET", target, response)
            rest = b""
            for chunk in response.stream(CHUNK):
                *lines, rest = (rest + chunk).split(b"\n")
                yield from lines
        except http_errors.HTTPError as problem:
            self._unreachable("GET", target, problem)
        finally:
            if response is not None:
                response.close()

    def close(self) -> None:
        """Close the idle connections."""
        self._pool.clear()


def read_all(response: Response) -> bytes:
    """Read an answer's body, unpacked if it was compressed."""
    return response.read(decode_content=True)


def _pool(url: str, settings: Settings) -> urllib3.PoolManager:
    options: dict[str, Any] = {
        "maxsize": 16,
        "timeout": urllib3.Timeout(
            connect=min(10.0, settings.http_timeout), read=settings.http_timeout
        ),
        "blocksize": 1 << 17,
    }
    if url.startswith("https:"):
        if settings.ca_file:
            options["ca_certs"] = settings.ca_file
        if settings.insecure_tls:
            urllib3.disable_warnings(http_errors.InsecureRequestWarning)  # it was asked for by name
            options["cert_reqs"] = "CERT_NONE"
    parts = urlsplit(url)
    proxy = getproxies().get(parts.scheme)
    if proxy and not proxy_bypass(parts.hostname or ""):
        return urllib3.ProxyManager(proxy, **options)
    return urllib3.PoolManager(**options)


def _never_sent(problem: Exception) -> bool:
    if isinstance(problem, http_errors.ProxyError):
        problem = problem.original_error
    return isinstance(problem, (http_errors.NewConnectionError, http_errors.ConnectTimeoutError))


def _retry_after(response: Response) -> float:
    try:
        return max(0.0, float(response.headers.get("Retry-After", "0")))
    except ValueError:
        return 0.0


def _reason(problem: Exception) -> str:
    """Return the innermost cause in words, without object addresses."""
    cause: BaseException = problem
    while cause.__cause__ or cause.__context__:
        cause = cause.__cause__ or cause.__context__ or cause
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return str(cause).rpartition(">: ")[2] or type(cause).__name__


def _by_status(status: int, message: str) -> CuveeError:
    error = from_wire(status, "", message)
    error.error_code = type(error).error_code  # type: ignore[misc]  # none was sent
    return error
