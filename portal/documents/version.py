"""Owns the frozen form of a submitted version: canonical JSON whose bytes are kept, hashed and never written again."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from forms.answers import canonical

FORMAT = "nua-version/1"


@dataclass(frozen=True)
class FrozenAnswer:
    """One answer as it was submitted; `standing` says whether the text is original, official or unofficial.

    `unchanged_since` names the earlier version whose answer it still is, as {cycle, version}; `taken_from` the
    documents from which passages were taken over, as {title, page}, and `taken_unchanged` that nobody has changed the
    answer since. None is written where there is nothing to say.
    """

    question: str
    kind: str
    language: str
    revision: int
    value: Any
    standing: str = "original"
    unchanged_since: Mapping[str, Any] | None = None
    taken_from: Sequence[Mapping[str, Any]] = ()
    taken_unchanged: bool = False


@dataclass(frozen=True)
class FrozenFile:
    """One attachment: its id, the name for people, and the size and SHA-256 of its bytes."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    question: str = ""


@dataclass(frozen=True)
class FrozenFinding:
    """One finding of the check at submission, and the state's explanation where it gave one."""

    question: str
    severity: str
    rule: str
    sentence: str
    explanation: str = ""


@dataclass(frozen=True)
class FrozenLetter:
    """A scanned letter of clearance: the id of its file, and the date that stands on it as year-month-day."""

    file: str
    dated: str


@dataclass(frozen=True)
class Submission:
    """All that a version says. It names the role that submitted, never a person; the digest is the guideline's."""

    entity: str
    cycle: str
    edition: str
    edition_digest: str
    modality: str
    languages: Sequence[str]
    number: int
    submitted_at: dt.datetime
    submitted_by: str
    answers: Sequence[FrozenAnswer]
    files: Sequence[FrozenFile] = ()
    findings: Sequence[FrozenFinding] = ()
    letters: Sequence[FrozenLetter] = ()
    practice: bool = False


def instant(at: dt.datetime) -> str:
    """An aware moment as RFC 3339 in UTC, always with six digits of a second; a naive one raises ValueError."""
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def freeze(submission: Submission) -> bytes:
    """The canonical bytes of a version: the same for the same content, in whatever order answers and files come.

    Two answers for one question and language, or two files with one id, raise ValueError.
    """
    answers = sorted(submission.answers, key=lambda answer: (answer.question, answer.language))
    files = sorted(submission.files, key=lambda file: file.id)
    _distinct([(answer.question, answer.language) for answer in answers])
    _distinct([file.id for file in files])
    document: dict[str, Any] = {
        "format": FORMAT,
        "entity": submission.entity,
        "cycle": submission.cycle,
        "edition": {"key": submission.edition, "digest": submission.edition_digest},
        "modality": submission.modality,
        "languages": list(submission.languages),
        "number": submission.number,
        "submitted_at": instant(submission.submitted_at),
        "submitted_by": submission.submitted_by,
        "answers": [_told(answer) for answer in answers],
        "files": [asdict(file) for file in files],
        "findings": [
            asdict(finding)
            for finding in sorted(submission.findings, key=lambda one: (one.question, one.rule, one.sentence))
        ],
    }
    if submission.practice:
        document["practice"] = True
    if submission.letters:
        document["letters"] = [asdict(letter) for letter in sorted(submission.letters, key=lambda one: one.file)]
    return canonical(document)


def _told(answer: FrozenAnswer) -> dict[str, Any]:
    """An answer as the document holds it, without what there is not to say of it."""
    told = asdict(answer)
    origin = ("unchanged_since", "taken_from", "taken_unchanged")
    return {name: value for name, value in told.items() if value or name not in origin}


def _distinct(keys: Sequence[object]) -> None:
    for one, other in itertools.pairwise(keys):
        if one == other:
            raise ValueError(f"{one!r} stands twice in the version.")
