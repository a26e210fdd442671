"""How a figure is told in another unit: by a rule of the table alone, beside the figure as published, never in its
place.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from forms.figures import parse_figure
from forms.units import Unit, read_unit
from portal.rules.areas import TABLES


@dataclass(frozen=True, slots=True)
class UnitRule:
    """One rule: a figure in `unit` times `factor` is the figure in `into`; `sentence` states why."""

    rule: str
    unit: str
    into: str
    factor: Decimal
    sentence: str


@dataclass(frozen=True, slots=True)
class Converted:
    """A figure told in another unit: its number as text with its bound, the unit, and the rule that says so."""

    value: str
    unit: str
    rule: str


@cache
def unit_rules() -> tuple[UnitRule, ...]:
    """Every rule, in the order of the table."""
    with (TABLES / "unit_rules.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            UnitRule(row["rule"], row["unit"], row["into"], Decimal(row["factor"]), row["sentence"])
            for row in csv.DictReader(file)
        )


@cache
def _by_unit() -> Mapping[Unit, UnitRule]:
    return {read: rule for rule in unit_rules() if (read := read_unit(rule.unit))}


def rule_for(unit: str) -> UnitRule | None:
    """The rule for figures published in this unit, however it is written; None where no rule is stated."""
    read = read_unit(unit)
    return _by_unit().get(read) if read else None


def converted(text: str, unit: str) -> Converted | None:
    """The figure in the unit that the rule tells, exactly; None without a rule or without a number."""
    rule = rule_for(unit)
    figure = parse_figure(text) if rule else None
    if rule is None or figure is None or figure.number is None:
        return None
    number = format((figure.number * rule.factor).normalize(), "f")
    return Converted(f"{figure.bound}{number}", rule.into, rule.rule)
