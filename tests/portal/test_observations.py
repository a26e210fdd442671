"""Taking files into channel b: whole or not at all, again without change, newer editions as revisions."""

from __future__ import annotations

import datetime as dt
import io
import random

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from portal.adapters.storage import open_storage
from portal.adapters.tabular_layouts import Told
from portal.config import Settings
from portal.models.events import Event
from portal.models.observations import Area, Import, Observation, ObservationRevision, Omission, Series
from portal.queries.observations import (
    Wanted,
    for_section,
    import_report,
    list_imports,
    list_observations,
    omissions,
    stream_observations,
)
from portal.rules.areas import NAME_NOT_GIVEN
from portal.rules.policy import Grant, Person
from portal.rules.refusals import Forbidden, Invalid, Missing
from portal.services.observations import take_in, take_in_from_console
from tests.portal.observing import ChannelB, counts, reasons

SLUMS = "ddf--datapoints--en_lnd_slum--by--geo_area--location--nature--units--year.csv"
HEADER = "geo_area,location,nature,units,year,en_lnd_slum\n"
FIRST = HEADER + "398,urban,g,percent,2018,5.5\n398,urban,g,percent,2020,>95\n4,urban,g,percent,2020,73.3\n"


@pytest.fixture
def channel(session: Session, settings: Settings) -> ChannelB:
    return ChannelB.build(session, open_storage(settings.storage_url, None))


def test_it_is_told_how_much_of_a_file_is_taken_in(channel: ChannelB) -> None:
    row = "398,urban,g,percent,{},5\n"
    content = (HEADER + "".join(row.format(year) for year in range(1000, 4000))).encode()
    told: list[int] = []
    take_in_from_console(channel.act(), channel.storage, io.BytesIO(content), SLUMS, Told(), watch=told.append)
    assert (len(told), told[-1], len(HEADER) < told[0] < told[1]) == (2, len(content), True)


def test_a_file_is_taken_in(channel: ChannelB) -> None:
    report = channel.report(FIRST, SLUMS, edition="December 2023")
    assert counts(report) == (3, 3, 0, 0, 0)
    assert (report.source, report.edition, report.size) == ("un_sdg", "December 2023", len(FIRST))
    assert channel.held() == [
        ("AFG", "2020", '{"location":"urban"}', "percent", "73.3"),
        ("KAZ", "2018", '{"location":"urban"}', "percent", "5.5"),
        ("KAZ", "2020", '{"location":"urban"}', "percent", ">95"),
    ]


def test_a_bound_is_kept_beside_the_text(channel: ChannelB) -> None:
    channel.take(
        HEADER + "398,urban,g,percent,2018,<5\n398,urban,g,percent,2019,>95\n398,urban,g,percent,2020,7\n", SLUMS
    )
    rows = channel.session.execute(
        select(Observation.value_text, Observation.value, Observation.bound).order_by(Observation.year)
    )
    assert [tuple(row) for row in rows] == [("<5", 5.0, "<"), (">95", 95.0, ">"), ("7", 7.0, "")]


def test_codes_of_the_source_are_kept_as_they_stand(channel: ChannelB) -> None:
    codes = ["", "a,b", 'say "so"', "\\N", "\\.", "two\nlines", "an\rold line", "two\n\\.\nlines", "NULL", "ноль"]
    quoted = [code.replace('"', '""') for code in codes]
    channel.take(HEADER + "".join(f'398,urban,"{code}",percent,{2000 + n},5\n' for n, code in enumerate(quoted)), SLUMS)
    held = channel.session.scalars(select(Observation.nature).order_by(Observation.year))
    assert held.all() == codes


def test_the_original_file_is_kept_and_only_once(channel: ChannelB) -> None:
    channel.take(FIRST, SLUMS)
    channel.take(FIRST, SLUMS)
    first, second = channel.session.scalars(select(Import.blob).order_by(Import.number))
    assert first == second
    with channel.storage.open(first) as kept:
        assert kept.read() == FIRST.encode()


def test_a_second_import_changes_nothing(channel: ChannelB) -> None:
    channel.take(FIRST, SLUMS)
    before = channel.session.execute(select(Observation.__table__).order_by(Observation.id)).all()
    assert counts(channel.report(FIRST, SLUMS)) == (3, 0, 0, 3, 0)
    assert channel.session.execute(select(Observation.__table__).order_by(Observation.id)).all() == before
    assert channel.count(ObservationRevision) == 0


