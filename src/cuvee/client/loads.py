"""The client's method for who loads the versions of a model."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from cuvee.api.loads import ListLoads, Loads
from cuvee.api.times import moment_of, moment_said
from cuvee.client.base import Calls, pages

Moment = str | int | datetime


class LoadCalls(Calls):
    """Loads, as the server has counted them."""

    def get_model_loads(
        self,
        name: str,
        version: str | int | None = None,
        by: Literal["user", "day", "version", "user_day"] = "user",
        from_time: Moment | None = None,
        to_time: Moment | None = None,
    ) -> list[Loads]:
        """Return how often a model's versions were loaded.

        Args:
            name: the registered model.
            version: only this version.
            by: what each count is of: ``user``, by name; ``day`` or ``version``, newest first;
                ``user_day``, a user on a day.
            from_time: only from the day (UTC) of this moment on: ISO 8601, a datetime (UTC when it
                has no zone), or milliseconds since 1970.
            to_time: only days that began before this moment.
        """
        op = ListLoads(
            name=name,
            version="" if version is None else str(version),
            by=by,
            from_time=None if from_time is None else moment_of(moment_said(from_time)),
            to_time=None if to_time is None else moment_of(moment_said(to_time)),
            max_results=1000,
        )
        return [one for page in pages(self.do_registry, op) for one in page.loads]
