"""Bodies that are no JSON object, or too large; and what they cost the server."""

from __future__ import annotations

import contextlib
import gzip
import json
import time
from collections.abc import Iterator

import pytest

from cuvee import api
from cuvee.api.base import Op
from refusals.served import API, TYPE, Site, check_refusal

CREATE = API + "experiments/create"
MIB = 1 << 20
DEEP = 200_000

BROKEN = {
    "empty": b"",
    "spaces": b"  \n",
    "no JSON": b"name=x",
    "half": b'{"name": "x"',
    "two": b'{"name": "x"} {"name": "y"}',
    "single quotes": b"{'name': 'x'}",
    "trailing comma": b'{"name": "x",}',
    "comment": b'{"name": "x"} // y',
    "array": b'[{"name": "x"}]',
    "number": b"5",
    "null": b"null",
    "true": b"true",
    "NaN": b"NaN",
    "a text": b'"x"',
    "an empty text": b'""',
    "an array in a text": b'"[1]"',
    "a broken text": b'"{\\"name\\": "',
    "a text in a text": json.dumps(json.dumps(json.dumps({"name": "x"}))).encode(),
    "BOM": b'\xef\xbb\xbf{"name": "x"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "Latin-1": '{"name": "\u00e9"}'.encode("latin-1"),
    "half a character": b'{"name": "\xe2\x82"}',
    "surrogate in UTF-8": b'{"name": "\xed\xa0\x80"}',
    "too large for Unicode": b'{"name": "\xf4\x90\x80\x80"}',
    "overlong": b'{"name": "\xc0\xaf"}',
    "raw NUL": b'{"name": "a\x00b"}',
    "raw newline": b'{"name": "a\nb"}',
    "escaped NUL": b'{"name": "a\\u0000b"}',
    "NUL in a key": b'{"name": "x", "a\\u0000": 1}',
    "lone surrogate": b'{"name": "\\ud800"}',
    "surrogates reversed": b'{"name": "\\udc00\\ud800"}',
    "bad escape": b'{"name": "\\x41"}',
    "number beyond float": b'{"name": "x", "n": 1e999, "tags": 5}',
    "long number": b'{"name": ' + b"9" * 100_000 + b"}",
    "deep arrays": b'{"name": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep and unclosed": b"[" * DEEP,
    "deep in a text": json.dumps('{"name": ' + "[" * DEEP).encode(),
    "deep in an unknown field": b'{"x": ' + b"[" * 40 + b"]" * 40 + b', "name": 5}',
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xabV\xcaK\xccMU\xb2R\xaaP\xaa\x05\x00",
}


@pytest.mark.usefixtures("unchanged")
def test_a_body_that_is_no_json_object_is_refused(site: Site) -> None:
    for title, body in BROKEN.items():
        check_refusal(site.send("POST", CREATE, body), title)


@pytest.mark.parametrize("op", [op for op in api.ROUTED if op.methods[0] != "GET"])
@pytest.mark.usefixtures("unchanged")
def test_every_call_refuses_broken_bodies(site: Site, op: type[Op[object]]) -> None:
    target = f"{op.base}/{op.route}".replace("{", "").replace("}", "")
    for title in ("no JSON", "array", "null", "half a character", "deep arrays", "raw NUL"):
        check_refusal(site.send(op.methods[0], target, BROKEN[title]), (op.__name__, title))


@pytest.mark.usefixtures("unchanged")
def test_another_content_type_is_refused_and_named(site: Site) -> None:
    good = b'{"name": "typed"}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx", "", "*/*",
                 "multipart/form-data; boundary=x", "application/json2; charset=utf-8",
                 "text/json", "\xff\xfe", "x" * 10_000):  # fmt: skip
        answer = site.send("POST", CREATE, good, headers={"Content-Type": kind})
        check_refusal(answer, kind)
        assert "application/json" in answer.json["message"]
        words = "header is missing" if not kind else "must be one of ['application/json']"
        assert answer.json["message"].startswith(f"Bad Request. Content-Type {words}")
    check_refusal(site.send("POST", CREATE, good, headers={}), "no content type")


