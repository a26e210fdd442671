"""`flask observations import` on a new database: what it prints, keeps and answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db
from portal.models.observations import Import, Observation
from portal.rules.area_lists import AREAS

SLUMS = "ddf--datapoints--en_lnd_slum--by--geo_area--location--nature--units--year.csv"
TEXT = "geo_area,location,nature,units,year,en_lnd_slum\n398,urban,g,percent,2018,5.5\n7,urban,g,percent,2018,1\n"


@pytest.fixture
def slums(tmp_path: Path) -> Path:
    path = tmp_path / SLUMS
    path.write_text(TEXT, "utf-8")
    return path


def test_what_was_read_taken_and_left_out_is_printed(app: Flask, slums: Path) -> None:
    told = app.test_cli_runner().invoke(args=["observations", "import", str(slums), "--edition", "December 2023"])
    assert told.exit_code == 0, told.output
    assert told.output.splitlines() == [
        f"{SLUMS}: UN SDG series, one file a series, source un_sdg, edition December 2023",
        "           2  rows read",
        "           2  figures read",
        "           1  new",
        "           0  revised",
        "           0  unchanged",
        "           1  left out",
        "           0  held and not in this file",
        "  left out, 1: no table tells which area this is",
        "      for example row 3, column en_lnd_slum: 7, 2018: 1",
    ]
    assert db.session.scalars(select(Observation.value_text)).all() == ["5.5"]


def test_a_dry_run_keeps_nothing(app: Flask, slums: Path) -> None:
    told = app.test_cli_runner().invoke(args=["observations", "import", str(slums), "--dry-run", "--all"])
    assert told.exit_code == 0, told.output
    assert "a dry run, nothing kept" in told.output
    assert (
        "    row 3, column en_lnd_slum: No table of areas tells what the M49 code '7' means. 7, 2018: 1" in told.output
    )
    assert db.session.scalars(select(Import.number)).all() == []


def test_a_tie_that_names_no_series_is_refused_before_a_file_is_read(app: Flask, slums: Path) -> None:
    told = app.test_cli_runner().invoke(args=["observations", "import", str(slums), "--indicator", "NUA-14"])
    assert (told.exit_code, "“NUA-14” is none: please write SERIES=INDICATOR" in told.output) == (2, True)
    assert db.session.scalars(select(Import.number)).all() == []


def test_a_list_of_areas_is_told_and_nothing_of_it_kept(app: Flask, slums: Path, tmp_path: Path) -> None:
    path = tmp_path / "areas.csv"
    rows = [("KAZ", "Kazakh land"), ("KEN", "Kenya"), ("NPL", "Nepal"), ("NER", "Niger (the)")]
    rows += [(code, "") for code in ("ALB", "AND", "ARG", "ARM", "AUS", "AUT")]
    path.write_text("code,name\n" + "".join(f"{code},{name}\n" for code, name in rows), "utf-8")
    lines = [
        f"areas.csv: not taken in. {AREAS}",
        "  Rows read: 10.",
        "  Rows that name an area the portal knows: 10 (country 10).",
        "  Names that the portal would not recognise in a file of figures, English: 1.",
        "      row 2, column name: KAZ Kazakh land",
        "  Columns of names that are empty in most rows, whose empty cells are not counted: name.",
        "  Names with an article in brackets, such as “Niger (the)”, read without it: 1.",
        "      row 5, column name: NER Niger (the)",
        "Error: 1 of 1 files was not taken in.",
    ]
    told = app.test_cli_runner().invoke(args=["observations", "import", str(path)])
    assert (told.exit_code, told.output.splitlines()) == (1, lines)
    assert db.session.scalars(select(Import.number)).all() == []


def test_of_many_places_the_first_are_told_and_all_with_a_mark(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "areas.csv"
    names = {"ALB": "Albania", "AND": "Andorra", "KAZ": "Kazakhstan", "KEN": "Kenya", "NPL": "Nepal", "NER": "Niger"}
    path.write_text("code,name\n" + "".join(f"{code},{name} \n" for code, name in names.items()), "utf-8")
    some, every = (
        app.test_cli_runner().invoke(args=["observations", "import", *more, str(path)]).output.splitlines()
        for more in ((), ("--all",))
    )
    told = "  Cells with blanks at their ends, doubled or no-break blanks: 6."
    known = "  Rows that name an area the portal knows: 6 (country 6)."
    blanks = [f"      row {row}, column name: {name} " for row, name in enumerate(names.values(), 2)]
    assert some[2:-1] == [told, *blanks[:5], "      and 1 more", known]
    assert every[2:-1] == [told, *blanks, known]


def test_a_refused_file_does_not_hinder_the_others(app: Flask, slums: Path, tmp_path: Path) -> None:
    other = tmp_path / "ddf--entities--sex.csv"
    other.write_text("sex,name\nbothsex,Both\n", "utf-8")
    told = app.test_cli_runner().invoke(args=["observations", "import", str(other), str(slums)])
    assert told.exit_code == 1
    assert "Error: 1 of 2 files was not taken in." in told.output
    assert db.session.scalars(select(Import.file_name)).all() == [SLUMS]
