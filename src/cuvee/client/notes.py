"""What the client tells the person at the terminal: on standard error, through ``logging``."""

from __future__ import annotations


def note(sentence: str) -> None:
    """Tell a problem; the logger ``cuvee`` prints it unless a program arranges otherwise."""
    import logging

    logging.getLogger("cuvee").warning("cuvee: %s", sentence)
