"""The nouns of an edition, all frozen: Guideline > Part > Section > Question, with modalities and checklist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

LANGUAGES = ("ar", "zh", "en", "fr", "ru", "es")

Text = Mapping[str, str]
"""Words by language code; English is always there unless the map is empty."""


def text(words: Text, language: str) -> str:
    """The words in a language, or in English where that language is missing; "" for an empty map."""
    return words.get(language) or words.get("en", "")


@dataclass(frozen=True, eq=False)
class Question:
    """One thing that is asked. `required` is the severity of leaving it out, "" where nothing is said."""

    key: str
    kind: str
    title: Text
    guidance: Text
    required: str
    options: Mapping[str, Any]
    indicator: str | None
    modalities: tuple[str, ...]

    @cached_property
    def section(self) -> str:
        """The key of the section that asks, such as 1.1.2.4."""
        return self.key.partition("/")[0]

    @cached_property
    def suffix(self) -> str:
        """What follows the section in the key, such as actions or NUA-14."""
        return self.key.partition("/")[2]


@dataclass(frozen=True, eq=False)
class Heading:
    """A title above sections that asks nothing itself, such as 1.1 or 1.1.2."""

    key: str
    title: Text
    guidance: Text
    paragraphs: tuple[int, ...]
    source: str


@dataclass(frozen=True, eq=False)
class Section:
    """One page of the form. `path` leads from the part down to it; `paragraphs` are those of the Agenda;
    `source` says where the title comes from: sourced or recalled, "" where it is the portal's own."""

    key: str
    title: Text
    guidance: Text
    paragraphs: tuple[int, ...]
    source: str
    part: str
    path: tuple[Heading, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, eq=False)
class Part:
    """A part of the report. `heading` carries its own title; `headings` those between it and its sections."""

    heading: Heading
    headings: tuple[Heading, ...]
    sections: tuple[Section, ...]

    @property
    def key(self) -> str:
        """The key of the part, such as F or 1."""
        return self.heading.key

    @property
    def title(self) -> Text:
        """The title of the part."""
        return self.heading.title

    @property
    def guidance(self) -> Text:
        """The guidance of the part."""
        return self.heading.guidance


@dataclass(frozen=True)
class Scope:
    """Questions within parts, headings or sections, where named of these kinds and with these suffixes."""

    within: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()

    def holds(self, above: frozenset[str], kind: str, suffix: str) -> bool:
        """Whether a question counts; `above` holds the keys of its section and of everything over it."""
        return (
            not above.isdisjoint(self.within)
            and (not self.kinds or kind in self.kinds)
            and (not self.suffixes or suffix in self.suffixes)
        )


@dataclass(frozen=True, eq=False)
class Modality:
    """A way to report; a question counts when one of the scopes in `counts` holds it."""

    key: str
    title: Text
    guidance: Text
    counts: tuple[Scope, ...]


@dataclass(frozen=True, eq=False)
class ChecklistItem:
    """One point that a reviewer goes through."""

    key: str
    title: Text
    guidance: Text


@dataclass(frozen=True, eq=False)
class Guideline:
    """One edition of what is asked. `digest` is the SHA-256 of the canonical document: layout does not change it."""

    key: str
    label: Text
    title: Text
    note: Text
    languages: tuple[str, ...]
    modalities: Mapping[str, Modality]
    parts: tuple[Part, ...]
    checklist: tuple[ChecklistItem, ...]
    digest: str

    @cached_property
    def sections(self) -> Mapping[str, Section]:
        """Every section by key, in the order of the report."""
        return MappingProxyType({section.key: section for part in self.parts for section in part.sections})

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """Every question by key, in the order of the report."""
        return MappingProxyType({q.key: q for section in self.sections.values() for q in section.questions})

    @cached_property
    def _counted(self) -> dict[tuple[str, str | None], tuple[Question, ...]]:
        counted: dict[tuple[str, str | None], tuple[Question, ...]] = {}
        for modality in self.modalities:
            for section in self.sections.values():
                counted[modality, section.key] = tuple(q for q in section.questions if modality in q.modalities)
            counted[modality, None] = tuple(q for q in self.questions.values() if modality in q.modalities)
        return counted

    def counted(self, modality: str, section: str | None = None) -> tuple[Question, ...]:
        """The questions that count for a modality, in order, in one section or in all. KeyError for an unknown key."""
        return self._counted[modality, section]

    def counted_sections(self, modality: str) -> tuple[Section, ...]:
        """The sections with at least one question that counts for a modality, in order."""
        return tuple(section for section in self.sections.values() if self._counted[modality, section.key])
