"""Notices: each kind with who is told, when and why, in plain words; when a mail is tried again; which reminder of the
cycle is due to an entity.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from forms.words import N_

EACH, DIGEST, NONE = "each", "digest", "none"
MANNERS = {
    EACH: N_("A mail for each notice, at once"),
    DIGEST: N_("One mail a day with what is not read yet"),
    NONE: N_("No mail; the inbox of the portal has all of it"),
}


@dataclass(frozen=True)
class Rule:
    """One kind of notice. `shown` is true of what the log of the reporting team shows; all else is a state's own."""

    kind: str
    to: str
    when: str
    why: str
    shown: bool = False


FOCAL, TEAM = N_("Focal points of the state"), N_("Reviewers and the lead")
BOTH, LEADS = N_("Focal points and certifiers of the state"), N_("The lead")
CERTIFIERS, HOLDER = N_("Certifiers of the state"), N_("The contributor who holds it")
ANSWERING, ASKED = N_("Those who answer for the state"), N_("The one who asked for it")
ASSIGNED = N_("The reviewer whom it concerns")
REQUESTED = N_("Those who file for the partner, or the person asked")
MADE, COMPILED = N_("The one who made the request"), N_("The one who compiled it")
BESIDE = N_("The one who wrote the text beside the answer")
FILING, PARTNER_AND_TEAM = N_("Those who file for the partner"), N_("Those who file for the partner, and the team")
IMPORTER = N_("The data officer who took the file in")
WRITERS = N_("Those who write the report")
UNCITED = N_("Those whom the release before cited and the new one does not")
CITED = N_("Focal points of the states cited, and those who file for the partners cited")
TALKING = N_("Those who take part in the thread, and who is named in it")

ASKED_TO_CLEAR = N_("Certifiers who were asked for clearance")
CERTIFIER = ".certifier"
CLEARABLE = ("cycle.60", "cycle.14", "cycle.3", "cycle.extended.14", "cycle.extended.3")
"""The reminders that go to a certifier in place of the focal points, as the kind with CERTIFIER behind it."""

_STATE = (
    Rule("report.start", BOTH, N_("The report was started"), N_("It is open for writing")),
    Rule("report.carry", WRITERS, N_("Answers of an earlier report were taken over"), N_("Each is to be looked at")),
    Rule("draft.restore", WRITERS, N_("The draft was taken back to a restore point"), N_("The texts have changed")),
    Rule("report.ask", CERTIFIERS, N_("Clearance was asked for"), N_("To approve or decline the report")),
    Rule("report.decline", FOCAL, N_("A certifier declined"), N_("The draft is open again")),
    Rule("report.reopen", FOCAL, N_("The state opened its report again"), N_("The draft is open again")),
    Rule(
        "clearance.escalate",
        CERTIFIERS,
        N_("A request for clearance waited for its set time"),
        N_("The one first asked has not answered; the others are asked too, and never the first one again"),
    ),
    Rule("clearance.waits", FOCAL, N_("The other certifiers were asked too"), N_("To know where the request stands")),
    Rule("clearance.nobody_else", FOCAL, N_("There is no other certifier"), N_("To look for another way")),
    Rule("figures.moved", FOCAL, N_("Figures moved after they were confirmed"), N_("To look at them again")),
    Rule("comment.write", TALKING, N_("A comment was written"), N_("To answer it")),
    Rule("comment.settle", TALKING, N_("A thread was settled"), N_("Nothing is left to answer")),
    Rule("comment.reopen", TALKING, N_("A thread was opened again"), N_("To answer it")),
    Rule("handout.give", HOLDER, N_("A section was handed out"), N_("It can be written")),
    Rule("handout.again", HOLDER, N_("A section was given back for more"), N_("It can be written again")),
    Rule("handout.withdraw", HOLDER, N_("A hand-out was taken back"), N_("It can no longer be written")),
    Rule("handout.accepted", HOLDER, N_("What was handed back was accepted"), N_("To know what became of it")),
    Rule("handout.beside", HOLDER, N_("Some of it was kept beside the answers"), N_("To know what became of it")),
    Rule("aside.left", BESIDE, N_("Somebody chose to leave the answer as it is"), N_("To know where the text is kept")),
    Rule("aside.joined", BESIDE, N_("Somebody joined it with the answer"), N_("To see what became of it")),
    Rule("handout.return", FOCAL, N_("A section was handed back"), N_("To take it into the report")),
    Rule("handout.fallback", FOCAL, N_("The role of a holder ended"), N_("The section is in your hands again")),
    Rule(
        "reminder.week.holder",
        HOLDER,
        N_("Seven days before the day named in the hand-out, while it is not handed back"),
        N_("The focal point counts on it"),
    ),
    Rule(
        "reminder.day.holder",
        HOLDER,
        N_("The day before the day named in the hand-out, while it is not handed back"),
        N_("The focal point counts on it"),
    ),
    Rule(
        "reminder.after.holder",
        HOLDER,
        N_("The day after the day named in the hand-out, while it is not handed back"),
        N_("To ask for time or help"),
    ),
    Rule(
        "reminder.after.leaders",
        FOCAL,
        N_("The day after the day named in the hand-out, while it is not handed back"),
        N_("To offer time or help"),
    ),
    Rule(
        "reminder.remarks.week",
        FOCAL,
        N_("Seven days before the day named in remarks, while one of them is not answered"),
        N_("The reporting team asks for the answers by that day"),
    ),
    Rule(
        "reminder.remarks.day",
        FOCAL,
        N_("The day before the day named in remarks, while one of them is not answered"),
        N_("The reporting team asks for the answers by that day"),
    ),
    Rule(
        "reminder.remarks.after",
        FOCAL,
        N_("The day after the day named in remarks, while one of them is not answered"),
        N_("They can be answered after that day too"),
    ),
    Rule("invitation.open", N_("The person invited"), N_("A colleague invited you"), N_("To accept it")),
    Rule("invitation.accept", N_("The one who invited, and focal points"), N_("It was accepted"), N_("To go on")),
    Rule("account.end", N_("The person whose role it was"), N_("A role ended"), N_("To know of it")),
    Rule("account.succeed", BOTH, N_("A successor became focal point"), N_("To know whom to ask")),
)

