"""The client's methods for nested, grouped and forked runs, and for signs of life."""

from __future__ import annotations

from collections.abc import Iterable

from cuvee.api import ancestry
from cuvee.api.forks import ForkRun, RewindRun
from cuvee.api.leases import GetLease, Heartbeat, Lease
from cuvee.api.runs import Run
from cuvee.api.trees import GetRunTree, ListRunGroups, RunGroup, RunTree
from cuvee.client.base import Calls, pages


class TreeCalls(Calls):
    """Runs that belong together."""

    def get_run_tree(
        self, run_id: str, metrics: Iterable[str] = (), max_nodes: int = 200
    ) -> RunTree:
        """Return the runs nested in a run, to any depth, and what they are together.

        Args:
            run_id: the run.
            metrics: whose values to put together over all descendants.
            max_nodes: how many runs to list; all are counted.
        """
        op = GetRunTree(run_id=run_id, metrics=list(metrics), max_nodes=max_nodes)
        return self.do(op).tree

    def get_run_lineage(
        self, run_id: str, *, depth: int = 5, max_nodes: int = 300
    ) -> ancestry.Lineage:
        """Return what a run comes from and what has come of it, as nodes and edges.

        Args:
            run_id: the run.
            depth: how many steps to go from it.
            max_nodes: how many things to return, the nearest.
        """
        return self.do(ancestry.GetRunLineage(run_id=run_id, depth=depth, max_nodes=max_nodes))

    def list_run_groups(
        self,
        experiment_ids: Iterable[str],
        metrics: Iterable[str] = (),
        *,
        by: str = "",
        filter_string: str = "",
    ) -> list[RunGroup]:
        """Return all groups of runs, by name.

        Args:
            experiment_ids: where to look.
            metrics: whose values to put together over the runs of a group.
            by: a column, such as ``params.alpha`` or ``status``, or ``dataset.name``; by default
                the tag ``cuvee.group``, and the runs without it are left out.
            filter_string: which runs to group, with ``by``.
        """
        ids, keys = [str(i) for i in experiment_ids], list(metrics)
        op = ListRunGroups(experiment_ids=ids, metrics=keys, by=by, filter=filter_string)
        return [group for page in pages(self.do, op) for group in page.groups]

    def fork_run(
        self,
        run_id: str,
        step: int,
        run_name: str = "",
        *,
        artifacts: bool = False,
        comment: str = "",
    ) -> Run:
        """Start a run that goes on where another was at a step, that step included.

        Args:
            run_id: the other run.
            step: up to where its metrics are taken over; params, tags and inputs are, too.
            run_name: the other's when absent.
            artifacts: whether it gets the other's files; their bytes are not copied.
            comment: why, for the history.
        """
        op = ForkRun(
            run_id=run_id, step=step, run_name=run_name, artifacts=artifacts, comment=comment
        )
        return self.do(op).run

    def rewind_run(self, run_id: str, step: int, *, comment: str = "") -> None:
        """Remove a run's points after a step, for good."""
        self.do(RewindRun(run_id=run_id, step=step, comment=comment))

    def heartbeat(self, run_id: str, lease: int = 30, tail: str | None = None) -> Lease:
        """Say that a run's process lives; it is said again within ``lease`` seconds.

        Args:
            run_id: the run.
            lease: seconds, up to 45.
            tail: the last lines of the process's output; as before when None.
        """
        return self.do(Heartbeat(run_id=run_id, lease=lease, tail=tail)).lease

    def get_lease(self, run_id: str) -> Lease:
        """Return when a run's process was last heard of."""
        return self.do(GetLease(run_id=run_id)).lease
