"""MLflow's JSON, settled once: how operations are read and results written.

The quirks of the protocol live here and nowhere else: integers and floats spelled as strings, NaN
and the infinities as strings, ``null`` meaning absent, enums by name or number, JSON inside a JSON
string, old field names and such in camel case, booleans in query strings. A body that needs none of
that is decoded in one step by msgspec; only when that fails is it read again slowly, by
``_Reader``, which either understands it or says in words what is wrong with it. Nothing is stored
other than it was sent.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, NoReturn, TypeVar, cast
from urllib.parse import parse_qs, quote, urlencode
from uuid import UUID

import msgspec
from msgspec import Struct, inspect

from cuvee.api import base, wordings
from cuvee.api.experiments import VIEW_TYPES
from cuvee.api.fields import bare, by_own_names, may_have_other_names
from cuvee.api.logged_models import LOGGED_MODEL_STATUSES
from cuvee.api.metrics import MetricList, MetricPage
from cuvee.api.runs import RUN_STATUSES
from cuvee.api.versions import VERSION_STATUSES
from cuvee.api.webhooks import ACTIONS, ENTITIES, WEBHOOK_STATUSES
from cuvee.errors import InvalidParameter

T = TypeVar("T")
AnyOp = base.Op[Any]

MAX_DEPTH = 32
SECRETS = frozenset(
    {
        *("password", "current_password", "token", "secret", "authorization", "access_token"),
        *("headers", "http_url_spec", "job_spec"),
    }
)
"""Fields whose values no message repeats."""
MAX_VALUES = 1_000_000
_ENUMS = [
    *(RUN_STATUSES, VIEW_TYPES, LOGGED_MODEL_STATUSES, VERSION_STATUSES),
    *(WEBHOOK_STATUSES, ENTITIES, ACTIONS),
]
_NUMBERS = {frozenset(numbers.values()): numbers for numbers in _ENUMS}
_FLOATS = {
    "nan": math.nan,
    **dict.fromkeys(("inf", "infinity"), math.inf),
    **dict.fromkeys(("-inf", "-infinity"), -math.inf),
}
# What msgspec would spell as a text: bytes would come back as base64.
_NOT_JSON = (bytes, bytearray, datetime, date, time, timedelta, Decimal, UUID)
_WHOLE = re.compile(r"-?[0-9]{1,40}")
# As R, and C's %g, shorten 100000.
_SHORT_WHOLE = re.compile(r"-?[0-9](\.[0-9]{1,15})?e\+[0-9]{2}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_encode = msgspec.json.Encoder().encode


# ---------------------------------------------------------------- reading


def decode_body(op: type[T], body: bytes, path_params: Mapping[str, str] | None = None) -> T:
    """Read an operation from a JSON body.

    Args:
        op: the operation's class.
        body: the body as it came.
        path_params: fields that stand in the URL's path; they win over the body.

    Raises:
        InvalidParameter: the body is not JSON, or a field is missing, malformed or out of range.
    """
    plain = b"\\u0000" not in body and _is_utf8(body) and not may_have_other_names(op, body)
    if plain and not path_params:
        try:
            found: T = _decoder(op, strict=True).decode(body or b"{}")
            return found
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            pass
    read: T = _Reader(op).read(by_own_names(op, _parse(body)), path_params)
    return read


def decode_query(op: type[T], query: bytes, path_params: Mapping[str, str] | None = None) -> T:
    """Read an operation from a URL's query string; see ``decode_body``."""
    try:
        fields = parse_qs(
            query.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=2000,
        )
    except UnicodeDecodeError:
        raise InvalidParameter("The query string is not valid UTF-8: percent-encode it.") from None
    except ValueError:
        raise InvalidParameter("The query string has too many fields; 2000 are allowed.") from None
    reader = _Reader(op)
    # Some clients spell lists as PHP does: events[]=a&events[]=b.
    fields = {k[:-2] if k[-2:] == "[]" and reader.is_list(k[:-2]) else k: fields[k] for k in fields}
    raw = {k: v if reader.is_list(k) else v[-1] for k, v in fields.items()}
    read: T = reader.read(raw, path_params)
    return read


def recheck(op: T) -> T:
    """Return ``op`` checked as if it had come over the wire.

    msgspec looks at types and limits when it decodes, not when Python code constructs a value; the
    in-process store calls this so that it refuses what a server refuses.
    """
    try:
        raw = msgspec.to_builtins(op, builtin_types=_NOT_JSON)
        _check_text(raw)
        return msgspec.convert(raw, type(op), builtin_types=_NOT_JSON)
    except (msgspec.ValidationError, TypeError) as problem:
        _refuse(problem, type(op), {})


