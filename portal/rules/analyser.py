"""The one analyser of the search: what a word is in six languages, and by which terms it is found.

The same terms feed the index of either database, so that a search finds the same on both. By script: Arabic words lose
their vowel signs, the forms of alef and the affixes of Larkey's light10; runs of Han characters become pairs; Cyrillic
words are stemmed as Russian, Latin ones as the language of the text (English, French or Spanish), accents left aside.
What rules do not tell stands in `tables/word_forms.csv`: spellings of the United States, broken plurals of Arabic. A
word broken at the end of a line is one word, and digits of any script are those of ASCII.
"""

from __future__ import annotations

import csv
import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import Stemmer

from portal.rules.shipped import TABLES

LATIN = ("en", "fr", "es")
_STEMMERS = {"en": "english", "fr": "french", "es": "spanish", "ru": "russian"}
_SIGNS = "\u00ad\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u200c\u200d"
_SMALL = "a-zß-öø-ÿœа-яё"
_BREAK = rf"(?:(?<=[^\W\d_])[-\u2010]|(?<=\u00ad))[ \t]*\n[ \t]*(?=[{_SMALL}])"
"""The end of a line within a word: a hyphen, seen or soft, and a small letter on the next line."""
_WORD = re.compile(rf"\d+(?:[.,\u066b\u066c]\d+)+|(?:[^\W_]|[{_SIGNS}])+(?:{_BREAK}(?:[^\W_]|[{_SIGNS}])+)*")
_BROKEN = re.compile(_BREAK)
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_HIDDEN = re.compile("[\u00ad\u0640\u200c\u200d]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_ALEF = str.maketrans("أإآٱىة", "اااايه")
_PREFIXES = ("وال", "بال", "كال", "فال", "ال", "لل")
_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")
_LONGEST = 100
_ELIDED = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['\u2019](?=[^\W\d_])", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?<=\w)['\u2019]s\b", re.IGNORECASE)
_IZE = re.compile(r"iz(?=(?:e|ed|es|ing|er|ers|ation|ations|ational)$)")
_JOINED, _OWNED = ("ب", "ل"), ("هم", "نا")
"""Prepositions that are written with an Arabic word, and endings that say whose it is, which light10 leaves on."""
_QUOTED = re.compile(r'["“”«»„‟](.+?)["“”«»„‟]')


class Word(NamedTuple):
    """A word of a text from `start` to `end`, and a term it is found by."""

    start: int
    end: int
    term: str


@dataclass(frozen=True)
class Phrase:
    """Terms that stand one after the other; the last is a beginning only where `open`."""

    terms: tuple[str, ...]
    open: bool = False


@dataclass(frozen=True)
class Search:
    """What is sought: every clause must be met, by any of its phrases."""

    clauses: tuple[tuple[Phrase, ...], ...]


_local = threading.local()


def _stemmed(word: str, language: str) -> str:
    """The stem; a stemmer belongs to one thread."""
    held: dict[str, Stemmer.Stemmer] = _local.__dict__.setdefault("stemmers", {})
    if language not in held:
        held[language] = Stemmer.Stemmer(_STEMMERS[language])
    return str(held[language].stemWord(word))


@cache
def _table() -> tuple[dict[str, str], dict[str, str], dict[str, tuple[str, ...]]]:
    """Of the table of forms: the English stems to go by; the stem of each Arabic word and of its plurals, and all its
    forms, by each of them without signs.
    """
    stems, stem_of, family = dict[str, str](), dict[str, str](), dict[str, tuple[str, ...]]()
    with (TABLES / "word_forms.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            word, form = row["word"], row["form"]
            if row["language"] == "en":
                stems[_stemmed(form, "en")] = _stemmed(word, "en")
                continue
            one, several = _arabic(word), _arabic(form)
            *_before, stem = _stages(one)
            stem_of |= {written.removeprefix(before): stem for written in (one, several) for before in ("", "و")}
            family[one] = (*family.get(one, (word,)), form)
    return stems, stem_of, family | {_arabic(form): several for several in family.values() for form in several}


def _arabic(written: str) -> str:
    """An Arabic word without its signs and the forms of alef."""
    return _bare(written).translate(_ALEF)


def _light(word: str) -> str:
    """An Arabic word by light10; a plural of the table is its singular."""
    known, stages = _table()[1], list(_stages(word))
    for stage in stages:
        if stage in known:
            return known[stage]
    return stages[-1]


def _stages(word: str) -> Iterator[str]:
    """An Arabic word as light10 takes and-, article and prefixes from it, then endings, as long as something is left;
    the last is its stem.
    """
    if word.startswith("و") and len(word) > 3:
        word = word[1:]
    prefix = next((one for one in _PREFIXES if word.startswith(one) and len(word) - len(one) >= 2), "")
    word = word[len(prefix) :]
    yield word
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 2:
            word = word[: -len(suffix)]
            yield word


def _digits(text: str) -> str:
    return "".join(str(unicodedata.digit(c, c)) if c.isdigit() else c for c in text)


def _bare(text: str) -> str:
    """Without accents and other signs above and below."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")


@lru_cache(maxsize=65536)
def _term(word: str, language: str) -> str:
    """The term of a word that holds no Han character, letters and digits alone; "" where nothing of it is left."""
    return re.sub(r"[\W_]", "", _stem(word, language))


def _stem(word: str, language: str) -> str:
    whole = _BROKEN.sub("", word) if "\n" in word else word
    folded = _digits(_HIDDEN.sub("", unicodedata.normalize("NFKC", whole).casefold())[:_LONGEST])
    if folded[:1].isdigit():
        return re.sub(r"[.,\u066b\u066c]", "d", _bare(folded))
    if _ARABIC.search(folded):
        return _light(_arabic(folded))
    if _CYRILLIC.search(folded):
        return _stemmed(folded.replace("\u0301", "").replace("ё", "е"), "ru")
    if language in ("fr", "es"):
        return _stemmed(_bare(folded), language)
    stem = _stemmed(_IZE.sub("is", _bare(folded)), "en")
    return _table()[0].get(stem, stem)


def words(text: str, language: str) -> Iterator[Word]:
    """The words of a text with their terms, in order. Han characters come in pairs, each beginning one character on;
    the last character of a run stands alone once more, so that one character can be sought.
    """
    for found in _WORD.finditer(text):
        at = found.start()
        if found.group().isascii():
            yield from _plain(text, at, found.end(), language)
            continue
        for run in _HAN.finditer(found.group()):
            yield from _plain(text, at, found.start() + run.start(), language)
            yield from _pairs(text, found.start() + run.start(), found.start() + run.end())
            at = found.start() + run.end()
        yield from _plain(text, at, found.end(), language)


def _plain(text: str, start: int, end: int, language: str) -> Iterator[Word]:
    term = _term(text[start:end], language) if start < end else ""
    if term:
        yield Word(start, end, term)


def _pairs(text: str, start: int, end: int) -> Iterator[Word]:
    for at in range(start, end):
        yield Word(
            at, min(at + 2, end), unicodedata.normalize("NFKC", text[at : at + 2] if at + 2 <= end else text[at])
        )


def terms(text: str, language: str) -> list[str]:
    """The terms of a text in order."""
    return [word.term for word in words(text, language)]


def broken_words(text: str) -> list[str]:
    """The words of a text that are broken at the end of a line, as they stand."""
    return [found.group() for found in _WORD.finditer(text) if "\n" in found.group()] if "\n" in text else []


def indexed(text: str, language: str) -> list[str]:
    """What the index of the search holds: the terms of a text in order, then the parts of words that are broken at the
    end of a line, as the hyphen may be of a compound.
    """
    parts = [part for word in broken_words(text) for part in _BROKEN.split(word)]
    return [*terms(text, language), *(term for part in parts if (term := _term(part, language)))]


def search(asked: str, language: str | None = None) -> Search:
    """What somebody seeks: all of the words, and the words in quotation marks one after the other. Without a language a
    Latin word is sought as each language would stem it. Single words are sought in forms too that their stem does not
    meet, and without what is written onto them by an apostrophe. No clauses where there is no word.
    """
    quoted = [found.group(1) for found in _QUOTED.finditer(asked)]
    rest = _POSSESSIVE.sub("", _ELIDED.sub("", _QUOTED.sub(" ", asked)))
    single = [found.group() for found in _WORD.finditer(rest)]
    languages = (language,) if language else LATIN
    clauses = []
    for part, forms in (*((part, _as_it_is) for part in quoted), *((part, _forms) for part in single)):
        several = (_phrase(form, code) for code in languages for form in forms(part, code))
        phrases = tuple(dict.fromkeys(one for one in several if one.terms))
        if phrases:
            clauses.append(phrases)
    return Search(tuple(dict.fromkeys(clauses)))


def _as_it_is(part: str, _language: str) -> Sequence[str]:
    return (part,)


def _forms(word: str, language: str) -> Sequence[str]:
    """A word with those of its forms that are stemmed otherwise: in Spanish ciudad, whose plural is ciudades, in French
    coeur, also written with one sign, in Arabic a word with what is written onto it.
    """
    if _ARABIC.search(word):
        return (word, *_arabic_forms(word))
    small = word.casefold()
    if language == "es":
        if small.endswith("es"):
            return (word, small[:-2])
        return (word, f"{small}es") if small[-1] in "bcdfghjklmnñpqrtvwxyz" else (word,)
    if language == "fr" and ("oe" in small or "œ" in small):
        return (word, small.replace("œ", "oe"), small.replace("oe", "œ"))
    return (word,)


def _arabic_forms(word: str) -> Iterator[str]:
    core = word.removeprefix("ال")
    for known in _table()[2].get(_arabic(core), () if len(core) < 4 else (core,)):
        stem = known[:-1] + "ت" if known.endswith("ة") else known
        for before in ("", *_JOINED) if len(known) > 2 else ("",):
            yield from (before + form for form in (known, *(stem + ending for ending in ("ها", *_OWNED))))


def _phrase(part: str, language: str) -> Phrase:
    """The terms of a part of a search. The single characters that close runs of Han are for the index alone, but for a
    run of one character, with which a pair may begin.
    """
    found = list(words(part, language))
    kept = [word for at, word in enumerate(found) if not _closes(found, at)]
    last = kept[-1] if kept else None
    alone = last is not None and last.end - last.start == 1 and bool(_HAN.fullmatch(last.term))
    return Phrase(tuple(word.term for word in kept), alone)


def _closes(found: Sequence[Word], at: int) -> bool:
    """Whether a word is the last character of a longer run of Han."""
    word = found[at]
    return at > 0 and word.end == found[at - 1].end


def marked(text: str, language: str, sought: Search) -> list[tuple[str, bool]]:
    """A text cut at the words that a search looks for: (piece, whether it is one of them)."""
    whole = {term for clause in sought.clauses for phrase in clause for term in phrase.terms}
    begin = tuple(phrase.terms[-1] for clause in sought.clauses for phrase in clause if phrase.open)
    spans = [
        (word.start, word.start + 1 if word.term.startswith(begin) else word.end)
        for word in words(text, language)
        if word.term in whole or word.term.startswith(begin)
    ]
    return cut(text, spans)


def cut(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """A text cut at these stretches, which come in order and may overlap: (piece, whether it lies in one)."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    joined: list[list[int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    for start, end in joined:
        if at < start:
            pieces.append((text[at:start], False))
        pieces.append((text[start:end], True))
        at = end
    return [*pieces, (text[at:], False)] if at < len(text) else pieces


_TELLING = {
    "en": re.compile(r"\b(?:the|of|and|to|in|is|are|for|with|that|on|by|has|have|been|was|were|from|this)\b"),
    "fr": re.compile(r"\b(?:le|la|les|des|et|du|en|est|sont|pour|avec|que|dans|une|un|au|aux|par|sur|ont)\b"),
    "es": re.compile(r"\b(?:el|la|los|las|de|y|del|en|es|son|para|con|que|una|un|por|se|al|ha|han)\b"),
}


def language_of(text: str, likely: str) -> str:
    """The language that a text without a label is in: by script, and by its small words among English, French and
    Spanish; `likely` where neither tells.
    """
    counts = {"ar": len(_ARABIC.findall(text)), "ru": len(_CYRILLIC.findall(text))}
    counts["zh"] = 2 * sum(len(run) for run in _HAN.findall(text))
    latin = len(re.findall("[A-Za-z\u00c0-\u024f]", text))
    script = max(counts, key=lambda code: counts[code])
    if counts[script] > latin:
        return script
    told = {code: len(small.findall(text.casefold())) for code, small in _TELLING.items()}
    best = max(told.values())
    found = [code for code, number in told.items() if number == best]
    if best == 0:
        return likely
    return likely if likely in found else found[0]
