"""The real files through every door: the command, the API and the page; a second import changes nothing."""

from __future__ import annotations

import html
import re
from fnmatch import fnmatch
from pathlib import Path
from typing import BinaryIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.adapters import no_table
from portal.adapters.storage import open_storage
from portal.adapters.tabular_layouts import Told
from portal.config import Settings
from portal.db import Base, db
from portal.models.observations import Import, Observation, ObservationRevision, Omission
from portal.rules.refusals import Invalid
from portal.services.act import Act
from portal.services.observations import look_at
from tests.factories import World
from tests.portal.callers import Caller
from tests.portal.observing import ChannelB
from tests.portal.test_datasets import parts, whole
from tests.portal.test_datasets_pages import send

NAMED = {"contradicts", "no_figure", "not_a_number", "note", "same_twice", "short_row"}


def tables(shared_data: Path) -> list[tuple[Path, dict[str, str]]]:
    """Every table of figures of the folder, with what has to be told of it."""
    un = sorted((shared_data / "un_sdg").glob("ddf--datapoints--*.csv"))
    habitat = sorted(path for path in (shared_data / "un_habitat").iterdir() if path.suffix in (".xlsx", ".xls"))
    bank = sorted((shared_data / "world_bank").glob("API_*.csv"))
    national = sorted((shared_data / "kazakhstan").glob("data_indicator_*.csv"))
    owid = sorted((shared_data / "owid").glob("*.csv"))
    told: list[tuple[list[Path], dict[str, str]]] = [
        (un, {"edition": "December 2023"}),
        ([*habitat, *bank, *owid], {}),
        (national, {"entity": "KAZ"}),
    ]
    return [(path, words) for paths, words in told for path in paths]


def held() -> dict[str, int]:
    db.session.rollback()
    tables_of = {"figures": Observation, "revisions": ObservationRevision, "imports": Import}
    return {name: db.session.scalar(select(func.count()).select_from(t)) or 0 for name, t in tables_of.items()}


@pytest.mark.slow
@pytest.mark.any_database
def test_every_file_through_every_door_and_only_the_first_changes_something(world: World, shared_data: Path) -> None:
    files = tables(shared_data)
    for words in ({"edition": "December 2023"}, {}, {"entity": "KAZ"}):
        options = [part for name, value in words.items() for part in (f"--{name}", value)]
        paths = [str(path) for path, told in files if told == words]
        done = world.app.test_cli_runner().invoke(args=["observations", "import", *options, *paths])
        assert done.exit_code == 0, done.output
    first = held()
    assert (first["imports"], first["revisions"]) == (len(files), 0)
    assert set(db.session.scalars(select(Omission.reason).distinct())) <= NAMED
    balanced = Import.figures_read == Import.new + Import.revised + Import.unchanged + Import.left_out
    assert db.session.scalar(select(func.count()).where(~balanced)) == 0
    api, officer = Caller(world, "data_officer"), world.browser("data_officer")
    for path, words in files:
        with path.open("rb") as file:
            answer = api(
                "POST", "/datasets", data={"file": (file, path.name), **words}, content_type="multipart/form-data"
            )
        assert (answer.status_code, answer.get_json()["new"], answer.get_json()["revised"]) == (201, 0, 0), path.name
        with path.open("rb") as file:
            assert send(officer, "/channels/b", file=(file, path.name), **words).status_code == 303, path.name
    last = held()
    assert last == {**first, "imports": 3 * len(files)}
    changed = select(func.sum(Import.new), func.sum(Import.revised)).where(Import.number > len(files))
    assert tuple(db.session.execute(changed).one()) == (0, 0)


def test_totals_of_real_series_add_up(session: Session, settings: Settings, shared_data: Path) -> None:
    channel = ChannelB.build(session, open_storage(settings.storage_url, None))
    for series in ("en_atm_pm25", "eg_egy_clean"):
        [path] = (shared_data / "un_sdg").glob(f"ddf--datapoints--{series}--by--*.csv")
        channel.take(path)
    assert parts(channel) != []
    assert parts(channel) == whole(channel)


