"""The ways the portal says no; each carries sentences for people, and the edge turns it into a page or a problem
document.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing to put right: where it is, and a sentence that says what to do."""

    where: str
    sentence: str


class Refusal(Exception):
    """A refusal that a person can act on. `sentence` is complete English, ready for people."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Forbidden(Refusal):
    """The person may not do this, now or later."""


class Missing(Refusal):
    """No such thing, or none that this person may know of: the answer is the same for both."""


class NotNow(Refusal):
    """The person may do this, but something hinders it; `reasons` holds one sentence each."""

    def __init__(self, sentence: str, reasons: list[str] | None = None) -> None:
        super().__init__(sentence)
        self.reasons = reasons or [sentence]


class Invalid(Refusal):
    """The input cannot be taken as it is; `problems` names each place."""

    def __init__(self, sentence: str, problems: list[Problem] | None = None) -> None:
        super().__init__(sentence)
        self.problems = problems or []


class Unacceptable(Invalid):
    """A file is not of a kind that the portal takes (HTTP 415)."""


class TooLarge(Invalid):
    """A file or a body is larger than the portal takes (HTTP 413)."""


@dataclass
class Texts:
    """The three sides of a conflict: the common base, the saved value and the value sent."""

    base: Any
    theirs: Any
    yours: Any
    revision: int
    changed_by: str = ""
    changed_at: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


class Stale(Refusal):
    """Somebody else saved first and the two texts cannot be joined; both are kept in `texts`."""

    def __init__(self, sentence: str, texts: Texts) -> None:
        super().__init__(sentence)
        self.texts = texts
