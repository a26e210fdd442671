"""The crosswalk: what each section of the guidelines has to do with commitments, indicators, paragraphs of the Agenda,
goals, cells of the Urban Monitoring Framework, the recommendations of 2022 and themes; and the codes for passages.

The tables are `tables/crosswalk*.csv`. The keys of sections are those of the outline, which editions share.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from forms.kinds.practices import COMMITMENTS
from forms.words import N_
from portal.rules.shipped import TABLES

THEMES: Mapping[str, str] = {
    "housing": N_("Housing"),
    "slums": N_("Slums and informal settlements"),
    "land": N_("Land and tenure"),
    "water": N_("Water and sanitation"),
    "waste": N_("Waste"),
    "transport": N_("Transport and mobility"),
    "energy": N_("Energy"),
    "digital": N_("Digital technology"),
    "poverty": N_("Poverty"),
    "inequality": N_("Inequality"),
    "inclusion": N_("Inclusion of groups"),
    "safety": N_("Safety"),
    "public_space": N_("Public space"),
    "jobs": N_("Jobs and skills"),
    "informal": N_("Informal economy"),
    "economy": N_("Urban economy"),
    "culture": N_("Culture and heritage"),
    "territory": N_("Territorial balance and urban-rural links"),
    "biodiversity": N_("Land use and biodiversity"),
    "climate": N_("Climate"),
    "disasters": N_("Disasters and resilience"),
    "environment": N_("Natural resources and air"),
    "governance": N_("Governance and decentralization"),
    "legislation": N_("Legislation and policy"),
    "planning": N_("Planning and design"),
    "participation": N_("Participation"),
    "finance": N_("Finance"),
    "capacity": N_("Capacity and cooperation"),
    "data": N_("Data and monitoring"),
    "follow_up": N_("Follow-up and review"),
    "crises": N_("Crises and recovery"),
}
RECOMMENDATIONS: Mapping[str, str] = {
    "a": N_("Raise the Agenda's profile and carry its commitments into other global agendas"),
    "b": N_("Evidence-based, practical guidance by the United Nations"),
    "c": N_("Lessons of COVID-19 used to adjust and speed up implementation"),
    "d": N_("Housing and basic services together with health, income, education and access to services"),
    "e": N_("The Agenda used to protect ecosystems"),
    "f": N_("Wider implementation in countries after conflict and disaster"),
    "g": N_("Ways for local and regional governments to take part in planning by and between governments"),
}
"""The recommendations of the quadrennial report of 2022 (A/76/639-E/2022/10), in own words."""

KINDS: Mapping[str, str] = {
    "progress": N_("Progress"),
    "challenge": N_("Challenge"),
    "need": N_("Need"),
    "practice": N_("Practice"),
}
CODE_KINDS: Mapping[str, str] = {
    "kind": N_("What it tells"),
    "commitment": N_("Commitment"),
    "theme": N_("Theme"),
    "recommendation": N_("Recommendation of 2022"),
    "paragraph": N_("Paragraph of the Agenda"),
}
DOMAINS: Mapping[str, str] = {
    "society": N_("Society"),
    "economy": N_("Economy"),
    "environment": N_("Environment"),
    "culture": N_("Culture"),
    "governance": N_("Governance and implementation"),
}
OBJECTIVES: Mapping[str, str] = {
    "safe": N_("Safe and peaceful"),
    "inclusive": N_("Inclusive"),
    "resilient": N_("Resilient"),
    "sustainable": N_("Sustainable"),
}


@dataclass(frozen=True)
class Commitment:
    """A commitment or a means of implementation: `key` such as 1.1 or 2.3, `title` in English, for gettext."""

    key: str
    title: str


@dataclass(frozen=True)
class Crossing:
    """A section of the outline and what it has to do with. `heading` where other sections stand under it: then every
    tuple joins what stands under it. `umf` holds cells as domain:objective, `goals` their numbers.
    """

    key: str
    title: str
    heading: bool
    commitment: str | None
    paragraphs: tuple[int, ...]
    indicators: tuple[str, ...]
    goals: tuple[str, ...]
    targets: tuple[str, ...]
    umf: tuple[str, ...]
    recommendations: tuple[str, ...]
    themes: tuple[str, ...]


@dataclass(frozen=True)
class Measure:
    """An indicator in the crosswalk: its section, the target of the goals it belongs to ("" for none), and the
    indicators of the Urban Monitoring Framework that are the same.
    """

    indicator: str
    section: str
    target: str
    umf: tuple[str, ...]


def _rows(name: str) -> list[dict[str, str]]:
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def commitments() -> tuple[Commitment, ...]:
    """The second level of the parts 1 and 2 of the outline, in its order: 1.1, 1.2, 1.3, 2.1, 2.2, 2.3."""
    return tuple(Commitment(key, title["en"]) for key, title in COMMITMENTS.items())


def commitment_of(key: str) -> str | None:
    """The commitment that a section or a question belongs to, such as 1.1 for 1.1.2.4/actions; None for a section
    outside the parts 1 and 2.
    """
    first, _dot, rest = key.partition("/")[0].partition(".")
    found = f"{first}.{rest.partition('.')[0]}"
    return found if found in COMMITMENTS else None


@cache
def measures() -> Mapping[str, Measure]:
    """Every indicator of the framework by its code."""
    return MappingProxyType(
        {
            row["indicator"]: Measure(row["indicator"], row["section"], row["targets"], tuple(row["umf"].split()))
            for row in _rows("crosswalk_indicators.csv")
        }
    )


@cache
def table() -> Mapping[str, Crossing]:
    """The whole crosswalk by section, headings before what stands under them."""
    rows = _rows("crosswalk.csv")
    return MappingProxyType({row["section"]: _crossing(row, rows) for row in rows})


def _crossing(row: Mapping[str, str], rows: Iterable[Mapping[str, str]]) -> Crossing:
    key = row["section"]
    under = [one for one in rows if one["section"] == key or one["section"].startswith(f"{key}.")]
    keys = {one["section"] for one in under}
    found = [one for one in measures().values() if one.section in keys]
    targets = [one.target for one in found if one.target]
    goals = [*_words(under, "goals"), *(target.partition(".")[0] for target in targets)]
    return Crossing(
        key=key,
        title=row["title"],
        heading=len(under) > 1,
        commitment=commitment_of(key),
        paragraphs=tuple(sorted({int(number) for number in _words(under, "paragraphs")})),
        indicators=tuple(one.indicator for one in found),
        goals=tuple(sorted(set(goals), key=int)),
        targets=tuple(dict.fromkeys(targets)),
        umf=tuple(dict.fromkeys(_words(under, "umf"))),
        recommendations=tuple(sorted(set(_words(under, "recommendations")))),
        themes=tuple(dict.fromkeys(_words(under, "themes"))),
    )


def _words(rows: Iterable[Mapping[str, str]], column: str) -> list[str]:
    return [word for row in rows for word in row[column].split()]


def crossing(key: str) -> Crossing | None:
    """What a section, or the section of a question, has to do with; None for one that the crosswalk does not hold."""
    return table().get(key.partition("/")[0])


def indicators_of(section: str) -> tuple[str, ...]:
    """The indicators asked in a section or under a heading."""
    found = crossing(section)
    return found.indicators if found else ()


def commitment_of_indicator(indicator: str) -> str | None:
    """The commitment that an indicator such as NUA-01 belongs to; None for an unknown one."""
    found = measures().get(indicator)
    return commitment_of(found.section) if found else None


def paragraphs_of(section: str) -> tuple[int, ...]:
    """The paragraphs of the Agenda that a section speaks to."""
    found = crossing(section)
    return found.paragraphs if found else ()


def goals_of(section: str) -> tuple[str, ...]:
    """The Sustainable Development Goals that a section serves, by number."""
    found = crossing(section)
    return found.goals if found else ()


def umf_of(section: str) -> tuple[str, ...]:
    """The cells of the Urban Monitoring Framework that a section falls in, as domain:objective."""
    found = crossing(section)
    return found.umf if found else ()


def recommendations_of(section: str) -> tuple[str, ...]:
    """The recommendations of 2022 that a section tells about, by letter."""
    found = crossing(section)
    return found.recommendations if found else ()


def themes_of(section: str) -> tuple[str, ...]:
    """The themes of a section, by key."""
    found = crossing(section)
    return found.themes if found else ()


@cache
def codes() -> Mapping[str, str]:
    """Every code that a passage can carry, as kind:key, with its English title: the code book."""
    found = {f"kind:{key}": title for key, title in KINDS.items()}
    found |= {f"commitment:{one.key}": one.title for one in commitments()}
    found |= {f"theme:{key}": title for key, title in THEMES.items()}
    found |= {f"recommendation:{key}": title for key, title in RECOMMENDATIONS.items()}
    found |= {f"paragraph:{row['paragraph']}": row["gist"] for row in _rows("crosswalk_paragraphs.csv")}
    return MappingProxyType(found)


def kind_of(code: str) -> str:
    """The kind of a code, such as theme."""
    return code.partition(":")[0]


@cache
def umf_indicators() -> Mapping[str, tuple[str, str]]:
    """Indicators of the Urban Monitoring Framework by code: the cell as domain:objective, and the English title."""
    return MappingProxyType(
        {row["code"]: (f"{row['domain']}:{row['objective']}", row["title"]) for row in _rows("crosswalk_umf.csv")}
    )