_BETWEEN = (
    Rule(
        "cycle.invite",
        FOCAL,
        N_("Feedback opens, while the state has begun no report"),
        N_("The state is invited to report"),
        shown=True,
    ),
    Rule(
        "cycle.60",
        FOCAL,
        N_("60 days before the deadline, while nothing has been submitted and no extension runs"),
        N_("Time is left to gather and to clear"),
        shown=True,
    ),
    Rule(
        "cycle.14",
        FOCAL,
        N_("14 days before the deadline, while nothing has been submitted and no extension runs"),
        N_("Time is left to clear or to ask for more time"),
        shown=True,
    ),
    Rule(
        "cycle.3",
        FOCAL,
        N_("3 days before the deadline, while nothing has been submitted and no extension runs"),
        N_("Time is left to submit or to ask for more time"),
        shown=True,
    ),
    Rule(
        "cycle.extended.14",
        FOCAL,
        N_("14 days before the end of the time given to one state, while nothing has been submitted"),
        N_("Time is left to clear or to ask for more"),
        shown=True,
    ),
    Rule(
        "cycle.extended.3",
        FOCAL,
        N_("3 days before the end of the time given to one state, while nothing has been submitted"),
        N_("Time is left to submit or to ask for more"),
        shown=True,
    ),
    *(
        Rule(
            f"{kind}{CERTIFIER}",
            ASKED_TO_CLEAR,
            N_("In place of the reminder to the focal points, while the report waits for clearance"),
            N_("The report is in their hands"),
            shown=True,
        )
        for kind in CLEARABLE
    ),
    Rule("report.receipt", FOCAL, N_("The report was submitted"), N_("The receipt is ready"), shown=True),
    Rule("report.submit", TEAM, N_("A report was submitted"), N_("It can be claimed for review"), shown=True),
    Rule("report.withdraw", TEAM, N_("A state withdrew its report"), N_("Its review ends"), shown=True),
    Rule("report.consent", LEADS, N_("A state consented to publication"), N_("It can be published"), shown=True),
    Rule("review.claim", BOTH, N_("The review began"), N_("To know that it is being read"), shown=True),
    Rule("review.clarify", BOTH, N_("Clarification was asked for"), N_("To answer it"), shown=True),
    Rule("review.accept", BOTH, N_("The report was accepted"), N_("To consent to publication"), shown=True),
    Rule("review.assign", ASSIGNED, N_("A report was assigned"), N_("To review it"), shown=True),
    Rule("review.assign_away", ASSIGNED, N_("A report is no longer assigned"), N_("To leave it"), shown=True),
    Rule("remark.send", ANSWERING, N_("Remarks were sent"), N_("To answer each"), shown=True),
    Rule("remark.say", N_("The other side of the talk"), N_("Words about a remark"), N_("To read them"), shown=True),
    Rule("remark.answer", N_("The reviewer"), N_("The state answered remarks"), N_("To read the answers"), shown=True),
    Rule("extension.ask", LEADS, N_("A state asked for more time"), N_("To answer it"), shown=True),
    Rule("extension.give", BOTH, N_("More time was given"), N_("To know the new day"), shown=True),
    Rule("extension.decline", BOTH, N_("The day stays as it was"), N_("To know the day and the reason"), shown=True),
    Rule("contradiction.find", TEAM, N_("The rules found new contradictions"), N_("To look at the cases"), shown=True),
    Rule("request.make", REQUESTED, N_("Evidence was asked for"), N_("To answer with a contribution"), shown=True),
    Rule("request.withdraw", REQUESTED, N_("A request for evidence was taken back"), N_("To leave it"), shown=True),
    Rule(
        "request.week",
        REQUESTED,
        N_("Seven days before the day named in a request for evidence, while nothing was sent"),
        N_("The team counts on it"),
        shown=True,
    ),
    Rule(
        "request.day",
        REQUESTED,
        N_("The day before the day named in a request for evidence, while nothing was sent"),
        N_("The team counts on it"),
        shown=True,
    ),
    Rule(
        "request.after",
        REQUESTED,
        N_("The day after the day named in a request for evidence, while nothing was sent"),
        N_("To say whether something is still to come"),
        shown=True,
    ),
    Rule("request.answer", MADE, N_("A request for evidence was answered"), N_("To read the answer"), shown=True),
    Rule("profile.compile", BOTH, N_("A desk profile was compiled"), N_("To confirm, correct or refuse"), shown=True),
    Rule("profile.answer", COMPILED, N_("The state answered its desk profile"), N_("To read the answer"), shown=True),
    Rule("profile.release", BOTH, N_("A desk profile was shown to others"), N_("To know of it"), shown=True),
    Rule("call.open", FILING, N_("A call names the partner"), N_("To contribute"), shown=True),
    Rule("call.extend", FILING, N_("A call for input is given another end"), N_("To contribute"), shown=True),
    Rule("registration.ask", LEADS, N_("An organisation registered for a call"), N_("To answer it"), shown=True),
    Rule("partner.join", FILING, N_("They may file for a partner"), N_("To contribute"), shown=True),
    Rule("contribution.send", TEAM, N_("A contribution was sent"), N_("To look at it"), shown=True),
    Rule("contribution.receipt", FILING, N_("A contribution was sent"), N_("The receipt is ready"), shown=True),
    Rule("contribution.withdraw", TEAM, N_("A contribution was withdrawn"), N_("It is not used any more"), shown=True),
    Rule("contribution.accepted", FILING, N_("A contribution was accepted"), N_("To know of it"), shown=True),
    Rule("contribution.returned", FILING, N_("A contribution was returned"), N_("To send it anew"), shown=True),
    Rule("contribution.set_aside", FILING, N_("A contribution was set aside"), N_("To know the reason"), shown=True),
    Rule(
        "contribution.named", FOCAL, N_("A contribution that names the state was accepted"), N_("To reply"), shown=True
    ),
    Rule("contribution.reply", PARTNER_AND_TEAM, N_("A named state replied"), N_("To read the reply"), shown=True),
    Rule("phase.close", TEAM, N_("A phase was closed"), N_("The next one begins"), shown=True),
    Rule(
        "dataset.verdict",
        IMPORTER,
        N_("A second person looked at a file of figures"),
        N_("To know what stands"),
        shown=True,
    ),
    Rule("dataset.taken", IMPORTER, N_("A file of figures was taken in"), N_("It is ready to be verified"), shown=True),
    Rule("dataset.broken", IMPORTER, N_("A file of figures could not be taken in"), N_("To put it right"), shown=True),
    Rule("synthesis.moved", TEAM, N_("What statements cite has moved"), N_("To look at them again"), shown=True),
    Rule("synthesis.supplement", TEAM, N_("A report came after the cut-off"), N_("To say what it does"), shown=True),
    Rule("synthesis.left_out", UNCITED, N_("A release cites you no more"), N_("To see what was cited"), shown=True),
    Rule("synthesis.release", CITED, N_("Statements were released"), N_("To see where your words went"), shown=True),
    Rule("bundle.ready", ASKED, N_("A bundle was built"), N_("It can be downloaded"), shown=True),
    Rule("bundle.broken", ASKED, N_("A bundle could not be built"), N_("To see why"), shown=True),
    Rule("review.publish", BOTH, N_("The report was published"), N_("Everybody can read it"), shown=True),
)

