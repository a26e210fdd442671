"""Comments inside the country on the page of a section: the threads, as far as the reader may read them."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from forms.outline import Question
from portal.models.reports import Report
from portal.queries import comments
from portal.services.act import Act


@dataclass
class Thread:
    """A comment with its answers; `question` is what it is about, None for the section as a whole."""

    first: Any
    question: Question | None
    answers: list[Any] = field(default_factory=list)


@dataclass
class Talk:
    """What is said about a section, as far as the reader may read it."""

    open: list[Thread]
    settled: list[Thread]
    by_question: Counter[str]


NOTHING_SAID = Talk([], [], Counter())


def talk(act: Act, report: Report, section: str, questions: Sequence[Question]) -> Talk:
    """The threads of a section about these questions or about the whole; open ones first, each oldest first."""
    asked = {question.key: question for question in questions}
    threads: dict[uuid.UUID, Thread] = {}
    for row in comments.of_section(act.session, report.id, section):
        about = row.Comment.question
        if about is not None and about not in asked:
            continue
        if row.Comment.follows is None:
            threads[row.Comment.id] = Thread(row, asked.get(about or ""))
        elif row.Comment.follows in threads:
            threads[row.Comment.follows].answers.append(row)
    still = [thread for thread in threads.values() if thread.first.Comment.settled_at is None]
    settled = [thread for thread in threads.values() if thread.first.Comment.settled_at is not None]
    return Talk(still, settled, Counter(thread.question.key for thread in still if thread.question))
