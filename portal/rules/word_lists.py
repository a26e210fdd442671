"""Lists of words by key, `key: text` as YAML has them: recognised by their lines, and told what stands in them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice

from forms.words import N_
from portal.rules.datasets import Note
from portal.rules.no_figures import Finding, Tally, counted

WORDS = N_("This is a list of words by key, no table of figures; nothing is taken from it.")
_KEY = re.compile(r"""(?P<key>[\w%./-]+(?: [\w%./-]+){0,3}|"[^"]*"|'[^']*')\s*:(?:\s+(?P<text>.*))?$""")
_BELOW = re.compile(r"\s+(?:- |[\w%./-]+:(?:\s|$))")
_FEWEST, _LOOKED_AT, _MOST_SPACED = 2, 200, 0.2
_DELIMITERS = ",;\t"
_LONG = 250
_LETTERS = 40
_SIGNS = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[a-z]+);|</?[a-z][^>]*>", re.IGNORECASE)

_KEYS = N_("Texts by key: %(count)s.")
_SCRIPT = N_("Texts in %(script)s letters, written left to right: %(count)s.")
_RIGHT = N_("Texts in Arabic letters, written right to left: %(count)s.")
_NO_SCRIPT = N_("Texts without letters: %(count)s.")
_LONGEST = N_("The longest text has %(signs)s signs: %(key)s.")
_LONGER = N_("Texts of more than %(signs)s signs: %(count)s.")
_EMPTY = N_("Empty texts: %(count)s.")
_TWICE = N_("Keys that stand twice: %(count)s.")
_MARKS = N_("Texts with marks of web pages, such as &#39; or <b>: %(count)s.")
_BLANKS = N_("Texts with blanks at their ends, doubled or no-break blanks: %(count)s.")
_BREAKS = N_("Texts with breaks of lines in them: %(count)s.")
_INNER = N_("Keys below which further keys or lines stand, read as one text: %(count)s.")


def recognised(lines: Iterable[str]) -> bool:
    """Whether the first lines are keys with texts, and lines that continue a text; remarks and blank lines aside. Lines
    that all have the same cells are those of a table.
    """
    keys = spaced = 0
    cells: dict[str, set[int]] = {sign: set() for sign in _DELIMITERS}
    for _, line in zip(range(_LOOKED_AT), lines, strict=False):
        if not line.strip() or line.startswith(("#", "---")):
            continue
        if line[0] in " \t" and keys:
            continue
        told = _KEY.match(line.rstrip())
        if not told:
            return False
        keys, spaced = keys + 1, spaced + (" " in told["key"])
        for sign, counts in cells.items():
            counts.add(line.count(sign))
    if any(len(counts) == 1 and counts != {0} for counts in cells.values()):
        return False
    return keys >= _FEWEST and spaced <= _MOST_SPACED * keys


def entries(lines: Iterable[str]) -> Iterator[tuple[int, str, str, bool]]:
    """The line, key and text of each entry, and whether further keys or a block of lines stand below the key."""
    row, key, parts, inner = 0, "", [""], False
    for number, line in enumerate(lines, 1):
        line = line.rstrip("\r\n")
        told = _KEY.match(line) if line[:1] not in ("", " ", "\t", "#") else None
        if told:
            if row:
                yield row, key, _text(parts), inner
            first = (told["text"] or "").rstrip()
            row, key, parts = number, told["key"].strip("\"'"), [told["text"] or ""]
            inner = first in ("|", ">", "|-", ">-")
        elif row and not line.lstrip().startswith("#"):
            inner = inner or (not parts[0].strip() and bool(_BELOW.match(line)))
            parts.append(line)
    if row:
        yield row, key, _text(parts), inner


def _text(parts: list[str]) -> str:
    """A text of several lines as one, a blank line in it as a break, without its quotation marks; one in no marks ends
    at a remark.
    """
    first = joined = parts[0].strip()
    breaks = 0
    for part in (part.strip() for part in parts[1:]):
        if part:
            joined, breaks = f"{joined}{chr(10) * breaks or ' '}{part}", 0
        else:
            breaks += 1
    joined = joined.strip()
    if first[:1] == '"' and joined[-1:] == '"' and len(joined) > 1:
        return re.sub(r'\\(["\\/])', r"\1", joined[1:-1].replace("\\ ", "").replace("\\n", "\n"))
    if first[:1] == "'" and joined[-1:] == "'" and len(joined) > 1:
        return joined[1:-1].replace("''", "'")
    plain = re.split(r"\s#", joined, maxsplit=1)[0].rstrip()
    return "" if plain in ("null", "~") else plain


def told(lines: Iterable[str]) -> list[Finding]:
    """What stands in a list of words."""
    looking = _Looking()
    for row, key, text, inner in entries(lines):
        looking.look(row, key, text, inner=inner)
    return list(looking.findings())


class _Looking:
    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._count = 0
        self._scripts: Counter[str] = Counter()
        self._longest = (0, 0, "", "")
        self._long = Tally(_LONGER, {"signs": _LONG})
        self._empty, self._twice, self._marks = Tally(_EMPTY), Tally(_TWICE), Tally(_MARKS)
        self._blanks, self._breaks, self._inner = Tally(_BLANKS), Tally(_BREAKS), Tally(_INNER)

    def look(self, row: int, key: str, text: str, *, inner: bool) -> None:
        self._count += 1
        if key in self._keys:
            self._twice.see(row, "", key, text)
        self._keys.add(key)
        if text:
            self._scripts[_script(text)] += 1
        self._longest = max(self._longest, (len(text), -row, key, text))
        told = (
            (self._empty, not text.strip()),
            (self._long, len(text) > _LONG),
            (self._marks, bool(_SIGNS.search(text))),
            (self._blanks, any(line != " ".join(line.split()) for line in text.split("\n"))),
            (self._breaks, "\n" in text),
            (self._inner, inner),
        )
        for tally, so in told:
            if so:
                tally.see(row, "", key, text)

    def findings(self) -> Iterator[Finding]:
        yield Finding(Note(_KEYS, {"count": self._count}), self._count)
        for script, count in self._scripts.most_common():
            words = {"ARABIC": _RIGHT, "": _NO_SCRIPT}.get(script, _SCRIPT)
            yield from counted(words, count, script=_SCRIPTS.get(script, script.capitalize()))
        signs, row, key, text = self._longest
        longest = Tally(_LONGEST, {"signs": signs, "key": key})
        if signs:
            longest.see(-row, "", key, text)
        yield from longest.findings()
        for one in (self._long, self._empty, self._twice, self._marks, self._blanks, self._breaks, self._inner):
            yield from one.findings()


_SCRIPTS = {"CJK": "Chinese"}


@cache
def _script_of(letter: str) -> str:
    return unicodedata.name(letter, "?").split(" ")[0].split("-")[0]


def _script(text: str) -> str:
    """The script of most of the first letters of a text, by their names in Unicode; "" where it has none."""
    letters = islice(filter(str.isalpha, text), _LETTERS)
    told = Counter(map(_script_of, letters))
    return told.most_common(1)[0][0] if told else ""
