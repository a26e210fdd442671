"""A report as it is read: parts, sections and questions in order with what was written, in a draft or a version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms.build import empty
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
    asked: Guideline, modality: str, languages: Sequence[str], values: Mapping[tuple[str, str], Any]
) -> list[ReadPart]:
    """The report for reading, from values by (question, language); what does not count for the modality is left out."""
    parts = []
    for part in asked.parts:
        sections = []
        for section in part.sections:
            counted = asked.counted(modality, section.key)
            if counted:
                sections.append(ReadSection(section, tuple(_said(question, languages, values) for question in counted)))
        if sections:
            parts.append(ReadPart(part, tuple(sections)))
    return parts


def _said(question: Question, languages: Sequence[str], values: Mapping[tuple[str, str], Any]) -> Said:
    written = ((language, values.get((question.key, language))) for language in languages)
    return Said(question, tuple((language, value) for language, value in written if not empty(question, value)))


def frozen_values(document: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    """The values of a version's document by (question, language)."""
    return {(answer["question"], answer["language"]): answer["value"] for answer in document["answers"]}
