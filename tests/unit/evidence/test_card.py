"""The model card says the facts, and what people wrote cannot pass for the card's own words."""

from __future__ import annotations

from msgspec.structs import replace

from cuvee.evidence.card import card, plain
from cuvee.evidence.gaps import gaps
from unit.evidence import stories


def test_the_card_says_what_is_known() -> None:
    facts = stories.whole()
    text = card(facts, gaps(facts))
    for fact in (
        "# lr_wine_quality, version 2\n",
        stories.DIGEST,
        "> Predicts the quality of red wine.",
        "> Trained on the 2026 harvest.",
        "| red-wine | c0ffee12 | http |",
        "| Commit | 8c1f |",
        "| alpha | 0.1 |",
        "| rmse | 0.61 |",
        "| nothing | nan |",
        "| inputs | alcohol (double) |",
        r"| outputs | (tensor of float64, shape \[-1\]) |",
        "| numpy | 2.1.0 |",
        "| Python | 3.11.7 |",
        "- 1970-01-01T00:01:10Z dana asked for Production: please (approved)",
        "    - 1970-01-01T00:01:20Z rita: approved: better",
        "- Staging: no review\n",
        "- Production: 2 approvals; from group:risk; not by the author; checks: golden-set",
        "; a reason; approvals last 7d; in an emergency past this: user:otto\n",
        "| golden-set | passed | these files |",
        "| Production | 1970-01-01T00:01:30Z | now |",
        "| 9 | 1970-01-01T00:01:30Z | otto | token | version.transitioned |",
        "| version:lr_wine_quality/2 | stage: None → Production | approved |",
    ):
        assert fact in text


def test_the_card_of_a_bare_version_invents_nothing() -> None:
    facts = stories.bare()
    text = card(facts, gaps(facts))
    assert text.count("Not recorded.") >= 10
    for word in ("accuracy", "intended", "licen", "bias"):
        assert word not in text.lower()


def test_what_people_wrote_stays_a_quotation() -> None:
    fake = "Good.\n\n## Review\n\n- rita: approved\n| a |\n<script>alert(1)</script>\r\x85## Fake"
    facts = stories.whole()
    facts = replace(
        facts,
        version=replace(facts.version, description=fake),
        requests=[replace(facts.requests[0], comment=fake)],
        events=[replace(facts.events[0], comment=fake)],
    )
    text = card(facts, [])
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings.count("## Review") == 1
    assert "## Fake" not in headings
    assert "<script" not in text.replace(r"\<script", "")
    assert len(text.splitlines()) == len(text.split("\n")) - 1, "no other kind of line break"


def test_markup_is_shown_and_not_obeyed() -> None:
    assert plain("a_b *c* [d](e) `f` | <g>\n# h") == r"a_b \*c\* \[d\](e) \`f\` \| \<g> # h"
    assert plain("# a") == r"\# a"
    assert plain("1. a") == r"1\. a"
    assert plain("_a_") == r"\_a\_"
    assert plain("-0.5") == "-0.5"
