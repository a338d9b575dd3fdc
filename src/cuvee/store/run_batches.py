"""Changes of many runs in SQL, in one transaction; a run that may not be changed is passed over."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cuvee.api.run_batches import DeleteRuns, RestoreRuns, RunRefusal, RunsChanged, TagRuns
from cuvee.api.runs import DeleteRun, RestoreRun
from cuvee.errors import BadRequest, Conflict, NotFound, PermissionDenied
from cuvee.store import runs
from cuvee.store.nesting import check_parent
from cuvee.store.run_tags import drop_tags, put_tags
from cuvee.store.search_runs import find_runs, read_question
from cuvee.store.tx import Tx

REFUSALS = (BadRequest, NotFound, Conflict, PermissionDenied)
Batch = TagRuns | DeleteRuns | RestoreRuns


def tag_runs(tx: Tx, op: TagRuns) -> RunsChanged:
    tags = {tag.key: tag.value for tag in op.tags}

    def change(run_id: str) -> None:
        row = runs.find_run(tx, run_id)
        runs.require_writable(row)
        check_parent(tx, row[1], tags)
        put_tags(tx, row[0], tags)
        runs.rename_by_tag(tx, row, tags)
        drop_tags(tx, row[0], op.remove)

    return _change_all(tx, op, "ACTIVE_ONLY", change)


def delete_runs(tx: Tx, op: DeleteRuns) -> RunsChanged:
    def change(run_id: str) -> None:
        runs.delete_run(tx, DeleteRun(run_id=run_id, force=op.force, comment=op.comment))

    return _change_all(tx, op, "ACTIVE_ONLY", change)


def restore_runs(tx: Tx, op: RestoreRuns) -> RunsChanged:
    def change(run_id: str) -> None:
        runs.restore_run(tx, RestoreRun(run_id=run_id, comment=op.comment))

    return _change_all(tx, op, "DELETED_ONLY", change)


def _change_all(tx: Tx, op: Batch, view_type: str, change: Callable[[str], None]) -> RunsChanged:
    """Change run by run; each change refuses before it writes, so that what is refused is whole."""
    run_ids, token = _chosen(tx, op, view_type)
    # Locked in one order, so that two calls cannot wait for each other.
    tried = {run_id: _refusal(change, run_id) for run_id in sorted(run_ids)}
    refused = [refusal for run_id in run_ids if (refusal := tried[run_id]) is not None]
    return RunsChanged([run_id for run_id in run_ids if tried[run_id] is None], refused, token)


def _refusal(change: Callable[[str], None], run_id: str) -> RunRefusal | None:
    try:
        change(run_id)
    except REFUSALS as problem:
        return RunRefusal(run_id, problem.error_code, str(problem))
    return None


def _chosen(tx: Tx, op: Batch, view_type: str) -> tuple[Sequence[str], str | None]:
    if op.run_ids:
        return list(dict.fromkeys(op.run_ids)), None
    question = read_question(tx, op.experiment_ids, op.filter, [], view_type)
    if question is None:
        return [], None
    rows, token = find_runs(tx, question, limit=op.max_runs, token=op.page_token)
    return [row[1] for row in rows], token
