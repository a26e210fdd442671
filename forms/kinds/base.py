"""What every kind of question can do, and what they share: clean text, options of an edition, flat cells."""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import marshmallow
from wtforms import Field
from wtforms.fields.core import UnboundField

from forms.findings import NOTE, Finding, Rule
from forms.outline import LANGUAGES, Question, Text, text
from forms.words import N_

Fault = tuple[str, str]
"""A place below the options of a question, such as `.choices[0].key`, and a sentence."""

Say = Callable[[Text], str]
"""Turns words by language into those of one reader."""

OptionCheck = Callable[[Any], Iterator[Fault]]

KEY = re.compile(r"[a-z][a-z0-9_]*")

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_BLANKS = re.compile(r"[ \t\n]+")
_TRAILING = re.compile(r"[ \t]+(?=\n|$)")

UNANSWERED = Rule(
    "unanswered",
    NOTE,
    N_("Every question is answered; the edition says how much leaving one out weighs."),
    N_("“%(title)s” is not answered yet."),
)
NEEDED = N_("“%(title)s” is needed before the report can be submitted.")


def english_words(texts: Text) -> str:
    """The words in English."""
    return text(texts, "en")


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of an answer laid flat: `part` of the answer, `row` from 1 (0 where there are none), `column`, text."""

    part: str
    row: int
    column: str
    text: str


class Kind(ABC):
    """One kind of question. Field and schema only read, `clean` brings into order, `findings` alone judges."""

    name: ClassVar[str]
    prose: ClassVar[bool] = False
    translatable: ClassVar[bool] = False
    options: ClassVar[Mapping[str, OptionCheck]] = {}
    needs: ClassVar[tuple[str, ...]] = ()
    checks: ClassVar[tuple[Rule, ...]] = ()

    @abstractmethod
    def field(self, question: Question, language: str) -> UnboundField[Any]:
        """The unbound form field, with label and guidance in a language."""

    @abstractmethod
    def schema(self, question: Question) -> marshmallow.fields.Field[Any]:
        """The field that reads the JSON shape of a value and refuses every other shape."""

    @abstractmethod
    def clean(self, question: Question, raw: Any) -> Any:
        """The value in order: NFC, LF, no trailing blanks, no blank rows. Takes what field or schema gave, or None."""

    @abstractmethod
    def empty(self, value: Any) -> bool:
        """Whether a clean value answers nothing; None does not."""

    @abstractmethod
    def cells(self, question: Question, value: Any) -> Iterator[Cell]:
        """The clean value laid flat, for a table of answers; blank cells are left out."""

    def current(self, question: Question, value: Any) -> Any:
        """A kept value in the shape of today, for reading; another than `value` only for a kind whose shape changed."""
        return value

    def columns(self, question: Question) -> tuple[str, ...]:
        """The names of the columns that `cells` may give."""
        return ("value",)

    def judge(self, question: Question, value: Any) -> Iterator[Finding]:
        """The findings about a value that is not empty."""
        return iter(())

    def unanswered(self, question: Question) -> Iterator[Finding]:
        """The finding for no answer, as heavy as the edition says; none where it says nothing."""
        if question.required:
            message = NEEDED if question.required == "blocker" else UNANSWERED.message
            params = {"title": text(question.title, "en")}
            yield Finding(question.required, question.key, UNANSWERED.key, message, params)

    def findings(self, question: Question, value: Any) -> list[Finding]:
        """Everything there is to say about a clean value, in the order of the form."""
        return list(self.unanswered(question) if self.empty(value) else self.judge(question, value))

    def text(self, question: Question, value: Any, say: Say = english_words) -> str:
        """The clean value as plain text for people, one line a row: what was chosen and what a cell holds in words,
        which `say` gives in the language of the reader.
        """
        rows: dict[tuple[str, int], list[str]] = {}
        for cell in self.cells(question, value):
            rows.setdefault((cell.part, cell.row), []).append(cell.text)
        return "\n".join(" · ".join(row) for row in rows.values())

    def option_faults(self, options: Mapping[str, Any]) -> Iterator[Fault]:
        """What is wrong with the options that an edition gives."""
        for name in self.needs:
            if name not in options:
                yield "", f"the kind {self.name} needs the option {name}"
        for name, value in options.items():
            check = self.options.get(name)
            if check is None:
                yield f".{name}", f"the kind {self.name} knows no such option"
            else:
                yield from ((f".{name}{place}", sentence) for place, sentence in check(value))


def unbound(made: type[Field], question: Question, language: str, **more: Any) -> UnboundField[Any]:
    """A form field that waits for its form, with the question's title and guidance in a language."""
    label, description = text(question.title, language), text(question.guidance, language)
    return UnboundField(made, label, description=description, **more)


