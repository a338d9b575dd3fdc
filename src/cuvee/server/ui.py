"""The web UI's built files: what a browser gets, in which encoding, and for how long."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct

from cuvee.server import pages
from cuvee.server.guard import Headers

FOLDER = Path(__file__).resolve().parents[1] / "ui"
SECTIONS = frozenset(
    {"", "experiments", "runs", "compare", "models", "approvals", "audit", "settings"}
)
"""First parts of the UI's addresses; the UI itself finds the page."""

POLICY = (
    "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""Scripts, styles and calls of this origin only, nothing inline."""

_TYPES = {
    ".js": b"text/javascript; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".svg": b"image/svg+xml",
    ".woff2": b"font/woff2",
    ".png": b"image/png",
}
_SAFE = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_BASE = '<base href="/" />'
"""What stands in index.html for the address that all others are relative to."""
_PLACE = '<meta name="cuvee-events" content="" />'
"""What stands in index.html for how many events there are."""
_API = re.compile(r"/(api|ajax-api)(/|$)")


class Answer(Struct):
    """What to send."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes = b""


class File(Struct):
    """A built file; ``bodies`` has it by encoding, as it is under the empty one."""

    headers: list[tuple[bytes, bytes]]
    etag: bytes
    bodies: dict[bytes, bytes]


class Ui:
    """Answers for the UI's files and for the addresses of its pages.

    Args:
        prefix: path below which the server's pages are.
        folder: where the built files are.
    """

    def __init__(self, prefix: str, folder: Path = FOLDER) -> None:
        self._files: dict[str, File] = {}
        self._index = ""
        if (folder / "index.html").exists():
            text = (folder / "index.html").read_text(encoding="utf-8")
            self._index = text.replace(_BASE, f'<base href="{quote(prefix)}/">')
            for path in folder.rglob("*"):
                if path.suffix in _TYPES and path.is_file():
                    self._files[f"/{path.relative_to(folder).as_posix()}"] = _static(path, folder)

    def is_page(self, path: str, headers: Headers) -> bool:
        """Say whether a path, as it was sent, gets the UI: its own, or what a browser mistyped."""
        if path.split("/")[1] in SECTIONS and not path.startswith("//"):
            return True
        return not _API.match(path) and b"text/html" in headers.get(b"accept", b"")

    def page(self, path: str, headers: Headers, events: int | None) -> Answer:
        """Return the UI for one of its addresses; it says itself when there is no such page.

        Args:
            path: as it was sent.
            headers: of the request.
            events: how many events there are, from which on the page follows them; None when
                that is not known.
        """
        file = _file(pages.HEADERS, pages.NOT_BUILT)
        if self._index:
            place = _PLACE.replace('""', f'"{events}"') if events is not None else ""
            file = _file(_page_headers(), self._index.replace(_PLACE, place).encode())
        answer = _answer(file, headers)
        if answer.status == 200 and path.split("/")[1] not in SECTIONS:
            answer.status = 404
        return answer

    def static(self, path: str, headers: Headers) -> Answer | None:
        """Return a file of the UI; None when it has no such file."""
        file = self._files.get(path)
        return _answer(file, headers) if file else None


def login_address(prefix: str, page: str, path: str, query: bytes) -> str:
    """Return where to log in, and come back from.

    Args:
        prefix: path below which the server's pages are.
        page: the login's path below it.
        path: where the browser wanted to go, below the prefix, as it was sent.
        query: the query that it sent.
    """
    wanted = path + (f"?{query.decode('latin-1')}" if query else "")
    back = f"?next={quote(wanted, safe='')}" if wanted != "/" and is_local(wanted) else ""
    return f"{prefix}{page}{back}"


def is_local(address: str) -> bool:
    """Say whether a path leads to this server whatever a browser makes of it."""
    return len(address) <= 2000 and bool(re.fullmatch(r"/(?![/\\])[!-\[\]-~]*", address))


def _page_headers() -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-security-policy", POLICY.encode()),
        (b"cache-control", b"no-cache"),
        (b"x-frame-options", b"DENY"),
        *_SAFE,
    ]


def _static(path: Path, folder: Path) -> File:
    # Vite puts a hash into the name of everything below assets.
    hashed = path.parent == folder / "assets"
    cache = b"public, max-age=31536000, immutable" if hashed else b"no-cache"
    headers = [(b"content-type", _TYPES[path.suffix]), (b"cache-control", cache), *_SAFE]
    found = _file([*headers, (b"vary", b"Accept-Encoding")], path.read_bytes())
    for encoding, suffix in ((b"br", ".br"), (b"gzip", ".gz")):
        packed = path.with_name(path.name + suffix)
        if packed.exists():
            found.bodies[encoding] = packed.read_bytes()
    return found


def _file(headers: list[tuple[bytes, bytes]], body: bytes) -> File:
    etag = b'W/"' + hashlib.sha256(body).hexdigest()[:32].encode() + b'"'
    return File([*headers, (b"etag", etag)], etag, {b"": body})


def _answer(file: File, headers: Headers) -> Answer:
    if file.etag in headers.get(b"if-none-match", b""):
        return Answer(304, file.headers)
    encoding = _best(file.bodies.__contains__, headers.get(b"accept-encoding", b""))
    said = [(b"content-encoding", encoding)] if encoding else []
    return Answer(200, [*file.headers, *said], file.bodies[encoding])


def _best(has: Callable[[bytes], bool], accepted: bytes) -> bytes:
    """Return the smallest encoding that there is and that the browser takes; empty for none."""
    taken = set()
    for item in accepted.lower().split(b","):
        name, _, weight = item.partition(b";")
        if weight.replace(b" ", b"").rstrip(b"0") not in (b"q=", b"q=0."):
            taken.add(name.strip())
    return next((found for found in (b"br", b"gzip") if found in taken and has(found)), b"")