def check(op: AnyOp) -> None:
    """Refuse before it is sent what a server would refuse.

    Raises:
        InvalidParameter: a field is of a wrong type, out of range, or not allowed.
    """
    try:
        op.check()
    except TypeError:  # a check looked at a number as if it were a text
        recheck(op)
        raise


def decode_result(result: type[T], body: bytes) -> T:
    """Read a server's answer on the client's side."""
    found: T = _decoder(result, strict=False).decode(body or b"{}")
    return found


def _decoder(kind: Any, *, strict: bool) -> msgspec.json.Decoder[Any]:
    return _make_decoder(kind, strict)


@cache
def _make_decoder(kind: Any, strict: bool) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind, strict=strict)


def _is_utf8(body: bytes) -> bool:
    """Say whether bytes are text; msgspec does not look at fields that it passes over."""
    try:
        return body.isascii() or bool(body.decode())
    except UnicodeDecodeError:
        return False


def _parse(body: bytes) -> dict[str, Any]:
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MAX_VALUES:
        # An empty list takes three bytes here and thirty times that in memory.
        raise InvalidParameter(f"The JSON has more than {MAX_VALUES} values: split the request.")
    try:
        raw = _loads(body.decode("utf-8") or "{}")
        if isinstance(raw, str):
            raw = _loads(raw)  # clients of old send JSON inside a JSON string
    except UnicodeDecodeError as problem:
        raise InvalidParameter(
            f"The body is not valid UTF-8 (byte {problem.start}): send JSON encoded as UTF-8."
        ) from None
    except json.JSONDecodeError as problem:
        raise InvalidParameter(
            f"The body is not valid JSON: {problem.msg} at line {problem.lineno}, "
            f"column {problem.colno}."
        ) from None
    except RecursionError:
        raise InvalidParameter(
            f"The JSON is nested too deeply; {MAX_DEPTH} levels are allowed."
        ) from None
    if not isinstance(raw, dict):
        raise InvalidParameter(
            'The body must be a JSON object such as {"name": "wine"}, '
            f"not {wordings.kind_of(raw)}."
        )
    return raw


def _loads(text: str) -> Any:
    return json.loads(text, parse_float=_finite, parse_int=_integer)


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise InvalidParameter(
            f"The number {text[:40]} is too large for a 64-bit float: "
            'send "Infinity" if that is meant.'
        )
    return value


def _integer(text: str) -> int | float:
    return int(text) if len(text) <= 40 else _finite(text)


