"""Tables, fields and values as they are printed."""

from __future__ import annotations

import math

import pytest

from cuvee.api.metrics import Metric
from cuvee.cli.output import duration, moment, pairs, print_json, print_table, printable

ID = "0123456789abcdef" * 2


def test_ids_are_never_cut(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("RUN ID", "NAME"), [(ID, "x" * 300)], wrap=("NAME",))

    assert ID in capsys.readouterr().out


def test_ids_stay_whole_on_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "dumb")
    print_table(("RUN ID", "NAME"), [(ID, "a long name " * 10)], wrap=("NAME",))
    out = capsys.readouterr().out

    assert ID in out
    assert "…" not in out
    assert out.count("name") == 10


def test_an_empty_table_has_its_headings(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("ID", "NAME"), [], wrap=("NAME",))

    assert "NAME" in capsys.readouterr().out


def test_what_others_have_named_cannot_steer_the_terminal() -> None:
    assert printable("a\x1b[31mb\nc\u202ed") == "a [31mb c d"


def test_markup_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("NAME",), [("[red]wine[/]",)], wrap=())

    assert "[red]wine[/]" in capsys.readouterr().out


def test_json_spells_what_json_has_no_number_for(capsys: pytest.CaptureFixture[str]) -> None:
    print_json([Metric(key="a", value=math.nan, timestamp=1)])

    assert '"value": "NaN"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (None, 5, ""),
        (1000, None, ""),
        (1000, 500, ""),
        (1000, 2500, "1.5 s"),
        (1000, 126_000, "2 min 05 s"),
        (1, 2 * 3_600_000 + 60_001, "2 h 1 min"),
    ],
)
def test_durations_read_well(start: int | None, end: int | None, said: str) -> None:
    assert duration(start, end) == said


def test_moments_beyond_the_calendar_are_numbers() -> None:
    assert moment(2**62) == str(2**62)
    assert moment(None) == ""
    assert len(moment(1_700_000_000_000)) == len("2023-11-14 22:13:20")


def test_pairs_say_how_many_they_leave_out() -> None:
    assert pairs({"b": 2.0, "a": 1 / 3, "c": "x"}, 2) == "a=0.333333  b=2  +1 more"
