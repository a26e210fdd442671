"""Channel b in earnest: files shown first, columns and names kept, two people, withdrawal, totals."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal.adapters.storage import open_storage
from portal.adapters.tabular_layouts import Told, UnknownLayout
from portal.config import Settings
from portal.db import db
from portal.models.datasets import ColumnMapping, ImportVerdict, ObservationTotal, PendingFile
from portal.models.entities import Entity
from portal.models.events import Event, Notice
from portal.models.observations import Area, Import, Observation, ObservationRevision, Series
from portal.queries import accounts as people
from portal.queries import imports
from portal.queries.observations import Wanted, for_section, import_report, list_observations, offered
from portal.rules.datasets import Tie
from portal.rules.mappings import read_mapping
from portal.rules.policy import Person
from portal.rules.refusals import Forbidden, Invalid, NotNow
from portal.services import accounts, pending, totals, verifying
from portal.services.staging import Staging
from tests.portal.observing import ChannelB, counts

HEADER = "age,geo_area,nature,observation_status,sex,units,year,sl_tlf_uem\n"
NAME = "ddf--datapoints--sl_tlf_uem--by--x.csv"
VERIFIER = "verifier@example.org"
NATIONAL = "Land;Jahr;Wert\nKenya;2020;12,5\nKazakhstan;2020;13\nThe hill country;2020;14\nKenya;soon;15\n"


@pytest.fixture
def channel(session: Session, settings: Settings) -> ChannelB:
    made = ChannelB.build(session, open_storage(settings.storage_url, None))
    accounts.add(made.act(), VERIFIER, "data_officer", None, "a password for tests")
    session.commit()
    return made


def figures(*rows: tuple[str, str, str]) -> str:
    """A file of the UN's form: area, year and value of each row."""
    return HEADER + "".join(f"15,{area},n,a,bothsex,percent,{year},{value}\n" for area, year, value in rows)


def verifier(channel: ChannelB) -> Person:
    found = people.by_email(channel.session, VERIFIER)
    assert found is not None
    return found


def says(channel: ChannelB, number: int, verdict: str, reason: str = "", person: Person | None = None) -> None:
    row = channel.session.get_one(Import, number)
    act = channel.act(person or verifier(channel))
    try:
        verifying.say(act, row.id, verdict, reason)
    except BaseException:
        channel.session.rollback()
        raise
    channel.session.commit()


def offered_figures(channel: ChannelB) -> list[tuple[str, str, str]]:
    channel.session.rollback()
    found, _ = list_observations(channel.session, Wanted())
    return sorted((one.area, one.period, one.value_text) for one in found)


# two people


def test_who_took_a_file_in_does_not_verify_it(channel: ChannelB) -> None:
    channel.take(figures(("404", "2020", "1")), NAME)
    with pytest.raises(Forbidden):
        says(channel, 1, "verified", person=channel.officer)
    assert (channel.count(ImportVerdict), channel.session.get_one(Import, 1).standing) == (0, "unverified")


def test_a_second_person_says_and_the_importer_is_told(channel: ChannelB) -> None:
    channel.take(figures(("404", "2020", "1")), NAME)
    says(channel, 1, "verified")
    says(channel, 1, "doubtful", "Row 2 differs from the yearbook.")
    said = imports.verdicts(channel.session, 1)
    assert [(one.verdict, one.reason) for one in said] == [
        ("doubtful", "Row 2 differs from the yearbook."),
        ("verified", ""),
    ]
    assert channel.session.get_one(Import, 1).standing == "doubtful"
    told = channel.session.execute(select(Notice.kind, Notice.user_id)).all()
    assert [tuple(row) for row in told] == [("dataset.verdict", channel.officer.id)] * 2
    assert offered_figures(channel) == [("KEN", "2020", "1")]


@pytest.mark.parametrize("verdict", ["doubtful", "withdrawn"])
def test_doubt_and_withdrawal_need_a_reason(channel: ChannelB, verdict: str) -> None:
    channel.take(figures(("404", "2020", "1")), NAME)
    with pytest.raises(Invalid) as refusal:
        says(channel, 1, verdict, "  ")
    assert [problem.where for problem in refusal.value.problems] == ["reason"]
    assert channel.count(ImportVerdict) == 0


def test_the_same_word_twice_is_refused(channel: ChannelB) -> None:
    channel.take(figures(("404", "2020", "1")), NAME)
    says(channel, 1, "verified")
    with pytest.raises(NotNow):
        says(channel, 1, "verified")


