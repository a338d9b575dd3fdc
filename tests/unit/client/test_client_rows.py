"""Rows that come below those that a table has."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from cuvee.client.media import read_table, write_table
from cuvee.client.rows import stack, with_table
from cuvee.errors import InvalidParameter


@pytest.mark.parametrize("name", ["t.json", "t.parquet"])
def test_two_tables_become_one(tmp_path: Path, name: str) -> None:
    suffix = Path(name).suffix
    above, below, whole = (tmp_path / f"{part}{suffix}" for part in ("above", "below", "whole"))
    write_table(pd.DataFrame({"a": [1, 2], "b": ["x", None]}), above)
    write_table(pd.DataFrame({"b": ["y"], "c": [0.5]}), below)

    stack(above, below, whole, name)
    found = read_table(whole)
    assert list(found) == ["a", "b", "c"]
    cells = [[None if pd.isna(cell) else cell for cell in found[name]] for name in found]
    assert cells == [[1, 2, None], ["x", None, "y"], [None, None, 0.5]]


def test_the_first_rows_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "above").write_bytes(b"")
    (tmp_path / "below").write_bytes(b'{"columns":["a"],"data":[[1]]}')
    stack(tmp_path / "above", tmp_path / "below", tmp_path / "whole", "t.json")
    assert (tmp_path / "whole").read_bytes() == (tmp_path / "below").read_bytes()


@pytest.mark.parametrize("text", [b"{", b"[]", b'{"columns":1}', b'{"columns":[],"data":[1]}'])
def test_what_is_no_table_takes_no_rows(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "above").write_bytes(text)
    (tmp_path / "below").write_bytes(b'{"columns":["a"],"data":[[1]]}')
    with pytest.raises(InvalidParameter, match="no table"):
        stack(tmp_path / "above", tmp_path / "below", tmp_path / "whole", "t.json")


def test_a_table_is_named_once() -> None:
    known = with_table("[]", "a.json")
    assert json.loads(known) == [{"path": "a.json", "type": "table"}]
    assert with_table(known, "a.json") == known
    assert len(json.loads(with_table(known, "b.json"))) == 2
