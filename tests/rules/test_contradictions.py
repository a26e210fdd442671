"""The rules of contradictions that look at lines and at words: what each finds, and what it lets pass."""

from __future__ import annotations

import pytest

from portal.rules.cases import CLAIM, FIGURE, SCALE, UNIT, Found, Side, amount, span, spoken, tallies
from portal.rules.contradictions import (
    APART,
    Told,
    Verdict,
    compare,
    cover_of,
    cover_told,
    goes_against,
    says_otherwise,
    stands_alone,
)
from portal.rules.directions import slope, stated_figures, told_direction, told_there, yes_or_no
from portal.rules.lines import Line, apart


def line(source: str, values: dict[str, str], *, area: str = "XAA", unit: str = "percent", **more: object) -> Line:
    told = Told("NUA-14", "XAA", area, source, "", "", unit, *next(iter(values.items())))._replace(**more)
    name = f"{source}|{area}|{told.cover}|{unit}"
    return Line(told, name, "b", source, tuple((year, value, "1") for year, value in values.items()))


def found(*lines: Line) -> list[tuple[str, str, str, list[str], int]]:
    return [
        (one.rule, one.one.name, one.other.name, [year[0] for year in one.years], one.power) for one in apart(lines)
    ]


OWN = "national:XAA"


def test_one_case_for_all_the_years_that_differ() -> None:
    own = line(OWN, {"2018": "10", "2019": "20", "2020": "30"}, own=True)
    other = line("un_sdg", {"2018": "10", "2019": "12", "2020": "14"})
    assert found(other, own) == [(FIGURE, own.name, other.name, ["2019", "2020"], 0)]


def test_a_power_of_ten_in_most_years_is_a_slip() -> None:
    own = line(OWN, {"2018": "0.10", "2019": "0.20", "2020": "9"}, own=True)
    other = line("un_sdg", {"2018": "10.4", "2019": "20.8", "2020": "31"})
    assert found(own, other) == [(SCALE, own.name, other.name, ["2018", "2019", "2020"], -2)]


def test_two_told_definitions_are_never_set_against_each_other() -> None:
    old = line("un_sdg", {"2020": "5"}, definition="unemployment_13th")
    new = line("un_habitat", {"2020": "9"}, definition="unemployment_19th")
    assert found(old, new) == []
    assert compare(old.told, new.told) == Verdict(APART, "definition")


def test_one_line_of_the_other_that_agrees_is_enough() -> None:
    own = line(OWN, {"2020": "30"}, own=True)
    city = line("un_sdg", {"2020": "30.4"}, cover="location: city", stands=True)
    urban = line("un_sdg", {"2020": "44"}, cover="location: urban", stands=True)
    assert found(own, city, urban) == []


def test_of_several_lines_the_nearest_is_set_against() -> None:
    own = line(OWN, {"2020": "30"}, own=True, cover="location: urban", stands=False)
    city = line("un_sdg", {"2020": "50"}, cover="location: city", stands=True)
    urban = line("un_sdg", {"2020": "44"}, cover="location: urban", stands=True)
    assert found(own, city, urban) == [(FIGURE, own.name, urban.name, ["2020"], 0)]


def test_another_unit_is_one_case_for_all_places_of_a_series() -> None:
    places = [
        line(OWN, {"2020": "0.02"}, area=f"XAA/{n}", unit="mg/m3", own=True, indicator="NUA-21") for n in range(5)
    ]
    other = line("un_sdg", {"2019": "41"}, unit="mgr_m_3", indicator="NUA-21")
    assert [one[0] for one in found(*places, other)] == [UNIT]


def test_where_another_series_of_the_teller_can_be_compared_the_unit_is_no_matter() -> None:
    own = line(OWN, {"2020": "100000"}, unit="persons", own=True)
    share = line("un_habitat", {"2020": "10"})
    people = line("un_habitat", {"2020": "101"}, unit="thousands", main=False)
    assert found(own, share, people) == []
    assert [one[0] for one in found(own, share)] == [UNIT]


def test_a_pair_has_one_name_whichever_rule_of_the_family_finds_it() -> None:
    def key(rule: str, pair: tuple[str, str], cycle: str = "2026") -> str:
        return Found(rule, pair, "XAA", "NUA-14", "1.1", "2020", (Side("answer", "", "a", ""),), "").key(cycle)

    assert key(FIGURE, ("one", "other")) == key(SCALE, ("other", "one")) == key(UNIT, ("one", "other"))
    assert (
        len({key(FIGURE, ("one", "other")), key(CLAIM, ("one", "other")), key(FIGURE, ("one", "other"), "2030")}) == 3
    )


@pytest.mark.parametrize(
    ("points", "direction"),
    [
        ([(2015, 10), (2016, 11), (2017, 12), (2018, 13)], "up"),
        ([(2015, 10), (2016, 9), (2017, 9.5), (2018, 7), (2019, 6)], "down"),
        ([(2015, 10), (2016, 11), (2017, 12)], ""),
        ([(2015, 10), (2016, 14), (2017, 9), (2018, 13)], ""),
        ([(2015, 100), (2016, 100.5), (2017, 101), (2018, 101.5)], ""),
        ([(2015, 10), (2016, 11), (2017, 60), (2018, 13), (2019, 14)], "up"),
        ([], ""),
    ],
)
def test_the_slope_that_is_plain(points: list[tuple[int, float]], direction: str) -> None:
    assert slope(points)[1] == direction


