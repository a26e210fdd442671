"""The evidence of the demonstration: figures, contributions, codes, contradictions, a profile and the synthesis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from portal.adapters.storage import Storage
from portal.adapters.tabular_layouts import Told
from portal.demonstration.cast import ASKED_BY, SILENT, acting, address, moment
from portal.http.context import signer
from portal.queries import contributions as filings
from portal.queries import passages, reported_figures
from portal.queries import profiles as desks
from portal.queries.observations import list_imports
from portal.rules import crosswalk
from portal.rules.contributions import ACCEPTED
from portal.rules.timeline import end_of_day
from portal.services import (
    calls_for_input,
    contributions,
    moderation,
    observations,
    partners,
    pending,
    profiles,
    verifying,
)
from portal.services.act import Act
from reviewer.queries import contradictions as cases
from reviewer.queries import matrix
from reviewer.queries import statements as cited
from reviewer.rules.coding import suggested
from reviewer.services import coding, contradictions, requests, statements, synthesis

CODED = 8


def figures(act: Act, files: Storage, given: Mapping[str, Any]) -> None:
    """Made-up figures of channel b for some of the invented entities, taken in as national files are."""
    acting(act, "data_officer")
    for place, entity in enumerate(given["entities"]):
        for series in given["series"]:
            lines = [
                f"{year},{series['unit']},{series['first'] + 3 * place + step * series['step']:.1f}"
                for step, year in enumerate(range(2010, 2024))
            ]
            table = "\n".join(["Year,UNIT_MEASURE,Value", *lines]) + "\n"
            name = f"data_indicator_{series['code']}.csv"
            told = {"source": "demonstration", "edition": given["edition"], "entity": entity}
            observations.take_in(act, files, BytesIO(table.encode()), name, **told)


def look_at(act: Act, files: Storage) -> None:
    """The lead verifies two files of figures and doubts a third; a file of a new kind waits to be looked at."""
    acting(act, "lead")
    newest = list_imports(act.session, limit=3)
    for one, verdict in zip(newest, ("verified", "verified", "doubtful"), strict=True):
        verifying.say(act, one.id, verdict, "" if verdict == "verified" else "Demonstration. The reason is made up.")
    acting(act, "data_officer")
    blob = files.put(BytesIO(b"Country;Year;Share;Note\nXAA;2023;41,5;made up\nThe far islands;2023;12;made up\n"))
    pending.lay_aside(act, files, blob, "demonstration-of-a-new-kind.csv", Told("demonstration"))


def contribute(act: Act, given: Sequence[Mapping[str, Any]]) -> None:
    """A call in each of the channels c to f, each with a contribution; a state that is named in one replies. Of some a
    first version was accepted before.
    """
    for wanted in given:
        act.at = moment(90)
        acting(act, "lead")
        told = partners.NewPartner(wanted["partner"], wanted["kind"], wanted.get("region"))
        partner = partners.add_partner(act, told)
        partners.invite(act, partner.id, address(wanted["by"]))
        title = f"Demonstration: input to channel {wanted['channel']}"
        ends = end_of_day(ASKED_BY)
        terms = calls_for_input.Terms(wanted["channel"], title, "Demonstration. Please send what you know.", "open",
                                      act.at, ends)  # fmt: skip
        call = calls_for_input.open_call(act, terms)
        act.at = moment(94)
        acting(act, wanted["by"])
        told_of = (wanted["title"], wanted["licence"], None, wanted["areas"])
        first = wanted.get("first", {})
        draft = contributions.Draft(*told_of, wanted["values"] | first)
        made = contributions.start(act, contributions.Begin(call.id, partner.id), draft)
        contributions.send(act, filings.filing(act.session, made), signer())
        if first:
            acting(act, "reviewer")
            moderation.moderate(act, filings.filing(act.session, made), moderation.Seen(1), ACCEPTED)
            act.at = moment(95)
            acting(act, wanted["by"])
            draft = contributions.Draft(*told_of, wanted["values"])
            contributions.save(act, filings.filing(act.session, made), draft, made.revision)
            contributions.send(act, filings.filing(act.session, made), signer())
        act.at = moment(96)
        acting(act, "reviewer")
        if wanted["state"] != "sent":
            filing = filings.filing(act.session, made)
            moderation.moderate(act, filing, moderation.Seen(made.versions), wanted["state"], wanted.get("reason", ""))
        if reply := wanted.get("reply"):
            acting(act, "focal_point", reply["entity"])
            moderation.reply(act, filings.filing(act.session, made), reply["entity"], reply["text"])


def request(act: Act, cycle: str) -> None:
    """A hole of the matrix is made a request to the regional officer."""
    act.at = moment(99)
    acting(act, "regional_officer")
    asked = act.actor.id
    acting(act, "lead")
    words = "Demonstration. What do country offices in Africa see of heat and floods in cities?"
    wish = requests.Wish(cycle, "1.3", "d", "Africa", words, ASKED_BY, person=asked)
    requests.make(act, wish, matrix.regions(act.session))


def profile(act: Act) -> None:
    """A desk profile of an invented state without a report; the state confirms a part of it and corrects another."""
    act.at = moment(100)
    acting(act, "reviewer")
    profiles.compile_profile(act, desks.desk(act.session, SILENT, lock=True))
    act.at = moment(102)
    acting(act, "focal_point", SILENT)
    desk = desks.desk(act.session, SILENT, lock=True)
    first, second = [row.ProfileItem.id for row in desks.items(act.session, desk.held.id)][:2]
    corrected = profiles.Said("corrected", "Demonstration. The newest figure of the state is a made-up 21.")
    profiles.answer(act, desk, {first: profiles.Said("confirmed"), second: corrected})


def code(act: Act, cycle: str) -> None:
    """Two members of the team code the first passages on one commitment, the second one with fewer codes."""
    act.at = moment(97)
    acting(act, "lead")
    wanted = passages.Which(cycle=cycle, commitment="1.1")
    rows = passages.listed(act.session, wanted, passages.Reader(act.actor.id, of_the_team=True), None, limit=CODED)
    found = [passages.subject(act.session, row.Passage.id) for row in rows]
    for role, most in (("lead", 4), ("reviewer", 3)):
        acting(act, role)
        for subject in found:
            one = subject.passage
            of = [one.commitment] if one.commitment else []
            told = suggested(one.text, one.language, one.question, commitments=of)
            coding.code(act, subject, [suggestion.code for suggestion in told[:most]])


def contradict(act: Act, cycle: str) -> None:
    """The rules look at the evidence, and a reviewer decides two of the cases."""
    act.at = moment(98)
    acting(act, "lead")
    contradictions.find(act, cycle)
    acting(act, "reviewer")
    found = cases.listed(act.session, cycle, cases.Wanted(rule="figure"), limit=2)
    for row, outcome in zip(found, ("both_stand", "period_differs"), strict=False):
        case = cases.get(act.session, row.id, lock=True)
        contradictions.settle(act, case, outcome, "Demonstration. The reason is made up.")


def synthesise(act: Act, files: Storage, given: Mapping[str, Any], cycle: str) -> None:
    """Statements with what they cite, a release of those that are supported, then a figure that is revised after it."""
    act.at = moment(100)
    acting(act, "reviewer")
    figures = cited.figures_at_hand(act.session, crosswalk.indicators_of("1.1.1.1"), "XAG", limit=1)
    for wanted in given["statements"]:
        made = statements.write(act, statements.Draft(cycle, wanted["heading"], wanted["text"]))
        which = passages.Which(cycle=cycle, section=wanted["heading"])
        reader = passages.Reader(act.actor.id, of_the_team=True)
        grounds = [
            statements.Ground("passage", row.Passage.key, "for" if row.Passage.entity in wanted["for"] else "against")
            for row in passages.listed(act.session, which, reader, None, limit=100)
            if row.Passage.question.endswith(wanted["suffix"])
            and row.Passage.entity in (*wanted["for"], *wanted["against"])
            and row.Passage.language != "ar"
        ]
        if wanted.get("figure"):
            grounds += [statements.Ground("observation", str(row.id), "for") for row in figures]
            grounds += _reported(act, cycle, wanted["for"])
        if grounds:
            statements.cite(act, made.id, grounds)
        if wanted["supported"]:
            statements.support(act, made.id, made.revision)
    acting(act, "lead")
    synthesis.release(act, cycle)
    _revised(act, files, given["figures"], figures)


def _reported(act: Act, cycle: str, states: Sequence[str]) -> list[statements.Ground]:
    """The first figure on the commitment that each of these states gives in its report, as what a statement cites."""
    reader = passages.Reader(act.actor.id, of_the_team=True)
    asked = [reported_figures.Which(cycle=cycle, entity=state, commitment="1.1") for state in states]
    found = [row for which in asked for row in reported_figures.listed(act.session, which, reader, limit=1)]
    return [statements.Ground("reported", str(row.ReportedFigure.id), "for") for row in found]


def _revised(act: Act, files: Storage, given: Mapping[str, Any], figures: Sequence[Any]) -> None:
    """A newer edition gives another figure than the one that is cited: it stands on the list to be checked again."""
    act.at = moment(101)
    acting(act, "data_officer")
    for row in figures:
        table = f"Year,UNIT_MEASURE,Value\n{row.period},{row.unit},{float(row.value_text) + 1.5:.1f}\n"
        told: dict[str, Any] = {"source": "demonstration", "edition": f"{given['edition']}, revised", "entity": "XAG"}
        observations.take_in(act, files, BytesIO(table.encode()), f"data_indicator_{row.code}.csv", **told)
