"""Units as people write them: what they measure, their exact size, and those that are left unread."""

from __future__ import annotations

from decimal import Decimal

import pytest

from forms.units import Unit, read_unit


@pytest.mark.parametrize(
    ("texts", "measures", "size"),
    [
        (
            "µg/m³|μg/m3|ug/m3|мкг/м³|мкг/м3|micrograms per cubic metre|mgr_m_3|µg / m^3|мкг/куб. м",
            "mass/volume",
            "1E-9",
        ),
        ("mg/m3|мг/м3|mg per cubic metre|MG_CUB_METER|milligrams per cubic meter|мг/куб.м", "mass/volume", "0.000001"),
        ("%|percent|per cent|Percentage|PT|процент|٪|pour cent|% of total population|percent of GDP", "1", "0.01"),
        ("per 100 inhabitants|percent per year|por ciento", "1", "0.01"),
        ("per 100 000|per 100,000 population|deaths per 100,000 population|на 100 тыс. населения", "1", "0.00001"),
        ("per_100000_pop|per 100\u202f000 inhabitants", "1", "0.00001"),
        ("per 1,000 inhabitants|‰", "1", "0.001"),
        ("persons|PERSONS|number|inhabitants|человек", "count", "1"),
        ("thousand|thousands|тыс. человек|Urban population (thousands)", "count", "1000"),
        ("million|млн человек", "count", "1000000"),
        ("km2|km²|square kilometres", "area", "1000000"),
        ("ha|hectares|га", "area", "10000"),
        ("m2|m²|SQ_METER|square metres|кв. м", "area", "1"),
        ("USD|US$|US dollars|USD (PPP)|constant PPP US$", "USD", "1"),
        ("million USD|cu_usd_m", "USD", "1000000"),
        ("square metres per person|m² per capita", "area/count", "1"),
        ("people per hectare", "count/area", "0.0001"),
        ("kg CO2 per constant US$", "mass/USD", "1"),
        ("tonnes per year|t", "mass", "1000"),
        ("days", "time", "24"),
    ],
)
def test_a_unit_is_read_in_whatever_way_it_is_written(texts: str, measures: str, size: str) -> None:
    read = {text: read_unit(text) for text in texts.split("|")}
    assert read == dict.fromkeys(texts.split("|"), Unit(measures, Decimal(size)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ratio",
        "index 0-1",
        "percent or yes/no",
        "percent (number also)",
        "number or percent",
        "bananas",
        "m per s/t",
    ],
)
def test_a_unit_that_is_not_sure_is_left_unread(text: str) -> None:
    assert read_unit(text) is None


def test_one_unit_in_another_is_exact() -> None:
    milligrams, micrograms = read_unit("mg/m3"), read_unit("µg/m³")
    assert milligrams is not None
    assert micrograms is not None
    assert milligrams.times(micrograms) == 1000
    percent = read_unit("percent")
    assert percent is not None
    with pytest.raises(ValueError, match="mass/volume is not 1"):
        milligrams.times(percent)
