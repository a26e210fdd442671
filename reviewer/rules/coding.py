"""Coding: which codes the words of a passage and its place suggest, and how far coders agree."""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from forms.words import N_
from portal.rules import crosswalk
from portal.rules.analyser import Word, words
from portal.rules.shipped import TABLES

MOST_SUGGESTED = 8
TELLS = {
    "actions": "kind:progress",
    "results": "kind:progress",
    "progress": "kind:progress",
    "challenges": "kind:challenge",
    "next": "kind:need",
    "needs": "kind:need",
    "practices": "kind:practice",
}
"""What the answer to a question tells, by the end of its key."""


STILL, AGREED, APART = "still", "agreed", "apart"
Who = Mapping[tuple[int, str], frozenset[object]]
"""Who gave which code to which passage."""
SECTION, QUESTION, SENDER = "section", "question", "sender"
REASONS = {
    SECTION: N_("asked for in this section"),
    QUESTION: N_("asked for by this question"),
    SENDER: N_("named by the sender of the text"),
}


@dataclass(frozen=True)
class Suggestion:
    """A code that somebody may give: the stretches of the text whose words say so, and what else does, of REASONS; ""
    for nothing.
    """

    code: str
    spans: tuple[tuple[int, int], ...]
    reason: str


@dataclass(frozen=True)
class Agreement:
    """How far coders agree on a code: passages that two or more went through, how many of these carry it by all, by
    some and by none of them, and Krippendorff's alpha for nominal data, None where nobody or everybody gave the code.
    """

    code: str
    passages: int
    by_all: int
    by_some: int
    by_none: int
    alpha: float | None

    @property
    def same(self) -> float:
        """The share of passages on which all agree, from 0 to 1."""
        return (self.by_all + self.by_none) / self.passages