def test_a_newer_edition_makes_revisions(channel: ChannelB) -> None:
    channel.take(FIRST, SLUMS, edition="December 2022")
    newer = HEADER + "398,urban,g,percent,2018,5.25\n398,urban,g,percent,2020,<96\n398,urban,g,percent,2022,4\n"
    report = channel.report(newer, SLUMS, edition="December 2023")
    assert counts(report) == (3, 1, 2, 0, 0)
    assert report.no_longer_given == 1
    assert [row[:2] + row[4:] for row in channel.held(area="KAZ")] == [
        ("KAZ", "2018", "5.25"),
        ("KAZ", "2020", "<96"),
        ("KAZ", "2022", "4"),
    ]
    past = channel.session.execute(
        select(
            ObservationRevision.revision,
            ObservationRevision.value_text,
            ObservationRevision.bound,
            ObservationRevision.import_number,
            ObservationRevision.superseded_by,
        ).order_by(ObservationRevision.observation_id)
    )
    assert [tuple(row) for row in past] == [(1, "5.5", "", 1, 2), (1, ">95", ">", 1, 2)]
    now = channel.session.execute(
        select(Observation.revision, Observation.import_number).where(Observation.value_text == "5.25")
    )
    assert [tuple(row) for row in now] == [(2, 2)]


def test_a_repetition_is_told_alike_whether_figures_of_the_series_are_held_or_not(channel: ChannelB) -> None:
    twice = HEADER + "398,urban,g,percent,2018,5.5\n398,urban,g,percent,2018,70\n398,urban,g,percent,2018,5.5\n"
    first, second = channel.report(twice, SLUMS), channel.report(twice, SLUMS)
    told = [("row 3, column en_lnd_slum", "contradicts", "70"), ("row 4, column en_lnd_slum", "same_twice", "5.5")]
    for report in (first, second):
        left = omissions(channel.session, report.id)
        assert [(row.place, row.reason, row.content) for row in left] == told
    assert (counts(first), counts(second)) == ((3, 1, 0, 0, 2), (3, 0, 0, 1, 2))
    assert [row[4] for row in channel.held()] == ["5.5"]


def test_what_is_no_longer_given_stays(channel: ChannelB) -> None:
    channel.take(FIRST, SLUMS)
    channel.take(HEADER + "398,urban,g,percent,2018,5.5\n", SLUMS)
    assert len(channel.held()) == 3


def test_the_same_number_written_otherwise_is_no_revision(channel: ChannelB) -> None:
    channel.take(HEADER + "398,urban,g,percent,2018,5.50\n", SLUMS)
    assert counts(channel.report(HEADER + "398,urban,g,percent,2018,5.5\n", SLUMS)) == (1, 0, 0, 1, 0)
    assert channel.held()[0][4] == "5.50"


def test_another_nature_is_a_revision(channel: ChannelB) -> None:
    channel.take(HEADER + "398,urban,g,percent,2018,5.5\n", SLUMS)
    assert counts(channel.report(HEADER + "398,urban,c,percent,2018,5.5\n", SLUMS)) == (1, 0, 1, 0, 0)


def test_an_older_edition_is_refused(channel: ChannelB) -> None:
    channel.take(FIRST, SLUMS, edition="2025-10-07")
    with pytest.raises(Invalid, match="is older"):
        channel.take(FIRST, SLUMS, edition="2024-01-01")
    assert channel.count(Import) == 1


def test_a_row_that_stands_twice_is_taken_once_and_told(channel: ChannelB) -> None:
    text = FIRST + "398,urban,g,percent,2018,5.5\n4,urban,g,percent,2020,70\n"
    report = channel.report(text, SLUMS)
    assert counts(report) == (5, 3, 0, 0, 2)
    told = [(row.place, row.reason, row.content) for row in omissions(channel.session, report.id)]
    assert told == [
        ("row 5, column en_lnd_slum", "same_twice", "5.5"),
        ("row 6, column en_lnd_slum", "contradicts", "70"),
    ]
    assert ("AFG", "2020", '{"location":"urban"}', "percent", "73.3") in channel.held()


def test_rows_left_out_are_listed_with_place_reason_and_content(channel: ChannelB) -> None:
    text = HEADER + (
        "99051,urban,g,percent,2018,1\n"
        "398,urban,g,percent,lately,2\n"
        "398,urban,g,percent,2019,many\n"
        "398,urban,g,percent,2020,\n"
        "398,urban,g,percent,2021\n"
        "398,urban,g,percent,2022,1e999\n"
        f"398,urban,g,percent,2023,{'9' * 81}\n"
        f"{'9' * 201},urban,g,percent,2023,3\n"
        "398,urban,g,percent,2024,8\n"
    )
    report = channel.report(text, SLUMS)
    assert counts(report) == (9, 1, 0, 0, 8)
    told = [(row.place, row.reason) for row in omissions(channel.session, report.id)]
    assert told == [
        ("row 2, column en_lnd_slum", "unknown_area"),
        ("row 3, column en_lnd_slum", "bad_period"),
        ("row 4, column en_lnd_slum", "not_a_number"),
        ("row 5, column en_lnd_slum", "no_figure"),
        ("row 6", "short_row"),
        ("row 7, column en_lnd_slum", "not_a_number"),
        ("row 8, column en_lnd_slum", "not_a_number"),
        ("row 9, column en_lnd_slum", "too_long"),
    ]
    assert reasons(report) == {
        "bad_period": 1,
        "no_figure": 1,
        "not_a_number": 3,
        "short_row": 1,
        "too_long": 1,
        "unknown_area": 1,
    }


