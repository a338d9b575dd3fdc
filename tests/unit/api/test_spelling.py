"""Names that look alike are one name; what cannot be seen is in none."""

from __future__ import annotations

import pytest

from cuvee.api.groups import check_group_name
from cuvee.api.names import check_folder, check_model_name
from cuvee.api.spelling import alike
from cuvee.api.users import check_username
from cuvee.errors import InvalidParameter

PEOPLE = ["ann", "ann.lee+ml@example.com", "O'Hara", "Jürgen Groß", "Łukasz", "svc-build_2", "a&b"]
NOT_PEOPLE = {
    "Cyrillic a": "\u0430nn",
    "Greek o": "b\u03bfb",
    "full width": "\uff41nn",
    "no dot": "l\u0131sa",
    "accent of its own": "re\u0301ne",
    "zero width": "an\u200bn",
    "joiner": "an\u200dn",
    "right to left": "\u202enna",
    "filler": "ann\u3164",
    "soft hyphen": "an\u00adn",
    "no-break space": "ann\u00a0lee",
    "line": "ann\nlee",
    "mathematical": "\U0001d5ba",
    "long s": "\u017fam",
}
UNSEEN = (
    *(0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x202A, 0x202E, 0x2066, 0x2069),
    *(0xAD, 0x0, 0x1B, 0x7F, 0x2028, 0x3164),
)
MODELS = [
    *("wine", "Wein für 2026", "ワイン", "vin 🍷", "модель", "दिल", "name with  spaces", "a.b-c_d"),
    *("👩\u200d💻", "❤\ufe0f\u200d🔥", "☀\ufe0f"),
]


@pytest.mark.parametrize("check", [check_username, check_group_name])
def test_names_of_people_are_of_letters_that_everyone_can_tell_apart(check: object) -> None:
    assert callable(check)
    for name in PEOPLE:
        check(name)
    for name in NOT_PEOPLE.values():
        with pytest.raises(InvalidParameter, match="Latin letters"):
            check(name)


def test_models_have_names_of_any_script_in_which_all_is_seen() -> None:
    for name in MODELS:
        check_model_name(name)
        check_folder(name)
    for code in UNSEEN:
        char = chr(code)
        for name in (f"wi{char}ne", f"wine{char}", f"{char}wine"):
            for check in (check_model_name, check_folder):
                with pytest.raises(InvalidParameter):
                    check(name)


def test_what_looks_alike_is_found_alike() -> None:
    for one, other in (
        ("Alice", "AIice"),
        ("user1", "userl"),
        ("b0b", "Bob"),
        ("amold", "arnold"),
        ("ILL", "ill"),
    ):
        assert alike(one, other)
        assert alike(other, one)
    names = [*PEOPLE, "bob", "anne", "bot2", "bot3"]
    assert not any(alike(a, b) for a in names for b in names if a is not b)
