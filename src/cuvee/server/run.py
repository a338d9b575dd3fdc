"""Starts the server: opens the store, binds the address, runs until a signal says stop."""

from __future__ import annotations

import contextlib
import gc
import ipaddress
import logging
import os
import re
import signal
import socket
import sys
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
import uvicorn
from msgspec import Struct
from msgspec.structs import replace
from uvicorn.supervisors import Multiprocess

from cuvee.api.hooks import SealSecrets
from cuvee.api.logins import CountUsers, OfferSetup
from cuvee.errors import InvalidParameter
from cuvee.rules.tokens import new_secret
from cuvee.server.app import App
from cuvee.server.protocol import Protocol
from cuvee.server.webhooks import Retries
from cuvee.store.locations import absolute_location
from cuvee.uris import PROXY_PATH

if TYPE_CHECKING:
    from cuvee.store.sql import SqlStore

DATA = Path("cuvee-data")
OPTIONS = "CUVEE_SERVER_OPTIONS"
SOURCES = (
    "CUVEE_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX",
    "MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX",
)
SETUP_LIFETIME = 24 * 3_600_000  # milliseconds
GRACE = 10  # seconds for requests in flight when the server is told to stop


class Options(Struct, frozen=True, kw_only=True):
    """What a server process needs to know.

    Args:
        backend_store_uri: database URL.
        artifacts_destination: directory that holds the bytes of artifacts.
        default_artifact_root: URI below which new experiments keep their artifacts.
        allowed_hosts: names, besides local and private addresses, that the server answers to.
        static_prefix: path below which everything is served.
        open_without_users: whether everyone may do everything until there is a user.
        webhook_hosts: hosts that webhooks may go to although they are not public.
        retries: how long a failing webhook delivery is tried; about a day when None.
        scoring: where versions are served.
        log_key: file with the key that signs the log; beside the data when empty.
        secret_key: file with the key that seals secrets; beside the data when empty.
        forwarded_allow_ips: proxies whose word about the caller's address is believed, with commas.
        search_timeout: seconds that a search may take; any number when 0.
        addresses: whether events say from which address something was done.
        own_address: where this machine reaches the server; known once it listens.
    """

    backend_store_uri: str
    artifacts_destination: str
    default_artifact_root: str = "mlflow-artifacts:"
    allowed_hosts: tuple[str, ...] = ()
    static_prefix: str = ""
    open_without_users: bool = False
    webhook_hosts: tuple[str, ...] = ()
    retries: Retries | None = None
    scoring: tuple[str, ...] = ()
    log_key: str = ""
    secret_key: str = ""
    forwarded_allow_ips: str = ""
    search_timeout: float = 30.0
    addresses: bool = True
    own_address: str = ""


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 5000,
    workers: int = 1,
    backend_store_uri: str | None = None,
    default_artifact_root: str | None = None,
    artifacts_destination: str | None = None,
    allowed_hosts: Sequence[str] = (),
    static_prefix: str = "",
    login: bool = False,
    webhook_hosts: Sequence[str] = (),
    scoring: Sequence[str] = (),
    log_key: str | None = None,
    secret_key: str | None = None,
    **more: Any,
) -> None:
    """Serve in the foreground until SIGTERM or SIGINT; what is in flight is finished first.

    Args:
        host: address to listen on.
        port: port to listen on; 0 picks a free one.
        workers: number of processes.
        backend_store_uri: database URL; an SQLite file below ``./cuvee-data`` when None.
        default_artifact_root: where new experiments keep artifacts; this server when None.
        artifacts_destination: directory for artifacts; ``./cuvee-data/artifacts`` when None.
        allowed_hosts: names, besides local and private addresses, that the server answers to.
        static_prefix: path below which everything is served, such as ``/cuvee``.
        login: let nobody in without one; prints a token for the first admin.
        webhook_hosts: ``NAME[:PORT]`` of hosts that webhooks may go to although not public.
        scoring: where versions are served: ``NAME/VERSION=URL``, or a URL for all.
        log_key: file with the key that signs the log; made beside the data when None.
        secret_key: file with the key that seals secrets; made beside the data when None.
        **more: others of ``Options``, as they are.

    Raises:
        InvalidParameter: an option cannot be used; says which and why.
        SchemaMismatch: the database belongs to another version of Cuvee.
    """
    root = artifact_root(default_artifact_root, port, (host, *allowed_hosts), static_prefix)
    options = Options(
        backend_store_uri=backend_store_uri or f"sqlite:///{(DATA / 'cuvee.db').absolute()}",
        artifacts_destination=_directory(artifacts_destination or str(DATA / "artifacts")),
        default_artifact_root=root,
        allowed_hosts=tuple(allowed_hosts),
        static_prefix=static_prefix,
        open_without_users=is_loopback(host) and not login,
        webhook_hosts=tuple(webhook_hosts),
        scoring=tuple(scoring),
        log_key=str(Path(log_key).absolute()) if log_key else "",
        secret_key=str(Path(secret_key).absolute()) if secret_key else "",
        **more,
    )
    _run(options, host, port, workers, login=login)


