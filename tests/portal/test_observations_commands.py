"""`flask observations import` on a new database: what it prints, keeps and answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db
from portal.models.observations import Import, Observation

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


def test_a_refused_file_does_not_hinder_the_others(app: Flask, slums: Path, tmp_path: Path) -> None:
    other = tmp_path / "ddf--entities--sex.csv"
    other.write_text("sex,name\nbothsex,Both\n", "utf-8")
    told = app.test_cli_runner().invoke(args=["observations", "import", str(other), str(slums)])
    assert told.exit_code == 1
    assert "Error: 1 of 2 files was not taken in." in told.output
    assert db.session.scalars(select(Import.file_name)).all() == [SLUMS]
