"""The real files through every door: the command, the API and the page; a second import changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.adapters.storage import open_storage
from portal.adapters.tabular_layouts import Told
from portal.config import Settings
from portal.db import db
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
