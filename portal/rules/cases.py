"""Cases: the rules that raise them, their states and outcomes, what stands on each side, and the neutral question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from forms.answers import canonical, digest
from forms.figures import parse_figure
from forms.words import N_
from portal.rules.plausible import brief, named, plain

FIGURE, SCALE, UNIT, TREND, YES_NO, CLAIM = "figure", "scale", "unit", "trend", "yes_no", "claim"
RULES: Mapping[str, str] = {
    FIGURE: N_("Two figures for the same thing differ"),
    SCALE: N_("Two figures differ by a power of ten"),
    UNIT: N_("The figures are in other units"),
    TREND: N_("The words tell another direction than the figures"),
    YES_NO: N_("One says yes, another no"),
    CLAIM: N_("A figure in the words that no other channel speaks of"),
}
SAYS: Mapping[str, str] = {
    FIGURE: N_(
        "Same indicator, area, year, definition, group and unit, from different sources, and further apart than one "
        "percentage point or two per cent for a share, five per cent for all else, and the rounding of both."
    ),
    SCALE: N_("As above, and one figure is 10, 100, 1,000 ... times the other."),
    UNIT: N_(
        "A country's own figures stand in another unit than the indicator's: milligrams for micrograms, persons for "
        "percent. Persons, thousands and millions are converted and compared."
    ),
    TREND: N_(
        "A sentence of a report, or of an accepted contribution that names the state, says that the indicator rose or "
        "fell, and the figures of a source go the other way: by Theil-Sen's slope, over four years or more, four pairs "
        "of years in five on one side."
    ),
    YES_NO: N_("A report answers yes or no, and another channel says the opposite of the same thing."),
    CLAIM: N_(
        "The results in a report name figures, and no other channel holds a figure of the section or a passage; or an "
        "accepted contribution that names the state does, and no figure, report or other partner speaks of the "
        "commitment there."
    ),
}
FAMILY: Mapping[str, str] = {FIGURE: "figures", SCALE: "figures", UNIT: "figures"}
"""Rules of one family speak of one pair together: the pair is one case, whichever of them finds it."""

RAISED, ASKED, SETTLED = "raised", "asked", "settled"
STATES: Mapping[str, str] = {
    RAISED: N_("Raised"),
    ASKED: N_("The state is asked"),
    SETTLED: N_("Settled"),
}
OUTCOMES: Mapping[str, str] = {
    "definition_differs": N_("The definition differs"),
    "period_differs": N_("The period differs"),
    "corrected": N_("Corrected"),
    "both_stand": N_("Both stand"),
    "unresolved": N_("Unresolved"),
}
CONFIRMED = frozenset({"corrected", "both_stand"})
"""Outcomes that say: the two could be compared, and did not go together."""
NOT_COMPARABLE = frozenset({"definition_differs", "period_differs"})
"""Outcomes that say: the rule compared what could not be compared."""
STANDING = frozenset({"both_stand", "unresolved"})
"""Outcomes after which the contradiction stands: it still speaks against what rests on one of its sides."""

ANSWER, OBSERVATION, PASSAGE = "answer", "observation", "passage"
MOST_SIGNS = 300
MOST_POINTS = 12
"""Of a longer line a side shows the newest years."""

QUESTIONS: Mapping[str, str] = {
    FIGURE: N_(
        "On “%(title)s” two figures stand for %(period)s: %(value)s (%(one)s) and %(other_value)s (%(other)s). Could "
        "you tell us what explains the difference, for example the definition, the period, the area or the source, and"
        " whether both figures should stand?"
    ),
    SCALE: N_(
        "On “%(title)s” two figures stand for %(period)s: %(value)s (%(one)s) and %(other_value)s (%(other)s), about "
        "%(times)s times as much or as little. Could you look at the unit and the decimal mark and tell us which "
        "figure is meant?"
    ),
    UNIT: N_(
        "On “%(title)s” figures stand in two units: %(value)s (%(one)s) and %(other_value)s (%(other)s). Could you "
        "confirm the unit, or give the figures in the unit of the indicator?"
    ),
    TREND: N_(
        "On “%(title)s” the report says: “%(text)s” The figures held go from %(first)s to %(last)s (%(other)s). Could "
        "you tell us what the sentence rests on, or whether another period or definition is meant?"
    ),
    YES_NO: N_(
        "On “%(title)s” two answers stand: “%(value)s” (%(one)s) and “%(other_value)s” (%(other)s). Could you tell us "
        "how the two go together?"
    ),
    CLAIM: N_(
        "The report says: “%(text)s” No other channel holds a figure or a text on this yet. Could you name a source "
        "that the reader can follow?"
    ),
}
TREND_OF_OTHERS = N_(
    "On “%(title)s” another channel says of your country: “%(text)s” (%(one)s). The figures held go from %(first)s to "
    "%(last)s (%(other)s). Could you tell us what explains the difference, or whether another period or definition is "
    "meant?"
)
"""The question of a told trend where not the report tells it."""


CLAIM_OF_OTHERS = N_(
    "Another channel says of your country: “%(text)s” (%(one)s). No other channel holds a figure or a text on this yet."
    " Could you tell us whether this is so, or name a source that the reader can follow?"
)
"""The question about a figure in the words of a partner."""


@dataclass(frozen=True)
class Side:
    """What one teller says. `kind` is answer, observation or passage; `ref` names it: `<report>/<question>`, the id of
    an observation, or the key of a passage; "" for a side that is silent. `points` are (period, value).
    """

    kind: str
    ref: str
    channel: str
    label: str
    text: str = ""
    value: str = ""
    unit: str = ""
    period: str = ""
    source: str = ""
    points: Sequence[tuple[str, str]] = field(default=())

    def told(self) -> dict[str, Any]:
        """As the case keeps it."""
        return {**asdict(self), "points": [list(point) for point in self.points]}


@dataclass(frozen=True)
class Found:
    """What a rule found: enough for a case. `pair` names both tellers, so that the pair is raised once a cycle."""

    rule: str
    pair: tuple[str, str]
    entity: str | None
    indicator: str | None
    commitment: str | None
    period: str
    sides: tuple[Side, ...]
    question: str

    def key(self, cycle: str) -> str:
        """The name of the case, whichever rule of its family finds it and in whichever order the sides come."""
        told = [cycle, FAMILY.get(self.rule, self.rule), self.entity or "", self.indicator or "", *sorted(self.pair)]
        return digest(canonical(told))


def amount(value: str, unit: str) -> str:
    """A figure with its unit for people: `12 percent`, `0.05 mg/m³`; of a figure with many digits the first four."""
    number = parse_figure(value).number
    if number is not None and (shown := brief(number)) != number:
        value = plain(shown)
    return f"{value} {named(unit)}".strip()


def brief_sentence(sentence: str) -> str:
    """A sentence of at most 300 signs, with a mark where it goes on."""
    return sentence if len(sentence) <= MOST_SIGNS else f"{sentence[:MOST_SIGNS].rstrip()} …"


def spoken(periods: Iterable[str]) -> str:
    """Periods in words: `2014`, `2014 and 2016`, `2010 to 2019 (7 years)`."""
    told = sorted(set(periods))
    if len(told) <= 2:
        return " and ".join(told)
    return f"{told[0]} to {told[-1]} ({len(told)} years)"


def span(periods: Iterable[str]) -> str:
    """Periods as a span of at most 40 signs: `2014`, `2010–2019`."""
    told = sorted(set(periods))
    return (told[0] if len(told) == 1 else f"{told[0]}–{told[-1]}")[:40] if told else ""


@dataclass(frozen=True)
class Tally:
    """How often a rule was right: of the cases settled, `confirmed` did not go together, `not_comparable` could not be
    compared, the rest stays unresolved. `gone` are cases that were not settled and whose ground went away.
    """

    rule: str
    raised: int
    confirmed: int
    not_comparable: int
    unresolved: int
    gone: int

    @property
    def settled(self) -> int:
        """The cases that people decided."""
        return self.confirmed + self.not_comparable + self.unresolved

    @property
    def right(self) -> float | None:
        """The share of those decided either way that were contradictions, None before the first."""
        decided = self.confirmed + self.not_comparable
        return self.confirmed / decided if decided else None


def tallies(counted: Iterable[tuple[str, str | None, bool, int]]) -> list[Tally]:
    """A tally for each rule from (rule, outcome or None, whether its ground is gone, number of cases)."""
    rows = list(counted)
    return [_tally(rule, [row[1:] for row in rows if row[0] == rule]) for rule in RULES]


def _tally(rule: str, rows: Sequence[tuple[str | None, bool, int]]) -> Tally:
    def number(outcomes: Iterable[str]) -> int:
        wanted = set(outcomes)
        return sum(count for outcome, _gone, count in rows if outcome in wanted)

    return Tally(
        rule,
        sum(count for _outcome, _gone, count in rows),
        number(CONFIRMED),
        number(NOT_COMPARABLE),
        number(set(OUTCOMES) - CONFIRMED - NOT_COMPARABLE),
        sum(count for outcome, gone, count in rows if outcome is None and gone),
    )
