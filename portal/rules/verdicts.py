"""What a second person says of an import of figures, and when it can be said."""

from __future__ import annotations

from collections.abc import Mapping

from forms.words import N_

UNVERIFIED, VERIFIED, DOUBTFUL, WITHDRAWN = STANDINGS = ("unverified", "verified", "doubtful", "withdrawn")
VERDICTS: Mapping[str, str] = {
    VERIFIED: N_("Verified: the figures stand in the source as they stand here"),
    DOUBTFUL: N_("Doubtful: the figures are offered with this word beside them"),
    WITHDRAWN: N_("Withdrawn: the figures are offered nowhere, their history stays"),
}
WORDS: Mapping[str, str] = {
    UNVERIFIED: N_("not verified yet"),
    VERIFIED: N_("verified"),
    DOUBTFUL: N_("doubtful"),
    WITHDRAWN: N_("withdrawn"),
}
NEEDS_REASON = frozenset({DOUBTFUL, WITHDRAWN})
LONGEST_REASON = 2000


def problem(standing: str, verdict: str, reason: str) -> tuple[str, str] | None:
    """What hinders a verdict, as the field and a sentence; None when nothing does."""
    if verdict not in VERDICTS:
        return "verdict", N_("Please choose verified, doubtful or withdrawn.")
    if standing == WITHDRAWN:
        return "verdict", N_("The import is withdrawn, and that is its last word. Take the file in again instead.")
    if verdict in NEEDS_REASON and not reason:
        return "reason", N_("Please give the reason in a sentence; it stands beside the figures.")
    if len(reason) > LONGEST_REASON:
        return "reason", N_("The reason has more than 2,000 characters. Please shorten it.")
    return None
