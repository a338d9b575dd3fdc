"""Whether less or more of a metric is better, as far as its name tells."""

from __future__ import annotations

import re

GOAL_TAG = "cuvee.goal."
"""Before a metric's key: the experiment's tag that says ``minimize`` or ``maximize``."""

LESS = frozenset(
    {
        *("loss", "error", "err", "errors", "rmse", "mse", "mae", "mape", "smape", "rmsle", "msle"),
        *("logloss", "nll", "perplexity", "ppl", "wer", "cer", "fid", "brier", "ece", "deviance"),
        *("divergence", "regret", "latency", "duration", "seconds", "time", "aic", "bic"),
    }
)


def is_minimized(key: str) -> bool:
    """Say whether a metric of this name is better when it is less.

    One of the words of the name decides: ``val_loss``, ``valLoss`` and ``loss/val`` are losses.
    """
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", key)
    return any(word.lower() in LESS for word in words)
