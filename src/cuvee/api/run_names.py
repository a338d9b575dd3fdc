"""Names for runs that were given none: two words and a number, at most 20 characters."""

from __future__ import annotations

import random
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
    pick = random.SystemRandom()
    return f"{pick.choice(_ADJECTIVES)}-{pick.choice(_NOUNS)}-{pick.randrange(1000)}"
