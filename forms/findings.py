"""What a check says of an answer: rules in words, and the findings they give. Only a blocker holds back submission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

BLOCKER, ERROR, WARNING, NOTE = "blocker", "error", "warning", "note"
SEVERITIES = (BLOCKER, ERROR, WARNING, NOTE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check says about one question.

    `message` is the English source with named parameters, so that the edge can translate it before filling it in.
    `params` may hold `row` (counted from 1) and `column`, which name the cell. `language` is "" unless the finding
    is about the text in one language.
    """

    severity: str
    question: str
    rule: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    language: str = ""

    @property
    def sentence(self) -> str:
        """The finding as a complete English sentence."""
        return self.message % self.params

    @property
    def place(self) -> str:
        """The name of the form control that the finding is about."""
        name = self.question
        if "row" in self.params:
            name += f"-{self.params['row'] - 1}"
        return f"{name}-{self.params['column']}" if "column" in self.params else name


@dataclass(frozen=True, slots=True)
class Rule:
    """One check: `says` tells it to a person who reads the list of checks, `message` to the writer of the answer."""

    key: str
    severity: str
    says: str
    message: str

    def finding(self, question: str, **params: Any) -> Finding:
        """The finding of this rule about a question, with its own severity."""
        return Finding(self.severity, question, self.key, self.message, params)