class _Reader:
    """Reads one kind of struct from loose JSON values, or says what is wrong with them."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind
        self.info = _info(kind)
        self.fields = {f.encode_name: f for f in self.info.fields}

    def is_list(self, name: str) -> bool:
        return name in self.fields and isinstance(bare(self.fields[name].type), inspect.ListType)

    def read(self, raw: dict[str, Any], path_params: Mapping[str, str] | None = None) -> Any:
        raw = {**raw, **(path_params or {})}
        for old, new in getattr(self.kind, "legacy", {}).items():
            if raw.get(new) in (None, "") and raw.get(old):
                raw[new] = raw[old]
        for name in getattr(self.kind, "numbered", ()):
            if isinstance(raw.get(name), list):
                raw[name] = [str(v) if type(v) is int else v for v in raw[name]]
        _check_text(raw)
        loose = self._object(self.info, raw, "")
        try:
            return msgspec.convert(loose, self.kind)
        except (msgspec.ValidationError, OverflowError) as problem:
            _refuse(problem, self.kind, loose)

    def _object(self, info: inspect.StructType, raw: dict[str, Any], where: str) -> dict[str, Any]:
        out = {}
        for f in info.fields:
            value = raw.get(f.encode_name)
            at = f"{where}.{f.encode_name}" if where else f.encode_name
            if value is None:
                if f.required:
                    raise InvalidParameter(wordings.missing(self.kind, at))
            elif where:
                out[f.encode_name] = self._value(bare(f.type), value, at)
            else:
                out[f.encode_name] = self._field(bare(f.type), value, at)
        return out

    def _field(self, info: inspect.Type, value: Any, name: str) -> Any:
        """Read a field of the operation itself; what is wrong inside of it is said in full."""
        try:
            return self._value(info, value, name)
        except InvalidParameter as problem:
            if problem.message.startswith("Missing"):
                shown = "" if name in SECRETS else f"{wordings.seen(value)} "
                if shown != '"" ':
                    raise InvalidParameter(
                        f"Invalid value {shown}for parameter '{name}' supplied: {problem.message}"
                    ) from None
            raise

    def _value(self, info: inspect.Type, value: Any, where: str) -> Any:
        if isinstance(info, inspect.StructType):
            _expect(isinstance(value, dict), where, "a JSON object", value)
            return self._object(info, value, where)
        if isinstance(info, inspect.ListType):
            _expect(isinstance(value, list), where, "a JSON array", value)
            item = bare(info.item_type)
            return [self._value(item, v, f"{where}[{i}]") for i, v in enumerate(value)]
        return _scalar(info, value, where)


def _scalar(info: inspect.Type, value: Any, where: str) -> Any:
    if isinstance(info, inspect.StrType):
        _expect(isinstance(value, str), where, "a string", value)
        if value == "" and info.min_length:
            raise InvalidParameter(wordings.missing(type(None), where, "text"))
    elif isinstance(info, inspect.BoolType):
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        _expect(isinstance(value, bool), where, "true or false", value)
    elif isinstance(info, inspect.FloatType):
        return _float(value, where)
    elif isinstance(info, inspect.IntType):
        _expect(not isinstance(value, bool), where, "a whole number", value)
        if isinstance(value, str) and _WHOLE.fullmatch(value):
            return int(value)
        if isinstance(value, (str, float)):
            known = isinstance(value, float) or _SHORT_WHOLE.fullmatch(value)
            number = float(value) if known else math.nan
            exact = number.is_integer() and abs(number) < 2**53
            _expect(exact, where, "a whole number", value)
            return int(number)
    elif isinstance(info, inspect.LiteralType):
        return _enum(info, value, where)
    return value


def _float(value: Any, where: str) -> float:
    if isinstance(value, str):
        if value.lower() in _FLOATS:
            return _FLOATS[value.lower()]
        number = float(value) if _NUMBER.fullmatch(value) else math.inf
        _expect(math.isfinite(number), where, 'a number, "NaN", "Infinity" or "-Infinity"', value)
        return number
    real = isinstance(value, (int, float)) and not isinstance(value, bool)
    _expect(real, where, "a number", value)
    try:
        return float(value)
    except OverflowError:
        raise InvalidParameter(f"Parameter '{where}' is too large for a 64-bit float.") from None


def _enum(info: inspect.LiteralType, value: Any, where: str) -> Any:
    numbers = _NUMBERS.get(frozenset(str(v) for v in info.values), {})
    if isinstance(value, str) and value.isdecimal() and value.isascii():
        value = int(value[:10])
    if isinstance(value, int) and not isinstance(value, bool):
        value = numbers.get(value, value)
    _expect(value in info.values, where, "one of " + ", ".join(map(str, info.values)), value)
    return value


@cache  # looking at the annotations takes longer than reading a request
def _info(kind: Any) -> inspect.StructType:
    return cast("inspect.StructType", inspect.type_info(kind))


def _expect(ok: bool, where: str, wanted: str, got: Any) -> None:
    if not ok:
        shown = "" if SECRETS.intersection(re.split(r"[.\[]", where)) else f"{wordings.seen(got)} "
        raise InvalidParameter(
            f"Invalid value {shown}for parameter '{where}' supplied: expected {wanted}."
        )


_EMPTY = {"expected str of length >= 1": "text", "expected array of length >= 1": "list"}


def _refuse(problem: Exception, kind: Any, sent: Mapping[str, Any]) -> NoReturn:
    """Turn msgspec's ``Expected `x`, got `y` - at `$.field` `` into a sentence."""
    text, _, where = str(problem).partition(" - at `$")
    name = where.rstrip("`").lstrip(".").replace("[...]", "[]")
    text = text.replace("`", "").replace("Expected", "expected", 1)
    if "missing required field" in text:
        field = text.rsplit(" ", 1)[-1]
        raise InvalidParameter(
            wordings.missing(kind, f"{name}.{field}" if name else field)
        ) from None
    if text in _EMPTY:
        raise InvalidParameter(wordings.missing(kind, name, _EMPTY[text])) from None
    value = sent.get(name)
    if isinstance(value, list) and (words := wordings.too_many(kind, name, len(value))):
        raise InvalidParameter(words) from None
    words = f": {wordings.length_of(text, name)}"
    value = _at(sent, name)
    if text.startswith("expected int "):
        words = wordings.range_of(kind, name, value) or words
    told = value is not None and not SECRETS.intersection(re.split(r"[.\[]", name))
    shown = f"{wordings.seen(value)} " if told else ""
    raise InvalidParameter(
        f"Invalid value {shown}for parameter '{name or 'body'}' supplied{words}."
    ) from None


