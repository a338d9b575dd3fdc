"""Filter text -> tree: one parser, driven by the table of the search it belongs to.

filter     = comparison {AND comparison} [AND]
comparison = name op value | name [NOT] IN ( text {, text} ) | name IS [NOT] NULL
name       = [type word .] key, the key quoted if it has characters beyond a-z 0-9 _ .
"""

from __future__ import annotations

from cuvee.search.languages import LISTS, PRESENCE, Field, Language, Takes
from cuvee.search.names import filter_name
from cuvee.search.tokens import Source, T, Token
from cuvee.search.tree import And, Clause, Literal

_STATUSES = {"pending": 1, "ready": 2, "failed": 3, "upload_failed": 3}


def parse_filter(text: str, language: Language) -> And:
    """Read a filter.

    Args:
        text: the filter; empty means that everything matches.
        language: what may be asked.

    Raises:
        InvalidParameter: the text is not a filter; the message says where and what was expected.
    """
    if not text:
        return And(())
    source = Source(text, "Filter")
    if source.peek().type is T.END:
        source.fail(source.peek(), "a comparison such as metrics.rmse < 1, or no filter at all")
    # A clause that stands there twice says no more than one.
    clauses = {_clause(source, language): None}
    while source.peek().type is not T.END:
        joint = source.peek()
        if not source.word("AND"):
            source.fail(joint, "AND or the end (comparisons are joined by AND only)")
        if source.peek().type is not T.END:
            clauses[_clause(source, language)] = None
    return And(tuple(clauses))


def _clause(source: Source, language: Language) -> Clause:
    kind, key, field = filter_name(source, language)
    op = _operator(source, language, field)
    if op in PRESENCE:
        return Clause(kind, key, op, None)
    if op in LISTS:
        return Clause(kind, key, op, _list(source, language, field))
    return Clause(kind, key, op, _value(source, language, field))


def _operator(source: Source, language: Language, field: Field) -> str:
    token = source.peek()
    upper = language.upper_only
    if token.type is T.OP:
        op = source.take().text
    elif source.word("NOT", upper_only=upper):
        op = "NOT IN" if source.word("IN", upper_only=upper) else ""
    elif source.word("IS", upper_only=upper):
        op = "IS NOT NULL" if source.word("NOT", upper_only=upper) else "IS NULL"
        op = op if source.word("NULL", upper_only=upper) else ""
    else:
        words = (w for w in ("LIKE", "ILIKE", "IN") if source.word(w, upper_only=upper))
        op = next(words, "")
    if op not in field.ops:
        case = ", in upper case" if upper and token.text.upper() in " ".join(field.ops) else ""
        source.fail(token, f"one of the operators {', '.join(field.ops)}{case}")
    return op


def _list(source: Source, language: Language, field: Field) -> tuple[str, ...]:
    if not source.mark("("):
        source.fail(source.peek(), "a list such as ('a', 'b')")
    found: dict[str, None] = {}
    while not found or not source.mark(")"):
        if found and not source.mark(","):
            source.fail(source.peek(), "a comma or a closing parenthesis")
        if found and source.mark(")"):
            break
        found[str(_value(source, language, field))] = None
    return tuple(found)


def _value(source: Source, language: Language, field: Field) -> Literal:
    token = source.take()
    value = _converted(token, field.takes, bare=language.bare_text)
    if value is None:
        source.fail(token, field.takes.value)
    return value


def _converted(token: Token, takes: Takes, *, bare: bool) -> Literal:
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
