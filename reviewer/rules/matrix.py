"""The evidence matrix: what a cell of commitment, channel and region holds, which holes it has, and how they weigh."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from forms.words import N_
from portal.rules import contributions

REPORTS, FIGURES = "a", "b"
CHANNELS = {
    REPORTS: N_("Progress reports of governments"),
    FIGURES: N_("Key indicators"),
    **{key: channel.title for key, channel in contributions.CHANNELS.items()},
}
SINCE = 2016
"""Figures of channel b count from the year in which the Agenda was adopted."""

GOVERNMENTS, INDICATORS, BODIES, NON_STATE = "governments", "indicators", "bodies", "non_state"
VOICES = {GOVERNMENTS: (REPORTS,), INDICATORS: (FIGURES,), BODIES: ("c", "d"), NON_STATE: ("e", "f")}
VOICE_TITLES = {
    GOVERNMENTS: N_("Governments"),
    INDICATORS: N_("Indicators"),
    BODIES: N_("United Nations and multilateral bodies"),
    NON_STATE: N_("Non-state and local actors"),
}
HOLES = {
    GOVERNMENTS: N_("No report of a government on commitment %(commitment)s (%(title)s) in %(region)s yet"),
    INDICATORS: N_("No figure on commitment %(commitment)s (%(title)s) in %(region)s"),
    BODIES: N_(
        "No evidence of United Nations or multilateral bodies on commitment %(commitment)s (%(title)s) in %(region)s"
    ),
    NON_STATE: N_("No non-state evidence on commitment %(commitment)s (%(title)s) in %(region)s"),
}
BY_THE_CUT_OFF = N_("No report of a government on commitment %(commitment)s (%(title)s) in %(region)s by the cut-off")
"""The hole of governments where something was received after the synthesis cut-off."""
OTHER_VOICE, OPEN_CASE, MOST_FOR_CASES, STATES_A_POINT = 10, 5, 20, 10
WEIGHT = N_(
    "The weight is the sum of three parts: 10 for each other voice that is silent on the same commitment in the same "
    "region; 5 for each contradiction there that is open or stands, 20 at most; 1 for each ten states of the region."
)
WEIGHT_WITHOUT_CASES = N_(
    "The weight is the sum of two parts: 10 for each other voice that is silent on the same commitment in the same "
    "region; 1 for each ten states of the region."
)
HEAT = (1, 5, 20)
"""From so many states, or sources where those are more, a cell is darker; never by how many passages there are: one
attached file may hold hundreds.
"""


class Place(NamedTuple):
    """A cell: the key of a commitment, the letter of a channel, and a region, "" for what is of no single region."""

    commitment: str
    channel: str
    region: str


@dataclass(frozen=True)
class Tally:
    """What a cell holds: `passages` of texts, apart those `of_files` that were attached, and figures, from these
    `sources`: the states that report and the partners. `entities` are the states that they are of; of the figures
    of channel b only the number is known that one series covers in one year, so `counted` says how many states there
    are at least. `age` is the sum over all passages and figures of their age in years, but for the `undated` ones,
    figures of reports without a year that could be read; `cases` the contradictions that are not settled, `standing`
    those that were settled and stand. `invented` are the entities of a demonstration that its passages and figures of
    reports are of; they are no states.
    """

    passages: int = 0
    figures: int = 0
    entities: frozenset[str] = frozenset()
    counted: int = 0
    age: float = 0.0
    cases: int = 0
    undated: int = 0
    invented: frozenset[str] = frozenset()
    standing: int = 0
    of_files: int = 0
    sources: frozenset[str] = frozenset()

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.passages + other.passages,
            self.figures + other.figures,
            self.entities | other.entities,
            self.counted + other.counted,
            self.age + other.age,
            self.cases + other.cases,
            self.undated + other.undated,
            self.invented | other.invented,
            self.standing + other.standing,
            self.of_files + other.of_files,
            self.sources | other.sources,
        )

    @property
    def pieces(self) -> int:
        return self.passages + self.of_files + self.figures

    @property
    def states(self) -> int:
        return len(self.entities) + self.counted

    @property
    def at_least(self) -> bool:
        """Whether there may be more states than `states` says."""
        return self.counted > 0

    @property
    def mean_age(self) -> float | None:
        """The mean age in years of what has one; None of nothing."""
        dated = self.pieces - self.undated
        return self.age / dated if dated else None

    @property
    def apart(self) -> int:
        """How many sources there are where they are more than the states: then they are told too."""
        return len(self.sources) if len(self.sources) > self.states else 0

    @property
    def heat(self) -> int:
        """How dark the cell is, from 0 for none to 3; its number of states, or of sources, says the same."""
        voices = max(self.states, len(self.sources), 1) if self.pieces else 0
        return sum(voices >= step for step in HEAT)


NOTHING = Tally()


class Hole(NamedTuple):
    """A voice that says nothing on a commitment in a region. `weight` is the sum of the three parts of WEIGHT."""

    voice: str
    commitment: str
    region: str
    silent: int
    cases: int
    states: int

    @property
    def weight(self) -> int:
        by_cases = min(OPEN_CASE * self.cases, MOST_FOR_CASES)
        return OTHER_VOICE * self.silent + by_cases + self.states // STATES_A_POINT


@dataclass(frozen=True)
class Matrix:
    """The cells of a cycle that hold something, how many states each region has, and how many contradictions are open
    or stand by commitment and region, each once. `again` holds by commitment and channel what cells of several regions
    hold in common, but for the first of them: it counts in each and once in all regions.
    """

    cells: Mapping[Place, Tally]
    states: Mapping[str, int]
    cases: Mapping[tuple[str, str], int]
    again: Mapping[tuple[str, str], Tally] = field(default_factory=dict)

    @property
    def regions(self) -> list[str]:
        return sorted(self.states)

    def of(self, region: str = "") -> int:
        """How many states there are in a region, or in all."""
        return self.states.get(region, 0) if region else sum(self.states.values())

    def only(self, commitment: str, channel: str, region: str) -> Tally:
        """What a channel holds on a commitment in this region alone; "" for what is of no single region."""
        return self.cells.get(Place(commitment, channel, region), NOTHING)

    def cell(self, commitment: str, channels: Collection[str], region: str = "") -> Tally:
        """What these channels hold on a commitment in a region, or in all and in none together, each once."""
        held = sum(
            (
                tally
                for place, tally in self.cells.items()
                if place.commitment == commitment and place.channel in channels and region in ("", place.region)
            ),
            NOTHING,
        )
        if region:
            return held
        twice = sum((self.again.get((commitment, channel), NOTHING) for channel in channels), NOTHING)
        return replace(
            held,
            passages=held.passages - twice.passages,
            of_files=held.of_files - twice.of_files,
            age=held.age - twice.age,
        )


def holes(matrix: Matrix, commitments: Iterable[str], measured: Collection[str]) -> list[Hole]:
    """The voices that say nothing, heaviest first. Where no indicator belongs to a commitment (`measured` names those
    with one), no figure is missed. What is of no single region fills no hole of a region.
    """
    found = []
    by_region = _by_voice(matrix)
    for commitment in commitments:
        asked = [voice for voice in VOICES if voice != INDICATORS or commitment in measured]
        for region in matrix.regions:
            held = by_region.get((commitment, region), {})
            silent = [voice for voice in asked if not held.get(voice, NOTHING).pieces]
            cases = matrix.cases.get((commitment, region), 0)
            found += [
                Hole(voice, commitment, region, len(silent) - 1, cases, matrix.states[region]) for voice in silent
            ]
    order = list(VOICES)
    return sorted(found, key=lambda one: (-one.weight, one.commitment, one.region, order.index(one.voice)))


def _by_voice(matrix: Matrix) -> dict[tuple[str, str], dict[str, Tally]]:
    """What each voice holds, by commitment and region."""
    found: dict[tuple[str, str], dict[str, Tally]] = {}
    of = {channel: voice for voice, channels in VOICES.items() for channel in channels}
    for place, tally in matrix.cells.items():
        voices = found.setdefault((place.commitment, place.region), {})
        voices[of[place.channel]] = voices.get(of[place.channel], NOTHING) + tally
    return found
