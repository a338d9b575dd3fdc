"""Which characters names may have, so that two names that look alike are not two people; pure.

Names of users and groups are printable ASCII and the Latin letters of Europe's languages. Other
scripts have letters that nobody can tell from these, and telling all of them takes tables that
change with each Unicode. Names of models may be of any script, without what cannot be seen.
"""

from __future__ import annotations

import unicodedata

_LATIN = frozenset(
    chr(code)
    for code in range(0xC0, 0x180)
    if chr(code).isalpha()
    and unicodedata.is_normalized("NFKC", chr(code))
    and chr(code) not in "\u0131\u0138"  # i without its dot, and a small k
)
_FOLDED = str.maketrans({"I": "l", "1": "l", "|": "l", "0": "o"})
_JOINER, _EMOJI = "\u200d", ("So", "Sk")
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_VARIANT = "\ufe0f"


def is_plain(name: str) -> bool:
    """Say whether a name has only printable ASCII and Latin letters of European languages."""
    return all(" " <= char <= "~" or char in _LATIN for char in name)


def alike(one: str, other: str) -> bool:
    """Say whether two names look the same to a hasty reader: case, 1 l I |, 0 O, and rn m."""
    return one.lower() == other.lower() or _look(one) == _look(other)


def _look(name: str) -> str:
    return name.translate(_FOLDED).lower().replace("rn", "m")


def unseen(name: str) -> str:
    """Return the first character of a name that cannot be seen, or turns its text; else ''.

    The joiner between two emoji, which makes one of them, is seen.
    """
    for place, char in enumerate(name):
        if char == _JOINER:
            before = name[:place].rstrip(_VARIANT)[-1:]
            after = name[place + 1 : place + 2]
            if before and after and all(unicodedata.category(c) in _EMOJI for c in before + after):
                continue
        if char in _BLANK or unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            return char
    return ""
