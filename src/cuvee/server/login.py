"""Logging in and out with a browser: two pages, and the calls that set the cookie."""

from __future__ import annotations

import json
from html import escape
from typing import Any
from urllib.parse import parse_qs

from msgspec import Struct
from starlette.types import Receive, Scope, Send

from cuvee.api import wire
from cuvee.api.base import Actor
from cuvee.api.logins import CloseSession, OpenSession
from cuvee.api.users import SetUp
from cuvee.errors import CuveeError, InvalidParameter, PermissionDenied, Unauthenticated
from cuvee.rules.tokens import new_secret
from cuvee.server import pages
from cuvee.server.auth import ANONYMOUS, COOKIE, Authenticator, address_of, session_of
from cuvee.server.guard import Headers, from_own_page
from cuvee.server.ui import is_local

LIFETIME = 12 * 3600  # seconds
MAX_BODY = 16 << 10
LOGIN, LOGOUT = "/api/1.0/cuvee/login", "/api/1.0/cuvee/logout"
PATHS = frozenset({"/login", "/logout", "/setup", LOGIN, LOGOUT})


class Answer(Struct):
    """What to send."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes = b""


class LoginPages:
    """Answers the paths by which a browser logs in and out.

    Args:
        auth: knows who is who.
        prefix: path below which the server's pages are.
    """

    def __init__(self, auth: Authenticator, prefix: str) -> None:
        self.auth = auth
        self.prefix = prefix

    async def handle(
        self, path: str, headers: Headers, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Answer one request."""
        if scope["method"] in ("GET", "HEAD") and path in ("/login", "/setup"):
            answer = _page(path)
        elif scope["method"] != "POST":
            raise InvalidParameter(f"{path} is a call of the method POST.")
        else:
            answer = await self._post(path, headers, scope, receive)
        length = (b"content-length", str(len(answer.body)).encode())
        head = [*answer.headers, (b"cache-control", b"no-store"), length]
        await send({"type": "http.response.start", "status": answer.status, "headers": head})
        body = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body})

    async def _post(self, path: str, headers: Headers, scope: Scope, receive: Receive) -> Answer:
        self._check_origin(headers)
        if path in ("/logout", LOGOUT):
            text = session_of(headers)
            if text:
                await self.auth.write(CloseSession(secret=text))
            cookie = self._cookie("", 0, scope)
            return self._to("/login", cookie) if path == "/logout" else _json({}, cookie)
        fields = await _fields(headers, receive)
        if path == LOGIN:
            actor, cookie = await self._log_in(fields, scope)
            return _json({"username": actor.name, "is_admin": actor.admin}, cookie)
        try:
            if path == "/setup":
                await self._set_up(fields, address_of(scope))
            _, cookie = await self._log_in(fields, scope)
        except CuveeError as problem:
            return _page(path, problem.message, problem.status)
        return self._to(_next(scope), cookie)

    @staticmethod
    def _check_origin(headers: Headers) -> None:
        """Refuse to log a browser in, or out, for a page of another origin."""
        if not from_own_page(headers, unsaid=True):
            raise PermissionDenied("Log in and out on this server's own pages only.")

    async def _log_in(self, fields: dict[str, str], scope: Scope) -> tuple[Actor, bytes]:
        name, password = fields.get("username", ""), fields.get("password", "")
        if not name or not password:
            raise InvalidParameter("Send a 'username' and a 'password'.")
        if len(name) > 256 or len(password) > 1024:
            raise Unauthenticated("The user name or the password is too long.")
        actor = await self.auth.password(name, password, address_of(scope))
        secret = new_secret()
        op = OpenSession(
            user=actor.user or 0,
            token_id=secret.token_id,
            digest=secret.digest,
            lifetime=LIFETIME * 1000,
        )
        await self.auth.write(op)
        return actor, self._cookie(secret.text, LIFETIME, scope)

    async def _set_up(self, fields: dict[str, str], address: str) -> None:
        asked = {k: v for k, v in fields.items() if k in ("token", "username", "password")}
        op: SetUp = wire.decode_body(SetUp, json.dumps(asked).encode())
        op.check()
        await self.auth.write_hashed(op, ANONYMOUS, address)

    def _cookie(self, value: str, age: int, scope: Scope) -> bytes:
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        path = self.prefix or "/"
        return (
            f"{COOKIE}={value}; Path={path}; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"
        ).encode()

    def _to(self, path: str, cookie: bytes) -> Answer:
        location = (self.prefix + path).encode()
        return Answer(303, [(b"location", location), (b"set-cookie", cookie)])


async def _fields(headers: Headers, receive: Receive) -> dict[str, str]:
    """Read a form, or a JSON object of texts."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY:
            raise InvalidParameter(f"The body is longer than {MAX_BODY >> 10} KiB: shorten it.")
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    try:
        if kind == b"application/x-www-form-urlencoded":
            form = parse_qs(body.decode("ascii"), errors="strict", max_num_fields=20)
            found: Any = {key: values[-1] for key, values in form.items()}
        else:
            found = json.loads(body)
        texts = {k: v for k, v in found.items() if isinstance(v, str) and "\0" not in v}
        "".join(texts.values()).encode()
    except (ValueError, AttributeError, RecursionError):
        raise InvalidParameter(
            "The body cannot be read: send a form or a JSON object with 'username' and 'password'."
        ) from None
    return texts


def _json(value: dict[str, Any], cookie: bytes) -> Answer:
    headers = [(b"content-type", b"application/json"), (b"set-cookie", cookie)]
    return Answer(200, headers, wire.encode_plain(value))


def _page(path: str, problem: str = "", status: int = 200) -> Answer:
    setup = path == "/setup"
    title = "Create the first admin" if setup else "Log in"
    setup_field = (
        "<p>The server printed a token when it started.</p>"
        '<p><label>Token<br><input name="token" required autocomplete="off"></label></p>'
    )
    kind = "new-password" if setup else "current-password"
    length = ' minlength="12"' if setup else ""
    said = f'<p role="alert" class="bad">{escape(problem)}</p>' if problem else ""
    form = (
        f'{said}<form method="post">{setup_field if setup else ""}'
        '<p><label>User name<br><input name="username" required autofocus '
        'autocomplete="username"></label></p>'
        f'<p><label>Password<br><input name="password" type="password" required{length} '
        f'autocomplete="{kind}"></label></p><p><button>{title}</button></p></form>'
    )
    return Answer(status, [*pages.HEADERS], pages.page(title, form))


def _next(scope: Scope) -> str:
    """Return where to go after the login: a page of this server that the query names, or ``/``."""
    try:
        asked = parse_qs(scope["query_string"].decode("ascii"), max_num_fields=20).get(
            "next", ["/"]
        )
    except ValueError:
        return "/"
    return asked[-1] if is_local(asked[-1]) else "/"
