"""The areas that a contribution names in words, one a line: codes, and names in six languages, matched and never
guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from forms.words import N_
from portal.rules.areas import (
    CITY,
    COUNTRY,
    LONGEST_KEY,
    AreaFact,
    EntityFact,
    area_table,
    name_table,
    simplified,
    without_article,
)

UNKNOWN = N_(
    "No area has the code or the name “%(name)s”. Write a state, a region or the world as the United Nations writes "
    "it, or a city with its state: “city: Almaty, Kazakhstan”."
)
SEVERAL = N_("“%(name)s” is the name of several areas; please write its code.")
OF_THE_UNITED_NATIONS = ("M49:", "REGION:")
REPORTING_REGIONS = {
    "Arab States": "REGION:Arab States",
    "Asia and the Pacific": "REGION:Asia and the Pacific",
    "Europe and North America": "REGION:Europe and North America",
    "Africa": "M49:2",
    "Latin America and the Caribbean": "M49:419",
}
"""The regions of the reporting states, as `entities.region` writes them, with the key of the area each is."""
_RUSSIAN_CASES = (
    ("ова", "ов(?:а|ов|ам|ами|ах)"),
    ("ство", "ств(?:о|а|у|ом|е)"),
    ("ия", "и(?:я|и|ю|ей)"),
    ("ея", "е(?:я|и|е|ю|ей)"),
    ("ая", "(?:ая|ой|ую)"),
    ("ый", "(?:ый|ого|ому|ым|ом)"),
    ("ые", "ы(?:е|х|м|ми)"),
    ("ие", "и(?:е|х|м|ми)"),
    ("ы", "(?:ы|ов|ам|ами|ах|)"),
    ("а", "(?:а|ы|и|у|е|ой)"),
    ("я", "(?:я|и|ю|е|ей)"),
    ("ь", "(?:ь|я|ю|и|ем|е|ью)"),
    ("й", "(?:й|я|ю|ем|е)"),
)
"""How a Russian name ends, and its endings in all cases. A name on a consonant takes those of Казахстан; one on any
other vowel, such as Перу or Того, stays as it is.
"""
_RUSSIAN_CONSONANTS = "бвгджзклмнпрстфхцчшщ"
_ALSO_WORDS = {"Того": re.compile(r"(?i:тоголез)|(?<!\w)Ломе(?!\w)")}
"""Russian names that are words too, each with what else in a sentence says that the state is meant: “того” is “of
that”, and begins many sentences.
"""
_BEGINS = re.compile(r"(?:^|[.!?…:;\n])[\W\d_]*$")


@dataclass(frozen=True)
class Named:
    """What some lines name: the areas in their order, each once, and the lines that name none with the reason."""

    areas: tuple[AreaFact, ...]
    unknown: tuple[tuple[str, str], ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the areas."""
        return tuple(area.key for area in self.areas)


