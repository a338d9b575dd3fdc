"""Whether less or more of a metric is better."""

from __future__ import annotations

import pytest

from cuvee.rules.goals import is_minimized


@pytest.mark.parametrize(
    "key", ["loss", "val_loss", "valLoss", "loss/train", "RMSE", "eval.mae", "TestError"]
)
def test_less_of_losses_and_errors_is_better(key: str) -> None:
    assert is_minimized(key)


@pytest.mark.parametrize("key", ["accuracy", "auc", "f1", "glossary", "terror_score", "x", "é", ""])
def test_more_of_everything_else_is_better(key: str) -> None:
    assert not is_minimized(key)
