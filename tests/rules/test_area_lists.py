"""Lists of areas: recognised by their columns, and compared with what the portal knows, each flaw with its place."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

import pytest

from portal.rules.area_lists import AREAS, CITIES, GROUPS, compared, recognised
from portal.rules.areas import EntityFact, Gazetteer
from portal.rules.shipped import entities

Told = list[tuple[str, list[tuple[str, str, str]]]]

PLAIN = "code,name\nKAZ,Kazakhstan\nKEN,Kenya\nNPL,Nepal\n"
FLAWED = """\
ISO3,M49,Nom,Name,Region Code,Region Name,LDC,Name
AFG,4,Afghanistan (l'),Afghanistan,142,Asia,x,Afghanistan
ALB,008,Albanie,Albania,150,Europe,,Albania
BOL,068,Bolivie,Bolivia (Plurinational State of),019,Americas,,
BTN,064,Bhoutan,Bhutan,142,Azia,,Bhutan
KAZ,398,Kazakhstan,Kazakh land,142,Asia,x,Kazakhstan
KEN,404,Kenya,Kenya ,002,Africa,,Kenya
NER,562,Niger,Nigeria,002,Africa,x,Niger
NPL,,,Nepal,142,Asia,x,Nepal
QQQ,999,Atlantide,Atlantis,002,Africa,,
TUR,792,,Türkiye,142,Africa,,Türkiye
,,Personne,Nobody,,,,
ZZZ,004,Afghanistan,Afghanistan,142,Asia,x,
,,,,,,,
ZMB,894
"""


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(EntityFact(row["iso3"], row["iso2"], row["m49"], row["names"]) for row in entities())


def marks() -> Mapping[str, Mapping[str, bool]]:
    return {row["iso3"]: {flag: row[flag] for flag in GROUPS} for row in entities()}


def table(text: str) -> tuple[list[str], list[list[str]]]:
    header, *rows = csv.reader(io.StringIO(text))
    return header, rows


def told(gazetteer: Gazetteer, text: str) -> tuple[str, Told]:
    """What a list is, and each thing found in it with its places: where, code and text."""
    header, rows = table(text)
    columns = recognised(header, rows, gazetteer)
    assert columns is not None
    found = compared(columns, header, enumerate(rows, 2), gazetteer, marks())
    return columns.sentence, [(str(one.note), [(s.where, s.code, s.text) for s in one.places]) for one in found]


def test_each_flaw_of_a_list_is_told_with_its_places(gazetteer: Gazetteer) -> None:
    assert told(gazetteer, FLAWED) == (
        AREAS,
        [
            ("Rows read: 13.", []),
            ("Columns with the heading “Name”: 2.", []),
            ("Rows with more or fewer cells than the headings: 1.", [("row 15", "", "ZMB, 894")]),
            ("Rows without anything in them: 1.", [("row 14", "", "")]),
            (
                "Cells with blanks at their ends, doubled or no-break blanks: 1.",
                [("row 7, column Name", "", "Kenya ")],
            ),
            ("Rows that name an area the portal knows: 10 (country 10).", []),
            ("Rows that name an area the portal does not know: 1.", [("row 10, column ISO3", "QQQ", "Atlantide")]),
            ("Rows without a code of an area: 1.", [("row 12", "", "Personne")]),
            ("Rows that name an area of an earlier row again: 1.", [("row 13, column ISO3", "ZZZ", "Afghanistan")]),
            ("Empty codes in “M49”: 1.", [("row 9, column M49", "NPL", "Nepal")]),
            (
                "Codes in “ISO3” that the portal would not know in a file of figures: 1.",
                [("row 13, column ISO3", "ZZZ", "Afghanistan")],
            ),
            (
                "M49 codes without their leading zeros, read all the same: 1.",
                [("row 2, column M49", "4", "")],
            ),
            (
                "Empty names of states: 4 (AFG 1, BOL 1, NPL 1, TUR 1).",
                [
                    ("row 4, column Name", "BOL", ""),
                    ("row 9, column Nom", "NPL", ""),
                    ("row 11, column Nom", "TUR", ""),
                    ("row 13, column Name", "AFG", ""),
                ],
            ),
            (
                "Names that the portal would not recognise in a file of figures, English: 1.",
                [("row 6, column Name", "KAZ", "Kazakh land")],
            ),
            (
                "Names that the portal would not recognise in a file of figures, French: 1.",
                [("row 4, column Nom", "BOL", "Bolivie")],
            ),
            (
                "Names that are of another area than the code beside them: 1.",
                [("row 8, column Name", "NER", "Nigeria: Nigeria (NGA)")],
            ),
            (
                "Names with an article in brackets, such as “Afghanistan (l')”, read without it: 1.",
                [("row 2, column Nom", "AFG", "Afghanistan (l')")],
            ),
            (
                "Names with other words in brackets, such as “Bolivia (Plurinational State of)”, compared with these "
                "words: 1, recognised: 1.",
                [("row 4, column Name", "BOL", "Bolivia (Plurinational State of)")],
            ),
            (
                "Names of groups that the portal would not recognise in a file of figures: 1.",
                [("row 5, column Region Name", "142", "Azia")],
            ),
            (
                "Names of groups that are of another group than the code beside them: 1.",
                [("row 11, column Region Name", "142", "Africa: Africa (M49:2)")],
            ),
            (
                "Further spellings of the name of a group beside the same code: 2.",
                [
                    ("row 5, column Region Name", "142", "Azia / Asia"),
                    ("row 11, column Region Name", "142", "Africa / Asia"),
                ],
            ),
            ("States marked LDC here: 5.", []),
            ("States marked LDC here and not in the portal's list: 1.", [("row 6, column LDC", "KAZ", "Kazakhstan")]),
        ],
    )


def test_a_state_that_the_list_leaves_unmarked_is_told(gazetteer: Gazetteer) -> None:
    _, found = told(gazetteer, "code,name,LLDC\nKAZ,Kazakhstan,1\nKEN,Kenya,0\nNPL,Nepal,no\n")
    assert found[-2:] == [
        ("States marked LLDC here: 1.", []),
        ("States marked LLDC in the portal's list and not here: 1.", [("row 4, column LLDC", "NPL", "Nepal")]),
    ]


def test_codes_of_two_areas_in_one_row_are_told(gazetteer: Gazetteer) -> None:
    rows = [(row["iso3"], row["m49"], row["names"]["en"]) for row in entities()[:40]]
    rows[3] = (rows[3][0], "398", rows[3][2])
    _, found = told(gazetteer, "iso3,m49,name\n" + "".join(f'{code},{m49},"{name}"\n' for code, m49, name in rows))
    assert found[2:3] == [
        (
            "Codes that mean another area than the first code of the row: 1.",
            [("row 5, column m49", "398", "Kazakhstan (KAZ)")],
        )
    ]


def test_a_list_of_cities_tells_codes_without_names_and_of_no_country(gazetteer: Gazetteer) -> None:
    rows = [("ae_abu_zaby", "AE_ABU_ZABY"), ("kz_almaty", "Almaty"), ("kg_region_chui", ""), ("by_minsk", "Minsk")]
    rows += [("qq_nowhere", "Nowhere"), ("by_brest", "Brest"), ("AE_ABU_ZABY", "Abu Dhabi")]
    text = "cities,name\n" + "".join(f"{code},{name}\n" for code, name in rows)
    assert told(gazetteer, text) == (
        CITIES,
        [
            ("Rows read: 7.", []),
            ("Cities and parts of a country whose country the portal knows: 6.", []),
            ("Of these, parts of a country that are no cities: 1.", []),
            (
                "Codes that begin with the code of no country the portal knows: 1.",
                [("row 6, column cities", "qq_nowhere", "Nowhere")],
            ),
            (
                "Codes of cities without a name: the code stands in its place: 2.",
                [("row 2, column name", "ae_abu_zaby", "AE_ABU_ZABY"), ("row 4, column name", "kg_region_chui", "")],
            ),
            ("Codes that an earlier row has: 1.", [("row 8, column cities", "AE_ABU_ZABY", "Abu Dhabi")]),
        ],
    )


@pytest.mark.parametrize("head", ["code", "Code ISO", "country", "الرمز"])
def test_a_list_is_known_by_its_cells_and_not_by_its_headings(gazetteer: Gazetteer, head: str) -> None:
    header, rows = table(PLAIN)
    assert recognised([head, header[1]], rows, gazetteer) is not None


@pytest.mark.parametrize(
    "text",
    [
        "code,name,Population\nKAZ,Kazakhstan,19\nKEN,Kenya,54\nNPL,Nepal,30\n",
        "code,name,Share\nKAZ,Kazakhstan,..\nKEN,Kenya,54.5\nNPL,Nepal,..\n",
        "code,name,Level of water stress\nKAZ,Kazakhstan,19.5\nKEN,Kenya,54.5\nNPL,Nepal,8.2\n",
        "code,name,Certified (ISO 9001)\nKAZ,Kazakhstan,19.5\nKEN,Kenya,54.5\nNPL,Nepal,8.2\n",
        "code,name,year\nKAZ,Kazakhstan,a\nKEN,Kenya,b\nNPL,Nepal,c\n",
        "code,name,2020\nKAZ,Kazakhstan,\nKEN,Kenya,\nNPL,Nepal,\n",
        "code,name\nKAZ,Kazakhstan\nKAZ,Kazakhstan\nKEN,Kenya\nNPL,Nepal\n",
        "code,capital\nKAZ,Astana\nKEN,Nairobi\nNPL,Kathmandu\n",
        "code,word\nXQA,one\nXQB,two\nXQC,three\n",
        "code,name\nKAZ,Kazakhstan\n",
        "cities,name,Figure\nae_abu_zaby,Abu Dhabi,1.5\nkz_almaty,Almaty,2.5\nby_minsk,Minsk,3.5\n",
    ],
)
def test_figures_years_and_codes_that_stand_twice_make_it_no_list(gazetteer: Gazetteer, text: str) -> None:
    header, rows = table(text)
    assert recognised(header, rows, gazetteer) is None