NOT_UTF_8 = "The text is not UTF-8; its letters look like {}. Save the table as CSV UTF-8 and send it again."
NOTHING_TAKEN = {
    "areas": "This is a list of countries and areas, no table of figures; nothing is taken from it.",
    "cities": "This is a list of cities, no table of figures; nothing is taken from it.",
    "words": "This is a list of words by key, no table of figures; nothing is taken from it.",
    "codes": "This is a list of codes of the UN SDG database, not a table of figures; nothing is taken from it.",
    "concepts": "This is a list of concepts of the UN SDG database, not a table of figures; nothing is taken from it.",
    "profile": "This is a profile of series, not a table of figures; nothing is taken from it.",
    "described": "This is the World Bank's description of an indicator, not a table of figures; "
    "nothing is taken from it.",
    "package": no_table.PACKAGE,
    "records": no_table.JSON_LINES,
    "catalogue": no_table.CATALOGUE,
    "marked": no_table.MARKDOWN,
    "web": no_table.WEB,
    "xml": no_table.XML,
    "dbase": no_table.DBASE,
    "locked": no_table.LOCKED,
    "pdf": "This is a PDF, and figures are read from tables. Send the table as CSV, XLSX or XLS.",
    "word": no_table.WORD,
    "archive": "The file is an archive, not an XLSX workbook. Unpack it and send the table inside.",
    "damaged": "The file begins like an XLSX workbook but is damaged. Save it again and send the new file.",
    "western": NOT_UTF_8.format("windows-1252"),
    "old cyrillic": NOT_UTF_8.format("IBM866"),
    "neither": "The file is neither a text table nor a workbook. Send CSV, XLSX or XLS.",
    "empty": "The file is empty.",
    "no table": "No table is found in the file: it needs a row of headings and at least one row below it.",
}
FIGURES, SHOWN = "figures", "columns to be told"
OUTCOMES = {
    "INDEX.md": "marked",
    "countries/*.csv": "areas",
    "kazakhstan/data_indicator_*.csv": FIGURES,
    "kazakhstan/*.yml": "words",
    "owid/*.csv": FIGURES,
    "owid/*.json": "package",
    "sdg_titles/*/*.yml": "words",
    "texts/excerpts.jsonl": "records",
    "texts/prose_six_languages/*.md": "marked",
    "texts/prose_six_languages/*.po": "catalogue",
    "un_habitat/*": FIGURES,
    "un_sdg/_PROFILE.csv": "profile",
    "un_sdg/ddf--concepts--*.csv": "concepts",
    "un_sdg/ddf--datapoints--*.csv": FIGURES,
    "un_sdg/ddf--entities--cities.csv": "cities",
    "un_sdg/ddf--entities--geo_area.csv": "areas",
    "un_sdg/ddf--entities--*.csv": "codes",
    "uploads/encodings/*.dbf": "dbase",
    "uploads/encodings/*.html": "web",
    "uploads/encodings/tika_russian_cp866.txt": "old cyrillic",
    "uploads/encodings/*.txt": "western",
    "uploads/encodings/*.zip": "archive",
    "uploads/hostile/eicar.com.b64": "no table",
    "uploads/hostile/encrypted_password_is_pass.docx": "locked",
    "uploads/hostile/external_entity_in_text.docx": "word",
    "uploads/hostile/invalid_22_bytes.xlsx": "neither",
    "uploads/hostile/poi_clusterfuzz_*.xlsx": "damaged",
    "uploads/hostile/poi_crash_*.docx": "damaged",
    "uploads/hostile/simple_macro.docm": "word",
    "uploads/hostile/tika_encrypted.zip": "archive",
    "uploads/hostile/tika_instr_link.docx": "word",
    "uploads/hostile/tika_macro.xlsm": "no table",
    "uploads/hostile/tika_truncated.docx": "damaged",
    "uploads/hostile/tika_xxe.xml": "xml",
    "uploads/messy/data_validation_ranges.xlsx": SHOWN,
    "uploads/messy/dates_1904.xls": "no table",
    "uploads/messy/external_link_a.xlsx": "no table",
    "uploads/messy/many_merged_cells.xlsx": "empty",
    "uploads/messy/no_shared_strings.xlsx": "no table",
    "uploads/messy/tika_protected_sheets.xlsx": SHOWN,
    "uploads/messy/two_sheets_one_hidden.xlsx": "no table",
    "uploads/messy/*.docx": "word",
    "uploads/multilingual/*.docx": "word",
    "uploads/multilingual/*.xlsx": SHOWN,
    "uploads/pdf/*.pdf": "pdf",
    "world_bank/API_*.csv": FIGURES,
    "world_bank/Metadata_Country_*.csv": "areas",
    "world_bank/Metadata_Indicator_*.csv": "described",
}
"""What becomes of each file of the folder; of several patterns the first one counts."""
READ_WHOLE = ("areas", "cities", "words", "codes", "concepts", "profile", "described")


def outcomes(shared_data: Path) -> dict[Path, str]:
    """Every file of the folder, with what becomes of it; one that no pattern names has none."""
    found = {}
    for path in sorted(path for path in shared_data.rglob("*") if path.is_file()):
        name = path.relative_to(shared_data).as_posix()
        found[path] = next((kind for pattern, kind in OUTCOMES.items() if fnmatch(name, pattern)), "")
    return found


