"""Lists of countries, areas or cities: recognised by their columns, and compared with the areas the portal knows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from forms.figures import parse_figure
from forms.words import N_
from portal.rules import mappings
from portal.rules.areas import ARTICLE, COUNTRY, KINDS, LANGUAGES, AreaFact, Gazetteer, Place, UnknownArea, simplified
from portal.rules.datasets import MISSING, Note
from portal.rules.no_figures import Finding, Shape, Tally, counted

Marks = Mapping[str, Mapping[str, bool]]
"""Of each state, by its three-letter code, whether it is of each group: ldc, lldc, sids."""
Rows = Iterable[tuple[int, Sequence[str]]]

AREAS = N_("This is a list of countries and areas, no table of figures; nothing is taken from it.")
CITIES = N_("This is a list of cities, no table of figures; nothing is taken from it.")
GROUPS = {"ldc": "LDC", "lldc": "LLDC", "sids": "SIDS"}
_SCHEMES = ("iso3", "m49", "world_bank", "iso2")
_MOST_NAMED = 10
_FEWEST, _KNOWN, _FILLED, _AGREE, _CITIES, _SURE = 3, 0.75, 0.9, 0.5, 0.8, 0.95
_REMEMBERED = 100_000
_FORM = {
    "iso3": re.compile(r"[A-Za-z]{3}"),
    "m49": re.compile(r"[0-9]{1,5}"),
    "world_bank": re.compile(r"[A-Z0-9]{3}"),
    "iso2": re.compile(r"[A-Za-z]{2}"),
}
_NUMBER_OF = re.compile(
    r"code|код|m49|iso[ -]?(?:3166|4217)|numerical|latitude|longitude|admin level|\b(?:id|lat|lon|dial|gaul)\b",
    re.IGNORECASE,
)
_MARK = {
    "lldc": re.compile(r"\bLLDC|land[ -]?locked", re.IGNORECASE),
    "ldc": re.compile(r"\bLDC|least developed", re.IGNORECASE),
    "sids": re.compile(r"\bSIDS|small island", re.IGNORECASE),
}
_NO = frozenset(("", "0", "n", "no", "non", "false", "-"))
_HEADS = {
    "ar": r"arab|\bar\b|عرب",
    "zh": r"chin|\b(?:cn|zh)\b|中",
    "en": r"engl|\ben\b",
    "fr": r"fren|fran|\bfr\b",
    "ru": r"russ|\bru\b|рус",
    "es": r"span|espa|\bes\b",
}
_LANGUAGE = {"ar": "Arabic", "zh": "Chinese", "en": "English", "fr": "French", "ru": "Russian", "es": "Spanish"}
_CITY = re.compile(r"[A-Za-z]{2}_\S+")
_PART = re.compile(r"..[_]region_", re.IGNORECASE)

_AREAS_KNOWN = N_("Rows that name an area the portal knows: %(count)s (%(kinds)s).")
_UNKNOWN = N_("Rows that name an area the portal does not know: %(count)s.")
_CODELESS = N_("Rows without a code of an area: %(count)s.")
_AGAIN = N_("Rows that name an area of an earlier row again: %(count)s.")
_DIFFER = N_("Codes that mean another area than the first code of the row: %(count)s.")
_STRANGE = N_("Codes in “%(column)s” that the portal would not know in a file of figures: %(count)s.")
_NO_CODE = N_("Empty codes in “%(column)s”: %(count)s.")
_ZEROS = N_("M49 codes without their leading zeros, read all the same: %(count)s.")
_NO_NAME = N_("Empty names of states: %(count)s (%(states)s).")
_NO_NAME_OTHER = N_("Empty names of other areas: %(count)s.")
_UNHEARD = N_("Names that the portal would not recognise in a file of figures, %(language)s: %(count)s.")
_OF_ANOTHER = N_("Names that are of another area than the code beside them: %(count)s.")
_ARTICLES = N_("Names with an article in brackets, such as “%(first)s”, read without it: %(count)s.")
_BRACKETS = N_(
    "Names with other words in brackets, such as “%(first)s”, compared with these words: %(count)s, recognised: "
    "%(known)s."
)
_GROUP_NAMES = N_("Names of groups that the portal would not recognise in a file of figures: %(count)s.")
_GROUP_OTHER = N_("Names of groups that are of another group than the code beside them: %(count)s.")
_SPELLINGS = N_("Further spellings of the name of a group beside the same code: %(count)s.")
_MARKED = N_("States marked %(mark)s here: %(count)s.")
_SELDOM = N_("Columns of names that are empty in most rows, whose empty cells are not counted: %(columns)s.")
_MARKED_HERE = N_("States marked %(mark)s here and not in the portal's list: %(count)s.")
_MARKED_THERE = N_("States marked %(mark)s in the portal's list and not here: %(count)s.")
_CITIES_KNOWN = N_("Cities and parts of a country whose country the portal knows: %(count)s.")
_PARTS = N_("Of these, parts of a country that are no cities: %(count)s.")
_NO_COUNTRY = N_("Codes that begin with the code of no country the portal knows: %(count)s.")
_NAMELESS = N_("Codes of cities without a name: the code stands in its place: %(count)s.")
_TWICE = N_("Codes that an earlier row has: %(count)s.")


@dataclass(frozen=True)
class ListColumns:
    """What the columns of a list are, by position. `key` tells the area of a row, and `codes` tell it again, each in a
    scheme; `names` are names of that area, each in a language or ""; `groups` are pairs of the code and the name of a
    group; `marks` tell whether the area is of a group of states; `seldom` are columns of names that few rows have.
    """

    key: tuple[int, str]
    codes: tuple[tuple[int, str], ...]
    names: tuple[tuple[int, str], ...]
    groups: tuple[tuple[int, int], ...] = ()
    marks: tuple[tuple[int, str], ...] = ()
    seldom: tuple[int, ...] = ()

    @property
    def sentence(self) -> str:
        """What the file is, for people."""
        return CITIES if self.key[1] == "city" else AREAS


def recognised(header: Sequence[str], sample: Sequence[Sequence[str]], gazetteer: Gazetteer) -> ListColumns | None:
    """The columns of a list of areas, by their cells: a column of codes of areas, each code once, beside names of these
    areas, and neither years nor figures; None for anything else.
    """
    return _Looking(header, sample, gazetteer).found()


class _Looking:
    def __init__(self, header: Sequence[str], sample: Sequence[Sequence[str]], gazetteer: Gazetteer) -> None:
        self._header, self._find = header, _finder(gazetteer)
        rows = [row for row in sample if len(row) == len(header) and any(row)]
        self._cells = [[row[at].strip() for row in rows] for at in range(len(header))]
        self._rows = len(rows)

    def found(self) -> ListColumns | None:
        if self._rows < _FEWEST or mappings.tells_years(self._header):
            return None
        key = self._key() or self._city()
        if key is None:
            return None
        if key[1] == "city":
            names = tuple((at, "") for at in range(len(self._header)) if at != key[0])
            return None if self._figures(frozenset()) else ListColumns(key, (), names[:1])
        facts = self._facts(*key)
        others = [at for at in range(len(self._header)) if at != key[0]]
        codes = tuple((at, scheme) for at in others if (scheme := self._scheme(at, facts)))
        left = [at for at in others if at not in {at for at, _ in codes}]
        names = tuple((at, self._language(at, facts)) for at in left if self._names(at, facts))
        groups = self._groups([at for at in left if at not in {at for at, _ in names}])
        marks = tuple((at, flag) for at in left for flag, mark in _MARK.items() if mark.search(self._header[at]))
        if not names or self._figures({at for at, _ in (key, *codes, *groups, *marks)}):
            return None
        seldom = tuple(at for at, _ in names if len(self._filled(at)) < _AGREE * self._rows)
        return ListColumns(key, codes, names, groups, marks, seldom)

    def _facts(self, at: int, scheme: str) -> list[AreaFact | None]:
        return [self._find(scheme, cell) for cell in self._cells[at]]

    def _filled(self, at: int) -> list[str]:
        return [cell for cell in self._cells[at] if cell]

    def _once(self, at: int) -> bool:
        filled = self._filled(at)
        return len(filled) >= _FILLED * self._rows and len(set(filled)) == len(filled)

    def _share(self, at: int, scheme: str) -> float:
        filled = self._filled(at)
        return sum(self._find(scheme, cell) is not None for cell in filled) / len(filled) if filled else 0.0

    def _key(self) -> tuple[int, str] | None:
        told = [
            (self._share(at, scheme), -_SCHEMES.index(scheme), -at)
            for at in range(len(self._header))
            if self._once(at)
            for scheme in _SCHEMES
        ]
        share, scheme, at = max(told, default=(0.0, 0, 0))
        return (-at, _SCHEMES[-scheme]) if share >= _KNOWN else None

    def _city(self) -> tuple[int, str] | None:
        """The column of codes of cities, which begin with the code of their country."""
        for at in range(len(self._header)):
            filled = self._filled(at)
            told = sum(bool(_CITY.fullmatch(cell)) and self._find("iso2", cell[:2]) is not None for cell in filled)
            if self._once(at) and len(self._header) > 1 and told >= _CITIES * len(filled):
                return at, "city"
        return None

    def _scheme(self, at: int, facts: Sequence[AreaFact | None]) -> str:
        """In which scheme a column tells the areas again; "" where it does not."""
        for scheme in _SCHEMES:
            if self._share(at, scheme) >= _KNOWN and self._agree(self._facts(at, scheme), facts, _SURE):
                return scheme
        return ""

    def _agree(self, told: Sequence[AreaFact | None], facts: Sequence[AreaFact | None], least: float = _AGREE) -> bool:
        same = [one.key == fact.key for one, fact in zip(told, facts, strict=True) if one and fact]
        return bool(same) and sum(same) >= least * len(same)

    def _names(self, at: int, facts: Sequence[AreaFact | None]) -> bool:
        return self._share(at, "name") >= _AGREE and self._agree(self._facts(at, "name"), facts)

    def _language(self, at: int, facts: Sequence[AreaFact | None]) -> str:
        """In which language names are: as the heading says, else in which most are those of the table."""
        plain = self._header[at].replace("_", " ").casefold()
        said = next((language for language in LANGUAGES if re.search(_HEADS[language], plain)), "")
        if said:
            return said
        told = Counter(
            language
            for cell, fact in zip(self._cells[at], facts, strict=True)
            if fact
            for language, name in fact.names.items()
            if simplified(name) == simplified(cell)
        )
        return told.most_common(1)[0][0] if told else ""

    def _groups(self, free: Sequence[int]) -> tuple[tuple[int, int], ...]:
        codes = [at for at in free if self._share(at, "m49") >= _SURE]
        texts = [at for at in free if codes and at not in codes and self._share(at, "name") >= _AGREE]
        return tuple(
            (code, name)
            for code in codes
            for name in texts
            if self._agree(self._facts(name, "name"), self._facts(code, "m49"), _KNOWN)
        )

    def _figures(self, codes: Iterable[int]) -> bool:
        """Whether a column holds numbers that are no codes."""
        known = set(codes)
        for at, name in enumerate(self._header):
            filled = [cell for cell in self._filled(at) if cell not in MISSING]
            if at in known or not filled or _NUMBER_OF.search(name):
                continue
            numbers = sum(parse_figure(cell).number is not None for cell in filled)
            if numbers >= _AGREE * len(filled):
                return True
        return False


def _finder(gazetteer: Gazetteer) -> Callable[[str, str], AreaFact | None]:
    known: dict[tuple[str, str], AreaFact | None] = {}

    def find(scheme: str, code: str) -> AreaFact | None:
        if not code or (scheme in _FORM and not _FORM[scheme].fullmatch(code)):
            return None
        asked = (scheme, code)
        if asked not in known:
            if len(known) > _REMEMBERED:
                known.clear()
            try:
                known[asked] = gazetteer.find(Place(scheme, code))
            except UnknownArea:
                known[asked] = None
        return known[asked]

    return find


def compared(
    columns: ListColumns, header: Sequence[str], rows: Rows, gazetteer: Gazetteer, marks: Marks
) -> list[Finding]:
    """Reads a list whole and tells what stands in it beside what the portal knows, each with its first places."""
    comparing = (_Cities if columns.key[1] == "city" else _Comparing)(columns, header, gazetteer, marks)
    for row, cells in rows:
        comparing.look(row, cells)
    return list(comparing.findings())


class _Cities:
    def __init__(self, columns: ListColumns, header: Sequence[str], gazetteer: Gazetteer, _marks: Marks) -> None:
        self._columns, self._header, self._find = columns, header, _finder(gazetteer)
        self._shape = Shape(list(header))
        self._known = self._parts = 0
        self._strange, self._nameless, self._twice = Tally(_NO_COUNTRY), Tally(_NAMELESS), Tally(_TWICE)
        self._seen: set[str] = set()

    def look(self, row: int, cells: Sequence[str]) -> None:
        if not self._shape.whole(row, list(cells)):
            return
        at, name_at = self._columns.key[0], self._columns.names[0][0]
        code, name = cells[at].strip(), cells[name_at].strip()
        if self._find("iso2", code[:2]) is None or code[2:3] != "_":
            self._strange.see(row, self._header[at], code, name)
        else:
            self._known += 1
            self._parts += bool(_PART.match(code))
        if name.casefold() in ("", code.casefold()):
            self._nameless.see(row, self._header[name_at], code, name)
        if code.casefold() in self._seen:
            self._twice.see(row, self._header[at], code, name)
        self._seen.add(code.casefold())

    def findings(self) -> Iterator[Finding]:
        yield from self._shape.findings()
        for words, count in ((_CITIES_KNOWN, self._known), (_PARTS, self._parts)):
            if count:
                yield Finding(Note(words, {"count": count}), count)
        for one in (self._strange, self._nameless, self._twice):
            yield from one.findings()


class _Comparing:
    def __init__(self, columns: ListColumns, header: Sequence[str], gazetteer: Gazetteer, marks: Marks) -> None:
        self._columns, self._header, self._marks = columns, header, marks
        self._find = _finder(gazetteer)
        self._shape = Shape(list(header))
        self._kinds: Counter[str] = Counter()
        self._met: set[str] = set()
        self._unknown, self._codeless, self._again, self._differ = (
            *(Tally(_UNKNOWN), Tally(_CODELESS), Tally(_AGAIN), Tally(_DIFFER)),
        )
        self._strange = {at: Tally(_STRANGE, {"column": header[at]}) for at, _ in (columns.key, *columns.codes)}
        self._no_code = {at: Tally(_NO_CODE, {"column": header[at]}) for at, _ in (columns.key, *columns.codes)}
        self._zeros = Tally(_ZEROS)
        self._no_name, self._no_name_other, self._of_another = (
            Tally(_NO_NAME),
            Tally(_NO_NAME_OTHER),
            Tally(_OF_ANOTHER),
        )
        self._nameless: Counter[str] = Counter()
        self._unheard: dict[str, Tally] = {}
        self._articles, self._brackets, self._brackets_known = Tally(_ARTICLES), Tally(_BRACKETS), 0
        self._names_of: dict[tuple[int, str], set[str]] = {}
        self._group_names, self._group_other, self._spellings = (
            *(Tally(_GROUP_NAMES), Tally(_GROUP_OTHER), Tally(_SPELLINGS)),
        )
        self._marks_here: Counter[str] = Counter()
        self._marked = {
            (flag, here): Tally(_MARKED_HERE if here else _MARKED_THERE, {"mark": GROUPS[flag]})
            for flag in GROUPS
            for here in (True, False)
        }

    def look(self, row: int, cells: Sequence[str]) -> None:
        if not self._shape.whole(row, list(cells)):
            return
        plain = [cell.strip() for cell in cells]
        fact = self._area(row, plain)
        self._look_at_zeros(row, plain)
        if fact is not None:
            self._look_at_names(row, plain, fact)
            self._look_at_marks(row, plain, fact)
        for code_at, name_at in self._columns.groups:
            self._look_at_group(row, plain, code_at, name_at)

    def _name(self, plain: Sequence[str]) -> str:
        return next((plain[at] for at, _ in self._columns.names if plain[at]), "")

    def _area(self, row: int, plain: Sequence[str]) -> AreaFact | None:
        """The area of a row by the first of its codes that is known; what is odd about its codes is counted."""
        codes = (self._columns.key, *self._columns.codes)
        told = [(at, plain[at], self._find(scheme, plain[at])) for at, scheme in codes]
        fact = next((found for _, _, found in told if found), None)
        filled = [(at, code) for at, code, _ in told if code]
        if not filled:
            self._codeless.see(row, "", "", self._name(plain))
            return None
        if fact is None:
            self._unknown.see(row, self._header[filled[0][0]], filled[0][1], self._name(plain))
            return None
        for at, code, found in told:
            if not code:
                self._no_code[at].see(row, self._header[at], fact.key, self._name(plain))
            elif found is None:
                self._strange[at].see(row, self._header[at], code, self._name(plain))
            elif found.key != fact.key:
                self._differ.see(row, self._header[at], code, f"{found.name} ({found.key})")
        self._kinds[fact.kind] += 1
        if fact.key in self._met:
            self._again.see(row, self._header[filled[0][0]], filled[0][1], self._name(plain))
        self._met.add(fact.key)
        return fact

    def _look_at_zeros(self, row: int, plain: Sequence[str]) -> None:
        of_area = [at for at, scheme in (self._columns.key, *self._columns.codes) if scheme == "m49"]
        for at in (*of_area, *(code for code, _ in self._columns.groups)):
            if plain[at].isdecimal() and len(plain[at]) < 3:
                self._zeros.see(row, self._header[at], plain[at], "")

    def _look_at_names(self, row: int, plain: Sequence[str], fact: AreaFact) -> None:
        for at, language in self._columns.names:
            name, column = plain[at], self._header[at]
            if not name:
                if at not in self._columns.seldom:
                    (self._no_name if fact.kind == COUNTRY else self._no_name_other).see(row, column, fact.key, "")
                    self._nameless[fact.key] += fact.kind == COUNTRY
                continue
            found = self._find("name", name)
            if found is None:
                words = _LANGUAGE.get(language, "")
                self._unheard.setdefault(language, Tally(_UNHEARD, {"language": words or "in no language told"})).see(
                    row, column, fact.key, name
                )
            elif found.key != fact.key:
                self._of_another.see(row, column, fact.key, f"{name}: {found.name} ({found.key})")
            plain_name = name.replace("\u2019", "'")
            if ARTICLE.search(plain_name):
                self._articles.see(row, column, fact.key, name)
            if re.search(r"[(\[（]", ARTICLE.sub("", plain_name)):
                self._brackets.see(row, column, fact.key, name)
                self._brackets_known += found is not None

    def _look_at_group(self, row: int, plain: Sequence[str], code_at: int, name_at: int) -> None:
        code, name = plain[code_at], plain[name_at]
        met = self._names_of.setdefault((code_at, code), set())
        if not name or name in met:
            return
        if met:
            self._spellings.see(row, self._header[name_at], code, f"{name} / {sorted(met)[0]}")
        met.add(name)
        fact, found = self._find("m49", code), self._find("name", name)
        if found is None:
            self._group_names.see(row, self._header[name_at], code, name)
        elif fact is not None and fact.key != found.key:
            self._group_other.see(row, self._header[name_at], code, f"{name}: {found.name} ({found.key})")

    def _look_at_marks(self, row: int, plain: Sequence[str], fact: AreaFact) -> None:
        if fact.key not in self._marks:
            return
        for at, flag in self._columns.marks:
            here = plain[at].casefold() not in _NO
            self._marks_here[flag] += here
            if here != self._marks[fact.key][flag]:
                self._marked[flag, here].see(row, self._header[at], fact.key, self._name(plain))

    def findings(self) -> Iterator[Finding]:
        yield from self._shape.findings()
        known = sum(self._kinds.values())
        kinds = ", ".join(f"{kind} {self._kinds[kind]}" for kind in KINDS if self._kinds[kind])
        yield Finding(Note(_AREAS_KNOWN, {"count": known, "kinds": kinds}), known)
        for one in (self._unknown, self._codeless, self._again, self._differ):
            yield from one.findings()
        states = [f"{state} {names}" for state, names in sorted((+self._nameless).items())]
        more = " …" if len(states) > _MOST_NAMED else ""
        self._no_name.told = {"states": ", ".join(states[:_MOST_NAMED]) + more}
        for one in (*self._no_code.values(), *self._strange.values(), self._zeros, self._no_name, self._no_name_other):
            yield from one.findings()
        for language in sorted(self._unheard):
            yield from self._unheard[language].findings()
        if self._columns.seldom:
            told = ", ".join(self._header[at] for at in self._columns.seldom)
            yield Finding(Note(_SELDOM, {"columns": told}), len(self._columns.seldom))
        yield from self._of_another.findings()
        for one in (self._articles, self._brackets):
            if one.count:
                one.told = {"first": one.places[0].text, "known": self._brackets_known}
                yield from one.findings()
        for one in (self._group_names, self._group_other, self._spellings):
            yield from one.findings()
        for _, flag in self._columns.marks:
            yield from counted(_MARKED, self._marks_here[flag], mark=GROUPS[flag])
        for one in self._marked.values():
            yield from one.findings()