@cache
def _lexicon(language: str) -> Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """The phrases of the code book in a language, by their first term: (code, terms)."""
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    with (TABLES / "crosswalk_words.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["language"] != language:
                continue
            for phrase in row["words"].split(";"):
                terms = tuple(word.term for word in _without_last(list(words(phrase, language))))
                found[terms[0]].append((row["code"], terms))
    return {first: tuple(several) for first, several in found.items()}


def _without_last(found: list[Word]) -> list[Word]:
    """The words without the single character that closes a run of Han."""
    return [word for at, word in enumerate(found) if at == 0 or word.end != found[at - 1].end]


def suggested(text: str, language: str, question: str, *, commitments: Sequence[str] = ()) -> list[Suggestion]:
    """The codes that the words of a passage suggest, most words first, then those that its place, or who sent it, does
    alone. `commitments` are those that it is of.
    """
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    found = list(words(text, language))
    lexicon = _lexicon(language)
    for at, word in enumerate(found):
        for code, terms in lexicon.get(word.term, ()):
            run = found[at : at + len(terms)]
            if tuple(one.term for one in run) == terms:
                spans[code].append((run[0].start, run[-1].end))
    placed = _placed(question, commitments)
    by_words = sorted(spans, key=lambda code: (-len(set(spans[code])), -(code in placed), code))
    return [
        *(Suggestion(code, tuple(spans[code]), placed.get(code, "")) for code in by_words[:MOST_SUGGESTED]),
        *(Suggestion(code, (), reason) for code, reason in placed.items() if code not in by_words[:MOST_SUGGESTED]),
    ]


def _placed(question: str, commitments: Sequence[str]) -> dict[str, str]:
    """The codes that are suggested by the place of a question in the outline, or by the sender, each with the reason.
    A section outside the outline, as every one of a contribution, asks for no commitment: the sender names them.
    """
    own = crosswalk.commitment_of(question)
    found = {f"commitment:{one}": SECTION if one == own else SENDER for one in commitments}
    tells = TELLS.get(question.partition("/")[2])
    if tells:
        found[tells] = QUESTION
    crossing = crosswalk.crossing(question)
    if crossing is not None:
        found |= {f"theme:{theme}": SECTION for theme in crossing.themes}
        found |= {f"recommendation:{letter}": SECTION for letter in crossing.recommendations}
    return found


def alpha(units: Iterable[Sequence[bool]]) -> float | None:
    """Krippendorff's alpha for nominal data of two values; each unit holds what its coders said. Units of fewer than
    two coders count nothing. None where only one value occurs: there is nothing to agree on by chance.
    """
    ones = zeros = 0
    unlike = 0.0
    for said in units:
        if len(said) < 2:
            continue
        given = sum(said)
        ones += given
        zeros += len(said) - given
        unlike += 2 * given * (len(said) - given) / (len(said) - 1)
    number = ones + zeros
    expected = 2 * ones * zeros / (number - 1) if number > 1 else 0
    return 1 - unlike / expected if expected else None


class Given(NamedTuple):
    """A code that a coder gave to a passage; `removed_at` where the coder took it back."""

    passage: int
    code: str
    coder: object
    at: dt.datetime
    removed_at: dt.datetime | None


def unseen(through: Mapping[int, Mapping[object, dt.datetime]], given: Iterable[Given]) -> Who:
    """Who gave each code before seeing those of others: `through` tells when each coder first went through a passage,
    and a coder sees what others gave from the moment on at which both have done so.
    """
    found: dict[tuple[int, str], set[object]] = defaultdict(set)
    for one in given:
        moments = through.get(one.passage, {})
        if one.coder not in moments:
            continue
        others = [at for coder, at in moments.items() if coder != one.coder]
        seen = max(moments[one.coder], min(others, default=dt.datetime.max.replace(tzinfo=dt.UTC)))
        if one.at <= seen and (one.removed_at is None or one.removed_at > seen):
            found[one.passage, one.code].add(one.coder)
    return {place: frozenset(who) for place, who in found.items()}


def agreements(coders: Mapping[int, frozenset[object]], first: Who, given: Who) -> list[tuple[Agreement, Agreement]]:
    """The agreement on each code that somebody gave, in the order of the code book: on the codes given `first`, before
    those of others were seen, and on those `given` now. `coders` went through a passage.
    """
    both = {passage: several for passage, several in coders.items() if len(several) > 1}
    used = {
        code
        for who in (first, given)
        for (passage, code), several in who.items()
        if passage in both and several & both[passage]
    }
    order = {code: at for at, code in enumerate(crosswalk.codes())}
    return [
        (_agreement(code, both, first), _agreement(code, both, given))
        for code in sorted(used, key=lambda code: order.get(code, len(order)))
    ]


def _agreement(code: str, both: Mapping[int, frozenset[object]], given: Who) -> Agreement:
    nobody: frozenset[object] = frozenset()
    counts = [(len(given.get((passage, code), nobody) & several), len(several)) for passage, several in both.items()]
    return Agreement(
        code=code,
        passages=len(counts),
        by_all=sum(number == of for number, of in counts),
        by_some=sum(0 < number < of for number, of in counts),
        by_none=sum(number == 0 for number, _of in counts),
        alpha=alpha([True] * number + [False] * (of - number) for number, of in counts),
    )


def differing(coders: Mapping[int, frozenset[object]], first: Who, given: Who) -> dict[int, list[tuple[str, str]]]:
    """The passages on which coders differ or did, each with the codes that some gave and some did not: STILL, AGREED
    since they saw each other's codes, or APART only since then.
    """
    then, now = (_differing(coders, who) for who in (first, given))
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for passage, code in sorted(then | now):
        place = (passage, code)
        found[passage].append((code, STILL if place in then & now else AGREED if place in then else APART))
    return dict(found)


def _differing(coders: Mapping[int, frozenset[object]], given: Who) -> set[tuple[int, str]]:
    nobody: frozenset[object] = frozenset()
    return {
        (passage, code)
        for (passage, code), several in given.items()
        for of in [coders.get(passage, nobody)]
        if len(of) > 1 and 0 < len(several & of) < len(of)
    }