# withdrawal


def test_figures_of_a_withdrawn_file_are_offered_nowhere_and_stay_in_the_history(channel: ChannelB) -> None:
    channel.take(figures(("404", "2020", "1"), ("398", "2020", "2")), NAME)
    says(channel, 1, "withdrawn", "The wrong table.")
    assert offered_figures(channel) == []
    assert for_section(channel.session, "KEN", ["NUA-01"]) == {}
    assert (channel.count(Observation), channel.count(ObservationTotal)) == (2, 0)
    with pytest.raises(Invalid, match="last word"):
        says(channel, 1, "verified")


def test_a_file_is_not_withdrawn_while_another_is_taken_in(channel: ChannelB) -> None:
    channel.take(figures(("398", "2020", "12")), NAME)
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    with db.engine.connect() as connection, connection.begin():
        Staging(connection).open()
        with pytest.raises(NotNow, match="being taken in just now"):
            says(channel, 1, "withdrawn", "The wrong table.")
        says(channel, 1, "doubtful", "The wrong table.")
    says(channel, 1, "withdrawn", "The wrong table.")
    assert channel.session.scalars(select(Import.standing)).all() == ["withdrawn"]


def test_after_a_withdrawal_the_earlier_figure_stands_again(channel: ChannelB) -> None:
    channel.take(figures(("404", "2020", "1"), ("398", "2020", "2")), NAME)
    channel.take(figures(("404", "2020", "9"), ("800", "2020", "7")), NAME)
    says(channel, 2, "withdrawn", "A slip of the press.")
    assert offered_figures(channel) == [("KAZ", "2020", "2"), ("KEN", "2020", "1")]
    kept = select(ObservationRevision.value_text, ObservationRevision.import_number).order_by(ObservationRevision.id)
    assert [tuple(row) for row in channel.session.execute(kept)] == [("1", 1), ("9", 2)]
    kenya = select(Observation.revision, Observation.import_number).where(Observation.value_text == "1")
    assert tuple(channel.session.execute(kenya).one()) == (3, 1)
    assert parts(channel) == whole(channel)


def test_a_figure_withdrawn_and_given_again_is_offered_again(channel: ChannelB) -> None:
    channel.take(figures(("404", "2020", "1")), NAME)
    says(channel, 1, "withdrawn", "The wrong edition.")
    report = channel.report(figures(("404", "2020", "1")), NAME)
    assert counts(report) == (1, 0, 1, 0, 0)
    assert offered_figures(channel) == [("KEN", "2020", "1")]
    assert parts(channel) == whole(channel)


# totals


def parts(channel: ChannelB) -> list[tuple[object, ...]]:
    """What the totals tell, by region and year."""
    names = [ObservationTotal.region, ObservationTotal.year]
    sums = [func.sum(ObservationTotal.count), func.sum(ObservationTotal.sum)]
    ends = [func.min(ObservationTotal.low), func.max(ObservationTotal.high), func.sum(ObservationTotal.states)]
    return _rows(channel, select(*names, *sums, *ends).group_by(*names).order_by(*names))


def whole(channel: ChannelB) -> list[tuple[object, ...]]:
    """The same from the figures themselves."""
    names = [Entity.region, Observation.year]
    value = Observation.value
    by_cut = (
        select(
            *(Entity.region.label("region"), Observation.year.label("year"), func.count().label("count")),
            *(func.sum(value).label("sum"), func.min(value).label("low"), func.max(value).label("high")),
            func.count(Observation.area_id.distinct()).label("states"),
        )
        .join(Area, Area.id == Observation.area_id)
        .join(Entity, Entity.iso3 == Area.key)
        .where(value.is_not(None), offered())
        .group_by(*names, Observation.series_id, Observation.cut_id)
        .subquery()
        .c
    )
    sums = [func.sum(by_cut.count), func.sum(by_cut.sum)]
    ends = [func.min(by_cut.low), func.max(by_cut.high), func.sum(by_cut.states)]
    grouped = select(by_cut.region, by_cut.year, *sums, *ends).group_by(by_cut.region, by_cut.year)
    return _rows(channel, grouped.order_by(by_cut.region, by_cut.year))


