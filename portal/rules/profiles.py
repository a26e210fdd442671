"""Desk profiles: how a state may answer what the secretariat compiled of it, and when others may see it."""

from __future__ import annotations

from collections.abc import Iterable

from forms.answers import canonical, digest
from forms.words import N_

CONFIRMED, CORRECTED, REFUSED = "confirmed", "corrected", "refused"
ANSWERS = {
    CONFIRMED: N_("confirmed"),
    CORRECTED: N_("corrected"),
    REFUSED: N_("refused"),
}
AGREED = frozenset({CONFIRMED, CORRECTED})
PASSAGE, FIGURE = "passage", "figure"

HAS_REPORTED = N_("The state has reported in this cycle; its own report speaks for it.")
NOTHING_TO_TELL = N_("The other channels hold nothing on this state that is not in the profile already.")
STATE_FIRST = N_("The state has not answered every part of the profile yet; until then it is for the state alone.")
ALL_REFUSED = N_("The state has refused the whole profile; it is shown to nobody else.")
ALL_GONE = N_("Everything in the profile was withdrawn by its source since; there is nothing to show.")
RELEASED = N_("The profile is shown to others already.")
LABEL = N_("Compiled by the secretariat from other channels; it is no report of the state.")


def hindrances_of_release(answers: Iterable[str | None], *, released: bool, reported: bool) -> list[str]:
    """Why a profile cannot be shown to others now, from the answer to each of its parts that stand (None for none
    yet).
    """
    given = list(answers)
    found = []
    if reported:
        found.append(HAS_REPORTED)
    if released:
        found.append(RELEASED)
    if not given:
        found.append(ALL_GONE)
    elif None in given:
        found.append(STATE_FIRST)
    elif not AGREED.intersection(answer for answer in given if answer):
        found.append(ALL_REFUSED)
    return found


def shown_to_others(answer: str | None) -> bool:
    """Whether a part of a released profile is shown to others: what was refused is not."""
    return answer in AGREED


def figure_reference(*named: str) -> str:
    """What names a figure as a part of a profile: of its source, series, cover, unit, year and value."""
    return f"{FIGURE}:{digest(canonical(list(named)))}"
