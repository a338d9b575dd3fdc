"""The client's searches for tables of runs, and what helps to write them."""

from __future__ import annotations

from collections.abc import Sequence

from cuvee.api.kept_views import GetView, KeepView
from cuvee.api.outlines import RunOutline, SearchRunOutline
from cuvee.api.searches import (
    CheckSearch,
    CompleteSearch,
    Completions,
    KeyKind,
    ListRunKeys,
    RunKeys,
    SearchCheck,
    SearchRunTable,
    Subject,
)
from cuvee.client.base import Calls
from cuvee.client.tables import CHUNK, FoundRuns
from cuvee.client.values import view_name


class SearchCalls(Calls):
    """Searches that Cuvee has beyond MLflow's."""

    def search(
        self,
        experiment_ids: Sequence[str],
        filter_string: str = "",
        order_by: Sequence[str] | None = None,
        columns: Sequence[str] = ("*",),
        run_view_type: int | str = 1,
        max_results: int | None = None,
        offset: int = 0,
        chunk: int = CHUNK,
    ) -> FoundRuns:
        """Find runs as a table, to go through in chunks, or whole for pandas, polars or Arrow.

        Args:
            experiment_ids: where to look.
            filter_string: such as ``min(metrics.loss) < 1 OR tags.team = 'x'``.
            order_by: such as ``["metrics.loss ASC"]``.
            columns: such as ``["run_id", "metrics.*", "min(metrics.loss)"]``.
            run_view_type: active runs, deleted ones or both; see ``ViewType``.
            max_results: runs at most.
            offset: runs to pass over first.
            chunk: runs of one request, 1 to 50,000.
        """
        op = SearchRunTable(
            experiment_ids=_ids(experiment_ids),
            filter=filter_string or "",
            run_view_type=view_name(run_view_type),
            order_by=list(order_by or []),
            columns=list(columns),
            limit=chunk,
            offset=offset,
        )
        return FoundRuns(self.do, op, max_results)

    def search_run_outline(
        self,
        experiment_ids: Sequence[str],
        filter_string: str = "",
        order_by: Sequence[str] = (),
        columns: Sequence[str] = ("attributes.*",),
        *,
        unfold: bool = True,
        except_runs: Sequence[str] = (),
        limit: int = 1000,
        offset: int = 0,
    ) -> RunOutline:
        """Find runs as an outline: those that pass, and the runs that they are nested in.

        Args:
            experiment_ids: where to look.
            filter_string: which runs to find; all when empty.
            order_by: the order of the runs that are nested in the same run.
            columns: as of ``search``.
            unfold: whether all runs are unfolded, or none.
            except_runs: ids of runs that are the other way.
            limit: lines of the window, up to 1000.
            offset: lines to pass over first.
        """
        op = SearchRunOutline(
            experiment_ids=_ids(experiment_ids),
            filter=filter_string or "",
            order_by=list(order_by),
            columns=list(columns),
            unfold=unfold,
            except_runs=list(except_runs),
            limit=limit,
            offset=offset,
        )
        return self.do(op)

    def list_run_keys(
        self,
        experiment_ids: Sequence[str],
        filter_string: str = "",
        *,
        kinds: Sequence[KeyKind] = (),
        contains: str = "",
        varying: bool = False,
        limit: int = 1000,
    ) -> RunKeys:
        """Return the metrics, params and tags of the newest runs that pass; or what varies."""
        op = ListRunKeys(
            experiment_ids=_ids(experiment_ids),
            filter=filter_string or "",
            kinds=list(kinds),
            contains=contains,
            varying=varying,
            limit=limit,
        )
        return self.do(op)

    def keep_view(self, query: str) -> str:
        """Keep what an address of a page has behind its ``?``; return the id that stands for it.

        ``?kept=`` and the id show the same page. The same query always has the same id.

        Args:
            query: as ``urllib.parse.urlencode`` makes it, up to 65,536 characters.
        """
        return self.do(KeepView(query=query)).view_id

    def get_view(self, view_id: str) -> str:
        """Return what an id behind ``?kept=`` in an address stands for."""
        return self.do(GetView(view_id=view_id)).query

    def check_search(
        self, filter_string: str, order_by: Sequence[str] = (), subject: Subject = "runs"
    ) -> SearchCheck:
        """Say whether a filter and an order can be read, and if not, where and why."""
        op = CheckSearch(subject=subject, filter=filter_string, order_by=list(order_by))
        return self.do(op)

    def complete_search(
        self,
        text: str,
        cursor: int | None = None,
        experiment_ids: Sequence[str] = (),
        *,
        subject: Subject = "runs",
        order: bool = False,
        limit: int = 50,
    ) -> Completions:
        """Return how a filter, or an order, can go on at the cursor, which is its end if absent."""
        op = CompleteSearch(
            subject=subject,
            text=text,
            cursor=len(text) if cursor is None else cursor,
            order=order,
            experiment_ids=_ids(experiment_ids),
            limit=limit,
        )
        return self.do(op)


def _ids(given: Sequence[str]) -> list[str]:
    return [str(i) for i in ([given] if isinstance(given, (str, int)) else given)]