def _rows(channel: ChannelB, query: object) -> list[tuple[object, ...]]:
    """Rows with sums to nine places: floats added in another order differ in the last ones."""
    found = channel.session.execute(query)  # type: ignore[call-overload]
    return [tuple(float(f"{one:.9g}") if isinstance(one, float) else one for one in row) for row in found]


def totals_held(channel: ChannelB) -> list[tuple[str, int, int, float, float, float, int]]:
    total = ObservationTotal
    columns = (total.region, total.year, total.count, total.sum, total.low, total.high, total.states)
    return [tuple(row) for row in channel.session.execute(select(*columns).order_by(total.region, total.year))]


def test_totals_are_right_after_each_import_and_add_up_to_the_whole(channel: ChannelB) -> None:
    channel.take(figures(("404", "2020", "1"), ("800", "2020", ">95"), ("398", "2020", "2"), ("1", "2020", "50")), NAME)
    assert totals_held(channel) == [
        ("Africa", 2020, 2, 96.0, 1.0, 95.0, 2),
        ("Asia and the Pacific", 2020, 1, 2.0, 2.0, 2.0, 1),
    ]
    channel.take(figures(("404", "2020", "4"), ("404", "2021", "5")), NAME)
    assert totals_held(channel) == [
        ("Africa", 2020, 2, 99.0, 4.0, 95.0, 2),
        ("Africa", 2021, 1, 5.0, 5.0, 5.0, 1),
        ("Asia and the Pacific", 2020, 1, 2.0, 2.0, 2.0, 1),
    ]
    held = totals_held(channel)
    assert parts(channel) == whole(channel)
    totals.rebuild(channel.act().session)
    assert totals_held(channel) == held


def test_a_dry_run_leaves_the_totals_as_they_are(channel: ChannelB) -> None:
    channel.take(figures(("404", "2020", "1")), NAME)
    channel.take(figures(("404", "2020", "8")), NAME, dry_run=True)
    assert totals_held(channel) == [("Africa", 2020, 1, 1.0, 1.0, 1.0, 1)]


# files shown first


def aside(channel: ChannelB, content: str, name: str = "national.csv", **told: str) -> PendingFile:
    blob = channel.storage.put(io.BytesIO(content.encode()))
    row = pending.lay_aside(channel.act(), channel.storage, blob, name, Told(**told))
    channel.session.commit()
    return row


def test_a_file_of_an_unknown_kind_is_shown_cell_by_cell_before_anything_is_stored(channel: ChannelB) -> None:
    row = aside(channel, NATIONAL, source="yearbook")
    shown = pending.show(channel.session, channel.storage, row.id)
    assert shown.columns is not None
    assert shown.columns.roles == ("area", "period", "figure")
    assert [problem.where for problem in shown.problems] == ["series"]
    corrected(channel, row, series="Urban growth")
    preview = pending.show(channel.session, channel.storage, row.id).preview
    assert preview is not None
    read = [[(cell.text, cell.read, cell.wrong) for cell in line.cells] for line in preview.rows]
    assert read[0] == [("Kenya", "Kenya (KEN)", False), ("2020", "2020", False), ("12,5", "12.5", False)]
    assert [cell[2] for cell in read[2]] == [True, False, False]
    assert read[3][1] == ("soon", "", True)
    assert (preview.figures, dict(preview.left_out)) == (2, {"bad_period": 1, "unknown_area": 1})
    assert [(one.wording, one.figures, one.row) for one in preview.unmatched] == [("The hill country", 1, 4)]
    assert (channel.count(Import), channel.count(Observation)) == (0, 0)


def test_what_is_missing_is_said_at_once_beside_the_first_rows(channel: ChannelB) -> None:
    row = aside(channel, NATIONAL)
    shown = pending.show(channel.session, channel.storage, row.id)
    assert [problem.where for problem in shown.problems] == ["series", "source"]
    assert (shown.preview, shown.sample is not None) == (None, True)
    assert shown.sample is not None
    assert shown.sample.header == (("Land", "area"), ("Jahr", "period"), ("Wert", "figure"))
    assert [[cell.text for cell in line.cells] for line in shown.sample.rows] == [
        ["Kenya", "2020", "12,5"],
        ["Kazakhstan", "2020", "13"],
        ["The hill country", "2020", "14"],
        ["Kenya", "soon", "15"],
    ]
    nobodys = aside(channel, "Year,UNIT_MEASURE,REF_AREA,Value\n2020,PT,,44\n", "data_indicator_11-1-1.csv")
    known = pending.show(channel.session, channel.storage, nobodys.id)
    assert [problem.where for problem in known.problems] == ["entity"]
    assert known.sample is not None
    assert [[cell.text for cell in line.cells] for line in known.sample.rows] == [["2020", "PT", "", "44"]]


