"""The real lists that hold no figures: each flaw that the folder's index tells of is named with count and place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal.adapters.storage import open_storage
from portal.config import Settings
from portal.rules.no_figures import Finding, NoFigures
from tests.portal.observing import ChannelB
from tests.portal.test_observations_real import WORLD_BANK

UNHEARD = "Names that the portal would not recognise in a file of figures"
STRANGE = "that the portal would not know in a file of figures"
BRACKETS, KEPT = "Names with other words in brackets, such as", "compared with these words"

LISTS = {
    "countries/UNSD-ar.csv": [
        "Rows read: 249.",
        "Rows that name an area the portal knows: 249 (country 195, territory 54).",
        f"Codes in “ISO-alpha2 Code” {STRANGE}: 54.",
        f"Codes in “ISO-alpha3 Code” {STRANGE}: 1.",
        f"{UNHEARD}, Arabic: 1.",
        f"{BRACKETS} “سانت مارتن (الجزء الفرنسي)”, {KEPT}: 9, recognised: 9.",
        "Names of groups that the portal would not recognise in a file of figures: 1.",
        "Further spellings of the name of a group beside the same code: 1.",
        "States marked LDC here: 45.",
        "States marked LLDC here: 32.",
        "States marked SIDS here: 37.",
    ],
    "countries/UNSD-cn.csv": [
        "Rows read: 249.",
        "Rows that name an area the portal knows: 249 (country 195, territory 54).",
        f"Codes in “ISO-alpha2 Code” {STRANGE}: 54.",
        f"Codes in “ISO-alpha3 Code” {STRANGE}: 1.",
        f"{UNHEARD}, Chinese: 1.",
        f"{BRACKETS} “圣马丁（法属）”, {KEPT}: 4, recognised: 4.",
        "States marked LDC here: 45.",
        "States marked LLDC here: 32.",
        "States marked SIDS here: 37.",
    ],
    "countries/UNSD-en.csv": [
        "The file begins with a mark of its encoding (byte order mark, UTF-8); it is no part of the first cell.",
        "Rows read: 249.",
        "Rows that name an area the portal knows: 249 (country 195, territory 54).",
        f"Codes in “ISO-alpha2 Code” {STRANGE}: 54.",
        f"Codes in “ISO-alpha3 Code” {STRANGE}: 1.",
        f"{UNHEARD}, English: 1.",
        f"{BRACKETS} “Saint Martin (French Part)”, {KEPT}: 7, recognised: 7.",
        "Names of groups that the portal would not recognise in a file of figures: 1.",
        "States marked LDC here: 45.",
        "States marked LLDC here: 32.",
        "States marked SIDS here: 37.",
    ],
    "countries/UNSD-es.csv": [
        "Rows read: 249.",
        "Rows that name an area the portal knows: 249 (country 195, territory 54).",
        f"Codes in “ISO-alpha2 Code” {STRANGE}: 54.",
        f"Codes in “ISO-alpha3 Code” {STRANGE}: 1.",
        f"{UNHEARD}, Spanish: 1.",
        f"{BRACKETS} “San Martín (parte francesa)”, {KEPT}: 9, recognised: 9.",
        "States marked LDC here: 45.",
        "States marked LLDC here: 32.",
        "States marked SIDS here: 37.",
    ],
    "countries/UNSD-fr.csv": [
        "Rows read: 249.",
        "Rows that name an area the portal knows: 249 (country 195, territory 54).",
        f"Codes in “ISO-alpha2 Code” {STRANGE}: 54.",
        f"Codes in “ISO-alpha3 Code” {STRANGE}: 1.",
        f"{UNHEARD}, French: 1.",
        f"{BRACKETS} “Saint-Martin (partie française)”, {KEPT}: 9, recognised: 9.",
        "Names of groups that the portal would not recognise in a file of figures: 1.",
        "Further spellings of the name of a group beside the same code: 1.",
        "States marked LDC here: 45.",
        "States marked LLDC here: 32.",
        "States marked SIDS here: 37.",
    ],
    "countries/UNSD-ru.csv": [
        "Rows read: 249.",
        "Rows that name an area the portal knows: 249 (country 195, territory 54).",
        f"Codes in “ISO-alpha2 Code” {STRANGE}: 54.",
        f"Codes in “ISO-alpha3 Code” {STRANGE}: 1.",
        f"{UNHEARD}, Russian: 1.",
        f"{BRACKETS} “Южные земли (французская заморская территория)”, {KEPT}: 10, recognised: 10.",
        "Further spellings of the name of a group beside the same code: 1.",
        "States marked LDC here: 45.",
        "States marked LLDC here: 32.",
        "States marked SIDS here: 37.",
    ],
    "countries/country-codes.csv": [
        "Rows read: 249.",
        "Cells with blanks at their ends, doubled or no-break blanks: 97.",
        "Rows that name an area the portal knows: 249 (country 195, territory 54).",
        f"Codes in “ISO3166-1-Alpha-3” {STRANGE}: 1.",
        f"Codes in “ISO3166-1-Alpha-2” {STRANGE}: 54.",
        "M49 codes without their leading zeros, read all the same: 645.",
        "Empty names of states: 25 (CIV 12, TUR 13).",
        "Empty names of other areas: 624.",
        f"{UNHEARD}, Arabic: 1.",
        f"{UNHEARD}, English: 41.",
        f"{UNHEARD}, Spanish: 1.",
        f"{UNHEARD}, French: 1.",
        f"{UNHEARD}, Russian: 1.",
        f"{UNHEARD}, Chinese: 1.",
        "Names that are of another area than the code beside them: 1.",
        "Names with an article in brackets, such as “Afghanistan (l')”, read without it: 235.",
        f"{BRACKETS} “Bolivie (État plurinational de)”, {KEPT}: 84, recognised: 76.",
        "Names of groups that the portal would not recognise in a file of figures: 1.",
        "States marked SIDS here: 37.",
        "States marked LLDC here: 32.",
        "States marked LDC here: 45.",
    ],
    "countries/un_countries_unterm_m49_six_languages.csv": [
        "The lines end with two signs, CR and LF; they are read as one.",
        "Rows read: 256.",
        "Rows that name an area the portal knows: 250 (country 195, territory 55).",
        "Rows without a code of an area: 6.",
        "Empty codes in “ISO 3166-1 Alpha 3-Codes”: 1.",
        "Empty codes in “ISO 3166-1 Alpha 2-Codes”: 1.",
        f"Codes in “ISO 3166-1 Alpha 3-Codes” {STRANGE}: 1.",
        f"Codes in “ISO 3166-1 Alpha 2-Codes” {STRANGE}: 54.",
        "M49 codes without their leading zeros, read all the same: 374.",
        "Empty names of other areas: 330.",
        f"{UNHEARD}, English: 16.",
        "Columns of names that are empty in most rows, whose empty cells are not counted: ISO Alt Term, "
        "DGACM Alt Term.",
        "Names with an article in brackets, such as “Bahamas (the)”, read without it: 27.",
        f"{BRACKETS} “Bolivia (Plurinational State of)”, {KEPT}: 95, recognised: 86.",
        "Names of groups that the portal would not recognise in a file of figures: 1.",
    ],
    "un_sdg/ddf--entities--geo_area.csv": [
        "Rows read: 459.",
        "Cells with blanks at their ends, doubled or no-break blanks: 1.",
        "Rows that name an area the portal knows: 360 (country 195, territory 61, subnational 8, region 51, "
        "aggregate 45).",
        "Rows that name an area the portal does not know: 99.",
        "M49 codes without their leading zeros, read all the same: 53.",
        f"{UNHEARD}, English: 2.",
        f"{BRACKETS} “Southern Asia (excluding India)”, {KEPT}: 55, recognised: 55.",
    ],
    "un_sdg/ddf--entities--cities.csv": [
        "Rows read: 5554.",
        "Cities and parts of a country whose country the portal knows: 5549.",
        "Codes that begin with the code of no country the portal knows: 5.",
        "Codes of cities without a name: the code stands in its place: 5554.",
    ],
    f"world_bank/Metadata_Country_{WORLD_BANK}": [
        "The file begins with a mark of its encoding (byte order mark, UTF-8); it is no part of the first cell.",
        "The lines end with two signs, CR and LF; they are read as one.",
        "Rows read: 265.",
        "Columns without a heading: 1.",
        "Cells with blanks at their ends, doubled or no-break blanks: 8.",
        "Rows that name an area the portal knows: 265 (country 194, territory 23, region 9, aggregate 39).",
        f"{UNHEARD}, English: 29.",
        "Names that are of another area than the code beside them: 1.",
        f"{BRACKETS} “East Asia & Pacific (excluding high income)”, {KEPT}: 16, recognised: 9.",
    ],
}

RIGHT = "Texts in Arabic letters, written right to left"
LONG, BREAKS = "Texts of more than 250 signs", "Texts with breaks of lines in them"
BLANKS = "Texts with blanks at their ends, doubled or no-break blanks"
WEB = "Texts with marks of web pages, such as &#39; or <b>"
WORDS: Mapping[str, tuple[int, Mapping[str, int], int, str, Mapping[str, int]]] = {
    "ar/global_goals": (34, {"Arabic": 34}, 169, "15-title", {BLANKS: 5}),
    "ar/global_indicators": (252, {"Arabic": 252}, 369, "15-9-1-title", {LONG: 4, BLANKS: 38}),
    "ar/global_targets": (169, {"Arabic": 169}, 560, "17-2-title", {LONG: 35, BLANKS: 14}),
    "ar/indicator": (90, {"Arabic": 89, "Latin": 1}, 355, "national_metadata_blurb", {LONG: 1, BLANKS: 3}),
    "ar/metadata_fields": (127, {"Arabic": 127}, 70, "DOC_METHOD", {}),
    "ar/status": (30, {"Arabic": 30}, 96, "description", {}),
    "en/global_goals": (34, {"Latin": 34}, 188, "15-title", {}),
    "en/global_indicators": (252, {"Latin": 252}, 439, "15-9-1-title", {LONG: 4}),
    "en/global_targets": (169, {"Latin": 169}, 564, "3-b-title", {LONG: 39}),
    "en/indicator": (91, {"Latin": 91}, 382, "national_metadata_blurb", {LONG: 1, WEB: 1}),
    "en/metadata_fields": (127, {"Latin": 127}, 97, "DOC_METHOD", {}),
    "en/status": (30, {"Latin": 30}, 112, "description", {}),
    "es/global_goals": (34, {"Latin": 34}, 244, "15-title", {}),
    "es/global_indicators": (252, {"Latin": 252}, 521, "15-9-1-title", {LONG: 17}),
    "es/global_targets": (169, {"Latin": 169}, 754, "3-b-title", {LONG: 72}),
    "es/indicator": (91, {"Latin": 91}, 461, "national_metadata_blurb", {LONG: 2, WEB: 1}),
    "es/metadata_fields": (127, {"Latin": 127}, 102, "DOC_METHOD", {}),
    "es/status": (30, {"Latin": 30}, 160, "description", {}),
    "fr/global_goals": (34, {"Latin": 34}, 283, "15-title", {LONG: 1, BLANKS: 1}),
    "fr/global_indicators": (252, {"Latin": 252}, 530, "15-9-1-title", {LONG: 22}),
    "fr/global_targets": (169, {"Latin": 169}, 691, "3-b-title", {LONG: 78}),
    "fr/indicator": (90, {"Latin": 90}, 487, "national_metadata_blurb", {LONG: 2, WEB: 5, BLANKS: 2}),
    "fr/metadata_fields": (127, {"Latin": 127}, 97, "DOC_METHOD", {WEB: 5}),
    "fr/status": (30, {"Latin": 30}, 138, "description", {}),
    "ru/global_goals": (34, {"Cyrillic": 34}, 255, "15-title", {LONG: 1}),
    "ru/global_indicators": (252, {"Cyrillic": 252}, 567, "11-4-1-title", {LONG: 24, BLANKS: 32, BREAKS: 6}),
    "ru/global_targets": (169, {"Cyrillic": 169}, 665, "3-b-title", {LONG: 68, BREAKS: 1}),
    "ru/indicator": (90, {"Cyrillic": 90}, 371, "national_metadata_blurb", {LONG: 1, BLANKS: 1}),
    "ru/metadata_fields": (127, {"Cyrillic": 127}, 89, "DOC_METHOD", {}),
    "ru/status": (30, {"Cyrillic": 30}, 118, "description", {}),
    "zh-Hans/global_goals": (34, {"Chinese": 34}, 54, "15-title", {}),
    "zh-Hans/global_indicators": (252, {"Chinese": 252}, 123, "15-9-1-title", {BLANKS: 6}),
    "zh-Hans/global_targets": (169, {"Chinese": 169}, 142, "3-b-title", {}),
    "zh-Hans/indicator": (91, {"Chinese": 88, "Latin": 3}, 100, "national_metadata_blurb", {}),
    "zh-Hans/metadata_fields": (127, {"Chinese": 127}, 25, "IMPUTATION", {}),
    "zh-Hans/status": (30, {"Chinese": 28, "Latin": 2}, 47, "description", {}),
}
"""Of each list of titles how many texts it has, in which letters, the longest with its key, and what else is odd."""


@pytest.fixture
def channel(session: Session, settings: Settings) -> ChannelB:
    return ChannelB.build(session, open_storage(settings.storage_url, None))


def found_in(channel: ChannelB, path: Path) -> tuple[Finding, ...]:
    with pytest.raises(NoFigures) as refusal:
        channel.take(path)
    return refusal.value.findings


def places(found: tuple[Finding, ...], words: str) -> list[tuple[int, str, str, str]]:
    """The places of what a sentence with these words counts: row, column, code and text."""
    [one] = [one for one in found if words in str(one.note)]
    return [(seen.row, seen.column, seen.code, seen.text) for seen in one.places]


@pytest.mark.parametrize("name", sorted(LISTS))
def test_each_flaw_of_a_list_of_areas_is_named(channel: ChannelB, shared_data: Path, name: str) -> None:
    assert [str(one.note) for one in found_in(channel, shared_data / name)] == LISTS[name]


def test_empty_names_of_unterm_are_told_for_turkiye_and_cote_divoire(channel: ChannelB, shared_data: Path) -> None:
    found = places(found_in(channel, shared_data / "countries" / "country-codes.csv"), "Empty names of states")
    languages = ("Arabic", "Chinese", "English", "French", "Russian", "Spanish")
    columns = {f"UNTERM {language} {form}" for language in languages for form in ("Formal", "Short")}
    empty = {(115, column, "CIV", "") for column in columns} | {(229, column, "TUR", "") for column in columns}
    assert set(found) == {*empty, (229, "ISO4217-currency_country_name", "TUR", "")}
    assert len(found) == 25


def test_articles_in_brackets_are_told_with_their_places(channel: ChannelB, shared_data: Path) -> None:
    path = shared_data / "countries" / "un_countries_unterm_m49_six_languages.csv"
    found = places(found_in(channel, path), "Names with an article in brackets")
    assert found[0] == (18, "ISO Alt Term", "BHS", "Bahamas (the)")
    assert len(found) == 27
    found = places(found_in(channel, shared_data / "countries" / "UNSD-en.csv"), "Names with other words in brackets")
    assert (99, "Country or Area", "BOL", "Bolivia (Plurinational State of)") in found


def test_what_stands_under_several_spellings_is_listed(channel: ChannelB, shared_data: Path) -> None:
    found = places(found_in(channel, shared_data / "countries" / "UNSD-ru.csv"), "Further spellings")
    assert found == [(132, "Global Name", "001", "Весь Мир / Весь мир")]
    found = places(found_in(channel, shared_data / "countries" / "country-codes.csv"), "of another area")
    assert found == [(146, "CLDR display name", "FSM", "Micronesia: Micronesia (M49:57)")]


@pytest.mark.parametrize("name", sorted(WORDS))
def test_each_list_of_titles_is_told(channel: ChannelB, shared_data: Path, name: str) -> None:
    texts, letters, longest, key, odd = WORDS[name]
    written = {script: f"Texts in {script} letters, written left to right" for script in letters} | {"Arabic": RIGHT}
    assert [str(one.note) for one in found_in(channel, shared_data / "sdg_titles" / f"{name}.yml")] == [
        f"Texts by key: {texts}.",
        *(f"{written[script]}: {count}." for script, count in letters.items()),
        f"The longest text has {longest} signs: {key}.",
        *(f"{words}: {count}." for words, count in odd.items()),
    ]


def test_empty_texts_of_national_metadata_are_told(channel: ChannelB, shared_data: Path) -> None:
    empty = {}
    for path in sorted((shared_data / "kazakhstan").glob("meta_*.yml")):
        found = found_in(channel, path)
        if any("Empty texts" in str(one.note) for one in found):
            empty[path.stem] = [key for _, _, key, _ in places(found, "Empty texts")]
    implemented = {"meta_11-2-1": ["source_implementation_1"]}
    codes = ("11-3-2", "11-4-1", "11-6-1", "11-6-1-1", "11-6-1-2", "11-7-1", "11-a-1")
    assert empty == implemented | {f"meta_{code}": ["source_data_1"] for code in codes}
