"""Owns what is told of a text in columns: a mark of its encoding, and an old encoding that its letters look like."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from forms.words import N_
from portal.rules.datasets import Note

SAMPLE = BLOCK = 1 << 18
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

MARKED = N_(
    "The file begins with a mark of its encoding (byte order mark, %(encoding)s); it is no part of the first cell."
)
OLD_ENCODING = N_(
    "The text is not UTF-8; its letters look like %(encoding)s. A program that takes it for another encoding shows "
    "other letters. Save it as CSV UTF-8."
)

WESTERN = "windows-1252"
COMMON: Mapping[str, str] = {
    "windows-1251": "оеаинтсрвлкмдпуяы",
    "IBM866": "оеаинтсрвлкмдпуяы",
    "KOI8-R": "оеаинтсрвлкмдпуяы",
    "windows-1256": "اليمونرتبةدعسفهكأحق",
    "Shift_JIS": "のにはをたがでてとしれさいるなっス、。ントルリアクレイシ",
}
"""The letters that are common where an encoding is used; what has most of them is what a text looks like."""


def look(stream: BinaryIO) -> Iterator[Note]:
    """What is told of a text in columns."""
    start = stream.read(4)
    stream.seek(0)
    encoding = next((name for mark, name in BOMS if start.startswith(mark)), "utf-8")
    yield from marked(encoding)
    decoder, held = codecs.getincrementaldecoder(encoding)(), b""
    while True:
        block = stream.read(BLOCK)
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError:
            yield Note(OLD_ENCODING, {"encoding": looks_like(block or held)})
            return
        if not block:
            return
        held = block


def marked(encoding: str) -> Iterator[Note]:
    """That a text in an encoding with a mark begins with it."""
    if encoding != "utf-8":
        yield Note(MARKED, {"encoding": encoding.removesuffix("-sig").upper()})


def looks_like(data: bytes) -> str:
    """The encoding that a text which is not UTF-8 looks like by its letters: a guess, by which nothing is read."""
    sample = data[:SAMPLE]
    high = [byte >= 0x80 for byte in sample]
    beside = sum(1 for at in range(1, len(high)) if high[at] and high[at - 1])
    if beside * 2 < sum(high):
        return WESTERN
    scores = {name: _share(sample, name, letters) for name, letters in COMMON.items()}
    scores["GB18030"] = _chinese(sample)
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0 else WESTERN


def _share(sample: bytes, encoding: str, letters: str) -> float:
    """The share of common letters among the signs beyond ASCII."""
    beyond = [sign for sign in sample.decode(encoding, "replace") if sign > "\x7f"]
    return sum(1 for sign in beyond if sign in letters) / max(1, len(beyond))


def _chinese(sample: bytes) -> float:
    """The share of signs beyond ASCII that are among the common characters of GB 2312."""
    beyond = [sign for sign in sample.decode("gb18030", "replace") if sign > "\x7f"]
    common = (sign for sign in beyond if 0xB0 <= sign.encode("gb18030")[0] <= 0xD7 and sign > "\u4dff")
    return sum(1 for _ in common) / max(1, len(beyond))
