"""Versions whose predictions are asked for; asking itself is a server's business."""

from __future__ import annotations

from cuvee.api.scoring import GetScoring, Score, ScoreVersion, Scoring
from cuvee.store.tx import Tx
from cuvee.store.versions import find_version

NO_SERVER = (
    "Models are asked through a server, and this store is used without one: start 'cuvee server' "
    "with --scoring-url, or load the model and call predict."
)


def get_scoring(tx: Tx, op: GetScoring) -> Scoring:
    find_version(tx, op.name, op.version)
    return Scoring()


def score_version(tx: Tx, op: ScoreVersion) -> Score:
    find_version(tx, op.name, op.version)
    return Score(problem=NO_SERVER)