def test_a_city_whose_code_is_too_long_with_what_tells_that_it_is_one_is_left_out_and_told(channel: ChannelB) -> None:
    header = HEADER.replace("geo_area,", "geo_area,cities,")
    text = header + "".join(f"398,{code},urban,g,percent,2020,5\n" for code in ("kz_almaty", "k" * 198))
    report = channel.report(text, SLUMS)
    assert (counts(report), reasons(report)) == ((2, 1, 0, 0, 1), {"too_long": 1})


def test_a_file_is_taken_whole_or_not_at_all(channel: ChannelB) -> None:
    rows = "".join(f"398,urban,g,percent,{year},1\n" for year in range(1950, 2020)) * 60
    broken = HEADER + rows + '398,urban,g,percent,2020,"1' + "x" * 200_000 + "\n"
    with pytest.raises(Invalid) as refusal:
        channel.take(broken, SLUMS)
    assert [problem.where for problem in refusal.value.problems] == ["line 4202"]
    left = [channel.count(model) for model in (Import, Observation, Series, Area, Omission)]
    assert left == [0, 0, 0, 0, 0]


def test_a_dry_run_tells_the_same_and_keeps_nothing(channel: ChannelB) -> None:
    tried = channel.take(FIRST, SLUMS, dry_run=True)
    assert (counts(tried.report), tried.dry_run) == ((3, 3, 0, 0, 0), True)
    events = channel.session.scalars(select(Event.kind).where(Event.kind == "observations.imported")).all()
    assert [channel.count(model) for model in (Import, Observation, Series, Area)] + list(events) == [0, 0, 0, 0]
    assert counts(channel.report(FIRST, SLUMS)) == (3, 3, 0, 0, 0)


def test_an_import_is_recorded(channel: ChannelB) -> None:
    report = channel.report(FIRST, SLUMS)
    found = channel.session.execute(select(Event.kind, Event.data).order_by(Event.sequence.desc())).first()
    assert found is not None
    assert found.kind == "observations.imported"
    assert found.data == {
        "import": str(report.id),
        "source": "un_sdg",
        "sha256": report.sha256,
        "new": 3,
        "revised": 0,
        "left_out": 0,
    }


@pytest.mark.parametrize("role", ["focal_point", "certifier", "reviewer", "lead", "administrator"])
def test_only_a_data_officer_takes_files_in(channel: ChannelB, role: str) -> None:
    person = Person(channel.officer.id, "somebody@example.org", "Somebody", (Grant(role, "KAZ"),))
    with pytest.raises(Forbidden):
        take_in(channel.act(person), channel.storage, io.BytesIO(FIRST.encode()), SLUMS)


def test_a_national_file_that_does_not_tell_its_country_is_refused_until_told(channel: ChannelB) -> None:
    text, name = "Year,UNIT_MEASURE,Value\n2020,PT,5.0\n", "data_indicator_11-4-1.csv"
    with pytest.raises(Invalid, match="does not say of which country"):
        channel.take(text, name)
    with pytest.raises(Invalid, match="'QQQ' is not a country"):
        channel.take(text, name, entity="QQQ")
    assert channel.report(text, name, entity="KAZ").source == "national:KAZ"
    assert channel.report(text, name, source="national:KAZ").unchanged == 1
    assert channel.held() == [("KAZ", "2020", "{}", "PT", "5.0")]


def test_a_file_with_a_header_only_gives_nothing_and_says_so(channel: ChannelB) -> None:
    taken = channel.take("Year,Value\n", "data_indicator_11-7-1.csv")
    assert counts(taken.report) == (0, 0, 0, 0, 0)
    assert tuple(map(str, taken.notes)) == ("The file holds a header and no rows; there was nothing to take in.",)


def test_a_name_that_comes_later_is_kept(channel: ChannelB) -> None:
    cities = (
        "cities,custom_breakdown,geo_area,nature,units,year,sp_trn_publ\nae_dubayy,notspec,784,e,percent,2020,41.2\n"
    )
    channel.take(cities, "ddf--datapoints--sp_trn_publ.csv")
    area = select(Area.name, Area.note).where(Area.key == "CITY:ae_dubayy")
    assert tuple(channel.session.execute(area).one()) == ("ae_dubayy", NAME_NOT_GIVEN)
    header = "SDG Goal,SDG Target,SDG Indicator,Country or Territory Code,Country or Territory Name,SDG Region,"
    header += "SDG Sub-Region,City Code,City Name,Share (%),Data Units,Data Reference Year,Data Source,FootNote\n"
    row = "11,11.2,11.2.1,784,United Arab Emirates,Western Asia,Western Asia,AE_DUBAYY,Dubayy,41,PERCENT,2020,,\n"
    channel.take(header + row, "SDG_11-2-1.csv")
    assert tuple(channel.session.execute(area).one()) == ("Dubayy", "")