def test_what_is_shown_of_a_file_is_what_becomes_of_it(channel: ChannelB) -> None:
    text = "Land;Jahr;Wert\nKenya;2020;12,5\nKEN;2020;13\nKenya;2020;12,5\nNepal;2020;..\nNepal;2020;n.d.\n"
    text += "Chad;2020;1\nTogo;2020;2\n"
    row = aside(channel, text, source="yearbook")
    corrected(channel, row, series="Urban growth")
    preview = pending.show(channel.session, channel.storage, row.id).preview
    assert preview is not None
    assert [(line.number, line.sentences) for line in preview.rows if line.number in (3, 4)] == [
        (3, ("An earlier row of the file gives another figure for the same area, year and dimensions: row 2.",)),
        (4, ("The same row stands twice in the file; it is taken once: row 2.",)),
    ]
    report = import_report(channel.session, confirmed(channel, row).id)
    became = {reason.reason: reason.figures for reason in report.reasons}
    assert became == {"contradicts": 1, "same_twice": 1, "no_figure": 1, "not_a_number": 1}
    assert (preview.figures, dict(preview.left_out)) == (report.new, became)


def test_an_area_is_shown_in_a_row_whose_figure_is_left_out(channel: ChannelB) -> None:
    tables = (
        ("Land;Jahr;Wert\nKenya;2020;12,5\nNepal;2021;\nAtlantis;2020;\n", "Growth", ["2021", "2020"]),
        ("ISO;Country;2019;2020\nKEN;Kenya;1;2\nNPL;Nepal;;\nXXX;Atlantis;;\n", "Share", ["", ""]),
    )
    for table, series, years in tables:
        row = aside(channel, table, source="yearbook")
        corrected(channel, row, series=series)
        shown = pending.show(channel.session, channel.storage, row.id).preview
        assert shown is not None
        found = [line.cells for line in shown.rows[1:]]
        assert [(cells[0].read == "Nepal (NPL)", cells[0].wrong) for cells in found] == [(True, False), (False, True)]
        assert [cells[1].read if cells[1].role == "period" else "" for cells in found] == years
        assert dict(shown.areas) == {"country": 1}


def test_shares_below_nothing_and_above_the_whole_are_told(channel: ChannelB) -> None:
    shares = list(enumerate(("-5", "101", "0", "100", "-0.1", ">101")))
    figures = "".join(f"{area};{2020 + at};{share}\n" for area in ("KEN", "NPL") for at, share in shares)
    told = ["Shares above 100 per cent, kept as they stand: 4.", "Figures in per cent below 0, kept as they stand: 4."]
    for unit, wanted in (("%", told), ("persons", [])):
        row = aside(channel, f"Land;Jahr;Wert\n{figures}", source="yearbook")
        corrected(channel, row, series=f"Growth in {unit}", unit=unit)
        notes = [str(one) for one in import_report(channel.session, confirmed(channel, row, save=False).id).notes]
        assert [one for one in notes if "per cent" in one] == wanted


def corrected(channel: ChannelB, row: PendingFile, ties: dict[str, str] | None = None, **said: str) -> None:
    columns = read_mapping(row.mapping | said) if row.mapping else None
    told = Told(**{name: str(row.told[name]) for name in ("source", "edition", "entity")}, indicators=ties or {})
    pending.correct(channel.act(), row.id, told, columns)
    channel.session.commit()


def worked(channel: ChannelB, row: PendingFile) -> Import:
    assert pending.take_next(channel.act()) == row.id
    channel.session.commit()
    pending.read_through(channel.session, channel.storage, row.id, lambda _rows, _of: None)
    pending.take_in(channel.act(), channel.storage, row.id)
    channel.session.commit()
    return channel.session.scalars(select(Import).order_by(Import.number.desc())).first()  # type: ignore[return-value]


def test_how_much_of_a_file_is_read_is_told_by_its_rows(channel: ChannelB) -> None:
    rows = figures(*(("398", str(1000 + number % 1000), f"{number}.25") for number in range(50_000)))
    row = aside(channel, rows, NAME)
    told: list[tuple[int, int]] = []
    read = pending.read_through(
        channel.session, channel.storage, row.id, lambda done, of: told.append((done, round(of, -4)))
    )
    assert (read, told) == (50_000, [(20_000, 50_000), (40_000, 50_000)])