def _at(sent: Any, path: str) -> Any:
    """Return the value at a path such as ``metrics[0].timestamp``, or None."""
    for step in path.replace("[", ".").replace("]", "").split("."):
        if isinstance(sent, list):
            sent = sent[int(step)] if step.isdecimal() else None
        else:
            sent = sent.get(step) if isinstance(sent, dict) else None
    return sent


def _check_text(value: Any, depth: int = 0) -> None:
    """Refuse what not every database can keep: NUL and halves of surrogate pairs; and depth."""
    if depth > MAX_DEPTH:
        raise InvalidParameter(f"The JSON is nested too deeply; {MAX_DEPTH} levels are allowed.")
    if isinstance(value, str):
        if "\0" in value:
            raise InvalidParameter("A text contains a NUL character (\\u0000): remove it.")
        if not value.isascii():
            try:
                value.encode("utf-8")
            except UnicodeEncodeError:
                raise InvalidParameter(
                    "A text contains half of a surrogate pair, which is not a character: "
                    "send well-formed Unicode."
                ) from None
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key, depth + 1)
            _check_text(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check_text(item, depth + 1)


# ---------------------------------------------------------------- writing


def encode(result: Struct) -> bytes:
    """Write a result as MLflow's JSON: NaN and the infinities as strings, empties left out."""
    body = _encode(result)
    # msgspec writes NaN and the infinities as null; a float is the only "value" that can be null,
    # and inside a text the quotes would be escaped, so this finds exactly the answers to redo.
    if isinstance(result, (MetricPage, MetricList)) and b'"value":null' in body:
        return filled(body, [m.value for m in result.metrics if not math.isfinite(m.value)])
    if b'"value":null' in body or (getattr(result, "floats", False) and b"null" in body):
        return body if getattr(result, "spelled", False) else _spelled(result)
    return body


def _spelled(result: Struct) -> bytes:
    return _encode(_spell(msgspec.to_builtins(result)))


def filled(body: bytes, odd: list[float]) -> bytes:
    """Write what is not finite where msgspec has written null; long histories need it quick."""
    parts = body.split(b'"value":null')
    words = [b'"value":' + _encode(_spell(value)) for value in odd]
    return parts[0] + b"".join([w + p for w, p in zip(words, parts[1:], strict=True)])


def _spell(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if isinstance(value, dict):
        return {k: _spell(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_spell(v) for v in value]
    return value


def encode_error(error_code: str, message: str) -> bytes:
    """Write an error in MLflow's shape."""
    return _encode({"error_code": error_code, "message": message})


def encode_plain(value: dict[str, Any]) -> bytes:
    """Write an answer that is not an operation's result."""
    return _encode(value)


class HttpRequest(Struct, frozen=True):
    """An operation on its way to a server.

    Args:
        method: HTTP method.
        target: path and query string.
        body: JSON, or None.
    """

    method: str
    target: str
    body: bytes | None


def encode_op(op: AnyOp, method: str = "") -> HttpRequest:
    """Write an operation as an HTTP request, by its first method if none is named."""
    raw = _spell(msgspec.to_builtins(recheck(op)))
    method = method or op.methods[0]
    target = op.base + "/" + _fill(op.route, raw)
    if method == "GET":
        items = [(k, "true" if v is True else "false" if v is False else v) for k, v in raw.items()]
        query = urlencode(items, doseq=True, quote_via=quote)
        return HttpRequest(method, f"{target}?{query}" if query else target, None)
    return HttpRequest(method, target, _encode(raw))


def _fill(route: str, raw: dict[str, Any]) -> str:
    for name in list(raw):
        if "{" + name + "}" in route:
            route = route.replace("{" + name + "}", quote(str(raw[name]), safe=""))
    return route


def path_fields(route: str) -> tuple[str, ...]:
    """Return the names of the fields that stand in a route's path."""
    return tuple(part[1:-1] for part in route.split("/") if part.startswith("{"))


__all__ = [
    "HttpRequest",
    "check",
    "decode_body",
    "decode_query",
    "decode_result",
    "encode",
    "encode_error",
    "encode_op",
    "encode_plain",
    "path_fields",
    "recheck",
]