RULES: dict[str, Rule] = {rule.kind: rule for rule in (*_BETWEEN, *_STATE)}


def shown_to_the_team() -> tuple[str, ...]:
    """The kinds that the log of the reporting team shows: what went to the team itself, and what was said to a state
    about a report that the team had received or asked for. A state's clearance, hand-outs, comments and invitations
    are among neither.
    """
    return tuple(kind for kind, rule in RULES.items() if rule.shown)


def seen_by_the_team(kind: str) -> tuple[str, bool]:
    """As which kind the log of the reporting team shows a notice, and whether it names who was told. Of a reminder of
    the cycle it names nobody: whether a report is being written or cleared is the state's own affair.
    """
    plain = kind.removesuffix(CERTIFIER)
    return plain, plain not in CLEARABLE


WAITS = tuple(dt.timedelta(minutes=minutes) for minutes in (2, 10, 60, 240, 720, 1440))
REFUSED_TRIES = 3
KEPT = dt.timedelta(days=7)


def next_try(tries: int, written_at: dt.datetime, at: dt.datetime, *, refused: bool) -> dt.datetime | None:
    """When a mail that could not be sent is tried again, after so many tries; None when it is given up. The waits
    grow. One whose receiver was refused by the mail server for good is tried three times, for servers do err; none
    is tried when it is older than a week: what it tells is in the inbox.
    """
    if tries > len(WAITS) or (refused and tries >= REFUSED_TRIES) or at - written_at > KEPT:
        return None
    return at + WAITS[tries - 1]


