"""What words tell in six languages: that an indicator rose or fell, that a thing is or is not there; and how figures
slope. Words that are not plain tell nothing.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import combinations
from statistics import median

from forms.figures import FIRST_YEAR, LAST_YEAR, parse_figure
from portal.rules.areas import TABLES

UP, DOWN = "up", "down"
NEAR, NEAR_SIGNS = 7, 14
"""How far apart in words, or in signs of Chinese, a subject and what is told of it stand at most."""
FEWEST_YEARS = 4
_SIDED, _LEAST = 0.8, 0.05

_SENTENCES = re.compile(r"(?<=[.!?؟])\s+|(?<=[。！？；])|\n+")
_WORDS = re.compile(r"pm\W?2[.,]5|[^\W_]+", re.IGNORECASE)
_PERCENT = re.compile(r"\s?(?:%|٪|％|per ?cent|percent|pour cent|por ciento|процент|بالمائة|في المائة)")
_FIGURES = re.compile(
    rf"(?<![\w.,])(?:\d[\d\s.,'\u00a0\u202f]*\d(?!\w)|\d(?={_PERCENT.pattern}))",
)
_PARTICLES = re.compile(r"^pm\W?2[.,]5$")
_JOINED = frozenset("وفبلك")
_YES = frozenset(["yes", "y", "oui", "sí", "si", "да", "نعم", "是", "true"])
_NO = frozenset(["no", "n", "non", "нет", "لا", "否", "false"])
_PLAIN = {ord("ё"): "е"} | dict.fromkeys(range(0x064B, 0x0653))
_Stem = tuple[str, bool]
_Forms = tuple[str, ...]


def _stems(text: str) -> tuple[_Stem, ...]:
    return tuple((_folded(word.rstrip("*")), word.endswith("*")) for word in text.split())


def _folded(text: str) -> str:
    """Lower case, without the marks of Arabic vowels, ё as е."""
    return unicodedata.normalize("NFC", text).casefold().translate(_PLAIN)


@cache
def _senses() -> Mapping[tuple[str, str], tuple[_Stem, ...]]:
    with (TABLES / "direction_words.csv").open(encoding="utf-8", newline="") as file:
        return {(row["language"], row["sense"]): _stems(row["stems"]) for row in csv.DictReader(file)}


@cache
def subjects(language: str) -> Mapping[str, tuple[tuple[_Stem, ...], ...]]:
    """The phrases by which a language names each indicator: all the words of one of them, in any order."""
    with (TABLES / "subject_words.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["indicator"]: tuple(_stems(phrase) for phrase in row["phrases"].split("|"))
            for row in csv.DictReader(file)
            if row["language"] == language
        }


def sentences(text: str) -> list[str]:
    """The sentences of a text, in any of the six languages."""
    return [part.strip() for part in _SENTENCES.split(text) if part and part.strip()]


@lru_cache(maxsize=64)
def _read(sentence: str, language: str) -> tuple[str, list[_Forms]]:
    """A sentence as it is looked through, and its words: it is asked for one indicator after another."""
    return _folded(sentence), _words(sentence, language)


def _words(sentence: str, language: str) -> list[_Forms]:
    """The words of a sentence in order, each in the forms in which it may be looked up."""
    found = [_PARTICLES.sub("pm2.5", _folded(word)) for word in _WORDS.findall(sentence)]
    return [_arabic_forms(word) if language == "ar" else (word,) for word in found]


def _arabic_forms(word: str) -> _Forms:
    """An Arabic word as it stands, and without a letter joined before it and its article, where three letters stay."""
    joined = word[1:] if word[:1] in _JOINED else word
    bare = [form.removeprefix("ال").removeprefix("لل") for form in (word, joined)]
    return tuple(dict.fromkeys(form for form in (word, joined, *bare) if form == word or len(form) >= 3))


def _places(stem: _Stem, words: Sequence[_Forms]) -> list[int]:
    text, open_ended = stem
    return [
        at
        for at, forms in enumerate(words)
        if (any(form.startswith(text) for form in forms) if open_ended else text in forms)
    ]


def _any_places(stems: Sequence[_Stem], sentence: str, words: Sequence[_Forms], language: str) -> list[int]:
    """Where any of these words stands: in words, in Chinese in signs."""
    if language == "zh":
        return [found.start() for text, _open in stems for found in re.finditer(re.escape(text), sentence)]
    return [at for stem in stems for at in _places(stem, words)]


def _subject_places(indicator: str, sentence: str, words: Sequence[_Forms], language: str) -> list[int]:
    """Where the sentence names the indicator: the places of every word of a phrase that is there whole."""
    found: list[int] = []
    for phrase in subjects(language).get(indicator, ()):
        each: list[int] = []
        for stem in phrase:
            places = _any_places((stem,), sentence, words, language)
            if not places:
                break
            each += places
        else:
            found += each
    return found


def _near(one: Sequence[int], other: Sequence[int], language: str) -> bool:
    reach = NEAR_SIGNS if language == "zh" else NEAR
    return any(abs(a - b) <= reach for a in one for b in other)


def told_direction(sentence: str, language: str, indicator: str, better: str) -> str:
    """UP or DOWN where the sentence says plainly that the indicator rose or fell, or got better or worse; "" where it
    does not name it, says both, denies, speaks of a plan or of money. `better` is up, down or context.
    """
    plain, words = _read(sentence, language)
    subject = _subject_places(indicator, plain, words, language)
    if not subject:
        return ""
    places = {
        sense: _any_places(_senses().get((language, sense), ()), plain, words, language)
        for sense in ("up", "down", "better", "worse", "not")
    }
    if places["not"]:
        return ""
    told = set()
    for sense, direction in (("up", UP), ("down", DOWN), ("better", better), ("worse", _opposite(better))):
        if places[sense]:
            told.add(direction if _near(subject, places[sense], language) else "")
    return told.pop() if len(told) == 1 and told <= {UP, DOWN} else ""


def _opposite(direction: str) -> str:
    return {UP: DOWN, DOWN: UP}.get(direction, "")


def told_there(sentence: str, language: str, indicator: str) -> bool | None:
    """Whether the sentence says that what the indicator asks for is there; None where it does not plainly say."""
    plain, words = _read(sentence, language)
    subject = _subject_places(indicator, plain, words, language)
    if not subject:
        return None
    absent = _any_places(_senses()[language, "absent"], plain, words, language)
    if absent:
        return False if _near(subject, absent, language) else None
    there = _any_places(_senses()[language, "there"], plain, words, language)
    return True if there and _near(subject, there, language) else None


def yes_or_no(text: str) -> bool | None:
    """Whether an answer says yes or no, by its first word, in six languages; None for anything else."""
    words = _WORDS.findall(_folded(text))
    if not words:
        return None
    return True if words[0] in _YES else False if words[0] in _NO else None


def stated_figures(sentence: str) -> list[str]:
    """The figures that a sentence states: percentages, and numbers of three digits and more that are no years."""
    found = []
    for match in _FIGURES.finditer(sentence):
        text = match[0].strip(" .,'\u00a0\u202f")
        percent = _PERCENT.match(sentence, match.end()) is not None
        number = parse_figure(text).number
        if percent or (number is not None and number >= 100 and not _year(text)):
            found.append(f"{text}%" if percent else text)
    return found


def _year(text: str) -> bool:
    return text.isdecimal() and FIRST_YEAR <= int(text) <= LAST_YEAR


def slope(points: Sequence[tuple[int, float]]) -> tuple[float, str]:
    """Theil-Sen's slope of (year, value) a year, and the direction that is plain: UP, DOWN, or "" with fewer than four
    years, where fewer than four pairs of years in five go that way, or the whole change is under five per cent.
    """
    line = sorted(points)
    steps = [(b - a) / (late - early) for (early, a), (late, b) in combinations(line, 2) if late > early]
    if len(line) < FEWEST_YEARS or not steps:
        return 0.0, ""
    middle = float(median(steps))
    span = line[-1][0] - line[0][0]
    usual = median(abs(value) for _year, value in line)
    for direction, sign in ((UP, 1), (DOWN, -1)):
        sided = sum(1 for step in steps if step * sign > 0) >= _SIDED * len(steps)
        if sided and abs(middle) * span > _LEAST * usual:
            return middle, direction
    return middle, ""
