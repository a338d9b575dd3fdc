"""Who asks: passwords, tokens and browser sessions, looked up in the request that they come with.

Every request reads the row of its user or token, so that what is revoked, deactivated or changed
counts from the next request on, on every server of the database. Only the costly comparison of a
password is remembered, for minutes, by a keyed hash that the stored hash is part of.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import secrets
import time
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace
from starlette.types import Scope

from cuvee.api.base import Actor, Op
from cuvee.api.logins import (
    BeginAttempt,
    CountUsers,
    Credential,
    FindCredential,
    FindLogin,
    Login,
    PassAttempt,
    TouchToken,
)
from cuvee.api.users import UpdateUserPassword
from cuvee.errors import TooManyRequests, Unauthenticated
from cuvee.rules.passwords import is_password
from cuvee.rules.tokens import PREFIX, is_secret, token_id_of
from cuvee.server.guard import Guard, Headers

if TYPE_CHECKING:
    from cuvee.store.sql import SqlStore

COOKIE = "cuvee_session"
ANONYMOUS = Actor("anonymous", "none", 0)
REMEMBERED = 300.0  # seconds for which a right password is not compared again
MAX_REMEMBERED = 10_000
RECHECK = 1.0  # seconds after which an open server looks again whether there are users
TOUCHED = 60_000  # milliseconds between two notes that a token was used
HASHERS = 2  # threads that compare passwords, each with 46 MiB
WRONG = (
    "You are not authenticated. The user name or the password is wrong, or the account is not "
    "active."
)
ENDED = (
    "You are not authenticated. This token is unknown, has expired, or was revoked: create another "
    "one."
)
OVER = "The session has ended: log in again at /login."
MISSING = (
    "You are not authenticated. This server asks for a login: set MLFLOW_TRACKING_USERNAME and "
    "MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, or log in at /login."
)
NO_USERS = (
    "This server has no users yet: create the first admin with the token that it printed when it "
    "started, by 'cuvee user setup --token ...' or at /setup."
)


class Told(NamedTuple):
    """What a request says of who asks.

    Args:
        kind: ``token``, ``session`` or ``password``.
        text: the secret.
        name: the user's name, where it stands with the secret.
        token_id: the id of a token or session.
    """

    kind: str
    text: str
    name: str
    token_id: str


class Authenticator:
    """Finds out who asks.

    Args:
        store: where users and tokens are.
        guard: checks origins, and names the actor of a server without users.
        readers: threads that read from the store.
        open_without_users: whether everyone may do everything until there is a user.
    """

    def __init__(
        self, store: SqlStore, guard: Guard, readers: Executor, *, open_without_users: bool
    ) -> None:
        self.store = store
        self.guard = guard
        self.hashers = ThreadPoolExecutor(HASHERS, "cuvee-hasher")
        self.has_users = False
        self._open = open_without_users
        self._readers = readers
        self._checked = -RECHECK
        self._counting: asyncio.Task[None] | None = None
        self._key = secrets.token_bytes(32)
        self._right: dict[bytes, float] = {}
        self._comparing: dict[bytes, asyncio.Task[None]] = {}
        self._touched: dict[int, int] = {}

    def at_once(self, method: str, headers: Headers) -> Actor | None:
        """Return who asks, or None where that takes a wait.

        Raises:
            Unauthenticated: nobody, or with a wrong secret.
            PermissionDenied: a page elsewhere may have sent this in the user's name.
        """
        if not self.has_users:
            known = self._open and time.monotonic() - self._checked < RECHECK
            return self.guard.actor(headers) if known else None
        if not self.store.is_near(FindCredential):
            return None
        told = self._told(method, headers)
        if told.kind == "password":
            login = self.store.look_up(FindLogin(name=told.name))
            return self._who(login) if self._is_right(self._key_of(login, told)) else None
        return self._holder(told, self.store.look_up(FindCredential(token_id=told.token_id)))

    async def actor(self, method: str, headers: Headers, scope: Scope) -> Actor:
        """Return who asks.

        Raises:
            Unauthenticated: nobody, or with a wrong secret.
            TooManyRequests: there were too many wrong logins.
            PermissionDenied: a page elsewhere may have sent this in the user's name.
        """
        if not await self._login_needed():
            return self.guard.actor(headers)
        if not self.has_users:
            raise Unauthenticated(NO_USERS)
        told = self._told(method, headers)
        if told.kind == "password":
            return await self.password(told.name, told.text, address_of(scope))
        return self._holder(told, await self._read(FindCredential(token_id=told.token_id)))

    def _told(self, method: str, headers: Headers) -> Told:
        """Read what a request says of who asks."""
        scheme, _, value = headers.get(b"authorization", b"").strip().partition(b" ")
        kind = scheme.lower()
        if kind == b"bearer":
            text = value.strip().decode("latin-1")
            return Told("token", text, "", _id_of(text, ENDED))
        if kind == b"basic":
            name, password = self.guard.basic(value)
            if password.startswith(PREFIX):
                return Told("token", password, name, _id_of(password, ENDED))
            return Told("password", password, name, "")
        text = session_of(headers)
        if not text:
            raise Unauthenticated(MISSING)
        self.guard.check_session(method, headers)
        return Told("session", text, "", _id_of(text, OVER))

    async def _login_needed(self) -> bool:
        if self.has_users:
            return True
        if time.monotonic() - self._checked >= RECHECK:
            # Requests that come meanwhile wait: until this is known, nobody is let in.
            if self._counting is None:
                self._counting = asyncio.ensure_future(self._count())
            await asyncio.shield(self._counting)
        return self.has_users or not self._open

    async def _count(self) -> None:
        try:
            self.has_users = (await self._read(CountUsers())).value > 0
            self._checked = time.monotonic()
        finally:
            self._counting = None

    async def _read(self, op: Op[Any]) -> Any:
        if self.store.is_near(op):
            return self.store.look_up(op)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self.store.look_up, op)

    async def write(self, op: Op[Any]) -> Any:
        """Carry out an operation of the server's own."""
        return await self.store.written(op, self.store.user)

    # ------------------------------------------------------------ tokens and sessions

    def _holder(self, told: Told, found: Credential) -> Actor:
        """Return whose token or session it is."""
        now = int(time.time() * 1000)
        ended = (
            found.kind != told.kind
            or found.revoked
            or found.expires <= now
            or not found.active
            or not is_secret(found.digest, told.text)
        )
        if told.kind == "session":
            if ended:
                raise Unauthenticated(OVER)
            who = Actor(found.name, "session", found.user, found.admin)
        else:
            if ended or told.name not in ("", "token", found.name):
                raise Unauthenticated(ENDED)
            who = Actor(found.name, "token", found.user, found.admin, found.scopes, told.token_id)
        if now - max(found.last_used, self._touched.get(found.pk, 0)) > TOUCHED:
            if len(self._touched) >= MAX_REMEMBERED:
                self._touched.clear()
            self._touched[found.pk] = now
            self.store.later(TouchToken(pk=found.pk), self.store.user)
        return who

    # ------------------------------------------------------------ passwords

    async def password(self, name: str, password: str, address: str) -> Actor:
        """Return the user whose password this is.

        Raises:
            Unauthenticated: it is wrong, or there is no such user.
            TooManyRequests: it was not looked at, after too many wrong ones.
        """
        login: Login = await self._read(FindLogin(name=name))
        key = self._key_of(login, Told("password", password, name, ""))
        if not self._is_right(key):
            task = self._comparing.get(key)
            if task is None:  # equal requests at the same time wait for one comparison
                task = asyncio.ensure_future(self._compare(login, password, address, key))
                self._comparing[key] = task
                task.add_done_callback(lambda _: self._comparing.pop(key, None))
            await asyncio.shield(task)
        return self._who(login)

    def _key_of(self, login: Login, told: Told) -> bytes:
        """Return what a right password is remembered by."""
        text = "\0".join((str(login.user), told.name, login.password, told.text))
        return hmac.digest(self._key, text.encode(), "sha256")

    def _is_right(self, key: bytes) -> bool:
        return self._right.get(key, 0.0) >= time.monotonic()

    @staticmethod
    def _who(login: Login) -> Actor:
        if not login.active:
            raise Unauthenticated(WRONG)
        return Actor(login.name, "password", login.user, login.admin)

    async def _begin(self, name: str, address: str) -> None:
        wait = (await self.write(BeginAttempt(name=name, address=address))).value
        if wait:
            seconds = -(-wait // 1000)
            raise TooManyRequests(
                f"There were too many wrong logins: try again in {seconds} s.", seconds
            )

    async def _compare(self, login: Login, password: str, address: str, key: bytes) -> None:
        await self._begin(login.name, address)
        loop = asyncio.get_running_loop()
        right = await loop.run_in_executor(self.hashers, is_password, login.password, password)
        if not right or not login.active:
            raise Unauthenticated(WRONG)
        await self.write(PassAttempt(name=login.name, address=address))
        if len(self._right) >= MAX_REMEMBERED:
            self._right.clear()
        self._right[key] = time.monotonic() + REMEMBERED

    async def write_hashed(self, op: Op[Any], actor: Actor, address: str) -> Any:
        """Carry out a checked operation with passwords, which are hashed on a thread for it.

        Raises:
            TooManyRequests: one's own password was not looked at, after too many wrong ones.
        """
        loop = asyncio.get_running_loop()
        guess = isinstance(op, UpdateUserPassword) and op.username == actor.name
        guess = guess and actor.user is not None
        if guess:  # whoever found an open session may guess, as at a login
            await self._begin(actor.name, address)
        ready = await loop.run_in_executor(self.hashers, self.store.hashed, op, actor)
        if guess:
            await self.write(PassAttempt(name=actor.name, address=address))
        result = await self.store.written(ready, actor)
        self._checked = -RECHECK  # there may be a first user now
        return result

    def close(self) -> None:
        """End the threads that compare passwords."""
        self.hashers.shutdown()


def _id_of(text: str, otherwise: str) -> str:
    """Return the id in the secret of a token or session."""
    token_id = token_id_of(text)
    if not token_id:
        raise Unauthenticated(otherwise)
    return token_id


def address_of(scope: Scope) -> str:
    """Return the caller's address, by which wrong logins are counted; of IPv6 the network."""
    host = (scope.get("client") or ("", 0))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)[:100]
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


@lru_cache(1024)
def from_address(actor: Actor, host: str) -> Actor:
    """Return an actor with the address that they ask from, for the events of what they change."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:  # a socket of Unix, or what a proxy has let through
        return actor
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return replace(actor, address=str(mapped or address))


def session_of(headers: Headers) -> str:
    """Return the secret of the browser session; empty when there is none."""
    for part in headers.get(b"cookie", b"").decode("latin-1").split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE:
            return value
    return ""
