"""Filter text -> tree: one parser, driven by the table of the search it belongs to.

filter     = either [AND]
either     = both {OR both}
both       = not {AND not}
not        = NOT not | ( either ) | comparison
comparison = side op value | side op side | side [NOT] IN ( value {, value} )
           | side [NOT] BETWEEN value AND value | side IS [NOT] NULL
side       = name | function ( name ) | at ( name, step )
name       = [parent. | children.] [type word .] key
             the key quoted if it has characters beyond a-z 0-9 _ .
"""

from __future__ import annotations

from functools import lru_cache

from cuvee.search.languages import LISTS, PRESENCE, RANGES, Field, Language, Takes
from cuvee.search.names import filter_side
from cuvee.search.tokens import Source, T, Token, Want
from cuvee.search.tree import And, Clause, Literal, Node, Not, Or, Side, Value
from cuvee.search.words import (
    BROKEN_LIST,
    EMPTY_LIST,
    KEYWORDS,
    OTHER_LIST,
    UNQUOTED,
    no_number,
    no_text,
)

MAX_DEPTH = 32
"""Groups and NOTs within each other: parser, writer and databases recurse into them."""

MAX_REMEMBERED = 1000
"""Characters of the longest filter whose tree is kept: pages and those who look again send it."""

_STATUSES = {"pending": 1, "ready": 2, "failed": 3, "upload_failed": 3}


def parse_filter(text: str, language: Language) -> And:
    """Read a filter.

    Args:
        text: the filter; empty means that everything matches.
        language: what may be asked.

    Raises:
        SearchError: the text is not a filter; the message says where and what was expected.
    """
    if not text:
        return And(())
    read = _remembered if len(text) <= MAX_REMEMBERED else _read
    return read(text, language)


def _read(text: str, language: Language) -> And:
    return read_filter(Source(text, "Filter", words=language.words.filter), language)


_remembered = lru_cache(256)(_read)


def read_filter(source: Source, language: Language) -> And:
    """Read a filter that is not empty, to the end of its text."""
    if source.peek().type is T.END:
        expected = "a comparison such as metrics.rmse < 1, or no filter at all"
        source.fail(source.peek(), expected, Want("name"))
    found = _either(source, language)
    if source.peek().type is not T.END:
        _fail_joint(source)
    return found if isinstance(found, And) else And((found,))


def _either(source: Source, language: Language) -> Node:
    parts = [_both(source, language)]
    while source.word("OR"):
        parts.append(_both(source, language))
    return _joined(Or, parts)


def _both(source: Source, language: Language) -> Node:
    parts = [_not(source, language)]
    while source.word("AND"):
        if source.peek().type is T.END and not source.depth:
            break  # MLflow lets one more AND stand there
        parts.append(_not(source, language))
    return _joined(And, parts)


def _joined(joint: type[And | Or], parts: list[Node]) -> Node:
    # What stands there twice says no more than once.
    flat = dict.fromkeys(
        piece for part in parts for piece in (part.parts if isinstance(part, joint) else (part,))
    )
    return next(iter(flat)) if len(flat) == 1 else joint(tuple(flat))


def _not(source: Source, language: Language) -> Node:
    start = source.peek()
    negated = source.word("NOT")
    if not negated and not source.mark("("):
        return _comparison(source, language)
    source.depth += 1
    if source.depth > MAX_DEPTH:
        source.fail(start, f"at most {MAX_DEPTH} groups and NOTs within each other")
    found: Node
    if negated:
        found = Not(_not(source, language))
    else:
        found = _either(source, language)
        if not source.mark(")"):
            _fail_joint(source)
    source.depth -= 1
    return found


def _fail_joint(source: Source) -> None:
    words = ("AND", "OR", ")") if source.depth else ("AND", "OR")
    end = "a closing parenthesis" if source.depth else "the end"
    source.fail(source.peek(), f"AND, OR or {end}", Want("joint", words=words))


def _comparison(source: Source, language: Language) -> Clause:
    side, field = filter_side(source, language)
    op = _operator(source, language, field, side)
    value: Literal = None
    if op in LISTS:
        value = _list(source, language, field, side)
    elif op in RANGES:
        value = _range(source, language, field, side)
    elif op not in PRESENCE:
        value = _right_side(source, language, field, side)
    return Clause(side.kind, side.key, op, value, side.function, side.step, side.via)


