"""The indicators that the guidelines ask for, and which of them a code or a name tells: exactly one, or none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from forms.guideline import load, shipped
from forms.outline import text
from forms.words import N_
from portal.rules.refusals import Invalid, Problem

PLACE = "indicator-"
UNKNOWN = N_("This is no indicator that is asked for. Write its code, such as NUA-14 or 11.1.1, or its full name.")
_NUMBER = re.compile(r"[0-9]{1,2}\.[0-9a-z]\.[0-9]{1,2}|[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{1,2}")
_CODE = re.compile(r"nua-?([0-9]{1,3})")
_BEFORE = re.compile(r"(?:sdg )?(?:indicator )?")


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator of the monitoring framework: its code, its English name, and the numbers of indicators of the goals
    that are the same; one that is only related is not.
    """

    code: str
    title: str
    sdg: tuple[str, ...]


@cache
def indicators() -> Mapping[str, Indicator]:
    """Every indicator that a shipped edition asks for, by its code."""
    asked = (one for path in shipped().values() for one in load(path).questions.values())
    return MappingProxyType(
        {
            one.indicator: Indicator(one.indicator, text(one.title, "en"), _numbers(str(one.options.get("sdg") or "")))
            for one in asked
            if one.kind == "series" and one.indicator
        }
    )


def _numbers(told: str) -> tuple[str, ...]:
    """The numbers in a text such as `11.b.2 (=1.5.4, 13.1.3)`; of `11.5.2/11.5.3` the second is but a part."""
    if "related" in told:
        return ()
    return tuple(dict.fromkeys(_NUMBER.findall(re.sub(r"/\S+", "", told))))


@cache
def _by_number() -> Mapping[str, str]:
    found: dict[str, set[str]] = {}
    for one in indicators().values():
        for number in one.sdg:
            found.setdefault(number, set()).add(one.code)
    return {number: codes.pop() for number, codes in found.items() if len(codes) == 1}


@cache
def _by_name() -> Mapping[str, str]:
    return {_plain(one.title): one.code for one in indicators().values()}


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def number_in(words: str) -> str:
    """The number of an indicator of the goals that this text is, such as 11.1.1 for `11-1-1`; "" where it is none."""
    bare = _BEFORE.sub("", _plain(words), count=1).replace("-", ".")
    return bare if _NUMBER.fullmatch(bare) else ""


def looks_like_a_code(words: str) -> bool:
    """Whether a text has the form of a code of an indicator, known or not."""
    return bool(number_in(words) or _CODE.fullmatch(_plain(words)))


def indicator_of(words: str) -> str | None:
    """The code of the indicator that a text names by its code, its number among the goals, or its full name."""
    plain = _plain(words)
    code = _CODE.fullmatch(plain)
    if code:
        found = f"NUA-{int(code[1]):02d}"
        return found if found in indicators() else None
    return _by_number().get(number_in(plain)) or _by_name().get(plain)


def read_ties(said: Mapping[str, str]) -> dict[str, str]:
    """What a person says of series, as codes of indicators by code of the series; "" stays for none. Raises Invalid
    with the place of each that is no indicator.
    """
    found = {series: (words.strip() and (indicator_of(words) or None)) for series, words in said.items()}
    if wrong := [Problem(f"{PLACE}{series}", UNKNOWN) for series, code in found.items() if code is None]:
        raise Invalid(UNKNOWN, wrong)
    return {series: code for series, code in found.items() if code is not None}