def test_a_slope_is_per_year_and_bears_an_outlier() -> None:
    assert slope([(2010, 10.0), (2012, 14.0), (2014, 18.0), (2016, 90.0), (2018, 26.0)])[0] == 2.0


def test_only_the_opposite_of_a_plain_slope_goes_against_words() -> None:
    rising = [(2015, 10.0), (2016, 11.0), (2017, 12.0), (2018, 13.0)]
    assert [goes_against(word, rising) for word in ("up", "down", "")] == [False, True, False]
    assert goes_against("down", rising[:3]) is False


@pytest.mark.parametrize(
    ("language", "indicator", "better", "sentence", "direction"),
    [
        ("en", "NUA-14", "down", "The share of people in slums fell from 12 to 9 percent.", "down"),
        ("en", "NUA-05", "up", "Access to safe drinking water has improved.", "up"),
        ("en", "NUA-21", "down", "Air pollution worsened in the larger cities.", "up"),
        ("en", "NUA-14", "down", "The slum upgrading budget increased.", ""),
        ("en", "NUA-21", "down", "PM2.5 levels did not rise.", ""),
        ("en", "NUA-14", "down", "Slums grew at first and then declined.", ""),
        ("en", "NUA-14", "down", "We aim to reduce the share of slums.", ""),
        ("en", "NUA-14", "down", "Poverty fell.", ""),
        ("fr", "NUA-14", "down", "La population des bidonvilles a augmenté de 5 %.", "up"),
        ("fr", "NUA-10", "down", "Le chômage n'a pas diminué.", ""),
        ("es", "NUA-01", "down", "La pobreza disminuyó en las ciudades.", "down"),
        ("es", "NUA-15", "up", "El acceso al transporte público empeoró.", "down"),
        ("ru", "NUA-14", "down", "Доля населения трущоб снизилась.", "down"),
        ("ru", "NUA-10", "down", "Уровень безработицы не вырос.", ""),
        ("ar", "NUA-01", "down", "انخفضت نسبة الفقر في المدن.", "down"),
        ("ar", "NUA-10", "down", "وارتفع معدل البطالة.", "up"),
        ("zh", "NUA-14", "down", "居住在贫民窟的人口比例下降了。", "down"),
        ("zh", "NUA-10", "down", "失业率没有上升。", ""),
    ],
)
def test_what_a_sentence_tells(language: str, indicator: str, better: str, sentence: str, direction: str) -> None:
    assert told_direction(sentence, language, indicator, better) == direction


@pytest.mark.parametrize(
    ("language", "sentence", "there"),
    [
        ("en", "There is no national urban policy.", False),
        ("en", "A national urban policy was adopted in 2019.", True),
        ("en", "The national urban policy is discussed.", None),
        ("en", "Housing is not affordable.", None),
        ("fr", "Il n'existe pas de politique urbaine nationale.", False),
        ("es", "La política urbana nacional fue aprobada.", True),
        ("ru", "Национальная городская политика не принята.", False),
        ("ar", "لا توجد سياسة حضرية وطنية.", False),
        ("zh", "该国没有国家城市政策。", False),
    ],
)
def test_what_is_there(language: str, sentence: str, there: bool | None) -> None:
    assert told_there(sentence, language, "NUA-56") is there


def test_yes_against_no() -> None:
    said = ["Yes, since 2019", "no", "Oui", "НЕТ", "نعم", "否", "in part", ""]
    assert [yes_or_no(one) for one in said] == [True, False, True, False, True, False, None, None]
    assert [says_otherwise(True, other) for other in (True, False, None)] == [False, True, False]


def test_the_figures_that_a_sentence_states() -> None:
    sentence = "In 2021 it reached 12,500 households and 45% of cities, 37 per cent of towns and 15 plans."
    assert stated_figures(sentence) == ["12,500", "45%", "37%"]


def test_a_claim_stands_alone_where_nobody_else_speaks() -> None:
    text = "Much was done. The scheme reached 12,500 households. More follows."
    assert stands_alone(text, 0) == ["The scheme reached 12,500 households."]
    assert stands_alone(text, 1) == []
    assert stands_alone("Much was done.", 0) == []


def test_groups_of_two_tellers() -> None:
    assert cover_of('{"sex":"female","age":"allage"}') == cover_told(" Women ") == "sex: female"
    assert cover_of('{"location":"allarea"}') == cover_told("both sexes") == ""
    assert cover_told("Hazard: flood") == "hazard: flood"


def test_words_for_people() -> None:
    assert (amount("982.0382595365044", "thousands"), amount("0.041", "MG_CUB_METER")) == (
        "982 thousands",
        "0.041 mg/m³",
    )
    assert (amount("12345678", "persons"), amount("about half", "percent")) == (
        "12345678 persons",
        "about half percent",
    )
    assert (spoken(["2020"]), spoken(["2020", "2019"])) == ("2020", "2019 and 2020")
    assert (spoken(["2018", "2019", "2020"]), span(["2018", "2020"])) == ("2018 to 2020 (3 years)", "2018–2020")


def test_a_rule_without_a_decided_case_has_no_rightness() -> None:
    counted = [
        (FIGURE, None, False, 4),
        (FIGURE, None, True, 1),
        (FIGURE, "unresolved", False, 2),
        (SCALE, "corrected", False, 3),
    ]
    told = {one.rule: (one.raised, one.settled, one.gone, one.right) for one in tallies(counted)}
    assert (told[FIGURE], told[SCALE], told[UNIT]) == ((7, 2, 1, None), (3, 3, 0, 1.0), (0, 0, 0, None))
