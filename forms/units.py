"""Units as people and statistics offices write them: what a unit measures, and its exact size. Nothing is converted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

PLAIN = "1"
"""What a share or a ratio of two like things measures."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit measures, such as `mass/volume`, and how many base units it is: `mg/m3` is 0.000001 kg/m3.

    Bases are kg, m, m2, m3, hour, one thing, and one unit of each currency.
    """

    measures: str
    size: Decimal

    def times(self, other: Unit) -> Decimal:
        """How many of the other unit one of this is; both must measure the same."""
        if self.measures != other.measures:
            raise ValueError(f"{self.measures} is not {other.measures}")
        return self.size / other.size


_Part = tuple[str, Decimal]

_COUNT, _SHARE = "count", Decimal("0.01")
_LIKE_PERCENT = "% pct pt percent percents percentage percentages процент процента процентов проц pourcent porciento"
_THINGS = (
    "number no count person persons people population inhabitants inhabitant capita individual individuals resident "
    "residents citizens deaths death victims victim cases case subscriptions students researchers staff units unit "
    "человек чел жителей житель населения население personnes personne habitants habitant personas persona habitantes "
    "habitante births"
)
_MICROGRAMS = "µg ug mcg microgram micrograms microgrammes microgramos мкг микрограмм микрограммов 微克"
_WORDS: Mapping[str, _Part] = {
    **dict.fromkeys(_LIKE_PERCENT.split(), (PLAIN, _SHARE)),
    **dict.fromkeys(("permille", "‰", "promille", "промилле"), (PLAIN, Decimal("0.001"))),
    **dict.fromkeys(_THINGS.split(), (_COUNT, Decimal(1))),
    **dict.fromkeys(("thousand", "thousands", "тыс", "тысяч", "milliers", "millier", "miles"), (_COUNT, Decimal(1000))),
    **dict.fromkeys(("million", "millions", "mln", "mio", "млн", "millones"), (_COUNT, Decimal(10**6))),
    **dict.fromkeys(("billion", "billions", "bn", "млрд", "milliards", "milliard"), (_COUNT, Decimal(10**9))),
    **dict.fromkeys(("kg", "kilogram", "kilograms", "кг", "kilogrammes"), ("mass", Decimal(1))),
    **dict.fromkeys(("g", "gram", "grams", "г", "grammes", "gramos"), ("mass", Decimal("0.001"))),
    **dict.fromkeys(
        ("mg", "milligram", "milligrams", "milligrammes", "miligramos", "мг", "миллиграмм", "миллиграммов"),
        ("mass", Decimal("0.000001")),
    ),
    **dict.fromkeys(_MICROGRAMS.split(), ("mass", Decimal("0.000000001"))),
    **dict.fromkeys(
        ("t", "tonne", "tonnes", "ton", "tons", "т", "тонн", "metons", "toneladas"), ("mass", Decimal(1000))
    ),
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters", "м"), ("length", Decimal(1))),
    **dict.fromkeys(("km", "kilometre", "kilometres", "kilometer", "kilometers", "км"), ("length", Decimal(1000))),
    **dict.fromkeys(("m2", "sqm", "м2", "qm"), ("area", Decimal(1))),
    **dict.fromkeys(("km2", "sqkm", "км2"), ("area", Decimal(10**6))),
    **dict.fromkeys(("ha", "hectare", "hectares", "га", "hectáreas"), ("area", Decimal(10**4))),
    **dict.fromkeys(("m3", "м3", "cubm", "立方米"), ("volume", Decimal(1))),
    **dict.fromkeys(("l", "litre", "litres", "liter", "liters", "л"), ("volume", Decimal("0.001"))),
    **dict.fromkeys(("day", "days", "день", "дней", "jours", "días"), ("time", Decimal(24))),
    **dict.fromkeys(("hour", "hours", "час", "часов", "heures", "horas"), ("time", Decimal(1))),
    **dict.fromkeys(("usd", "us$", "us-dollar", "us-dollars"), ("USD", Decimal(1))),
    **dict.fromkeys(("eur", "€", "euro", "euros"), ("EUR", Decimal(1))),
    **dict.fromkeys(("kzt", "тенге", "tenge"), ("KZT", Decimal(1))),
}
_CODES: Mapping[str, str] = {
    "mgr_m_3": "µg/m3",  # the United Nations' code: its figures are micrograms
    "mg_cub_meter": "mg/m3",
    "per_100000_pop": "per 100000 population",
    "m_m3_per_yr": "million m3",
    "con_ppp_usd": "usd",
    "cu_usd": "usd",
    "cu_usd_m": "million usd",
    "con_usd_m": "million usd",
    "sq_meter": "m2",
}
_SPELLED = (
    (re.compile(r"[\u00b5\u03bc]"), "µ"),
    (re.compile(r"²|\^2"), "2"),
    (re.compile(r"³|\^3"), "3"),
    (re.compile(r"\b(?:cubic|cub)\.?[ _-]*met(?:er|re)s?\b|\bmètres? cubes?\b|\bmetros? cúbicos?\b"), "m3"),
    (re.compile(r"\bкуб\w*\.? *(?:метр\w*|м)\b\.?|\bметр\w* кубическ\w*"), "м3"),
    (re.compile(r"\b(?:square|sq)\.?[ _-]*met(?:er|re)s?\b|\bmètres? carrés?\b|\bmetros? cuadrados?\b"), "m2"),
    (re.compile(r"\b(?:square|sq)\.?[ _-]*kilomet(?:er|re)s?\b"), "km2"),
    (re.compile(r"\bкв\w*\.? *(?:метр\w*|м)\b\.?"), "м2"),
    (re.compile(r"\bm 3\b"), "m3"),
    (re.compile(r"\bper[ -]cent\b|\bpour[ -]cent\b|\bpor[ -]ciento\b|\bна сто\b"), "percent"),
    (re.compile(r"في المائة|بالمائة|في المئة|٪|％|百分比"), "%"),
    (re.compile(r"\bus dollars?\b|\bunited states dollars?\b|\bu\.s\. dollars?\b|\bдолл\w*\.? сша\b"), "usd"),
    (re.compile(r"(?<=\d)[ ,\u00a0\u202f](?=\d{3}\b)"), ""),
    (re.compile(r"(?<=\d)[ .]?(?:тыс\w*\.?)(?=\s|$)"), "000"),
)
_UNDECIDED = re.compile(r"\bor\b|\balso\b|yes/no|\bindex\b|\bscore\b|\bscale\b|\bratio\b")
_BESIDE = re.compile(r"\b(?:of|du|de|от|из)\b.*$|\((?!thousands?\)|millions?\)|billions?\))[^)]*\)|[()]")
_YEARLY = re.compile(r"\s*(?:(?:/|per|par|por|в)\s*(?:year|yr|annum|an|año|год)|annually|a year)\.?$")
_PER = re.compile(r"\s*/\s*|\s*\b(?:per|par|por|на|in|в)\b\s*")
_SILENT = frozenset(("constant", "current", "ppp", "co2", "total", "real", "nominal", "the", "urban"))
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@lru_cache(maxsize=2048)
def read_unit(text: str) -> Unit | None:
    """Reads `mg/m3`, `мкг/м³`, `percent of GDP`, `per 100 000`, `thousand`, `km2`, `USD`; None where it is not sure.

    What a share is of, and that a figure is of a year, has no part in it. A unit left open (`percent or yes/no`) is
    none.
    """
    plain = " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").casefold().split())
    plain = _CODES.get(plain, plain)
    if not plain or _UNDECIDED.search(plain):
        return None
    for pattern, written in _SPELLED:
        plain = pattern.sub(written, plain)
    plain = _YEARLY.sub("", _BESIDE.sub("", plain).strip())
    parts = _PER.split(plain)
    if not 1 <= len(parts) <= 2:
        return None
    above = _part(parts[0]) if parts[0] else (_COUNT, Decimal(1))
    below = _part(parts[1]) if len(parts) == 2 else (PLAIN, Decimal(1))
    if above is None or below is None:
        return None
    if below[0] == above[0] and above[0] == _COUNT:
        return Unit(PLAIN, above[1] / below[1])
    if below[0] == PLAIN:
        return Unit(above[0], above[1] / below[1])
    return Unit(f"{above[0]}/{below[0]}", above[1] / below[1])


def _part(words: str) -> _Part | None:
    """One side of a unit: scales and counts multiply, what a count is of has no part in it."""
    measures, size, read = "", Decimal(1), False
    for word in re.sub(r"(?<=\d)(?=%)", " ", words).replace(",", " ").split():
        bare = word.rstrip(".")
        if bare in _SILENT:
            continue
        if _NUMBER.fullmatch(bare):
            size, read = size * Decimal(bare), True
            measures = measures or _COUNT
            continue
        found = _WORDS.get(bare)
        if found is None:
            return None
        if measures not in ("", _COUNT) and found[0] != _COUNT:
            return None
        measures = found[0] if measures in ("", _COUNT) else measures
        size, read = size * found[1], True
    return (measures, size) if read else None
