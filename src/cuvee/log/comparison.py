"""Compares the registry with the log from the beginning to the end, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cuvee.api.log import CheckProjection, Projection, Walked

TOLD = 1000
"""Differences that are noted one by one; each is an event."""
MORE = "there are more differences than these: 'cuvee audit verify' names them"


def steps(do: Callable[[CheckProjection], Projection]) -> Iterator[list[str]]:
    """Compare everything, and yield what each step has found.

    Args:
        do: carries out a step.
    """
    walked = Walked()
    while True:
        found = do(CheckProjection(walked=walked))
        yield found.findings
        walked = found.walked
        if not walked.part:
            return


def compare(do: Callable[[CheckProjection], Projection]) -> list[str]:
    """Compare everything without a rest and return what was found."""
    return [finding for findings in steps(do) for finding in findings]