def _operator(source: Source, language: Language, field: Field, side: Side) -> str:
    token = source.peek()
    upper = language.upper_only
    if token.type is T.OP:
        op = source.take().text
    elif source.word("NOT", upper_only=upper):
        words = (w for w in ("IN", "BETWEEN") if source.word(w, upper_only=upper))
        op = f"NOT {next(words, '')}"
    elif source.word("IS"):  # MLflow reads these words in any case, of experiments too
        op = "IS NOT NULL" if source.word("NOT") else "IS NULL"
        op = op if source.word("NULL") else ""
    else:
        named = ("LIKE", "ILIKE", "CONTAINS", "IN", "BETWEEN")
        op = next((w for w in named if source.word(w, upper_only=upper)), "")
    if op not in field.ops:
        case = ", in upper case" if upper and token.text.upper() in " ".join(field.ops) else ""
        expected = f"one of the operators {', '.join(field.ops)}{case}"
        # Half an operator was read: what is missing is its other half.
        end = source.peek().type is T.END
        want = Want("operator", field, side, field.ops) if end else None
        is_one = token.type is T.OP or op.strip()
        said = language.words.comparator.format(
            op=op or token.text, kind=side.kind.value, key=side.key[:60]
        )
        source.fail(token, expected, want, words=said if is_one else "")
    return op


def _list(source: Source, language: Language, field: Field, side: Side) -> tuple[Value, ...]:
    if not source.mark("("):
        shown = "1, 2" if field.takes is not Takes.TEXT else "'a', 'b'"
        source.fail(source.peek(), f"a list such as ({shown})", Want("word", words=("(",)))
    found: dict[Value, None] = {}
    while not found or not source.mark(")"):
        if found and not source.mark(","):
            want = Want("word", words=(",", ")"))
            words = "" if source.peek().type is T.END else BROKEN_LIST
            source.fail(source.peek(), "a comma or a closing parenthesis", want, words=words)
        if found and source.mark(")"):
            break
        words = EMPTY_LIST if not found and source.peek().text == ")" else BROKEN_LIST
        found[_value(source, language, field, side, words)] = None
    return tuple(found)


def _range(source: Source, language: Language, field: Field, side: Side) -> tuple[Value, ...]:
    low = _value(source, language, field, side)
    if not source.word("AND"):
        want = Want("word", words=("AND",))
        source.fail(source.peek(), "AND and the upper bound, as in BETWEEN 1 AND 2", want)
    return low, _value(source, language, field, side)


def _right_side(source: Source, language: Language, field: Field, side: Side) -> Literal:
    token = source.peek()
    named = token.type is T.NAME and ("." in token.text or source.peek(1).text == "(")
    if not field.sides or not named:
        return _value(source, language, field, side)
    other, other_field = filter_side(source, language)
    if not other_field.sides:
        source.fail(token, f"{field.takes.value}, another metric or a function")
    if other.via != side.via:
        source.fail(token, "a metric of the same run as on the left")
    return other


def _value(
    source: Source, language: Language, field: Field, side: Side, in_list: str = ""
) -> Value:
    token = source.take()
    value = _converted(token, field.takes, bare=language.bare_text)
    if value is None:
        more = ", another metric or a function" if field.sides else ""
        words = _value_words(token, field, side, in_list)
        source.fail(token, field.takes.value + more, Want("value", field, side), words=words)
    return value


def _value_words(token: Token, field: Field, side: Side, in_list: str) -> str:
    """Say what sort of mistake a value is; empty where there is none.

    Args:
        token: what stands there.
        field: how it is compared.
        side: what with.
        in_list: the words for a list in which there is no value.
    """
    if token.type not in (T.NAME, T.NUMBER, T.TEXT):
        return in_list if token.type is not T.END else ""
    if field.takes is not Takes.TEXT:
        return no_number(side.kind, side.key)
    if token.type is T.NAME:
        if token.text.upper() in KEYWORDS:
            return ""
        return UNQUOTED.format(token.text[:60])
    return OTHER_LIST.format(token.text[:60]) if in_list else no_text(side.kind)


def _converted(token: Token, takes: Takes, *, bare: bool) -> Value | None:
    """Return what a token says, or None if that is not what is taken here."""
    if takes is Takes.TEXT:
        if token.type is T.TEXT:
            return token.text[1:-1]
        return token.text if bare and token.type in (T.NAME, T.NUMBER) else None
    text = token.text
    if token.type is T.TEXT and takes in (Takes.VERSION, Takes.STATUS):
        text = text[1:-1]
    elif token.type is not T.NUMBER and takes is not Takes.STATUS:
        return None
    if takes is Takes.STATUS:
        name = text.lower().removeprefix("logged_model_")
        return _STATUSES.get(name) or (int(text) if text in ("1", "2", "3") else None)
    return _number(text, whole=takes is not Takes.NUMBER)


def _number(text: str, *, whole: bool) -> int | float | None:
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdecimal():
        # Python refuses to convert thousands of digits; so many are beyond every stored number.
        return int(text) if len(text) <= 40 else float(text)
    return None if whole else float(text)
