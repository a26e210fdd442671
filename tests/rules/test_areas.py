"""Which area a code or a name means, and of what kind: as tables."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from portal.rules.areas import (
    KINDS,
    NAME_NOT_GIVEN,
    EntityFact,
    Gazetteer,
    Place,
    UnknownArea,
    area_table,
    name_table,
    simplified,
)
from portal.rules.naming import is_named
from portal.rules.shipped import entities


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(EntityFact(row["iso3"], row["iso2"], row["m49"], row["names"]) for row in entities())


@pytest.mark.parametrize(
    ("place", "key", "kind", "entity"),
    [
        (Place("m49", "4"), "AFG", "country", "AFG"),
        (Place("m49", "004"), "AFG", "country", "AFG"),
        (Place("m49", "275"), "PSE", "country", "PSE"),
        (Place("m49", "1"), "M49:1", "aggregate", None),
        (Place("m49", "199"), "M49:199", "aggregate", None),
        (Place("m49", "722"), "M49:722", "aggregate", None),
        (Place("m49", "202"), "M49:202", "region", None),
        (Place("m49", "62"), "M49:62", "region", None),
        (Place("m49", "98100"), "M49:98100", "region", None),
        (Place("m49", "533"), "ABW", "territory", None),
        (Place("m49", "158"), "M49:158", "territory", None),
        (Place("m49", "412"), "M49:412", "territory", None),
        (Place("m49", "827"), "M49:827", "subnational", "GBR"),
        (Place("world_bank", "ABW"), "ABW", "territory", None),
        (Place("world_bank", "XKX"), "M49:412", "territory", None),
        (Place("world_bank", "CHI"), "M49:830", "territory", None),
        (Place("world_bank", "KAZ"), "KAZ", "country", "KAZ"),
        (Place("world_bank", "AFE"), "WB:AFE", "region", None),
        (Place("world_bank", "WLD"), "WB:WLD", "aggregate", None),
        (Place("world_bank", "ECA"), "WB:ECA", "aggregate", None),
        (Place("name", "Tanzania"), "TZA", "country", "TZA"),
        (Place("name", "Cote d'Ivoire"), "CIV", "country", "CIV"),
        (Place("name", "Niger"), "NER", "country", "NER"),
        (Place("name", "World"), "M49:1", "aggregate", None),
        (Place("name", "Puerto Rico"), "PRI", "territory", None),
        (Place("city", "ae_dubayy", within="m49:784"), "CITY:ae_dubayy", "city", "ARE"),
        (Place("city", "AE_DUBAYY", "Dubayy", "m49:784"), "CITY:ae_dubayy", "city", "ARE"),
        (Place("city", "nociti", within="m49:634"), "QAT", "country", "QAT"),
        (Place("city", "NOCITI_QATAR", "National", "m49:634"), "QAT", "country", "QAT"),
        (Place("city", "KG_REGION_BATKEN ", "Batken oblast", "m49:417"), "CITY:kg_region_batken", "subnational", "KGZ"),
        (Place("city", "DE_BAVARIA", "Bavaria", "m49:276"), "CITY:de_bavaria", "subnational", "DEU"),
        (Place("city", "PR_SAN_JUAN", "San Juan", "m49:630"), "CITY:pr_san_juan", "city", None),
        (Place("city_name", "Accra", "", "name:Ghana"), "CITY:GHA/Accra", "city", "GHA"),
        (Place("city_name", "Juárez", "Monterrey", "name:Mexico"), "CITY:MEX/Monterrey/Juárez", "city", "MEX"),
        (Place("local", "KZAKM", within="iso2:KZ"), "KAZ/KZAKM", "subnational", "KAZ"),
        (Place("local", "KZALA", within="iso2:KZ"), "KAZ/KZALA", "city", "KAZ"),
        (Place("local", "KZAKY", within="iso3:KAZ"), "KAZ/KZAKY", "city", "KAZ"),
        (Place("local", "KZLIS", within="iso2:KZ"), "KAZ/KZLIS", "subnational", "KAZ"),
    ],
)
def test_an_area_is_told(gazetteer: Gazetteer, place: Place, key: str, kind: str, entity: str | None) -> None:
    found = gazetteer.find(place)
    assert (found.key, found.kind, found.entity) == (key, kind, entity)


@pytest.mark.parametrize(
    "place",
    [
        Place("m49", "99051"),
        Place("m49", ""),
        Place("world_bank", "QQQ"),
        Place("name", "Atlantis"),
        Place("city", "xx_somewhere", within="m49:99051"),
        Place("local", "UZTAS", within="iso2:KZ"),
    ],
)
def test_what_no_table_tells_is_not_guessed(gazetteer: Gazetteer, place: Place) -> None:
    with pytest.raises(UnknownArea):
        gazetteer.find(place)


def test_a_city_code_without_a_name_keeps_the_code_and_says_so(gazetteer: Gazetteer) -> None:
    found = gazetteer.find(Place("city", "zw_harare", within="m49:716"))
    assert (found.name, dict(found.names), found.note) == ("zw_harare", {}, NAME_NOT_GIVEN)


def test_a_city_with_a_name_has_it_without_blanks(gazetteer: Gazetteer) -> None:
    found = gazetteer.find(Place("city", "KG_REGION_DJALAL_ABAD   ", "Djalal-Abad oblast  ", "m49:417"))
    assert (found.key, found.name, found.note) == ("CITY:kg_region_djalal_abad", "Djalal-Abad oblast", "")


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Niger (the)", "niger"),
        ("State of Palestine (the) *", "state of palestine"),
        ("Côte d\u2019Ivoire", "côte d'ivoire"),
        ("  United\u00a0States ", "united states"),
    ],
)
def test_names_are_compared_without_articles_and_blanks(name: str, plain: str) -> None:
    assert simplified(name) == plain


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("the Republic of Kazakhstan", "KAZ"),
        ("la République du Kazakhstan", "KAZ"),
        ("la República de Kazajstán", "KAZ"),
        ("Республика Казахстан", "KAZ"),
        ("哈萨克斯坦共和国", "KAZ"),
        ("جمهورية كازاخستان", "KAZ"),
        ("The Gambia", "GMB"),
        ("las Islas Cook", "COK"),
        ("l\u2019État plurinational de Bolivie", "BOL"),
    ],
)
def test_a_state_is_found_by_its_formal_name_and_behind_an_article(gazetteer: Gazetteer, name: str, key: str) -> None:
    assert gazetteer.find(Place("name", name)).key == key


def test_every_state_of_the_lists_of_the_united_nations_is_found(gazetteer: Gazetteer, shared_data: Path) -> None:
    """By its formal name and by its short one, in each of the six languages."""
    with (shared_data / "countries" / "country-codes.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    languages = ("Arabic", "Chinese", "English", "French", "Russian", "Spanish")
    heads = [f"UNTERM {language} {form}" for language in languages for form in ("Formal", "Short")]
    told = [(row["ISO3166-1-Alpha-3"], row[head]) for row in rows for head in heads if row[head]]
    assert [(key, name) for key, name in told if gazetteer.find(Place("name", name)).key != key] == []
    assert len(told) == 195 * 12


def test_every_row_of_the_table_has_a_known_kind_a_name_and_a_key_of_its_own() -> None:
    facts = [fact for fact, _codes in area_table()]
    assert {fact.kind for fact in facts} == set(KINDS) - {"country"}
    assert [fact.key for fact in facts if not fact.name] == []
    assert len({fact.key for fact in facts}) == len(facts)


def test_every_other_name_leads_to_an_area(gazetteer: Gazetteer) -> None:
    assert {name: gazetteer.find(Place("name", name)).key for name in name_table()} == dict(name_table())


@pytest.mark.parametrize(
    ("text", "language", "states"),
    [
        ("В городах Казахстана и с Узбекистаном", "ru", ["KAZ", "UZB"]),
        ("в Кении, Индии и Корее", "ru", ["IND", "KEN"]),
        ("Российской Федерации и Республики Корея", "ru", ["KOR", "RUS"]),
        ("на Филиппинах и Мальдивских Островах", "ru", ["MDV", "PHL"]),
        ("в Объединенных Арабских Эмиратах и Государстве Палестина", "ru", ["ARE", "PSE"]),
        ("Китая, Израиля, Кубой, Ирака, Иране", "ru", ["CHN", "CUB", "IRN", "IRQ", "ISR"]),
        ("НИГЕРА И НИГЕРИИ", "ru", ["NER", "NGA"]),
        ("Того же года доля выросла. Того требует закон: Того и ждали.", "ru", []),
        ("КРОМЕ ТОГО, ДОЛЯ ВЫРОСЛА", "ru", []),
        ("- Того мало", "ru", []),
        ("В Того доля выросла.", "ru", ["TGO"]),
        ("Того же года. Доля выросла в Того.", "ru", ["TGO"]),
        ("Республика Того приняла закон.", "ru", ["TGO"]),
        ("Того, или Тоголезская Республика, приняло закон.", "ru", ["TGO"]),
        ("Того: в городе Ломе строят жилье.", "ru", ["TGO"]),
        ("Перу приняло закон.", "ru", ["PER"]),
        ("Данные стран, кроме того, о мали, кубе воды. Чехи и малые города.", "ru", []),
        ("In Bolivia and CHAD, not the mali of chad", "en", ["BOL", "TCD"]),
        ("Les villes du Niger", "fr", ["NER"]),
        ("Nigerians", "en", []),
        ("在肯尼亚城市", "zh", ["KEN"]),
        ("", "ru", []),
    ],
)
def test_a_state_is_named_in_the_cases_of_russian_and_by_a_large_letter(
    text: str, language: str, states: list[str]
) -> None:
    assert sorted(one["iso3"] for one in entities() if is_named(text, one["names"].values(), language)) == states
