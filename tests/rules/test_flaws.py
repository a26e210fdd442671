"""What is told of a text that came out of another file, and what is left alone."""

from __future__ import annotations

import pytest

from portal.rules.flaws import APART, BROKEN, DIGITS, ONE_BROKEN, flaws, word_counts

ARABIC, PERSIAN = ((sentence, dict[str, str]()) for sentence in DIGITS.values())


@pytest.mark.parametrize(
    ("text", "elsewhere", "told"),
    [
        ("Urban develop-\nment.", "", [(ONE_BROKEN, {})]),
        ("Urban develop-\nment and set\u00ad\ntlements.", "", [(BROKEN, {"count": "2"})]),
        ("In ٢٠٢٢ and ۲۰۲۳.", "", [ARABIC, PERSIAN]),
        ("The u r b a n plan", "", [(APART, {"words": "“u r b a n”"})]),
        ("П л а н города", "", [(APART, {"words": "“П л а н”"})]),
        ("human settleme nts", "Settlements grow.", [(APART, {"words": "“settleme nts”"})]),
        ("the New Ur ban Agenda", "urban", [(APART, {"words": "“Ur ban”"})]),
        ("Plan-\nning of ٣ settleme nts", "settlements", [
            (ONE_BROKEN, {}), ARABIC, (APART, {"words": "“settleme nts”"})]),
        ("b ad c ad d ad f ad g ad h ad", "bad cad dad fad gad had", []),
        ("bar n car t dar k far m har p tar s", "barn cart dark farm harp tars", [
            (APART, {"words": "“bar n”, “car t”, “dar k”, “far m”, “har p” …"})]),
        ("Grades a b c d e", "", []),
        ("Options A B C D", "", []),
        ("an other city, another town, an apple, other trees", "", []),
        ("road side", "roadside", []),
        ("human settleme nts", "", []),
        ("الأحياء أ ب ج د", "", []),
        ("住 房 城 市", "", []),
        ("Built in 2022, people-centred.", "", []),
        ("", "", []),
    ],
)  # fmt: skip
def test_what_is_said_of_a_text(text: str, elsewhere: str, told: list[tuple[str, dict[str, str]]]) -> None:
    assert flaws(text, word_counts([text, elsewhere])) == told
