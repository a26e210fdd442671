"""The synthesis: the outline of the extended report, what makes a statement supported, what a moved citation asks."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms.outline import Guideline, Heading, Section
from forms.words import N_
from portal.rules import crosswalk
from portal.rules.shipped import TABLES

DRAFT, SUPPORTED, CHECK_AGAIN, WITHDRAWN = "draft", "supported", "check_again", "withdrawn"
STATES = {
    DRAFT: N_("draft"),
    SUPPORTED: N_("supported"),
    CHECK_AGAIN: N_("to check again"),
    WITHDRAWN: N_("withdrawn"),
}
FOR, AGAINST = "for", "against"
STANCES = {FOR: N_("speaks for it"), AGAINST: N_("speaks against it")}
PASSAGE, OBSERVATION, REPORTED = "passage", "observation", "reported"
GROUNDS = (PASSAGE, OBSERVATION, REPORTED)
"""What a statement can cite: a passage, a figure of channel b, a figure that a state gives in its report."""

EDITED, GONE, TAKEN_BACK, REVISED, DOUBTED = "edited", "gone", "withdrawn", "figure_revised", "figure_doubted"
REASONS = {
    EDITED: N_("It was changed in a newer version."),
    GONE: N_("It is no longer in the newest version."),
    TAKEN_BACK: N_("What it stands in was withdrawn, or is not accepted."),
    REVISED: N_("The figure was revised by a newer import."),
    DOUBTED: N_("The file that gave the figure was found doubtful."),
}
HOLDS, REWORDED, REMOVED, STATEMENT_WITHDRAWN = "holds", "reworded", "citation_removed", "withdrawn"
OUTCOMES = {
    HOLDS: N_("the statement still holds"),
    REWORDED: N_("the statement is reworded"),
    REMOVED: N_("the citation is taken away"),
    STATEMENT_WITHDRAWN: N_("the statement is withdrawn"),
}
SAME_AGAIN, CLEARED = "same_again", "cleared"
SETTLED_AS = {
    **OUTCOMES,
    SAME_AGAIN: N_("a newer version says again what was cited"),
    CLEARED: N_("the file is not doubted any more"),
}

STRENGTHENS, WEAKENS, CONTRADICTS, UNTOUCHED = "strengthens", "weakens", "contradicts", "untouched"
EFFECTS = {
    STRENGTHENS: N_("strengthens it"),
    WEAKENS: N_("weakens it"),
    CONTRADICTS: N_("contradicts it"),
    UNTOUCHED: N_("does not touch it"),
}


@dataclass(frozen=True)
class Entry:
    """A heading of the extended report. `level` is 1 for a part; `region` and `commitment` are "" where it has none."""

    key: str
    title: Mapping[str, str]
    level: int
    region: str = ""
    commitment: str = ""


@functools.cache
def _plan() -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = json.loads((TABLES / "synthesis_outline.json").read_text("utf-8"))["entries"]
    return found


@functools.lru_cache(maxsize=8)
def outline(asked: Guideline) -> tuple[Entry, ...]:
    """The headings of the extended report in their order: its own, and those of the edition that the cycle asks by."""
    parts = {part.key: part for part in asked.parts}
    found: list[Entry] = []
    for planned in _plan():
        if "part" not in planned:
            found += _own(planned, 1)
        elif planned["part"] in parts:
            found += _of_the_edition(asked, planned["part"])
    return tuple(found)


def _own(planned: Mapping[str, Any], level: int) -> Iterator[Entry]:
    yield Entry(planned["key"], planned["title"], level, planned.get("region", ""))
    for below in planned.get("headings", ()):
        yield from _own(below, level + 1)


def _of_the_edition(asked: Guideline, part: str) -> Iterator[Entry]:
    seen: set[str] = set()
    for section in asked.sections.values():
        if section.part != part:
            continue
        above: tuple[Heading | Section, ...] = (*section.path, section)
        for level, over in enumerate(above, 1):
            if over.key not in seen:
                seen.add(over.key)
                yield Entry(over.key, over.title, level, commitment=crosswalk.commitment_of(over.key) or "")


def heading(asked: Guideline, key: str) -> Entry | None:
    """The heading with this key; None when the outline has none."""
    return next((entry for entry in outline(asked) if entry.key == key), None)


def hindrances(state: str, speaking_for: int, waiting: int) -> list[str]:
    """What stands between a statement and `supported`: it must cite something that speaks for it, and nothing that it
    cites may wait to be looked at again.
    """
    found = []
    if state == WITHDRAWN:
        found.append(N_("The statement is withdrawn."))
    if not speaking_for:
        found.append(N_("A statement is supported by at least one passage or figure that speaks for it."))
    if waiting:
        found.append(N_("Something that it cites has moved; please look at that first."))
    return found


def state_after(state: str, speaking_for: int, waiting: int) -> str:
    """The state of a statement once its citations, or what is to be looked at again, are others.

    Only a person makes a draft supported. What was supported goes to `check_again` while anything waits, and comes back
    when nothing does; without a citation that speaks for it, it is a draft.
    """
    if state in (WITHDRAWN, DRAFT):
        return state
    if waiting:
        return CHECK_AGAIN
    return SUPPORTED if speaking_for else DRAFT


def outcomes_of(reason: str) -> tuple[str, ...]:
    """Which outcomes a person can choose. Where nothing stands behind the citation any more it cannot stay: the
    statement rests on its other citations, is reworded without it, or is withdrawn.
    """
    return tuple(OUTCOMES) if reason in (EDITED, REVISED, DOUBTED) else (REMOVED, REWORDED, STATEMENT_WITHDRAWN)
