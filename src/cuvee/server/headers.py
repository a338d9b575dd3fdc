"""HTTP headers of uploads and downloads: digests, ranges, names and types of files."""

from __future__ import annotations

import base64
import binascii
import mimetypes
import re
from email.utils import formatdate
from urllib.parse import quote

from cuvee.api.artifacts import StoredFile
from cuvee.errors import InvalidParameter

# Shown as text, whatever a browser would make of them.
_TEXT = re.compile(
    r"(?:.*\.)?(?:txt|log|err|cfg|conf|ini|toml|yaml|yml|xml|json|jsonl|js|ts|py|r|sh|sql|csv|tsv|md|"
    r"rst|ipynb|properties|mlmodel|mlproject)",
    re.IGNORECASE | re.DOTALL,
)
_TYPES = mimetypes.MimeTypes()  # Python's own list: the host's would make answers differ
_VIEW = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "media-src data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
_SHOWN = (b"text/plain", b"image/", b"audio/", b"video/", b"application/pdf")
_INLINE = "script-src 'unsafe-inline' 'unsafe-eval' blob:; worker-src blob:"
_HASHES = {"sha-256": ("sha256", 32), "sha-512": ("sha512", 64)}
_MEMBER = re.compile(r"\s*([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/=]*):\s*")
_TOKEN = re.compile(r"[A-Za-z0-9!#$&+.^_`|~-]+")  # what needs no quotes
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.IGNORECASE | re.ASCII)


def announced_hashes(content_md5: str, content_digest: str) -> dict[str, bytes]:
    """Return the digests that an upload announces, by hashlib's names.

    Args:
        content_md5: the header Content-MD5 (RFC 1864), or "".
        content_digest: the header Content-Digest (RFC 9530), or ""; unknown hashes are passed over.

    Raises:
        InvalidParameter: a header cannot be read.
    """
    found: dict[str, bytes] = {}
    if content_md5:
        found["md5"] = _decoded("Content-MD5", content_md5, 16)
    for item in content_digest.split(",") if content_digest else ():
        member = _MEMBER.fullmatch(item)
        if member is None:
            raise InvalidParameter(
                "The header Content-Digest is malformed: write sha-256=:<base64>:."
            )
        if member[1] in _HASHES:
            name, size = _HASHES[member[1]]
            found[name] = _decoded("Content-Digest", member[2], size)
    return found


def _decoded(header: str, text: str, size: int) -> bytes:
    try:
        digest = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        digest = b""
    if len(digest) != size:
        raise InvalidParameter(f"The header {header} is malformed: send {size} bytes in base64.")
    return digest


def wanted_range(header: str, size: int) -> tuple[int, int] | None:
    """Return the span that a Range header asks for: first byte, and the one behind the last.

    None means the whole file: without the header, and for what a server may pass over (several
    ranges, other units, malformed ones). A span that begins behind the end is empty.
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None or found[1] == found[2] == "" or len(header) > 100:
        return None
    if not found[1]:
        length = min(int(found[2]), size)
        return (size - length, size) if length else (size, size)
    first, last = int(found[1]), int(found[2] or size)
    if found[2] and last < first:
        return None
    return (first, min(last + 1, size)) if first < size else (size, size)


def download_headers(file: StoredFile) -> list[tuple[bytes, bytes]]:
    """Return the headers that tell what a file is, and keep a browser from running it."""
    name = file.path.rpartition("/")[2]
    headers = {
        "content-type": content_type(name),
        "content-disposition": content_disposition(name),
        "accept-ranges": "bytes",
        "cache-control": "no-cache",
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox",
    }
    if file.digest:
        digest = base64.b64encode(bytes.fromhex(file.digest)).decode()
        headers["etag"] = f'"{file.digest}"'
        headers["repr-digest"] = f"sha-256=:{digest}:"
    if file.modified:
        headers["last-modified"] = formatdate(file.modified / 1000, usegmt=True)
    return [(key.encode(), value.encode("latin-1")) for key, value in headers.items()]


def view_headers(file: StoredFile) -> list[tuple[bytes, bytes]]:
    """Return the headers of a file that is shown inside a page, without trusting it.

    Its origin is of no other page, so it has neither cookies nor storage and calls nothing here.
    Only HTML runs scripts, those that stand in it; nothing is loaded from anywhere.
    """
    name = file.path.rpartition("/")[2]
    ending = name.rpartition(".")[2].lower()
    headers = dict(download_headers(file))
    kind, sandbox = headers[b"content-type"], f"sandbox; {_VIEW}"
    if ending in ("html", "htm", "xhtml"):
        kind, sandbox = b"text/html; charset=utf-8", f"sandbox allow-scripts; {_VIEW}; {_INLINE}"
    elif not kind.startswith(_SHOWN):
        kind = b"application/octet-stream"
    # Downloads say no charset, as MLflow's do not; what is shown must not be guessed at.
    headers[b"content-type"] = b"text/plain; charset=utf-8" if kind == b"text/plain" else kind
    headers[b"content-security-policy"] = sandbox.encode()
    headers[b"content-disposition"] = b"inline"
    headers[b"cross-origin-resource-policy"] = b"same-origin"
    headers[b"referrer-policy"] = b"no-referrer"
    return [*headers.items()]


def content_type(name: str) -> str:
    """Return the media type of a file by its name."""
    if _TEXT.fullmatch(name):
        return "text/plain"
    kind, encoding = _TYPES.guess_type(f"name.{name.rpartition('.')[2]}")
    if kind is None or encoding:
        return "application/octet-stream"
    return kind


def content_disposition(name: str) -> str:
    """Return the header that saves a download under its name, whatever its characters."""
    plain = re.sub(r"[^ !#$&-~]", "_", name)  # neither quotes nor percent signs, which mislead
    if _TOKEN.fullmatch(name):
        return f"attachment; filename={name}"
    if plain == name:
        return f'attachment; filename="{name}"'
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
