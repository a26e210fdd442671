"""How far evidence reaches: how many states of how many have reported, said with no more than there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from forms.words import N_

REAL = frozenset({"member", "observer"})


class Place(NamedTuple):
    """An entity as coverage looks at it: its code, region and status."""

    iso3: str
    region: str
    status: str


class Said(NamedTuple):
    """A sentence in English with its named values; the edge translates it, `english` writes it as it is."""

    sentence: str
    values: Mapping[str, Any]

    @property
    def english(self) -> str:
        return self.sentence % self.values


@dataclass(frozen=True)
class Coverage:
    """How many of the `of` states of a region ("" for the world) are behind something: `reported` by their own report.

    `late` counts states whose report was first received after the synthesis cut-off, `profiled` states without a report
    of which the secretariat compiled a desk profile, and `agreed` those of them that confirmed or corrected something
    of it: all apart from `reported`, never added to it. `invented` counts demonstration entities that reported,
    `invented_late` those whose report came after the cut-off; they are in no other number.
    """

    region: str
    reported: int
    of: int
    profiled: int = 0
    agreed: int = 0
    invented: int = 0
    late: int = 0
    invented_late: int = 0

    def __post_init__(self) -> None:
        silent = self.of - self.reported - self.late
        if min(self.reported, self.late) < 0 or not 0 <= self.agreed <= self.profiled <= silent:
            raise ValueError(f"no coverage can be {self}")

    @property
    def share(self) -> float:
        """The part of the states that reported, from 0 to 1; 0 where there are none."""
        return self.reported / self.of if self.of else 0.0


ALL = N_("All %(of)s states reported")
ALL_IN = N_("All %(of)s states in %(region)s reported")
NONE = N_("None of the %(of)s states has reported yet")
NONE_IN = N_("None of the %(of)s states in %(region)s has reported yet")
SOME = N_("%(reported)s of %(of)s states reported")
SOME_IN = N_("%(reported)s of %(of)s states in %(region)s reported")
NONE_BY = N_("None of the %(of)s states reported by the cut-off")
NONE_BY_IN = N_("None of the %(of)s states in %(region)s reported by the cut-off")
PROFILE = N_(
    "the secretariat compiled a desk profile of 1 state without a report; it has confirmed or corrected nothing"
)
PROFILE_AGREED = N_(
    "the secretariat compiled a desk profile of 1 state without a report; it confirmed or corrected something"
)
PROFILES = N_(
    "the secretariat compiled desk profiles of %(profiled)s states without a report; none of them has confirmed or "
    "corrected anything"
)
PROFILES_AGREED = N_(
    "the secretariat compiled desk profiles of %(profiled)s states without a report; %(agreed)s of them confirmed or "
    "corrected something"
)
LATE = N_("received after the cut-off: %(late)s, counted in none of these numbers")
INVENTED = N_("invented states of the demonstration that reported: %(invented)s, counted in none of these numbers")
INVENTED_LATE = N_("invented states of the demonstration received after the cut-off: %(invented_late)s")


def say(coverage: Coverage) -> list[Said]:
    """What may be said of this coverage: how many reported, then apart what is no report."""
    values = asdict(coverage)
    if coverage.reported and coverage.reported == coverage.of:
        sentence = ALL_IN if coverage.region else ALL
    elif coverage.reported:
        sentence = SOME_IN if coverage.region else SOME
    elif coverage.late:
        sentence = NONE_BY_IN if coverage.region else NONE_BY
    else:
        sentence = NONE_IN if coverage.region else NONE
    apart = [
        (LATE, coverage.late),
        (_profiles(coverage), coverage.profiled),
        (INVENTED, coverage.invented),
        (INVENTED_LATE, coverage.invented_late),
    ]
    return [Said(one, values) for one in (sentence, *(words for words, count in apart if count))]


def _profiles(coverage: Coverage) -> str:
    if coverage.profiled == 1:
        return PROFILE_AGREED if coverage.agreed else PROFILE
    return PROFILES_AGREED if coverage.agreed else PROFILES


def by_region(
    places: Iterable[Place],
    reported: Collection[str],
    profiled: Collection[str] = (),
    agreed: Collection[str] = (),
    late: Collection[str] = (),
) -> list[Coverage]:
    """The coverage of the world, then of each region by its name, from the codes of the entities that `reported` by the
    synthesis cut-off and of those that did so after it (`late`).

    A state that reported is counted as that alone, whatever was compiled of it before.
    """
    counts: dict[str, Counter[str]] = {"": Counter()}
    for place in places:
        marks = _marks(place, reported, profiled, agreed, late)
        counts[""].update(marks)
        if place.region:
            counts.setdefault(place.region, Counter()).update(marks)
    names = ("reported", "of", "profiled", "agreed", "invented", "late", "invented_late")
    return [Coverage(region, **{name: counts[region][name] for name in names}) for region in sorted(counts)]


def _marks(
    place: Place,
    reported: Collection[str],
    profiled: Collection[str],
    agreed: Collection[str],
    late: Collection[str],
) -> list[str]:
    came = "reported" if place.iso3 in reported else "late" if place.iso3 in late else ""
    if place.status not in REAL:
        return [{"reported": "invented", "late": "invented_late"}[came]] if came else []
    if came:
        return ["of", came]
    if place.iso3 not in profiled:
        return ["of"]
    return ["of", "profiled", "agreed"] if place.iso3 in agreed else ["of", "profiled"]
