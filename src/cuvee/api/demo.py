"""Demo data: the wine story, told to a server that somebody wants to get to know."""

from __future__ import annotations

from typing import ClassVar, Literal

from msgspec import Struct

from cuvee.api.base import CUVEE, Permission, Write

EXPERIMENT = "wine-quality"
MODEL = "lr_wine_quality"


class DemoData(Struct, frozen=True, kw_only=True):
    """Where the demo data are.

    Args:
        experiment: name of the experiment with the runs.
        model: name of the registered model.
        problem: why they were not loaded, and what to do.
    """

    experiment: str = EXPERIMENT
    model: str = MODEL
    problem: str = ""


class LoadDemo(Write[DemoData], frozen=True, kw_only=True):
    """Have the server log the wine models and register them, as `cuvee demo` does; takes seconds.

    What changes is done by calls of the caller's own, each an event of its own.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "demo/load"
    alone: ClassVar[bool] = True
    keyed: ClassVar[bool] = False
    needs: ClassVar[Permission] = Permission.ADMIN
    story: Literal["wine"]
