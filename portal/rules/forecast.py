"""How many reports will have come, and been accepted, by a day: simulated from the last cycle, and tried on it.

Days are whole days from the deadline of the cycle, so that two cycles can be laid upon one another. Everything drawn
comes from one seed: the same question has the same answer.
"""

from __future__ import annotations

import bisect
import heapq
import itertools
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

RUNS = 2000
SEED = 20250701
STATES = 193
# The last cycle: day from its deadline > reports received by then. Its deadline was not published; it is taken to be
# the day four years before that of 2025. "At the end" is taken to be the last day of the month of publication.
BEGUN = -375  # the note verbale of this cycle, 21 June 2024, from its deadline
LAST_CYCLE = ((30, 15), (183, 21), (303, 30), (364, 40))
TRUST = 20.0  # how many states the share of the last cycle weighs as: it is one cycle, and not this one
SHIFTS = range(-60, 61, 20)  # how many days this cycle may run earlier or later than the last
SHIFT_SPREAD = 30.0
BENDS = (0.5, 0.7, 1.0, 1.4, 2.0, 2.8)  # how the course may bend: above 1 more of the reports come late
BEND_SPREAD = 0.6  # of its logarithm
SHARES = tuple(n / 200 for n in range(1, 200))
KEPT = 0.75  # how often a day that a state has stated is kept, early or late; the others are as likely as any state
EARLY, LATE, USUAL = -14.0, 60.0, 7.0  # how many days after the stated day a report comes
WORKING = 5 / 7


@dataclass(frozen=True)
class Course:
    """The share of a cycle's reports that have come by a day: points of (day, share), straight between them."""

    points: tuple[tuple[float, float], ...]

    def share(self, day: float) -> float:
        """Between 0 and 1."""
        at = bisect.bisect_right(self.points, (day, math.inf))
        if at == 0:
            return 0.0
        if at == len(self.points):
            return 1.0
        (left, low), (right, high) = self.points[at - 1], self.points[at]
        return low + (high - low) * (day - left) / (right - left)

    def day(self, share: float) -> float:
        """The first day by which this share has come."""
        for (left, low), (right, high) in zip(self.points, self.points[1:], strict=False):
            if share <= high:
                return left + (right - left) * (share - low) / (high - low)
        return self.points[-1][0]


def course(points: Iterable[tuple[int, int]], begun: int = BEGUN) -> Course:
    """The course that reports received by these days describe; the last point is the end."""
    known = list(points)
    end = known[-1][1]
    return Course(((begun, 0.0), *((day, count / end) for day, count in known)))


@dataclass(frozen=True)
class Known:
    """What is known on a day: how many states have reported, the reports that wait for a reviewer and those that wait
    for their state, each as how often its state has been asked, and the days that states which have not reported yet
    have stated.
    """

    today: int
    received: int
    waiting: tuple[int, ...] = ()
    clarifying: tuple[int, ...] = ()
    stated: tuple[int, ...] = ()
    states: int = STATES


@dataclass(frozen=True)
class Team:
    """What the reporting team can do: a review takes `days` working days; after it, with a likelihood of `asked`, the
    state is asked and answers within `answer` days, at most `rounds` times.
    """

    reviewers: int = 2
    days: float = 4.0
    asked: float = 0.6
    answer: int = 30
    rounds: int = 3


@dataclass(frozen=True)
class Range:
    """The middle of the runs, and what four of five of them lie between."""

    middle: int
    low: int
    high: int

    def after(self, already: int) -> Range:
        """The same with what was there already."""
        return Range(self.middle + already, self.low + already, self.high + already)


@dataclass(frozen=True)
class Forecast:
    """Received and accepted by each day asked for; `accepted` counts from today."""

    received: Mapping[int, Range]
    accepted: Mapping[int, Range]


def forecast(
    known: Known,
    days: Sequence[int],
    team: Team,
    *,
    extension: int = 0,
    seen: Course | None = None,
    expected: float | None = 40 / STATES,
    runs: int = RUNS,
) -> Forecast:
    """What will have come by these days. An `extension` moves what is still to come so many days back; it leaves the
    share of states that report at all as it is.
    """
    chance, reviewing = (random.Random(seed) for seed in (SEED, SEED + 1))  # noqa: S311 - a simulation, no secret
    seen = seen or course(LAST_CYCLE)
    worlds, weights = likely(known, seen, expected)
    received: dict[int, list[int]] = {day: [] for day in days}
    accepted: dict[int, list[int]] = {day: [] for day in days}
    for world in chance.choices(worlds, weights, k=runs):
        coming = arrivals(chance, known, seen, world, extension)
        done = accepted_on(reviewing, known, coming, team)
        for day in days:
            received[day].append(known.received + bisect.bisect_right(coming, day))
            accepted[day].append(bisect.bisect_right(done, day))
    return Forecast(_ranges(received), _ranges(accepted))


