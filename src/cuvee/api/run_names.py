"""Names for runs that were given none: two words and a number, at most 20 characters."""

from __future__ import annotations

import os
import re

_ADJECTIVES = re.findall(
    r"\w+",
    """
    amber bold brisk bright calm clear crisp deep dry early earthy fine fresh gentle golden grand
    keen light lively mellow nimble oaky open proud pure quiet rich ripe rosy rustic silky smooth
    sunny supple sweet tart velvet warm wild young
    """,
)
_NOUNS = re.findall(
    r"\w+",
    """
    barrel blend bottle bud canopy cask cellar chalk cork crate creek crush dawn grape grove harbor
    harvest hill leaf malbec merlot mist must oak orchard pinot press ridge river root seed shiraz
    slope soil stem syrah terrace valley vine yeast
    """,
)


def random_name() -> str:
    """Return a name such as ``mellow-oak-417``; names need not be unique."""
    # Asked for once: with a word at a time, a tenth of creating a run went into it.
    rest = int.from_bytes(os.urandom(8), "big")
    rest, adjective = divmod(rest, len(_ADJECTIVES))
    rest, noun = divmod(rest, len(_NOUNS))
    return f"{_ADJECTIVES[adjective]}-{_NOUNS[noun]}-{rest % 1000}"