def _run(options: Options, host: str, port: int, workers: int, *, login: bool) -> None:
    os.umask(0o077)
    app = _open(options)  # before the workers: creates the tables once, and fails in the open
    no_users = app.store.do(CountUsers()).value == 0
    if no_users and not (options.open_without_users or login):
        raise InvalidParameter(_REFUSAL.format(host=host, url=_without_password(options)))
    listener = bind(host, port)
    address = _address(host, listener, options.static_prefix)
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - nothing is bound
    own = _address(near, listener, options.static_prefix)
    if no_users and login:
        _offer_setup(app.store, address)
    if workers == 1:
        app.demo.address = own
        _Server(_config(app, options.forwarded_allow_ips), address).run(sockets=[listener])
    else:
        app.store.close()
        _run_workers(replace(options, own_address=own), listener, workers, address)


def _run_workers(options: Options, listener: socket.socket, workers: int, address: str) -> None:
    os.environ[OPTIONS] = msgspec.json.encode(options).decode()
    proxies = options.forwarded_allow_ips
    config = _config("cuvee.server.run:from_environment", proxies, factory=True, workers=workers)
    _say(address)
    Multiprocess(config, sockets=[listener]).run()


_REFUSAL = (
    "Nobody has to log in to this server, and {host} can be reached by others: start it with "
    "--login, which prints a token for the first admin; or create the admin first, with "
    "'cuvee user create NAME --tracking-uri {url}'; or listen on 127.0.0.1."
)


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _without_password(options: Options) -> str:
    return re.sub(r"(://[^/@:]*):[^/@]*@", r"\1@", options.backend_store_uri)


def _offer_setup(store: SqlStore, address: str) -> None:
    secret = new_secret()
    op = OfferSetup(token_id=secret.token_id, digest=secret.digest, lifetime=SETUP_LIFETIME)
    store.do(op)
    print(  # noqa: T201  # its purpose; the token is kept as a digest only
        "This server has no users yet and answers nobody. Create the first admin within "
        f"{SETUP_LIFETIME // 3_600_000} hours:\n"
        f"  cuvee user setup NAME --token {secret.text} --tracking-uri {address}\n"
        f"or with this token at {address}/setup. It works once.",
        file=sys.stderr,
        flush=True,
    )


def from_environment() -> App:
    """Build the application of one worker process."""
    options = msgspec.json.decode(os.environ[OPTIONS], type=Options)
    app = _open(options)
    app.demo.address = options.own_address
    return app


def _open(options: Options) -> App:
    sources = _allowed_sources()
    # A page of results is thousands of small objects without cycles; looking for cycles in them
    # again and again would take a third of a search. What is loaded by now never goes away.
    gc.set_threshold(20_000, 50, 50)
    from cuvee.blobs.local import LocalBlobs
    from cuvee.server.keeper import Keeper
    from cuvee.server.reading import Outside
    from cuvee.store.sealing import Sealing
    from cuvee.store.sql import SqlStore

    gc.freeze()
    store = SqlStore.open(options.backend_store_uri, artifact_root=options.default_artifact_root)
    store.database.patience = options.search_timeout
    store.database.sources = sources
    file: Path | None = getattr(store.database, "file", None)
    key = Path(options.log_key) if options.log_key else (file.parent if file else DATA) / "log.key"
    seal = options.secret_key or (file.parent if file else DATA) / "secret.key"
    store.sealing = Sealing(Path(seal))
    store.do(SealSecrets())
    return App(
        store,
        LocalBlobs(Path(options.artifacts_destination)),
        allowed_hosts=options.allowed_hosts,
        static_prefix=options.static_prefix,
        open_without_users=options.open_without_users,
        webhook_hosts=options.webhook_hosts,
        retries=options.retries,
        scoring=options.scoring,
        keeper=Keeper(store, key),
        outside=Outside.at(options.default_artifact_root),
        addresses=options.addresses,
        proxied=bool(options.forwarded_allow_ips),
    )