@pytest.mark.usefixtures("unchanged")
def test_an_encoded_body_is_refused_and_its_encoding_named(site: Site) -> None:
    plain = b'{"name": "new"}'
    for coding, body in (("gzip", gzip.compress(plain)), ("GZIP", plain), ("br", plain)):
        answer = site.send(
            "POST", API + "experiments/create", body, headers={**TYPE, "Content-Encoding": coding}
        )
        check_refusal(answer, coding)
        assert answer.status == 415
        assert coding.lower() in answer.json["message"]
    head = f"POST {API}experiments/create HTTP/1.1\r\nHost: localhost\r\n"
    head += "Content-Type: application/json\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
    found = site.exchange(head.encode() + b"f\r\n" + plain + b"\r\n0\r\n\r\n")
    assert found.startswith(b"HTTP/1.1 400 "), found
    assert b"only 'chunked'" in found


@pytest.mark.usefixtures("unchanged")
def test_a_hundred_megabytes_are_refused_without_being_kept(site: Site) -> None:
    idle = site.memory()
    megabyte = b"x" * MIB

    def parts() -> Iterator[bytes]:
        yield b'{"name": "'
        for _ in range(100):
            yield megabyte

    for chunked in (False, True):
        check_large(site, list(parts()), chunked=chunked)
    assert site.memory() < idle + 256 * MIB
    assert site.peak_memory() < idle + 512 * MIB
    assert site.send("GET", "/health").body == b"OK"


def check_large(site: Site, parts: list[bytes], *, chunked: bool) -> None:
    """Send a large body, as far as the server takes it, and check the answer."""
    length = sum(map(len, parts))
    size = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {length}"
    head = f"POST {CREATE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with site.raw(60) as connection:
        connection.sendall(f"{head}{size}\r\n\r\n".encode())
        with contextlib.suppress(ConnectionError):
            for part in parts:
                frame = b"%x\r\n%b\r\n" % (len(part), part) if chunked else part
                connection.sendall(frame)
        found = connection.recv(1 << 16)
    assert found.startswith(b"HTTP/1.1 413 "), found[:300]
    assert b'"error_code":"INVALID_PARAMETER_VALUE"' in found
    assert b"MiB" in found


@pytest.mark.usefixtures("unchanged")
def test_json_that_is_costly_to_read_stays_within_bounds(site: Site) -> None:
    idle = site.memory()
    for filling in (b"[],", b"{},", b'{"":0},', b"0,", b'"",', b"1e5,", b"[[[]]],"):
        many = filling * ((7 * MIB) // len(filling))
        start = time.monotonic()
        check_refusal(site.send("POST", CREATE, b'{"x": [' + many[:-1] + b"]}"), filling)
        assert time.monotonic() - start < 10, filling
    assert site.memory() < idle + 256 * MIB


@pytest.mark.usefixtures("unchanged")
def test_an_announced_length_that_is_too_large_is_refused_at_once(site: Site) -> None:
    head = f"POST {CREATE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    for length in (9 * MIB, 2**40, 2**62):
        found = site.exchange(f"{head}Content-Length: {length}\r\n\r\n".encode())
        assert found.startswith(b"HTTP/1.1 413 "), (length, found[:200])
    for text in ("-1", "1e3", "0x10", "9" * 40, "5, 6", " ", "+5"):
        found = site.exchange(f"{head}Content-Length: {text}\r\n\r\n{{}}".encode())
        assert found.startswith(b"HTTP/1.1 400 "), (text, found[:200])
        assert b'"error_code"' in found, text


@pytest.mark.usefixtures("unchanged")
def test_a_body_that_ends_early_changes_nothing(site: Site) -> None:
    head = f"POST {CREATE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with site.raw() as connection:
        connection.sendall(f'{head}Content-Length: 100\r\n\r\n{{"name": "cut"}}'.encode())
    with site.raw() as connection:
        connection.sendall(
            f'{head}Transfer-Encoding: chunked\r\n\r\nf\r\n{{"name": "cut"}}'.encode()
        )
    assert site.send("GET", "/health").status == 200


def test_the_last_of_equal_keys_counts(site: Site, ids: dict[str, str]) -> None:
    answer = site.send(
        "POST",
        API + "experiments/search",
        b'{"max_results": 0, "max_results": 1, "filter": "x", "filter": "name = \'wine\'"}',
    )
    assert [e["experiment_id"] for e in answer.json["experiments"]] == [ids["experiment"]]