class Names:
    """Every name and code of the entities given, of the table of areas, and of the regions of reporting."""

    def __init__(self, entities: Iterable[EntityFact]) -> None:
        self._by_key: dict[str, AreaFact] = {}
        self._by_name: dict[str, set[str]] = {}
        for entity in entities:
            names = {language: without_article(name) for language, name in entity.names.items()}
            fact = AreaFact(entity.iso3, COUNTRY, entity.iso3, names.get("en", entity.iso3), names)
            self._add(fact, [entity.iso2, f"M49:{entity.m49.lstrip('0')}" if entity.m49 else ""])
        for fact, _codes in area_table():
            self._add(fact, ())
        for name, key in REPORTING_REGIONS.items():
            self._by_key.setdefault(key, AreaFact(key, "region", None, name, {"en": name}))
            self._by_name[simplified(name)] = {key}
        for name, key in name_table().items():
            self._by_name.setdefault(name, set()).add(key)

    def _add(self, fact: AreaFact, codes: Iterable[str]) -> None:
        self._by_key[fact.key] = fact
        for name in {fact.name, *fact.names.values(), *codes}:
            if name:
                self._by_name.setdefault(simplified(name), set()).add(fact.key)

    def of_key(self, key: str) -> AreaFact | None:
        """The area with this key, a city that was named in words included; None where there is none."""
        if key in self._by_key:
            return self._by_key[key]
        around, _, name = key.removeprefix("CITY:").partition("/")
        if key.startswith("CITY:") and name and around in self._by_key and len(key) <= LONGEST_KEY:
            return AreaFact(key, CITY, self._by_key[around].entity, name, {"en": name})
        return None

    def named(self, lines: Sequence[str]) -> Named:
        """The areas that these lines name. A key, a code or a name in one of six languages will do."""
        found: dict[str, AreaFact] = {}
        unknown = []
        for line in (" ".join(line.split()) for line in lines):
            if not line:
                continue
            try:
                fact = self._one(line)
            except LookupError as odd:
                unknown.append((line, str(odd.args[0])))
                continue
            found[fact.key] = fact
        return Named(tuple(found.values()), tuple(unknown))

    def _one(self, line: str) -> AreaFact:
        fact = self.of_key(line) or self.of_key(line.upper())
        if fact is not None:
            return fact
        prefix, colon, rest = line.partition(":")
        if colon and simplified(prefix) == "city":
            return self._city(rest)
        keys = self._by_name.get(simplified(line), set()) & self._by_key.keys()
        countries = {key for key in keys if self._by_key[key].kind == COUNTRY}
        keys = countries or {key for key in keys if key.startswith(OF_THE_UNITED_NATIONS)} or keys
        if len(keys) != 1:
            raise LookupError(SEVERAL if keys else UNKNOWN)
        return self._by_key[next(iter(keys))]

    def _city(self, words: str) -> AreaFact:
        name, comma, state = words.rpartition(",")
        name, state = name.strip(), state.strip()
        around = self._one(state) if comma and name and ":" not in state else None
        key = f"CITY:{around.key}/{name}" if around else ""
        if around is None or around.entity is None or len(key) > LONGEST_KEY:
            raise LookupError(UNKNOWN)
        return AreaFact(key, CITY, around.entity, name, {"en": name})


def states_of(areas: Iterable[AreaFact]) -> frozenset[str]:
    """The states that are named by these areas: each country; a city or a part of a country names its state too."""
    return frozenset(area.entity for area in areas if area.entity)


def region_of(area: str) -> str | None:
    """The region of reporting that an area is; None for any other area."""
    return next((name for name, key in REPORTING_REGIONS.items() if key == area), None)


def is_named(text: str, names: Iterable[str], language: str) -> bool:
    """Whether a text names one of these, each as it is written or without what stands in brackets behind it, beginning
    with the same letter, so that Того is not того nor Mali mali; in Russian in any case. Where the large letter tells
    nothing, as at the beginning of a sentence, a name that is a word too needs a second sign.
    """
    whole = {short for name in names for short in (name, name.partition(" (")[0]) if short}
    if language == "zh":
        return any(name in text for name in whole)
    rest = _in_russian if language == "ru" else re.escape
    return any(
        _is_meant(text, name, found)
        for name in sorted(whole)
        for found in re.finditer(rf"(?<!\w){re.escape(name[0])}(?i:{rest(name)[1:]})(?!\w)", text)
    )


def _is_meant(text: str, name: str, found: re.Match[str]) -> bool:
    """Whether a name that was found is the state, and no word that is written the same."""
    sign = _ALSO_WORDS.get(name)
    if sign is None or sign.search(text):
        return True
    return not (found.group().isupper() or _BEGINS.search(text[: found.start()]))


def _in_russian(name: str) -> str:
    """The pattern of a Russian name: each of its words that begins large in all its cases."""
    parts = re.split(r"([^\W\d_]+)", name)
    return "".join(_in_all_cases(part) if part.isalpha() else re.escape(part) for part in parts)


def _in_all_cases(word: str) -> str:
    if not word[0].isupper() or len(word) < 3:
        return word
    for ending, cases in _RUSSIAN_CASES:
        if word.endswith(ending):
            return word.removesuffix(ending) + cases
    return f"{word}(?:|а|у|ом|ем|е)" if word[-1] in _RUSSIAN_CONSONANTS else word
