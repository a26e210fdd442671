"""Figures and years as typed: what is read from them, in a table."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.figures import parse_figure, parse_year

NB, NARROW, THIN = "\u00a0", "\u202f", "\u2009"


@pytest.mark.parametrize(
    ("typed", "number", "bound"),
    [
        ("17.4", "17.4", ""),
        ("0", "0", ""),
        ("-3.5", "-3.5", ""),
        ("\u22123.5", "-3.5", ""),
        (">95", "95", ">"),
        ("< 5", "5", "<"),
        ("<=5", "5", "<="),
        ("≥95%", "95", ">="),
        ("1,234.5", "1234.5", ""),
        ("1,234", "1234", ""),
        ("1,234,567", "1234567", ""),
        ("0,123", "0.123", ""),
        ("1,5", "1.5", ""),
        ("1 234,5", "1234.5", ""),
        (f"1{NB}234,5", "1234.5", ""),
        (f"12{NARROW}345{NARROW}678", "12345678", ""),
        (f"1{THIN}234", "1234", ""),
        ("1.234.567,8", "1234567.8", ""),
        ("1'234.5", "1234.5", ""),
        ("12 %", "12", ""),
        ("٩٥٫٥", "95.5", ""),
        ("۱۲", "12", ""),
        ("١٬٢٣٤", "1234", ""),
        ("9５", "95", ""),
        ("2.700000000000273", "2.700000000000273", ""),
        ("1.5e-5", "0.000015", ""),
        (".5", "0.5", ""),
    ],
)
def test_figures_are_read(typed: str, number: str, bound: str) -> None:
    figure = parse_figure(typed)
    assert (figure.text, figure.number, figure.bound, figure.problem) == (typed, Decimal(number), bound, None)


@pytest.mark.parametrize(
    "typed", ["", "abc", "12 34", "1,2,3", "1.2.3", "--", "12a", "5-7", "> ", "1,23,456", "NaN", "1 23"]
)
def test_what_is_no_figure_keeps_its_text_and_says_so(typed: str) -> None:
    figure = parse_figure(typed)
    assert (figure.text, figure.number) == (typed, None)
    assert figure.problem


@given(st.text(max_size=20))
def test_no_text_breaks_the_readers(typed: str) -> None:
    assert (parse_figure(typed).number is None) == (parse_figure(typed).problem is not None)
    assert (parse_year(typed).first is None) == (parse_year(typed).problem is not None)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_a_plain_number_reads_as_itself(number: Decimal) -> None:
    assert parse_figure(str(number)).number == number


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2020", 2020, 2020),
        ("2000/01", 2000, 2001),
        ("1999/00", 1999, 2000),
        ("2015-2019", 2015, 2019),
        ("2015–2019", 2015, 2019),
        ("FY2019", 2019, 2019),
        (" 2020 ", 2020, 2020),
        ("٢٠٢٠", 2020, 2020),
    ],
)
def test_years_are_read(typed: str, first: int, last: int) -> None:
    year = parse_year(typed)
    assert (year.text, year.first, year.last, year.problem) == (typed, first, last, None)


@pytest.mark.parametrize("typed", ["", "20", "20200", "2019-2015", "2020/19", "1600", "3000", "in 2020"])
def test_what_is_no_year_says_so(typed: str) -> None:
    assert parse_year(typed).first is None
    assert parse_year(typed).problem