def confirm(channel: ChannelB, row: PendingFile, *, save: bool = False) -> None:
    seen = pending.show(channel.session, channel.storage, row.id)
    ties = {one.series: one.indicator or "" for one in seen.preview.ties} if seen.preview else {}
    corrected(channel, row, ties)
    pending.confirm(channel.act(), channel.storage, row.id, seen.mark, save=save)
    channel.session.commit()


def confirmed(channel: ChannelB, row: PendingFile, *, save: bool = True) -> Import:
    confirm(channel, row, save=save)
    return worked(channel, row)


def test_columns_and_names_are_kept_for_the_next_file_of_the_kind(channel: ChannelB) -> None:
    row = aside(channel, NATIONAL, source="yearbook")
    corrected(channel, row, series="Urban growth", unit="%")
    pending.name_areas(channel.act(), channel.storage, row.id, {"The hill country": "Nepal"})
    channel.session.commit()
    taken = confirmed(channel, row)
    assert (taken.source, taken.new, taken.left_out, taken.imported_by) == ("yearbook", 3, 1, channel.officer.id)
    assert channel.held(area="NPL") == [("NPL", "2020", "{}", "%", "14")]
    assert (row.state, row.import_number, taken.blob) == ("taken", taken.number, row.blob)
    following = "Land;Jahr;Wert\nthe hill  country;2021;15\n"
    assert counts(channel.report(following, "next.csv", source="yearbook")) == (1, 1, 0, 0, 0)
    again = channel.report(NATIONAL, "national.csv", source="yearbook")
    assert counts(again) == (4, 0, 0, 3, 1)
    elsewhere = channel.report("Land;Jahr;Wert\nThe hill country;2021;15\n", "next.csv", source="another")
    assert counts(elsewhere) == (1, 0, 0, 0, 1)


# which indicator the figures are


SLUMS = "Urban population living in slums, informal settlements or inadequate housing"


def tied(channel: ChannelB) -> list[tuple[str, str, str | None]]:
    channel.session.rollback()
    query = select(Series.source, Series.code, Series.indicator).order_by(Series.id)
    return [tuple(row) for row in channel.session.execute(query)]


def ties_shown(channel: ChannelB, row: PendingFile) -> list[Tie]:
    preview = pending.show(channel.session, channel.storage, row.id).preview
    assert preview is not None
    return list(preview.ties)


@pytest.mark.parametrize("words", ["11.1.1", "NUA-14", SLUMS])
def test_figures_of_any_source_are_tied_by_the_code_or_name_that_the_form_says(channel: ChannelB, words: str) -> None:
    row = aside(channel, NATIONAL, source="yearbook")
    corrected(channel, row, series=words, unit="%")
    assert ties_shown(channel, row) == [Tie(words, "NUA-14", SLUMS)]
    confirmed(channel, row)
    assert tied(channel) == [("yearbook", words, "NUA-14")]
    assert counts(channel.report(NATIONAL, "national.csv", source="yearbook")) == (4, 0, 0, 2, 2)
    assert tied(channel) == [("yearbook", words, "NUA-14")]


def test_a_national_file_in_the_layout_of_another_country_is_tied_by_the_code_in_its_name(channel: ChannelB) -> None:
    text = "Year,UNIT_MEASURE,REF_AREA,Value\n2020,PT,,44\n"
    row = aside(channel, text, "data_indicator_11-1-1.csv", entity="KEN")
    assert ties_shown(channel, row) == [Tie("11-1-1", "NUA-14", SLUMS)]
    channel.take(text, "data_indicator_11-1-1.csv", entity="KEN")
    channel.take(text, "data_indicator_11-2-1-1.csv", entity="KEN")
    assert tied(channel) == [("national:KEN", "11-1-1", "NUA-14"), ("national:KEN", "11-2-1-1", None)]


def test_a_person_corrects_the_tie_and_says_that_there_is_none(channel: ChannelB) -> None:
    row = aside(channel, NATIONAL, source="yearbook")
    corrected(channel, row, series="11.1.1", ties={"11.1.1": "NUA-15"})
    assert [one.indicator for one in ties_shown(channel, row)] == ["NUA-15"]
    confirmed(channel, row)
    assert tied(channel) == [("yearbook", "11.1.1", "NUA-15")]
    again = {"source": "yearbook", "indicators": {"11.1.1": ""}}
    assert counts(channel.report(NATIONAL, "national.csv", **again)) == (4, 0, 0, 2, 2)
    assert tied(channel) == [("yearbook", "11.1.1", None)]
    following = aside(channel, NATIONAL, source="yearbook")
    assert [one.indicator for one in ties_shown(channel, following)] == [None]