INVITE = "invite"
BEFORE_DEADLINE = (60, 14, 3)
BEFORE_EXTENSION = (14, 3)


@dataclass(frozen=True)
class Standing:
    """Where an entity stands in a cycle: whether a report was begun, and whether one was submitted; the last day of
    an extension that was given, and the day on which it was given.
    """

    begun: bool = False
    submitted: bool = False
    extended: dt.date | None = None
    given_on: dt.date | None = None


def cycle_reminder(
    opens: dt.date, closes: dt.date, today: dt.date, standing: Standing, sent: Collection[str]
) -> str | None:
    """The reminder of the calendar that is due to an entity today: `invite`, `60`, `14` or `3`; None for none.

    It is the latest whose time has begun; one that was missed is not sent late beside the next. Nothing goes to an
    entity that has submitted, to one whose extension runs, before feedback opens, after it closes, or a second time;
    and no invitation to one that has begun.
    """
    if standing.submitted or (standing.extended is not None and standing.extended >= today):
        return None
    if not opens <= today <= closes:
        return None
    begun = [str(days) for days in BEFORE_DEADLINE if today >= closes - dt.timedelta(days=days)]
    kind = begun[-1] if begun else INVITE
    if kind in sent or (kind == INVITE and standing.begun):
        return None
    return kind


def extension_reminder(today: dt.date, standing: Standing, sent: Collection[str]) -> str | None:
    """The reminder of an entity's own last day that is due to it today: `14` or `3` days before, until that day has
    passed; None for none.

    Nothing goes to an entity that has submitted or has no extension, nor a reminder whose time had come when the
    extension was given, nor one of the same day twice; a later day calls for reminders of its own.
    """
    until = standing.extended
    if standing.submitted or until is None or today > until:
        return None
    begun = [days for days in BEFORE_EXTENSION if today >= until - dt.timedelta(days=days)]
    if not begun or (standing.given_on is not None and standing.given_on >= until - dt.timedelta(days=begun[-1])):
        return None
    kind = str(begun[-1])
    return None if mark_of_extension(kind, until) in sent else kind


def mark_of_extension(kind: str, until: dt.date) -> str:
    """What is noted of a reminder of an entity's own last day."""
    return f"extended.{kind} {until.isoformat()}"