def _config(app: Any, proxies: str, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        access_log=False,
        log_level=logging.WARNING,
        server_header=False,
        date_header=False,
        # Otherwise whoever sits behind a proxy on this machine chooses the address that they are
        # known by, and with it whose wrong logins are counted.
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies or None,
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=75,
        backlog=2048,
        **more,
    )


class _Server(uvicorn.Server):
    """Says where it listens once it does, and ends with status 0 when it is told to stop."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self.address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started and self.address:
            _say(self.address)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        # uvicorn raises the signal again once it has stopped, which would end the process as
        # killed; stopping when told to is success.
        wanted = (signal.SIGINT, signal.SIGTERM)
        former = {number: signal.signal(number, self.handle_exit) for number in wanted}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)


def _say(address: str) -> None:
    print(f"Cuvee is ready at {address}", file=sys.stderr, flush=True)  # noqa: T201  # its purpose


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that is bound and hands TCP_NODELAY on to what it accepts.

    Raises:
        InvalidParameter: the address cannot be listened on; says why.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # The protocol is named so that asyncio sets TCP_NODELAY on what it accepts; without it a
        # request on a kept connection may wait 40 ms for a delayed acknowledgement.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((host, port))
        listener.set_inheritable(True)
    except OSError as problem:
        raise InvalidParameter(
            f"Cannot listen on {host}:{port}: {problem.strerror or problem}. Stop what uses it, "
            "or choose another with --port."
        ) from None
    return listener


def _address(host: str, listener: socket.socket, prefix: str) -> str:
    port = listener.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}{prefix}"


def _allowed_sources() -> str:
    """Return the expression that sources of versions must match, by MLflow's name for it."""
    name = next(filter(os.environ.get, SOURCES), "")
    text = os.environ.get(name, "")
    try:
        re.compile(text)
    except re.error as problem:
        raise InvalidParameter(
            f"The environment variable {name} is {text!r}, which is not a regular expression of "
            f"Python: {problem}."
        ) from None
    return text


def _directory(destination: str) -> str:
    scheme, colon, rest = destination.partition("://")
    if colon and scheme != "file":
        raise InvalidParameter(
            f"--artifacts-destination {destination} is not a local directory; "
            "this version keeps artifacts on local disk only."
        )
    return str(Path(rest if colon else destination).absolute())


def artifact_root(root: str | None, port: int, hosts: Sequence[str] = (), prefix: str = "") -> str:
    """Return the URI below which new experiments keep their artifacts.

    Args:
        root: what was asked for, a URI or a directory; this server when None. This server by its
            own address is this server too: nobody else could list what is kept there.
        port: the port that it listens on.
        hosts: its names, besides those of the loopback.
        prefix: path below which it is served.

    Raises:
        InvalidParameter: the URI's port is not one.
    """
    if root is None:
        return "mlflow-artifacts:"
    root = absolute_location(root)
    try:
        place = urlsplit(root)
        own_port = place.port == port
    except ValueError as problem:
        raise InvalidParameter(f"--default-artifact-root {root}: {problem}.") from None
    name = place.hostname or ""
    own = (own_port and is_loopback(name)) or (name in hosts and place.port in (port, None))
    if place.scheme in ("http", "https") and own:
        below, found, path = place.path.partition(PROXY_PATH)
        if found and below == prefix.rstrip("/") and path[:1] in ("", "/"):
            return f"mlflow-artifacts:{path}"
    return root