def test_a_word_that_is_no_indicator_is_refused_with_its_place_and_nothing_is_kept(channel: ChannelB) -> None:
    row = aside(channel, NATIONAL, source="yearbook")
    corrected(channel, row, series="Urban growth")
    with pytest.raises(Invalid) as refusal:
        corrected(channel, row, ties={"Urban growth": "slum share"})
    assert [problem.where for problem in refusal.value.problems] == ["indicator-Urban growth"]
    channel.session.rollback()
    assert ties_shown(channel, row) == [Tie("Urban growth", None)]


def test_a_mapping_that_nobody_saved_is_not_used(channel: ChannelB) -> None:
    row = aside(channel, NATIONAL, source="yearbook")
    corrected(channel, row, series="Urban growth")
    confirmed(channel, row, save=False)
    assert channel.count(ColumnMapping) == 0
    with pytest.raises(UnknownLayout):
        channel.take(NATIONAL, "national.csv", source="yearbook")


def test_a_name_that_no_table_knows_is_refused_and_none_is_kept(channel: ChannelB) -> None:
    row = aside(channel, NATIONAL, source="yearbook")
    corrected(channel, row, series="Urban growth")
    with pytest.raises(Invalid) as refusal:
        pending.name_areas(channel.act(), channel.storage, row.id, {"The hill country": "Neverland", "Kenya": "Uganda"})
    assert [problem.where for problem in refusal.value.problems] == ["area-The hill country"]
    assert imports.aliases(channel.session, "yearbook") == {}


def test_a_dropped_file_leaves_nothing_and_is_not_taken_in(channel: ChannelB) -> None:
    row = aside(channel, figures(("404", "2020", "1")), NAME)
    pending.drop(channel.act(), row.id)
    channel.session.commit()
    with pytest.raises(NotNow):
        pending.confirm(channel.act(), channel.storage, row.id, "", save=False)
    with pytest.raises(NotNow):
        pending.drop(channel.act(), row.id)
    assert pending.take_next(channel.act()) is None
    assert channel.count(Import) == 0


def test_a_killed_worker_leaves_the_file_to_be_taken_up_again(channel: ChannelB) -> None:
    row = aside(channel, figures(("404", "2020", "1")), NAME)
    confirm(channel, row)
    assert pending.take_next(channel.act()) == row.id
    channel.session.commit()
    assert pending.take_next(channel.act()) is None
    pending.take_up_again(channel.act())
    channel.session.commit()
    assert worked(channel, row).new == 1


def test_years_in_the_headings(channel: ChannelB) -> None:
    row = aside(channel, "Table 3\n\nISO,Country,2019,2020\nKEN,Kenya,1,..\nKAZ,Kazakhstan,3,>4\n", source="yearbook")
    corrected(channel, row, series="Share", unit="%")
    assert (confirmed(channel, row).new, row.done) == (3, 2)
    assert channel.held(area="KAZ") == [("KAZ", "2019", "{}", "%", "3"), ("KAZ", "2020", "{}", "%", ">4")]


def test_the_record_names_every_act(channel: ChannelB) -> None:
    row = aside(channel, NATIONAL, source="yearbook")
    corrected(channel, row, series="Urban growth")
    pending.name_areas(channel.act(), channel.storage, row.id, {"The hill country": "NPL"})
    channel.session.commit()
    confirmed(channel, row)
    says(channel, 1, "verified")
    kinds: Sequence[str] = channel.session.scalars(select(Event.kind).order_by(Event.sequence)).all()
    assert list(kinds)[-5:] == ["alias.save", "mapping.save", "dataset.ask", "observations.imported", "dataset.verdict"]


def test_what_was_said_is_append_only(channel: ChannelB) -> None:
    channel.take(figures(("404", "2020", "1")), NAME)
    says(channel, 1, "verified")
    with pytest.raises(Exception, match="append-only"):
        channel.act().session.execute(text("UPDATE import_verdicts SET verdict = 'doubtful'"))
    channel.session.rollback()