def tidy(raw: object) -> str:
    """Text in NFC with LF, without control characters, blanks at the ends of lines or blank lines at both ends."""
    if not isinstance(raw, str) or not raw:
        return ""
    if raw.isascii() and raw.isprintable():
        return raw.rstrip()
    if "\r" in raw:
        raw = raw.replace("\r\n", "\n").replace("\r", "\n")
    if not raw.isascii():
        raw = unicodedata.normalize("NFC", _SURROGATES.sub("\ufffd", raw))
    return _TRAILING.sub("", _CONTROLS.sub("", raw)).strip("\n").rstrip()


def tidy_line(raw: object) -> str:
    """Text of one line: as `tidy`, and every run of blanks or line ends becomes one blank, no-break spaces kept."""
    return _BLANKS.sub(" ", tidy(raw)).strip()


def english(words: str) -> Mapping[str, str]:
    """A language map of a source text in English."""
    return {"en": words}


def whole(value: Any) -> Iterator[Fault]:
    """Checks an option that is a whole number above nought."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        yield "", "must be a whole number above 0"


def flag(value: Any) -> Iterator[Fault]:
    """Checks an option that is true or false."""
    if not isinstance(value, bool):
        yield "", "must be true or false"


def word(value: Any) -> Iterator[Fault]:
    """Checks an option that is a text."""
    if not isinstance(value, str) or not value.strip():
        yield "", "must be a text"


def words(value: Any) -> Iterator[Fault]:
    """Checks an option that is a list of texts."""
    if not isinstance(value, list | tuple):
        yield "", "must be a list of texts"
        return
    for index, item in enumerate(value):
        yield from ((f"[{index}]", sentence) for _, sentence in word(item))


def text_map(value: Any) -> Iterator[Fault]:
    """Checks words by language with English among them."""
    if not isinstance(value, Mapping):
        yield "", "must be a map of texts by language"
        return
    if not value.get("en"):
        yield ".en", "the English text is missing"
    for language, words_ in value.items():
        if language not in LANGUAGES:
            yield f".{language}", "is not one of the languages ar, zh, en, fr, ru, es"
        elif not isinstance(words_, str):
            yield f".{language}", "must be a text"


def keyed(value: Any, fields: Mapping[str, OptionCheck]) -> Iterator[Fault]:
    """Checks a list of objects with a key and a title each; `fields` are the others that they may carry."""
    if not isinstance(value, list | tuple) or not value:
        yield "", "must be a list with at least one item"
        return
    seen: set[str] = set()
    for index, item in enumerate(value):
        place = f"[{index}]"
        if not isinstance(item, Mapping):
            yield place, "must be an object with key and title"
            continue
        key = item.get("key")
        if not isinstance(key, str) or not KEY.fullmatch(key):
            yield f"{place}.key", "must be small letters, digits and underscores, beginning with a letter"
        elif key in seen:
            yield f"{place}.key", f"the key {key} stands here a second time"
        else:
            seen.add(key)
        yield from ((f"{place}.title{sub}", sentence) for sub, sentence in text_map(item.get("title")))
        for name in item:
            if name in ("key", "title"):
                continue
            check = fields.get(name)
            if check is None:
                yield f"{place}.{name}", "no such field is known here"
            else:
                yield from ((f"{place}.{name}{sub}", sentence) for sub, sentence in check(item[name]))


def choices(value: Any) -> Iterator[Fault]:
    """Checks the option `choices`: a list of objects with key and title."""
    return keyed(value, {})


class Clean(marshmallow.fields.String):
    """A text that can be stored: no NUL and no half of a surrogate pair; null reads as ""."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_none=True, load_default="", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        read = str(super()._deserialize(value, attr, data, **kwargs))
        if "\x00" in read or _SURROGATES.search(read):
            raise marshmallow.ValidationError("This text holds characters that cannot be stored.")
        return read
