"""Flaws of a text that came out of another file: words broken at line ends or by blanks, digits of other scripts. The
text stands as it was sent; its sender is told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from forms.words import N_
from portal.rules.analyser import broken_words

ONE_BROKEN = N_("1 word is broken at the end of a line; it is found as a whole word.")
BROKEN = N_("%(count)s words are broken at line ends; they are found as whole words.")
DIGITS = {
    "\u0660": N_("Digits ٠ to ٩ stand in the text; they are found as 0 to 9, and 0 to 9 as these."),
    "\u06f0": N_("Digits ۰ to ۹ stand in the text; they are found as 0 to 9, and 0 to 9 as these."),
}
"""What is said of the digits of a script, by its nought."""
APART = N_("Blanks seem to stand inside words, which are not found as whole words: %(words)s.")
MOST_SHOWN = 5
SHORT = 3
"""A word that a blank has cut has a part of so many letters at most."""

_SET_APART = re.compile(r"(?<![^\s(\"“«])[^\W\d_](?: [^\W\d_]){3,}(?![^\s.,;:!?)\"”»])")
_LETTERS = re.compile(r"[^\W\d_]+")
_PAIR = re.compile(r"(?<![\w’'-])([^\W\d_]+) (?=([^\W\d_]+)(?![\w’'-]))")


def word_counts(texts: Iterable[str]) -> Counter[str]:
    """How often each word stands in these texts."""
    return Counter(word for text in texts for word in _LETTERS.findall(text.casefold()))


def flaws(text: str, counts: Mapping[str, int]) -> list[tuple[str, dict[str, str]]]:
    """What is to be said of a text, as sentences with their values. `counts` are the words of all texts of the file,
    this one among them.
    """
    return list(_flaws(text, counts))


def _flaws(text: str, counts: Mapping[str, int]) -> Iterator[tuple[str, dict[str, str]]]:
    broken = len(broken_words(text))
    if broken:
        yield (ONE_BROKEN, {}) if broken == 1 else (BROKEN, {"count": str(broken)})
    for nought, sentence in DIGITS.items():
        if any(nought <= sign <= chr(ord(nought) + 9) for sign in text):
            yield sentence, {}
    cut = list(dict.fromkeys([*_letters_apart(text), *_cut_by_a_blank(text, counts)]))
    if cut:
        words = ", ".join(f"“{one}”" for one in cut[:MOST_SHOWN])
        yield APART, {"words": words + (" …" if len(cut) > MOST_SHOWN else "")}


def _letters_apart(text: str) -> Iterator[str]:
    """Words whose letters stand apart, as in u r b a n: small letters behind the first, and no row of the alphabet."""
    for found in _SET_APART.finditer(text):
        letters = found.group().split(" ")
        codes = [ord(one.casefold()) for one in letters if len(one.casefold()) == 1]
        in_row = all(after - before == 1 for before, after in pairwise(codes))
        if all(one.islower() for one in letters[1:]) and not in_row:
            yield found.group()


def _cut_by_a_blank(text: str, counts: Mapping[str, int]) -> Iterator[str]:
    """Words that a blank has cut, as in settleme nts: the whole word stands elsewhere in the file, and neither part
    stands by itself anywhere else.
    """
    for found in _PAIR.finditer(text):
        first, second = found.groups()
        parts = (first.casefold(), second.casefold())
        if (
            second.islower()
            and 0 < min(map(len, parts)) <= SHORT
            and counts.get("".join(parts))
            and all(counts.get(part) == 1 for part in parts)
        ):
            yield f"{first} {second}"
