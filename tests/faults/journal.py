"""What the clients of a fault test remember: every request before it is sent, and what was answered."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Save:
    """One answer sent. `revision` is set when the portal acknowledged it, `kept` to the value it then answered with."""

    report: str
    question: str
    value: str
    base: int
    revision: int | None = None
    merged: bool = False
    kept: Any = None


@dataclass
class Step:
    """One step sent under its key. `answer` is set when the portal acknowledged it; for a submission
    also the number of its version, the words that must stand in it, and the receipt when it could be read."""

    report: str
    name: str
    key: str
    order: dict[str, Any]
    token: str
    answer: bytes | None = None
    number: int = 0
    receipt: bytes = b""
    words: str = ""

    @property
    def address(self) -> str:
        """The step in the API."""
        return f"/api/v1/reports/{self.report}/steps/{self.name}"

    @property
    def headers(self) -> dict[str, str]:
        """Who takes the step, and under which key."""
        return {"Authorization": f"Bearer {self.token}", "Idempotency-Key": self.key}


@dataclass
class Journal:
    """All that the clients sent. `surprises` are answers that a portal which kept its word would not give."""

    saves: list[Save] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    answers: int = 0
    conflicts: int = 0
    broken: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def acknowledged(self) -> list[Save]:
        """The saves that were answered with success."""
        return [save for save in self.saves if save.revision is not None]

    def submitted(self) -> list[Step]:
        """The submissions that were answered with success."""
        return [step for step in self.steps if step.name == "submit" and step.answer is not None]

    def answered(self) -> None:
        """Counts an acknowledged request."""
        with self.lock:
            self.answers += 1

    def conflict(self) -> None:
        """Counts an honest refusal of a stale save."""
        with self.lock:
            self.conflicts += 1

    def cut(self) -> None:
        """Counts a request that got no whole answer."""
        with self.lock:
            self.broken += 1
