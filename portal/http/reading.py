"""A report as it is read: parts, sections and questions in order with what was written, in a draft or a version."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms.build import empty
from forms.kinds import KINDS
from forms.outline import Guideline, Part, Question, Section


@dataclass(frozen=True)
class Said:
    """One question with what was written to it, as (language, value), in the order of the languages of the report."""

    question: Question
    values: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class ReadSection:
    """One section with its questions, answered or not."""

    section: Section
    said: tuple[Said, ...]

    @property
    def written(self) -> bool:
        """Whether anything stands in the section."""
        return any(one.values for one in self.said)


@dataclass(frozen=True)
class ReadPart:
    """One part with the sections that count."""

    part: Part
    sections: tuple[ReadSection, ...]

    @property
    def written(self) -> bool:
        """Whether anything stands in the part."""
        return any(section.written for section in self.sections)


def reading(
    asked: Guideline,
    modality: str,
    languages: Sequence[str],
    values: Mapping[tuple[str, str], Any],
    only: Collection[str] | None = None,
) -> list[ReadPart]:
    """The report for reading, from values by (question, language); what does not count for the modality is left out,
    and with `only` every section but these.
    """
    parts = []
    for part in asked.parts:
        sections = []
        for section in part.sections:
            counted = asked.counted(modality, section.key)
            if counted and (only is None or section.key in only):
                sections.append(ReadSection(section, tuple(_said(question, languages, values) for question in counted)))
        if sections:
            parts.append(ReadPart(part, tuple(sections)))
    return parts


def _said(question: Question, languages: Sequence[str], values: Mapping[tuple[str, str], Any]) -> Said:
    kept = ((language, values.get((question.key, language))) for language in languages)
    written = [(language, KINDS[question.kind].current(question, value)) for language, value in kept]
    return Said(question, tuple((language, value) for language, value in written if not empty(question, value)))


def frozen_values(document: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    """The values of a version's document by (question, language)."""
    return {(answer["question"], answer["language"]): answer["value"] for answer in document["answers"]}


@dataclass(frozen=True)
class Origin:
    """Where an answer of a version came from: the cycle and version since which it is unchanged, documents as (title,
    page), and whether it was left as it was taken over from them.
    """

    language: str
    cycle: str
    version: int
    documents: tuple[tuple[str, int | None], ...]
    as_taken: bool


def origins(document: Mapping[str, Any]) -> dict[str, list[Origin]]:
    """Where the answers of a version's document came from, by question; without those of which it says nothing."""
    found: dict[str, list[Origin]] = {}
    for answer in document["answers"]:
        since, taken = answer.get("unchanged_since") or {}, answer.get("taken_from") or ()
        if since or taken:
            documents = tuple((one["title"], one.get("page")) for one in taken)
            as_taken = answer.get("taken_unchanged", False)
            one = Origin(answer["language"], since.get("cycle", ""), since.get("version", 0), documents, as_taken)
            found.setdefault(answer["question"], []).append(one)
    return found