def test_beside_a_section_stand_the_figures_of_the_country_itself(channel: ChannelB) -> None:
    channel.take(FIRST, SLUMS)
    unemployment = "age,geo_area,nature,observation_status,sex,units,year,sl_tlf_uem\n" + "".join(
        f"15,398,c,a,{sex},percent,{year},{value}\n"
        for sex, year, value in (("female", 2021, 5.4), ("bothsex", 2021, 4.9), ("bothsex", 2022, 4.8))
    )
    channel.take(unemployment, "ddf--datapoints--sl_tlf_uem.csv")
    found = for_section(channel.session, "KAZ", ["NUA-10", "NUA-14", "NUA-19"])
    shown = {code: [(f.year, f.value, f.dimensions) for f in figures] for code, figures in found.items()}
    assert shown == {
        "NUA-10": [
            ("2022", "4.8", "age: 15; sex: bothsex"),
            ("2021", "4.9", "age: 15; sex: bothsex"),
            ("2021", "5.4", "age: 15; sex: female"),
        ],
        "NUA-14": [("2020", ">95", "location: urban"), ("2018", "5.5", "location: urban")],
    }


@pytest.mark.parametrize(
    ("wanted", "texts"),
    [
        (Wanted(), ["73.3", "5.5", ">95"]),
        (Wanted(indicator="NUA-14"), ["73.3", "5.5", ">95"]),
        (Wanted(indicator="11.1.1", entity="KAZ"), ["5.5", ">95"]),
        (Wanted(indicator="en_lnd_slum", year_from=2019), ["73.3", ">95"]),
        (Wanted(year_to=2018), ["5.5"]),
        (Wanted(source="world_bank"), []),
        (Wanted(kind="country", entity="AFG"), ["73.3"]),
    ],
)
def test_figures_are_found(channel: ChannelB, wanted: Wanted, texts: list[str]) -> None:
    channel.take(FIRST, SLUMS)
    page, following = list_observations(channel.session, wanted)
    assert ([figure.value_text for figure in stream_observations(channel.session, wanted)], following) == (texts, None)
    assert sorted(figure.value_text for figure in page) == sorted(texts)


def test_pages_join_to_the_whole(channel: ChannelB) -> None:
    channel.take(FIRST, SLUMS)
    first, cursor = list_observations(channel.session, Wanted(), limit=2)
    assert cursor == first[-1].id
    second, end = list_observations(channel.session, Wanted(), after=cursor or 0, limit=2)
    assert (len(first), len(second), end) == (2, 1, None)
    assert len({figure.id for figure in first + second}) == 3


def test_reports_of_imports(channel: ChannelB) -> None:
    first = channel.report(FIRST, SLUMS)
    second = channel.report(FIRST, SLUMS)
    assert [report.id for report in list_imports(channel.session)] == [second.id, first.id]
    assert import_report(channel.session, first.id) == first
    with pytest.raises(Missing):
        import_report(channel.session, channel.officer.id)


def test_the_order_of_rows_does_not_matter(channel: ChannelB) -> None:
    rows = [f"{area},urban,g,percent,{year},{area}.{year}\n" for area in (4, 8, 398) for year in range(2000, 2020)]
    channel.take(HEADER + "".join(rows), SLUMS)
    before = channel.held()
    random.Random(7).shuffle(rows)
    assert counts(channel.report(HEADER + "".join(rows), SLUMS)) == (60, 0, 0, 60, 0)
    assert channel.held() == before


def test_an_import_asks_the_same_number_of_questions_for_many_rows_as_for_few(channel: ChannelB) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    engine = channel.session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        numbers = []
        for count in (1, 10, 1500):
            rows = "".join(f"398,urban,g,percent,{1900 + n % 200},{n}\n" for n in range(min(count, 200)))
            rows += "".join(f"4,a{n},g,percent,2000,{n}\n" for n in range(count))
            asked.clear()
            channel.take(HEADER + rows, SLUMS.replace("slum", f"slum{count}"), source=f"source {count}")
            numbers.append(len(asked))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert numbers[1] == numbers[2]


def test_times_come_from_the_act(channel: ChannelB) -> None:
    assert channel.report(FIRST, SLUMS).imported_at == dt.datetime(2025, 6, 16, 9, 0, tzinfo=dt.UTC)