def everything() -> dict[str, int]:
    """How many rows each table of the database holds."""
    db.session.rollback()
    return {
        name: db.session.scalar(select(func.count()).select_from(t)) or 0 for name, t in Base.metadata.tables.items()
    }


def said_by_command(world: World, path: Path) -> list[str]:
    """The lines by which the command says that a file is not taken in."""
    db.session.rollback()
    done = world.app.test_cli_runner().invoke(args=["observations", "import", "--dry-run", str(path)])
    first, *lines, last = done.output.splitlines()
    assert (done.exit_code, last) == (1, "Error: 1 of 1 files was not taken in."), path.name
    return [first.removeprefix(f"{path.name}: not taken in. "), *lines]


def sent_by_page(officer: FlaskClient, address: str, path: Path) -> tuple[int, str]:
    """The status of the answer, and what its page says: the sentence of a list, or the error at the file."""
    with path.open("rb") as file:
        answer = send(officer, address, file=(file, path.name))
    text = answer.get_data(as_text=True)
    told = re.findall(r'<div class="notice notice-wait" role="status"><p>(.*?)</p>', text)
    told = told or re.findall(r'<span class="field-error"[^>]*><span[^>]*>[^<]*</span>(.*?)</span>', text)
    return answer.status_code, html.unescape(told[0]) if told else ""


def test_each_file_of_the_folder_has_an_outcome(shared_data: Path) -> None:
    found = outcomes(shared_data)
    assert [path.name for path, kind in found.items() if not kind] == []
    assert {path for path, kind in found.items() if kind == FIGURES} == {path for path, _ in tables(shared_data)}


@pytest.mark.slow
@pytest.mark.any_database
def test_every_file_without_figures_through_every_door_changes_nothing(world: World, shared_data: Path) -> None:
    api, officer = Caller(world, "data_officer"), world.browser("data_officer")
    assert api("GET", "/datasets").status_code == 200
    before = everything()
    for path, kind in outcomes(shared_data).items():
        if kind in (FIGURES, SHOWN):
            continue
        sentence = NOTHING_TAKEN[kind]
        command = said_by_command(world, path)
        assert command[0] == sentence, path.name
        assert (len(command) > 1) == (kind in (*READ_WHOLE, "western", "old cyrillic")), path.name
        for address in ("/channels/b", "/channels/b/files"):
            status, words = sent_by_page(officer, address, path)
            assert (status, re.sub(r"^line \d+: ", "", words)) == (422, sentence), path.name
        for address in ("/datasets", "/datasets/preview"):
            with path.open("rb") as file:
                given = {"file": (file, path.name)}
                answer = api("POST", address, data=given, content_type="multipart/form-data")
            told = answer.get_json()
            assert (answer.status_code in (415, 422), told["detail"]) == (True, sentence), path.name
            assert ("findings" in told) == (kind in READ_WHOLE), path.name
    assert everything() == before


@pytest.mark.any_database
def test_a_table_of_unknown_columns_is_shown_first(world: World, shared_data: Path) -> None:
    api, officer = Caller(world, "data_officer"), world.browser("data_officer")
    shown = [path for path, kind in outcomes(shared_data).items() if kind == SHOWN]
    before = held()
    for path in shown:
        assert said_by_command(world, path)[0].startswith("The file has no known layout; it begins: "), path.name
        assert [sent_by_page(officer, one, path)[0] for one in ("/channels/b", "/channels/b/files")] == [303, 303]
        statuses = []
        for address in ("/datasets", "/datasets/preview"):
            with path.open("rb") as file:
                given = {"file": (file, path.name)}
                statuses.append(api("POST", address, data=given, content_type="multipart/form-data").status_code)
        assert statuses == [422, 200], path.name
    assert (held(), len(shown)) == (before, 4)


def what_is_said(act: Act, stream: BinaryIO, name: str) -> object:
    """A preview, what is to be put right, or the sentence of a refusal."""
    try:
        _, shown, problems = look_at(act, stream, name, Told("a source"), None)
    except Invalid as refusal:
        return refusal.sentence
    return shown or problems


@pytest.mark.any_database
def test_any_file_is_shown_or_refused_with_a_sentence(session: Session, settings: Settings, shared_data: Path) -> None:
    """Whatever people send: hostile, damaged, of another kind, in other encodings."""
    channel = ChannelB.build(session, open_storage(settings.storage_url, None))
    act = channel.act()
    looked = 0
    for path in sorted(path for path in (shared_data / "uploads").rglob("*") if path.is_file()):
        with path.open("rb") as stream:
            said = what_is_said(act, stream, path.name)
        assert said, path.name
        looked += 1
    assert looked > 0
