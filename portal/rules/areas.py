"""Which area a code or a name in a file means, and of what kind: told by tables and by the file, never guessed."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

from forms.words import N_

COUNTRY, TERRITORY, CITY, SUBNATIONAL, REGION, AGGREGATE = KINDS = (
    "country",  # a member or observer state
    "territory",  # another country or area of the M49 list
    "city",  # a city or another settlement
    "subnational",  # a part of a country that is not a settlement
    "region",  # a geographical region
    "aggregate",  # any other group: the world, an income group, least developed countries
)

TABLES = Path(__file__).parent / "tables"
LANGUAGES = ("ar", "zh", "en", "fr", "ru", "es")
LONGEST_KEY = 200
NAME_NOT_GIVEN = N_("The name is not given in the source.")
_SCHEMES = {
    "m49": "M49 code",
    "iso2": "country code",
    "iso3": "country code",
    "world_bank": "World Bank code",
    "name": "name",
    "any": "code or name",
}
ANY_CODE = ("iso3", "world_bank", "m49", "iso2")
_NO_CITY = "nociti"
_REGION_CODE = re.compile(r"[a-z]{2}_region_")
ARTICLE = re.compile(r"\s*\((?:the|l'|la|le|les|el|los|las)\)")
_LEADING = re.compile(r"^(?:(?:the|la|le|les|el|los|las) |l')")
_BLANKS = re.compile(r"[\s\u00a0\u202f]+")


class UnknownArea(LookupError):
    """No table tells what this code or name means; the message is a sentence for people."""


class Place(NamedTuple):
    """How a file names an area: a code in a scheme, a name beside it, and what it lies in as `scheme:code`.

    Schemes: `m49`, `iso2`, `iso3`, `world_bank`, `name`, `city` (a city code), `city_name`, `local` (of one country),
    and `any`: whichever of the codes, in this order iso3, world_bank, m49, iso2.
    """

    scheme: str
    code: str
    name: str = ""
    within: str = ""


@dataclass(frozen=True)
class AreaFact:
    """One area: its key here, its kind, the entity it is or lies in, and its names by language."""

    key: str
    kind: str
    entity: str | None
    name: str
    names: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class EntityFact:
    """What the gazetteer needs to know of an entity."""

    iso3: str
    iso2: str
    m49: str
    names: Mapping[str, str]


@cache
def area_table() -> tuple[tuple[AreaFact, Mapping[str, str]], ...]:
    """Every area that is not an entity, with its codes by scheme."""
    with (TABLES / "areas.csv").open(encoding="utf-8", newline="") as file:
        return tuple((_area(row), _codes(row)) for row in csv.DictReader(file))


@cache
def name_table() -> Mapping[str, str]:
    """Other names under which files write an area, simplified, with its key."""
    with (TABLES / "area_names.csv").open(encoding="utf-8", newline="") as file:
        return {simplified(row["name"]): row["key"] for row in csv.DictReader(file)}


@cache
def formal_names() -> Mapping[str, str]:
    """The formal names of states in six languages, as the United Nations write them, without a leading article and
    simplified, each with its key.
    """
    with (TABLES / "formal_names.csv").open(encoding="utf-8", newline="") as file:
        return {
            simplified(row[f"name_{language}"]): row["iso3"] for row in csv.DictReader(file) for language in LANGUAGES
        }


def _area(row: Mapping[str, str]) -> AreaFact:
    names = {language: row[f"name_{language}"] for language in LANGUAGES if row.get(f"name_{language}")}
    return AreaFact(row["key"], row["kind"], row["entity"] or None, row["name_en"], names, row["note"])


def _codes(row: Mapping[str, str]) -> Mapping[str, str]:
    codes = {"m49": row["m49"], "world_bank": row["wb"], "local": row["local"]}
    if re.fullmatch(r"[A-Z]{3}", row["key"]):
        codes["iso3"] = row["key"]
    return {scheme: code for scheme, code in codes.items() if code}


def simplified(name: str) -> str:
    """A name without articles, footnote marks, repeated blanks, case and the shape of its apostrophes."""
    plain = ARTICLE.sub("", unicodedata.normalize("NFC", name).replace("\u2019", "'")).replace("*", "")
    return _BLANKS.sub(" ", plain).strip().casefold()


def without_article(name: str) -> str:
    """The name as it stands in a list: `Niger (the)` is `Niger`."""
    return ARTICLE.sub("", name).replace("*", "").strip()


class Gazetteer:
    """Finds areas by code or name among the entities given and the table of other areas."""

    def __init__(self, entities: Iterable[EntityFact]) -> None:
        self._by_code: dict[tuple[str, str], AreaFact] = {}
        self._by_name: dict[str, AreaFact] = {}
        self._by_key: dict[str, AreaFact] = {}
        self._in_languages: dict[str, AreaFact | None] = {}
        self._said: Mapping[str, str] = {}
        self._iso2: dict[str, str] = {}
        for entity in entities:
            names = {language: without_article(name) for language, name in entity.names.items()}
            fact = AreaFact(entity.iso3, COUNTRY, entity.iso3, names.get("en", entity.iso3), names)
            self._iso2[entity.iso3] = entity.iso2
            codes = {"iso3": entity.iso3, "world_bank": entity.iso3, "iso2": entity.iso2}
            self._add(fact, {**codes, "m49": entity.m49.lstrip("0")})
        for other, others in area_table():
            self._add(other, others)

    def _add(self, fact: AreaFact, codes: Mapping[str, str]) -> None:
        self._by_key[fact.key] = fact
        for scheme, code in codes.items():
            if code:
                self._by_code[scheme, code] = fact
        if fact.kind in (COUNTRY, TERRITORY) and fact.name:
            self._by_name[simplified(fact.name)] = fact
        for name in {simplified(name) for name in fact.names.values() if name}:
            met = self._in_languages.get(name, fact)
            self._in_languages[name] = fact if met is fact else None  # a name of two areas tells neither

    def hear(self, said: Mapping[str, str]) -> None:
        """Takes what people said that wordings mean: simplified wording to area key."""
        self._said = said

    def keys(self) -> Mapping[str, AreaFact]:
        """Every area that a table tells of, by key."""
        return self._by_key

    def find(self, place: Place) -> AreaFact:
        """The area that this place means: by its code, else by the name beside it in any of the six languages, else as
        a person said; raises UnknownArea with a sentence.
        """
        code = _BLANKS.sub(" ", place.code).strip()
        if place.scheme == "city":
            return self._city(code, place)
        if place.scheme == "city_name":
            return self._named_city(code, place)
        if place.scheme == "local":
            return self._local(code, place)
        schemes = ANY_CODE if place.scheme == "any" else (place.scheme,)
        fact = next((found for one in schemes if (found := self._by_code.get((one, _plain(one, code))))), None)
        if fact is None and place.scheme in ("name", "any"):
            fact = self._named(code)
        fact = fact or self._named(place.name) or self._as_said(code) or self._as_said(place.name)
        if fact is None:
            raise UnknownArea(f"No table of areas tells what the {_SCHEMES[place.scheme]} {code!r} means.")
        return fact

    def _named(self, name: str) -> AreaFact | None:
        plain = simplified(name)
        found = (self._told(wording) for wording in (plain, _LEADING.sub("", plain)))
        return next(filter(None, found), None)

    def _told(self, plain: str) -> AreaFact | None:
        key = name_table().get(plain) or formal_names().get(plain) or ""
        return self._by_name.get(plain) or self._by_key.get(key) or self._in_languages.get(plain)

    def _as_said(self, wording: str) -> AreaFact | None:
        return self._by_key.get(self._said.get(simplified(wording), ""))

    def _around(self, place: Place) -> AreaFact:
        scheme, _, code = place.within.partition(":")
        return self.find(Place(scheme, code))

    def _city(self, code: str, place: Place) -> AreaFact:
        around, code = self._around(place), code.casefold()
        if code.startswith(_NO_CITY):
            return around
        key = f"CITY:{code}"
        told = self._by_key.get(key)
        if told is not None:
            return told
        kind = SUBNATIONAL if _REGION_CODE.match(code) else CITY
        return _inside(key, kind, around, place.name, code)

    def _named_city(self, name: str, place: Place) -> AreaFact:
        around, metropolis = self._around(place), _BLANKS.sub(" ", place.name).strip()
        if not metropolis:
            return AreaFact(f"CITY:{around.key}/{name}", CITY, around.entity, name, {"en": name})
        note = f"Part of the metropolitan area {metropolis}."
        return AreaFact(f"CITY:{around.key}/{metropolis}/{name}", CITY, around.entity, name, {"en": name}, note)

    def _local(self, code: str, place: Place) -> AreaFact:
        around = self._around(place)
        told = self._by_key.get(f"{around.key}/{code}")
        if told is not None:
            return told
        if not code.startswith(self._iso2.get(around.key, "?")):
            raise UnknownArea(f"The code {code!r} does not begin with the country code of {around.name}.")
        return _inside(f"{around.key}/{code}", SUBNATIONAL, around, place.name, code)


def _plain(scheme: str, code: str) -> str:
    if scheme == "m49":
        return code.lstrip("0") or "0"
    return code.upper() if scheme in ("iso2", "iso3") else code


def _inside(key: str, kind: str, around: AreaFact, name: str, code: str) -> AreaFact:
    given = _BLANKS.sub(" ", name).strip()
    if given:
        return AreaFact(key, kind, around.entity, given, {"en": given})
    return AreaFact(key, kind, around.entity, code, {}, NAME_NOT_GIVEN)
