"""The real files as they are: each flaw that the folder's index tells of is an assertion here."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.adapters.storage import open_storage
from portal.adapters.tabular import open_book
from portal.adapters.tabular_layouts import Told, plan_for
from portal.config import Settings
from portal.models.observations import Area, Cut, Observation, Series
from portal.queries.observations import import_report, omissions
from portal.rules.areas import NAME_NOT_GIVEN
from portal.rules.datasets import Reading
from portal.rules.refusals import Invalid
from tests.portal.observing import ChannelB, counts, reasons

WORLD_BANK = "API_SP.URB.TOTL.IN.ZS_DS2_en_csv_v2_317545.csv"
POPULATION = "SDG_11-1-1_total_population_in_slums_and_informal_settlements.xlsx"
SHARE_A = "Proportion of urban population living in slums or informal settlements (%) (a)"
SHARE_B = "Proportion of urban population living in inadequate housing (%) (b)"


@pytest.fixture
def channel(session: Session, settings: Settings) -> ChannelB:
    return ChannelB.build(session, open_storage(settings.storage_url, None))


def series_file(folder: Path, series: str) -> Path:
    [found] = (folder / "un_sdg").glob(f"ddf--datapoints--{series}--by--*.csv")
    return found


# UN SDG database


def test_every_un_sdg_series_is_read_whole(shared_data: Path) -> None:
    with (shared_data / "un_sdg" / "_PROFILE.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["series"]: int(row["rows"]) for row in csv.DictReader(file)}
    read = {}
    for path in (shared_data / "un_sdg").glob("ddf--datapoints--*.csv"):
        with path.open("rb") as stream:
            plan = plan_for(open_book(stream, path.name), Told())
            found = [item for item in plan.readings() if isinstance(item, Reading)]
            read[found[0].series] = len(found)
    assert read == rows
    assert (len(read), sum(read.values())) == (87, 307_353)


def test_bounds_of_the_un_series_keep_their_text(channel: ChannelB, shared_data: Path) -> None:
    report = channel.report(series_file(shared_data, "eg_egy_clean"), edition="December 2023")
    assert counts(report) == (14_124, 14_124, 0, 0, 0)
    rows = channel.session.execute(
        select(Observation.value_text, Observation.value, Observation.bound).where(Observation.bound != "")
    ).all()
    assert {tuple(row) for row in rows} == {(">95", 95.0, ">"), ("<5", 5.0, "<")}
    assert len(rows) == 7756


def test_countries_regions_and_groups_are_told_apart(channel: ChannelB, shared_data: Path) -> None:
    channel.take(series_file(shared_data, "en_lnd_slum"))
    assert channel.kinds() == {"aggregate": 1, "country": 108, "region": 8}
    assert channel.held(area="M49:1")[0] == ("M49:1", "2000", '{"location":"urban"}', "percent", "31.1987")


def test_a_second_import_of_a_real_series_changes_nothing(channel: ChannelB, shared_data: Path) -> None:
    path = series_file(shared_data, "en_lnd_slum")
    assert counts(channel.report(path)) == (1186, 1186, 0, 0, 0)
    assert counts(channel.report(path)) == (1186, 0, 0, 1186, 0)


def test_city_codes_without_names_keep_the_code(channel: ChannelB, shared_data: Path) -> None:
    assert counts(channel.report(series_file(shared_data, "sp_trn_publ"))) == (1669, 1669, 0, 0, 0)
    harare = select(Area.key, Area.kind, Area.entity, Area.name, Area.note).where(Area.key == "CITY:zw_harare")
    assert tuple(channel.session.execute(harare).one()) == (
        "CITY:zw_harare",
        "city",
        "ZWE",
        "zw_harare",
        NAME_NOT_GIVEN,
    )
    assert set(channel.kinds()) == {"city", "country"}


def test_several_rows_of_a_country_and_year_stand_side_by_side(channel: ChannelB, shared_data: Path) -> None:
    assert counts(channel.report(series_file(shared_data, "sg_gen_parl"))) == (5469, 5469, 0, 0, 0)
    channel.take(series_file(shared_data, "sp_lgl_lnddoc"))
    assert [row[1:] for row in channel.held(series="sp_lgl_lnddoc", area="ALB")] == [
        ("2018", '{"sex":"bothsex"}', "percent", "36.4"),
        ("2018", '{"sex":"female"}', "percent", "21.9"),
    ]


def test_water_stress_above_a_hundred_percent_is_taken(channel: ChannelB, shared_data: Path) -> None:
    assert counts(channel.report(series_file(shared_data, "er_h2o_stress"))) == (14_796, 14_796, 0, 0, 0)
    top = select(Area.key, Observation.value, Cut.unit).join_from(Observation, Area).join(Cut)
    assert tuple(channel.session.execute(top.order_by(Observation.value.desc())).first() or ()) == (
        "KWT",
        3850.5,
        "percent",
    )


@pytest.mark.parametrize(
    "name",
    ["_PROFILE.csv", "ddf--concepts--continuous.csv", "ddf--concepts--discrete.csv", "ddf--entities--geo_area.csv"],
)
def test_lists_of_the_un_sdg_database_are_refused_by_name(shared_data: Path, name: str) -> None:
    with (shared_data / "un_sdg" / name).open("rb") as stream, pytest.raises(Invalid, match="not a table of figures"):
        plan_for(open_book(stream, name), Told())


# UN-Habitat


def test_a_heading_that_stands_twice_holds_the_code_first(channel: ChannelB, shared_data: Path) -> None:
    report = channel.report(shared_data / "un_habitat" / "SDG_11-1-1.xlsx")
    assert counts(report) == (185, 209, 0, 0, 161)
    assert reasons(report) == {"contradicts": 2, "no_figure": 157, "same_twice": 2}
    assert channel.held(series=SHARE_A, area="AFG") == [("AFG", "2022", "{}", "PERCENT", "71.58904")]
    assert channel.held(series=SHARE_A, area="SWZ") != []


def test_two_columns_of_figures_are_two_series(channel: ChannelB, shared_data: Path) -> None:
    channel.take(shared_data / "un_habitat" / "SDG_11-1-1.xlsx")
    assert [row[4] for row in channel.held(area="BEL")] == ["7.7", "0"]
    codes = channel.session.execute(select(Series.code, Series.sdg, Series.indicator).order_by(Series.code)).all()
    assert [tuple(row) for row in codes] == [(SHARE_B, "11.1.1", "NUA-14"), (SHARE_A, "11.1.1", "NUA-14")]


def test_the_figure_stands_as_the_workbook_holds_it(channel: ChannelB, shared_data: Path) -> None:
    channel.take(shared_data / "un_habitat" / "SDG_11-1-1.xlsx")
    assert channel.held(series=SHARE_A, area="ALB") == [("ALB", "2022", "{}", "PERCENT", "2.700000000000273")]


def test_sdg_regions_and_commissions_are_told_by_their_codes(channel: ChannelB, shared_data: Path) -> None:
    channel.take(shared_data / "un_habitat" / "SDG_11-1-1.xlsx")
    commissions = [
        key for key in ("M49:98100", "M49:98200", "M49:98300", "M49:98400", "M49:98501") if channel.held(area=key)
    ]
    assert len(commissions) == 5
    assert channel.kinds() == {"aggregate": 4, "country": 159, "region": 13, "territory": 6}


def test_a_figure_that_contradicts_an_earlier_row_is_listed(channel: ChannelB, shared_data: Path) -> None:
    report = channel.report(shared_data / "un_habitat" / "SDG_11-1-1.xlsx")
    told = [(row.place, row.content) for row in omissions(channel.session, report.id) if row.reason == "contradicts"]
    where = f"sheet SDG 11-1-1 2024, row {{}}, column {SHARE_B}"
    assert told == [(where.format(11), "24"), (where.format(91), "6.8")]


def test_years_as_text_and_as_numbers_are_the_same(channel: ChannelB, shared_data: Path) -> None:
    assert counts(channel.report(shared_data / "un_habitat" / POPULATION)) == (4330, 4330, 0, 0, 0)
    africa = channel.held(area="M49:202")
    assert [row[1] for row in africa] == [str(year) for year in range(2000, 2023)]
    assert {row[3] for row in africa} == {"Urban population (thousands)"}


def test_cities_regions_and_national_figures_of_public_transport(channel: ChannelB, shared_data: Path) -> None:
    assert counts(channel.report(shared_data / "un_habitat" / "SDG_11-2-1.xlsx")) == (2218, 2218, 0, 0, 0)
    assert channel.kinds() == {"city": 2137, "country": 14, "subnational": 67}
    area = select(Area.key, Area.kind, Area.name).where(Area.key.in_(["CITY:kg_region_djalal_abad", "CITY:by_minsk"]))
    assert [tuple(row) for row in channel.session.execute(area.order_by(Area.key))] == [
        ("CITY:by_minsk", "city", "Minsk"),
        ("CITY:kg_region_djalal_abad", "subnational", "Djalal-Abad oblast"),
    ]
    assert [row[4] for row in channel.held(area="LTU")] == ["79.7"]


def test_the_city_prosperity_index_with_its_five_header_rows(channel: ChannelB, shared_data: Path) -> None:
    report = channel.report(shared_data / "un_habitat" / "CPI_Database_2016.xls")
    assert counts(report) == (340, 6926, 0, 0, 1406)
    assert report.edition == "City Prosperity Index. Global CPI. Base Data. 2016"
    notes = [row.content for row in omissions(channel.session, report.id) if row.reason == "note"]
    assert [note[:7] for note in notes] == ["Africa", "America", "Asia", "Europe", "Oceania", "revisar", "Source:"]
    accra = channel.held(area="CITY:GHA/Accra")
    assert ("CITY:GHA/Accra", "2015", "{}", "USD (PPP)", "3430.650940758996") in accra
    assert ("CITY:GHA/Accra", "2015", "{}", "µg/m3", "49") in accra
    assert channel.kinds() == {"city": 333}


def test_cities_of_one_name_in_two_metropolitan_areas_are_two(channel: ChannelB, shared_data: Path) -> None:
    channel.take(shared_data / "un_habitat" / "CPI_Database_2016.xls")
    found = channel.session.scalars(select(Area.key).where(Area.key.like("CITY:MEX/%/Juárez")).order_by(Area.key)).all()
    assert len(found) == 2


def test_the_cut_of_the_open_space_download(channel: ChannelB, shared_data: Path) -> None:
    [path] = (shared_data / "un_habitat").glob("*-data.xlsx")
    report = channel.report(path)
    assert counts(report) == (26, 26, 0, 0, 0)
    assert (report.source, channel.kinds()) == ("un_habitat", {"city": 26})
    assert channel.held(area="CITY:AFG/Kābul (Kabul)") == [("CITY:AFG/Kābul (Kabul)", "2020", "{}", "PERCENT", "13")]


# World Bank


def test_the_world_banks_marks_and_preamble(channel: ChannelB, shared_data: Path) -> None:
    path = shared_data / "world_bank" / WORLD_BANK
    assert path.read_bytes()[:3] == b"\xef\xbb\xbf"
    report = channel.report(path)
    assert counts(report) == (266, 17_095, 0, 0, 195)
    assert (report.edition, report.source) == ("2025-10-07", "world_bank")
    assert channel.held(area="ABW")[0] == ("ABW", "1960", "{}", "% of total population", "50.776")


def test_forty_eight_aggregates_among_the_countries(channel: ChannelB, shared_data: Path) -> None:
    report = channel.report(shared_data / "world_bank" / WORLD_BANK)
    kinds = channel.kinds()
    assert kinds == {"aggregate": 39, "country": 194, "region": 9, "territory": 21}
    assert kinds["aggregate"] + kinds["region"] == 48
    told = [(row.place, row.content) for row in omissions(channel.session, report.id)]
    assert told == [
        ("row 116, column 1960 to 2024", "Not classified"),
        ("row 153, column 1960 to 2024", "St. Martin (French part)"),
        ("row 267, column 1960 to 2024", "Kosovo"),
    ]


@pytest.mark.parametrize("kind", ["Country", "Indicator"])
def test_the_world_banks_metadata_is_refused_by_name(shared_data: Path, kind: str) -> None:
    path = shared_data / "world_bank" / f"Metadata_{kind}_{WORLD_BANK}"
    with path.open("rb") as stream, pytest.raises(Invalid, match=r"^This is the World Bank's"):
        plan_for(open_book(stream, path.name), Told())


# Kazakhstan


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("11-1-1", (247, 247, 0, 0, 0)),
        ("11-2-1-1", (210, 210, 0, 0, 0)),
        ("11-2-1", (0, 0, 0, 0, 0)),
        ("11-3-1", (716, 708, 0, 0, 8)),
        ("11-3-2", (12, 12, 0, 0, 0)),
        ("11-4-1", (13, 13, 0, 0, 0)),
        ("11-6-1-1", (103, 103, 0, 0, 0)),
        ("11-6-1-2", (8, 8, 0, 0, 0)),
        ("11-6-1", (99, 99, 0, 0, 0)),
        ("11-6-2", (674, 664, 0, 0, 10)),
        ("11-7-1", (0, 0, 0, 0, 0)),
        ("11-7-2", (0, 0, 0, 0, 0)),
        ("11-a-1", (14, 14, 0, 0, 0)),
        ("11-b-2", (100, 100, 0, 0, 0)),
    ],
)
def test_the_national_series_of_kazakhstan(
    channel: ChannelB, shared_data: Path, code: str, expected: tuple[int, ...]
) -> None:
    path = shared_data / "kazakhstan" / f"data_indicator_{code}.csv"
    assert counts(channel.report(path, entity="KAZ")) == expected


def test_persons_are_not_percent(channel: ChannelB, shared_data: Path) -> None:
    channel.take(shared_data / "kazakhstan" / "data_indicator_11-1-1.csv")
    assert channel.held(area="KAZ")[0] == ("KAZ", "2010", "{}", "PERSONS", "107786.0")
    note = select(Series.source, Series.indicator, Series.note)
    assert tuple(channel.session.execute(note).one()) == (
        "national:KAZ",
        "NUA-14",
        "persons; the indicator is in percent",
    )


def test_milligrams_stay_milligrams_and_the_series_says_so(channel: ChannelB, shared_data: Path) -> None:
    channel.take(shared_data / "kazakhstan" / "data_indicator_11-6-2.csv")
    channel.take(series_file(shared_data, "en_atm_pm25"))
    units = select(Series.source, Series.code, Cut.unit).join_from(Observation, Series).join(Cut).distinct()
    assert sorted(tuple(row) for row in channel.session.execute(units)) == [
        ("national:KAZ", "11-6-2/_L_KZ_110602_1A", "MG_CUB_METER"),
        ("national:KAZ", "11-6-2/_L_KZ_110602_1B", "MG_CUB_METER"),
        ("un_sdg", "en_atm_pm25", "mgr_m_3"),
    ]
    notes = channel.session.scalars(select(Series.note).where(Series.source == "national:KAZ")).all()
    assert set(notes) == {"mg/m3; the United Nations series is in micrograms per cubic metre (1 mg/m3 = 1000)"}


def test_regions_and_cities_of_kazakhstan_are_told_by_the_offices_labels(channel: ChannelB, shared_data: Path) -> None:
    channel.take(shared_data / "kazakhstan" / "data_indicator_11-1-1.csv")
    areas = select(Area.key, Area.kind, Area.name, Area.entity).where(Area.key.in_(["KAZ/KZAKM", "KAZ/KZALA"]))
    assert [tuple(row) for row in channel.session.execute(areas.order_by(Area.key))] == [
        ("KAZ/KZAKM", "subnational", "Akmola", "KAZ"),
        ("KAZ/KZALA", "city", "Almaty city", "KAZ"),
    ]


def test_a_region_code_without_a_label_keeps_its_code(channel: ChannelB, shared_data: Path) -> None:
    channel.take(shared_data / "kazakhstan" / "data_indicator_11-6-2.csv")
    unnamed = select(Area.key, Area.kind).where(Area.note == NAME_NOT_GIVEN).order_by(Area.key)
    assert [tuple(row) for row in channel.session.execute(unnamed)] == [
        ("KAZ/KZAYB", "subnational"),
        ("KAZ/KZDMB", "subnational"),
        ("KAZ/KZLIS", "subnational"),
        ("KAZ/KZUKK", "subnational"),
    ]


def test_a_series_with_a_header_only_is_told(channel: ChannelB, shared_data: Path) -> None:
    taken = channel.take(shared_data / "kazakhstan" / "data_indicator_11-7-1.csv")
    assert tuple(map(str, taken.notes)) == ("The file holds a header and no rows; there was nothing to take in.",)


# What is said of each file


MIXED = "Areas of several kinds stand side by side and are told apart"
COMMISSIONS = (
    "Of Economic Commission for Africa (ECA), Economic Commission for Europe (ECE), "
    "Economic Commission for Latin America and the Caribbean (ECLAC), "
    "Economic and Social Commission for Asia and the Pacific (ESCAP), "
    "Economic and Social Commission for Western Asia (ESCWA): "
    "Members of a regional commission, as grouped by UN-Habitat."
)
NOTES = {
    f"world_bank/{WORLD_BANK}": [
        "The file begins with a mark of its encoding (byte order mark, UTF-8); it is no part of the first cell.",
        "The lines end with two signs, CR and LF; they are read as one.",
        "Rows above the headings, skipped: 4.",
        "The last column has no heading; it is left aside.",
        f"{MIXED}: country 194, territory 21, region 9, aggregate 39.",
        "Regions and groups of countries among the countries: 48.",
        "Series tied to no indicator, whose figures count in no comparison: 1 (SP.URB.TOTL.IN.ZS).",
    ],
    "un_habitat/SDG_11-1-1.xlsx": [
        "Columns with the heading “Country or Territory Name”: 2; they are told apart by their place.",
        "Rows in which the year stands as text, read as a year: 17.",
        "Columns that stay in the kept file only: SDG Goal, SDG Target, SDG Sub-Region, Data Source, Footnote.",
        f"{MIXED}: country 159, territory 6, region 13, aggregate 4.",
        "Regions and groups of countries among the countries: 17.",
        "Areas with codes without their leading zeros: 20.",
        COMMISSIONS,
        "Figures with a rest of arithmetic at their end, such as 2.700000000000273, kept as they stand: 7.",
        f"Cells without a figure, by column: {SHARE_B} 153, {SHARE_A} 4.",
        f"Of {SHARE_B[:-4]}: inadequate housing: the part (b) of the indicator.",
    ],
    "un_habitat/7476ba9ab3fa45ebb683e253a3688997-data.xlsx": [
        "Columns without a heading, left aside: 30.",
        "Columns that stay in the kept file only: Goal, Target, GeoAreaName, Time_Detail, TimeCoverage, UpperBound, "
        "LowerBound, BasePeriod, Source, GeoInfoUrl, FootNote, Reporting Type.",
    ],
    "un_sdg/ddf--datapoints--eg_egy_clean--by--geo_area--location--nature--units--year.csv": [
        f"{MIXED}: country 189, territory 2, region 17, aggregate 6.",
        "Regions and groups of countries among the countries: 23.",
        "Areas with codes without their leading zeros: 33.",
        "Groups and units in which figures stand side by side, told apart: 3.",
        "Figures that are limits, such as >95, kept as they stand: 7756.",
        "Series tied to no indicator, whose figures count in no comparison: 1 (eg_egy_clean).",
    ],
    "un_sdg/ddf--datapoints--er_h2o_stress--by--activity--geo_area--nature--observation_status--units--year.csv": [
        f"{MIXED}: country 177, territory 3, region 17, aggregate 4.",
        "Regions and groups of countries among the countries: 21.",
        "Areas with codes without their leading zeros: 31.",
        "Groups and units in which figures stand side by side, told apart: 4.",
        "Shares above 100 per cent, kept as they stand: 681.",
        "Series tied to no indicator, whose figures count in no comparison: 1 (er_h2o_stress).",
    ],
    "un_habitat/SDG_11-2-1.xlsx": [
        "Columns that stay in the kept file only: SDG Goal, SDG Target, Country or Territory Name, SDG Region, "
        "SDG Sub-Region, Data Source, FootNote.",
        f"{MIXED}: country 14, city 2137, subnational 67.",
        "Areas with blanks at the ends of a code or name, or no-break blanks, read without them: 7.",
        "Of Baden-Württemberg, Bavaria, Hesse, Lower Saxony, Mecklenburg-Western Pomerania, North Rhine-Westphalia, "
        "Rhineland-Palatinate, Saarland, Saxony, Saxony-Anhalt …: A federal state that the source lists under its "
        "city codes.",
    ],
    f"un_habitat/{POPULATION}": [
        "Rows in which the year stands as text, read as a year: 389.",
        "Columns that stay in the kept file only: SDG Goal, SDG Target, SDG Sub-Region, Data Source, Footnote.",
        f"{MIXED}: country 175, territory 8, region 13, aggregate 4.",
        "Regions and groups of countries among the countries: 17.",
        "Areas with codes without their leading zeros: 24.",
        COMMISSIONS,
        "Figures with a rest of arithmetic at their end, such as 3620.0076960000006, kept as they stand: 623.",
        "Of Urban population living in slums or informal settlements (thousands): thousand people; the indicator is in "
        "percent.",
    ],
    "un_habitat/CPI_Database_2016.xls": [
        "Links to other workbooks: 22. Whoever opens the file reads their names and where they lie.",
        "Merged cells: 16 (City Prosperity Index). A program that reads the table finds the value in the first of them "
        "and blanks in the others.",
        "Rows above the headings, skipped: 2.",
        "Rows that the headings take: 4.",
        "Columns without a heading, left aside: 6.",
        "Headings with blanks at their ends, doubled or no-break blanks, read without them: 1.",
        "Areas with blanks at the ends of a code or name, or no-break blanks, read without them: 1.",
        "Groups and units in which figures stand side by side, told apart: 9.",
        "Figures with a rest of arithmetic at their end, such as 59.19000000000001, kept as they stand: 30.",
        "Cells without a figure, by column: Improved Shelter (multi variable) 152, Use of Public Transport 278, "
        "Average Daily Travel Time 259, PM2.5 Concentration 330, Equitable Secondary School Enrollment 35, Share of "
        "renewable energy consumption 1, Improved Shelter (floor) 188, Slum Households 35, Homicide rate 5, Under-Five "
        "Mortality Rate 2 ….",
        "Signs that stand for no figure: -- 11.",
        "Series tied to no indicator, whose figures count in no comparison: 25 (Access to Improved Water, Average "
        "Daily Travel Time, CO2 Emissions, City Product per capita, Equitable Secondary School Enrollment, Gini "
        "Coefficient, Homicide rate, Improved Shelter (floor), Improved Shelter (multi variable), Internet Access …).",
    ],
    "un_sdg/ddf--datapoints--sp_trn_publ--by--cities--custom_breakdown--geo_area--nature--units--year.csv": [
        f"{MIXED}: country 4, city 1665.",
        "Areas with a code and without a name: 1665.",
    ],
    "owid/Number_of_people_without_access_to_safe_water_and_sanitation_WHO_Wash_.csv": [
        f"{MIXED}: country 107, territory 8, aggregate 1.",
        "Regions and groups of countries among the countries: 1.",
        "Areas told by a name and no code: 116.",
        "Cells without a figure, by column: Number of people without access to safe drinking water (WHO Wash, 2019) "
        "415.",
        "Series tied to no indicator, whose figures count in no comparison: 2 (Number of people without access to "
        "safe drinking water (WHO Wash, 2019), Number of people without access to safe sanitation (WHO Wash, 2019)).",
    ],
    "kazakhstan/data_indicator_11-6-2.csv": [
        f"{MIXED}: city 44, subnational 8.",
        "Areas with a code and without a name: 4.",
        "Areas told by codes of the country itself: 52.",
        "Of 11.6.2, suspended particles PM10, national series of Kazakhstan, 11.6.2, PM2.5, national series of "
        "Kazakhstan: mg/m3; the United Nations series is in micrograms per cubic metre (1 mg/m3 = 1000).",
        "Series tied to no indicator, whose figures count in no comparison: 1 (11-6-2/_L_KZ_110602_1A).",
    ],
    "kazakhstan/data_indicator_11-1-1.csv": [
        f"{MIXED}: country 1, city 3, subnational 18.",
        "Areas told by codes of the country itself: 21.",
        "Of 11.1.1, national series of Kazakhstan: persons; the indicator is in percent.",
    ],
}


@pytest.mark.parametrize("name", sorted(NOTES))
def test_each_flaw_of_a_file_is_named_with_its_count(channel: ChannelB, shared_data: Path, name: str) -> None:
    taken = channel.take(shared_data / name)
    assert [str(note) for note in taken.notes] == NOTES[name]
    assert import_report(channel.session, taken.report.id).notes == taken.notes


# Our World in Data


def test_countries_by_name_and_two_columns_of_figures(channel: ChannelB, shared_data: Path) -> None:
    [path] = (shared_data / "owid").glob("Number_of_people*.csv")
    report = channel.report(path)
    assert counts(report) == (1792, 3169, 0, 0, 415)
    assert reasons(report) == {"no_figure": 415}
    assert channel.held(area="CZE") != []
    [gini] = (shared_data / "owid").glob("Gini*.csv")
    assert counts(channel.report(gini)) == (257, 504, 0, 0, 10)
