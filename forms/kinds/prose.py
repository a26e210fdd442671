"""Kinds of written answers, one in each language of the report: narrative and text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import marshmallow
from wtforms import StringField, TextAreaField
from wtforms.fields.core import UnboundField

from forms import markup, paste
from forms.findings import NOTE, Finding, Rule
from forms.kinds.base import Cell, Clean, Kind, OptionCheck, Say, english_words, tidy, tidy_line, unbound, whole
from forms.outline import Question
from forms.words import N_

LONG = Rule(
    "length",
    NOTE,
    N_("A narrative keeps to the number of words that the edition advises."),
    N_("This text has %(words)d words; about %(most)d are advised."),
)


_SHORT_WORD = 5
"""Characters, with the blank: a text with fewer for each advised word is not counted, which keeps the check fast."""


class Written(Kind):
    """What narrative and text share: a value is one text, "" where nothing is written."""

    translatable = True
    checks = (LONG,)
    options: ClassVar[Mapping[str, OptionCheck]] = {"max_words": whole}

    def schema(self, question: Question) -> marshmallow.fields.Field[Any]:
        return Clean()

    def empty(self, value: Any) -> bool:
        return not value

    def judge(self, question: Question, value: Any) -> Iterator[Finding]:
        most = question.options.get("max_words")
        if most and len(value) > _SHORT_WORD * most and (words := len(value.split())) > most:
            yield LONG.finding(question.key, words=words, most=most)

    def cells(self, question: Question, value: Any) -> Iterator[Cell]:
        if value:
            yield Cell("", 0, "value", value)


class Narrative(Written):
    """Paragraphs, lists, bold and emphasis, tables and links in the Markdown subset of `forms.markup`."""

    name = "narrative"
    prose = True

    def field(self, question: Question, language: str) -> UnboundField[Any]:
        return unbound(TextAreaField, question, language)

    def clean(self, question: Question, raw: Any) -> str:
        return tidy(paste.clean(tidy(raw)))

    def text(self, question: Question, value: Any, say: Say = english_words) -> str:
        return markup.to_plain(value or "")


class Line(Written):
    """One line of text."""

    name = "text"

    def field(self, question: Question, language: str) -> UnboundField[Any]:
        return unbound(StringField, question, language)

    def clean(self, question: Question, raw: Any) -> str:
        return tidy_line(paste.clean_line(tidy_line(raw)))