@dataclass(frozen=True)
class World:
    """One way in which the cycle can run: the share of states that report at all, how many days later than the last
    cycle, and the bend of its course.
    """

    share: float
    shift: int
    bend: float

    def come(self, seen: Course, day: float) -> float:
        """The share of the reports of this world that have come by a day."""
        return float(seen.share(day - self.shift) ** self.bend)

    def day(self, seen: Course, come: float) -> float:
        """The first day by which this share has come."""
        return seen.day(come ** (1 / self.bend)) + self.shift


def likely(known: Known, seen: Course, expected: float | None) -> tuple[list[World], list[float]]:
    """The worlds that can be, and how likely each is after what has been received. Without an `expected` share of
    states every share was as likely before.
    """
    worlds, logs = [], []
    left = known.states - known.received
    for shift, bend in itertools.product(SHIFTS, BENDS):
        come = World(1.0, shift, bend).come(seen, known.today)
        usual = -0.5 * (shift / SHIFT_SPREAD) ** 2 - 0.5 * (math.log(bend) / BEND_SPREAD) ** 2
        for share in SHARES:
            log = usual
            if expected is not None:
                log += TRUST * (expected * math.log(share) + (1 - expected) * math.log1p(-share))
            now = min(max(share * come, 1e-9), 1 - 1e-9)
            logs.append(log + known.received * math.log(now) + left * math.log1p(-now))
            worlds.append(World(share, shift, bend))
    most = max(logs)
    return worlds, [math.exp(log - most) for log in logs]


def arrivals(chance: random.Random, known: Known, seen: Course, world: World, extension: int) -> list[int]:
    """The days on which the reports still to come arrive in one run, in order; none before tomorrow."""
    come = world.come(seen, known.today)
    more = world.share * (1 - come) / (1 - world.share * come)
    coming: list[int] = []
    others = max(0, known.states - known.received - len(known.stated))
    for stated in known.stated:
        if chance.random() < KEPT:
            coming.append(max(known.today + 1, round(stated + chance.triangular(EARLY, LATE, USUAL))))
        else:
            others += 1
    for _state in range(_count(chance, others, more)):
        day = world.day(seen, come + chance.random() * (1 - come)) + extension
        coming.append(max(known.today + 1, math.ceil(day)))
    coming.sort()
    return coming


def _count(chance: random.Random, states: int, likelihood: float) -> int:
    """How many of these states report, each with this likelihood."""
    draw = chance.random
    return sum(1 for _state in range(states) if draw() < likelihood)


def accepted_on(chance: random.Random, known: Known, coming: Sequence[int], team: Team) -> list[int]:
    """The days on which reports are accepted in one run, in order: first come, first reviewed. A report that is with
    its state today comes back as one does that is asked today, and is reviewed again.
    """
    if team.reviewers < 1:
        return []
    today = float(known.today)
    waiting = [(today, asked) for asked in known.waiting] + [(float(day), 0) for day in coming]
    waiting += [(_answered(chance, today, team), asked) for asked in known.clarifying]
    heapq.heapify(waiting)
    free = [today] * team.reviewers
    length = team.days / WORKING
    done = []
    while waiting:
        ready, rounds = heapq.heappop(waiting)
        end = max(ready, free[0]) + length
        heapq.heapreplace(free, end)
        if rounds < team.rounds and chance.random() < team.asked:
            heapq.heappush(waiting, (_answered(chance, end, team), rounds + 1))
        else:
            done.append(math.ceil(end))
    done.sort()
    return done


def _answered(chance: random.Random, asked: float, team: Team) -> float:
    """The day on which a state that was asked on this day has answered."""
    return asked + chance.random() * 2 * team.answer


def _ranges(found: Mapping[int, list[int]]) -> dict[int, Range]:
    return {day: _range(sorted(counts)) for day, counts in found.items()}


def _range(counts: Sequence[int]) -> Range:
    last = len(counts) - 1
    low, middle, high = (counts[round(part * last)] for part in (0.1, 0.5, 0.9))
    return Range(middle, low, high)


@dataclass(frozen=True)
class Trial:
    """What would have been forecast in the last cycle on one day for a later one, and what came."""

    on: int
    by: int
    said: Range
    came: int

    @property
    def error(self) -> int:
        """By how many reports the middle was too high (above 0) or too low."""
        return self.said.middle - self.came

    @property
    def inside(self) -> bool:
        return self.said.low <= self.came <= self.said.high


def back_test(points: Sequence[tuple[int, int]] = LAST_CYCLE, runs: int = RUNS) -> list[Trial]:
    """The forecast tried on the last cycle, with what was known then alone: the points so far, a steady course
    between the last of them and the end, and no share of an earlier cycle.
    """
    end = points[-1][0]
    trials = []
    for at, (today, received) in enumerate(points[:-1]):
        steady = Course(((BEGUN, 0.0), (end, 1.0)))
        later = points[at + 1 :]
        said = forecast(
            Known(today, received), [day for day, _count in later], Team(0), seen=steady, expected=None, runs=runs
        )
        trials += [Trial(today, day, said.received[day], came) for day, came in later]
    return trials


def mean_error(trials: Sequence[Trial]) -> float:
    """The mean of the errors, each counted without its sign, in reports."""
    return sum(abs(trial.error) for trial in trials) / len(trials)
