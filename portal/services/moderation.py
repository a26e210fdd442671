"""What becomes of a contribution that was sent: the team accepts, returns or sets it aside; a named state replies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forms.kinds.base import tidy
from forms.outline import LANGUAGES
from forms.words import N_
from portal.models.contributions import Contribution, Moderation, StateReply
from portal.queries import contributions as held
from portal.rules.contributions import ACCEPTED, OUTCOMES, Filing, hindrances_of_moderating
from portal.rules.refusals import Invalid, Missing, NotNow, Problem
from portal.services import passages, rechecks
from portal.services.act import Act
from portal.services.contributions import title_sent, told

LONGEST_WORDS = 10_000
NEWER_VERSION = N_("The partner has sent a newer version since. Please read it, and then decide about it.")
DECIDED_MEANWHILE = N_(
    "A colleague has decided about this version since. If your decision is to stand instead, please send it once more."
)


@dataclass(frozen=True)
class Seen:
    """What the person who decides has read: the version, and the state it was in; None where nobody asks the state."""

    version: int
    state: str | None = None


def moderate(act: Act, filing: Filing, seen: Seen, outcome: str, reason: str = "") -> Moderation:
    """The team decides about the newest version: accepts it, returns it or sets it aside, the last two with a reason.
    The partner is told; the focal points of the states named in what is accepted are told that they may reply. NotNow
    where the newest version, or how it stands, is not what the person has seen.
    """
    act.demand("contribution:moderate", filing)
    found: Contribution = filing.contribution
    if seen.version != found.versions:
        raise NotNow(NEWER_VERSION)
    if outcome not in OUTCOMES:
        sentence = N_("Please choose accepted, returned or set_aside.")
        raise Invalid(sentence, [Problem("outcome", sentence)])
    words = tidy(reason)
    if len(words) > LONGEST_WORDS:
        sentence = N_("Please keep the reason under 10,000 characters.")
        raise Invalid(sentence, [Problem("reason", sentence)])
    hindrances = list(hindrances_of_moderating(found.state, outcome, words))
    if hindrances:
        raise NotNow(hindrances[0], hindrances)
    if seen.state not in (None, found.state):
        raise NotNow(DECIDED_MEANWHILE)
    row = Moderation(
        contribution_id=found.id,
        version=found.versions,
        outcome=outcome,
        reason=words,
        decided_at=act.at,
        decided_by=act.actor.id,
    )
    act.session.add(row)
    found.state = outcome
    act.session.flush()
    act.record("contribution.moderate", told(found) | {"version": found.versions, "outcome": outcome})
    passages.settle_contribution(act, found)
    rechecks.after_contribution(act, found)
    news = {"contribution": str(found.id), "title": title_sent(act, found), "version": found.versions}
    act.notify(f"contribution.{outcome}", filing.members, news | ({"reason": words} if words else {}))
    if outcome == ACCEPTED:
        _tell_named(act, filing, news)
    return row


def _tell_named(act: Act, filing: Filing, news: Mapping[str, Any]) -> None:
    by_state = act.holders_by_entity("focal_point", filing.named)
    act.notify_each(
        "contribution.named", [(None, people, dict(news) | {"entity": state}) for state, people in by_state.items()]
    )


def reply(act: Act, filing: Filing, entity: str, words: str, language: str = "en") -> StateReply:
    """A focal point of a named state replies to the version that stands accepted; it stands beside the contribution
    wherever that is shown. An earlier reply stays and the newer stands after it; the same words twice stand once.
    """
    act.demand("reply:write", filing)
    if entity not in filing.named or not any(
        grant.role == "focal_point" and grant.entity == entity for grant in act.actor.grants
    ):
        raise Missing(N_("This state is not named in the contribution, or you are not its focal point."))
    kept = tidy(words)
    problems = []
    if not kept or len(kept) > LONGEST_WORDS:
        problems.append(Problem("text", N_("Please write the reply, in up to 10,000 characters.")))
    if language not in LANGUAGES:
        problems.append(Problem("language", N_("Please choose one of ar, zh, en, fr, ru, es.")))
    if problems:
        raise Invalid(problems[0].sentence, problems)
    found: Contribution = filing.contribution
    earlier: list[StateReply] = [one.StateReply for one in held.replies(act.session, [found.id]).get(found.id, [])]
    last = next((one for one in reversed(earlier) if one.entity == entity), None)
    if last and (last.version, last.text, last.language) == (filing.accepted, kept, language):
        return last
    row = StateReply(
        contribution_id=found.id,
        version=filing.accepted,
        entity=entity,
        text=kept,
        language=language,
        written_at=act.at,
        written_by=act.actor.id,
    )
    act.session.add(row)
    act.session.flush()
    act.record("contribution.reply", told(found) | {"reply": str(row.id)}, entity=entity)
    news = {"contribution": str(found.id), "title": title_sent(act, found)}
    act.notify("contribution.reply", [*filing.members, *act.holders("lead", "reviewer")], news)
    return row
