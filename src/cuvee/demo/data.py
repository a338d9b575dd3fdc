"""The data of the wine story: a CSV file of the user's, or a sample made here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cuvee.errors import InvalidParameter

if TYPE_CHECKING:
    import pandas as pd

TARGET = "quality"
COLUMNS = (
    "fixed acidity",
    "volatile acidity",
    "citric acid",
    "residual sugar",
    "chlorides",
    "free sulfur dioxide",
    "total sulfur dioxide",
    "density",
    "pH",
    "sulphates",
    "alcohol",
    TARGET,
)
"""Measurements (g/dm³; SO2 in mg/dm³, density in g/cm³, alcohol in % vol.) and tasters' marks."""


def read_wines(path: Path) -> pd.DataFrame:
    """Read a wine-quality CSV, separated by commas or semicolons.

    Args:
        path: the file; its header must name all of ``COLUMNS``.

    Returns:
        One row per wine, ``COLUMNS`` as floats.

    Raises:
        InvalidParameter: the file is not there or does not hold these columns as numbers.
    """
    import pandas as pd

    try:
        with path.open(encoding="utf-8-sig") as lines:
            separator = ";" if ";" in lines.readline() else ","
        wines = pd.read_csv(path, sep=separator, encoding="utf-8-sig")
    except (OSError, ValueError) as problem:
        raise InvalidParameter(f"The data file {path} cannot be read: {problem}") from None
    missing = [name for name in COLUMNS if name not in wines.columns]
    if missing:
        raise InvalidParameter(
            f"The data file {path} has no column {', '.join(map(repr, missing))}: "
            "give a wine-quality CSV whose first line names its columns."
        )
    try:
        table: pd.DataFrame = wines.loc[:, list(COLUMNS)].astype(float)
    except ValueError as problem:
        raise InvalidParameter(
            f"The data file {path} holds a value that is no number: {problem}"
        ) from None
    if len(table) < 50 or table.isna().to_numpy().any():
        raise InvalidParameter(
            f"The data file {path} must hold at least 50 wines and a value in every column."
        )
    return table


def make_wines(rows: int = 1599) -> pd.DataFrame:
    """Make a sample that looks like red wines; the same at every call.

    Ranges and correlations are those one finds in red wines, quality rises with alcohol and
    sulphates and falls with volatile acidity, chlorides, SO2 and pH; each value is random.

    Args:
        rows: number of wines.

    Returns:
        One row per wine, ``COLUMNS`` as floats.
    """
    import numpy as np
    import pandas as pd

    draw = np.random.default_rng(2009)

    def skewed(median: float, spread: float) -> Any:
        return median * np.exp(draw.normal(0.0, spread, rows))

    fixed = np.clip(skewed(8.1, 0.19), 4.6, 15.9)
    alcohol = np.clip(8.4 + draw.gamma(3.2, 0.62, rows), 8.4, 14.9)
    volatile = np.clip(skewed(0.52, 0.31) - 0.03 * (alcohol - 10.4), 0.12, 1.58)
    sugar = np.clip(skewed(2.25, 0.33), 0.9, 15.5)
    free = np.clip(skewed(13.5, 0.6), 1.0, 72.0).round()
    ph = 3.31 - 0.06 * (fixed - 8.3)
    wines = {
        "fixed acidity": fixed.round(1),
        "volatile acidity": volatile.round(3),
        "citric acid": np.clip(
            0.27 + 0.07 * (fixed - 8.3) - 0.4 * (volatile - 0.53) + draw.normal(0, 0.12, rows), 0, 1
        ).round(2),
        "residual sugar": sugar.round(1),
        "chlorides": np.clip(skewed(0.08, 0.3), 0.012, 0.61).round(3),
        "free sulfur dioxide": free,
        "total sulfur dioxide": np.clip(free * skewed(2.7, 0.35), 6.0, 289.0).round(),
        "density": (
            0.9967
            + 0.0006 * (fixed - 8.3)
            + 0.0004 * (sugar - 2.5)
            - 0.0009 * (alcohol - 10.4)
            + draw.normal(0, 0.0005, rows)
        ).round(5),
        "pH": np.clip(ph + draw.normal(0, 0.11, rows), 2.74, 4.01).round(2),
        "sulphates": np.clip(skewed(0.63, 0.21), 0.33, 2.0).round(2),
        "alcohol": alcohol.round(1),
    }
    taste = (
        5.64
        + 0.29 * (wines["alcohol"] - 10.4)
        - 1.04 * (wines["volatile acidity"] - 0.53)
        + 0.89 * (wines["sulphates"] - 0.66)
        - 2.0 * (wines["chlorides"] - 0.087)
        - 0.0024 * (wines["total sulfur dioxide"] - 46)
        - 1.0 * (wines["pH"] - 3.31)
        + draw.normal(0, 0.6, rows)
    )
    wines[TARGET] = np.clip(taste.round(), 3, 8)
    sample: pd.DataFrame = pd.DataFrame(wines, columns=list(COLUMNS), dtype=float)
    return sample
