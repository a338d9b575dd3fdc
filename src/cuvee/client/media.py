"""Figures, images and tables as files; each library is imported where it is used."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cuvee.errors import InvalidParameter

if TYPE_CHECKING:
    import pandas as pd

IMAGE_KEY = re.compile(r"[A-Za-z0-9_\-./ ]+")


def write_figure(figure: Any, target: Path, options: Mapping[str, Any] | None) -> None:
    """Write a matplotlib figure, or one with ``write_html`` and ``write_image`` as plotly has.

    Raises:
        InvalidParameter: the object cannot be written as a figure.
    """
    options = dict(options or {})
    if hasattr(figure, "savefig"):
        figure.savefig(target, **options)
    elif hasattr(figure, "write_html") and target.suffix.lower() in (".html", ".htm"):
        figure.write_html(str(target), **{"include_plotlyjs": "cdn", "auto_open": False, **options})
    elif hasattr(figure, "write_image"):
        figure.write_image(str(target), **options)
    else:
        raise InvalidParameter(
            f"{type(figure).__name__} is not a figure that can be saved as {target.name!r}: pass a "
            "matplotlib figure, or a plotly one and a file name that ends in .html or .png."
        )


def as_picture(image: Any) -> Any:
    """Return an image as PIL has it.

    Args:
        image: a PIL image, or an array of shape (height, width), (height, width, 1), (.., 3) RGB or
            (.., 4) RGBA: booleans, integers 0 to 255, or floats 0 to 1.

    Raises:
        InvalidParameter: shape or values are others.
    """
    if hasattr(image, "save") and hasattr(image, "resize"):
        return image
    if hasattr(image, "to_pil"):
        return image.to_pil()
    import numpy as np

    try:
        from PIL import Image
    except ImportError:
        raise InvalidParameter("Logging images needs Pillow: pip install pillow.") from None

    if not isinstance(image, np.ndarray):
        raise InvalidParameter(
            f"{type(image).__name__} is not an image: pass a numpy array or a PIL image."
        )
    if image.ndim == 3 and image.shape[2] == 1:
        image = image[:, :, 0]
    if not (image.ndim == 2 or (image.ndim == 3 and image.shape[2] in (3, 4))):
        raise InvalidParameter(
            f"An image has shape (height, width) or (height, width, 1, 3 or 4), not {image.shape}."
        )
    if image.size and not np.isfinite(image).all():
        raise InvalidParameter("The image holds NaN or infinity: replace them before logging it.")
    return Image.fromarray(_as_bytes(image))


def _as_bytes(image: Any) -> Any:
    """Return an array of booleans, integers 0 to 255 or floats 0 to 1 as unsigned bytes."""
    low, high = (image.min(), image.max()) if image.size else (0, 0)
    top = 255 if image.dtype.kind in "iu" else 1
    if low < 0 or high > top:
        raise InvalidParameter(
            f"The values of an image are integers from 0 to 255 or floats from 0 to 1, but these "
            f"go from {low:g} to {high:g}: rescale them."
        )
    return (image if top == 255 else (image * 255.0).round()).astype("uint8")


def thumbnail(picture: Any, longest: int = 256) -> Any:
    """Return a copy of a PIL image with at most ``longest`` pixels a side."""
    small = picture.copy()
    small.thumbnail((longest, longest))
    return small


def as_table(data: Any) -> pd.DataFrame:
    """Return a table as a DataFrame: one already, columns by name, or one row by name.

    Raises:
        InvalidParameter: it is something else.
    """
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        return data
    if not isinstance(data, dict):
        raise InvalidParameter(
            f"A table is a pandas DataFrame or a dictionary, not {type(data).__name__}."
        )
    if any(isinstance(v, (list, tuple)) or hasattr(v, "shape") for v in data.values()):
        columns: pd.DataFrame = pd.DataFrame(data)
        return columns
    row: pd.DataFrame = pd.DataFrame([data])
    return row


def check_table_name(artifact_file: str) -> None:
    """Refuse a table's file name that says nothing about its format."""
    if not artifact_file.endswith((".json", ".parquet")):
        raise InvalidParameter(
            f"A table is kept as .json or .parquet, but the file is called {artifact_file!r}."
        )


def write_table(table: pd.DataFrame, target: Path) -> None:
    """Write a table as Parquet, or as JSON of columns and rows."""
    if target.suffix == ".parquet":
        table.to_parquet(target, index=False)
    else:
        table.to_json(target, orient="split", index=False, date_format="iso")


def read_table(source: Path) -> pd.DataFrame:
    """Read what ``write_table`` wrote."""
    import pandas as pd

    read = pd.read_parquet if source.suffix == ".parquet" else _read_json
    table: pd.DataFrame = read(source)
    return table


def _read_json(source: Path) -> Any:
    import pandas as pd

    return pd.read_json(source, orient="split")


def write_dict(value: Any, target: Path) -> None:
    """Write JSON, or YAML when the file's name says so."""
    if target.suffix.lower() in (".yml", ".yaml"):
        import yaml

        target.write_text(
            yaml.safe_dump(value, default_flow_style=False, sort_keys=False, allow_unicode=True),
            encoding="utf-8",
        )
    else:
        target.write_text(json.dumps(value, indent=2, default=str), encoding="utf-8")
