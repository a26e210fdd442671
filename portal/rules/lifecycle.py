"""The life of a report: one table of steps, and the sentences that hinder each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from forms.words import N_

STATES = ("preparing", "clearing", "submitted", "in_review", "clarifying", "accepted", "published", "withdrawn")
DRAFTING = frozenset({"preparing", "clarifying"})
RECEIVED = frozenset({"submitted", "in_review", "clarifying", "accepted", "published"})
BACK = "back"  # the state in which the draft was open before it went to clearance


@dataclass(frozen=True)
class Case:
    """What the guards of a step look at; counted by the caller, so that a guard stays pure."""

    state: str
    drafting: str = "preparing"
    blockers: int = 0
    unchecked: int = 0
    consented: bool = False
    unchanged: bool = False
    reason: str | None = None
    assigned_elsewhere: bool = False
    prepared_by_actor: bool = False
    nobody_certifies: bool = False
    remarks: int = 0
    gathered: int = 0
    unsettled: int = 0
    unanswered: int = 0


Guard = Callable[[Case], str | None]


def no_blockers(case: Case) -> str | None:
    if case.blockers == 1:
        return N_("One thing must be filled in before the report can be submitted; the list of checks names it.")
    if case.blockers:
        return N_("Some things must be filled in before the report can be submitted; the list of checks names each.")
    return None


def something_changed(case: Case) -> str | None:
    if case.unchanged and not case.remarks:
        return N_("Nothing has changed since the last submitted version.")
    return None


def reason_given(case: Case) -> str | None:
    if case.reason is None or case.reason.strip():
        return None
    return N_("Please give a reason: the other side reads it.")


def asks_something(case: Case) -> str | None:
    """A clarification says what is to be made clear: in remarks, or in a reason."""
    return None if case.gathered else reason_given(case)


def remarks_answered(case: Case) -> str | None:
    if case.unanswered == 1:
        return N_("One remark of the reporting team waits for an answer; the page of the remarks names it.")
    if case.unanswered:
        return N_("Some remarks of the reporting team wait for an answer; the page of the remarks names each.")
    return None


def remarks_settled(case: Case) -> str | None:
    if case.unsettled:
        return N_("Some remarks are still open; please close each, take it out, or send it to the state.")
    return None


def checklist_answered(case: Case) -> str | None:
    return N_("The checklist still has points without an answer.") if case.unchecked else None


def state_consents(case: Case) -> str | None:
    return None if case.consented else N_("The state has not yet given its consent to publication.")


def mine_or_free(case: Case) -> str | None:
    return N_("The report is assigned to a colleague.") if case.assigned_elsewhere else None


def somebody_certifies(case: Case) -> str | None:
    if case.nobody_certifies:
        return N_(
            "Your state has nobody else who could approve the report; please invite a certifier on the page of roles "
            "and invitations."
        )
    return None


def not_the_preparer(case: Case) -> str | None:
    if case.prepared_by_actor:
        return N_(
            "The person who asked for clearance cannot approve it: preparing and certifying are acts of two people."
        )
    return None


@dataclass(frozen=True)
class Step:
    """One row of the lifecycle. `reason` tells whether the step needs words from the person who takes it."""

    name: str
    title: str
    source: frozenset[str]
    target: str
    permission: str
    guards: tuple[Guard, ...] = ()
    reason: bool = False

    def lands(self, case: Case) -> str:
        """The state after the step."""
        return case.drafting if self.target == BACK else self.target


def _step(
    name: str, title: str, source: str, target: str, permission: str, *guards: Guard, reason: bool = False
) -> Step:
    return Step(name, title, frozenset(source.split()), target, permission, guards, reason)


STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        _step(
            "ask",
            N_("Ask for clearance"),
            "preparing clarifying",
            "clearing",
            "report:ask",
            no_blockers,
            remarks_answered,
            something_changed,
            somebody_certifies,
        ),
        _step("recall", N_("Take back from clearance"), "clearing", BACK, "report:recall"),
        _step("decline", N_("Decline"), "clearing", BACK, "report:decline", reason_given, reason=True),
        _step(
            "submit",
            N_("Approve and submit"),
            "clearing",
            "submitted",
            "report:submit",
            no_blockers,
            remarks_answered,
            something_changed,
            not_the_preparer,
        ),
        _step("claim", N_("Claim for review"), "submitted", "in_review", "review:claim", mine_or_free),
        _step(
            "clarify",
            N_("Ask the state for clarification"),
            "in_review",
            "clarifying",
            "review:clarify",
            mine_or_free,
            asks_something,
            reason=True,
        ),
        _step(
            "accept",
            N_("Accept"),
            "in_review",
            "accepted",
            "review:accept",
            mine_or_free,
            remarks_settled,
            checklist_answered,
        ),
        _step("consent", N_("Consent to publication"), "accepted", "accepted", "report:consent"),
        _step("publish", N_("Publish"), "accepted", "published", "review:publish", state_consents),
        _step(
            "withdraw",
            N_("Withdraw"),
            "submitted in_review clarifying accepted published",
            "withdrawn",
            "report:withdraw",
            reason_given,
            reason=True,
        ),
        _step(
            "reopen", N_("Open again for writing"), "withdrawn", "preparing", "report:reopen", reason_given, reason=True
        ),
    )
}

STATE_TITLES = {
    "preparing": N_("preparing"),
    "clearing": N_("clearing"),
    "submitted": N_("submitted"),
    "in_review": N_("in review"),
    "clarifying": N_("clarifying"),
    "accepted": N_("accepted"),
    "published": N_("published"),
    "withdrawn": N_("withdrawn"),
}

WRONG_STATE = {
    "preparing": N_("The report is still being prepared."),
    "clearing": N_("The report is with the certifier for clearance."),
    "submitted": N_("The report is submitted and waits for a reviewer."),
    "in_review": N_("The report is in review."),
    "clarifying": N_("The state has been asked for clarification."),
    "accepted": N_("The report is accepted."),
    "published": N_("The report is published."),
    "withdrawn": N_("The report has been withdrawn."),
}


def hindrances(step: Step, case: Case) -> Iterator[str]:
    """The sentences that stand between this case and this step; none means that the step can be taken. Guard,
    message and button all read this.
    """
    if case.state not in step.source:
        yield WRONG_STATE[case.state]
        return
    for guard in step.guards:
        sentence = guard(case)
        if sentence:
            yield sentence


def seen_state(state: str, drafting: str, versions: int) -> str:
    """The state of a report as people outside the country see it. Clearance is the country's own affair, and so is a
    report that was opened again after a withdrawal: until it is submitted anew it stays withdrawn.
    """
    inside = drafting if state == "clearing" else state
    return "withdrawn" if inside == "preparing" and versions else inside
