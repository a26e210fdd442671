"""Contributions of partners: drafted, sent with a receipt, decided about, replied to; a table of many."""

from __future__ import annotations

import datetime as dt
import io
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from portal import verify
from portal.adapters.content import recognise
from portal.db import db
from portal.http.context import signer, storage
from portal.models.contributions import (
    Call,
    Contribution,
    ContributionArea,
    ContributionRevision,
    ContributionVersion,
    StateReply,
)
from portal.models.cycles import Edition
from portal.models.events import Notice
from portal.queries import contributions as held
from portal.rules.contributions import CHANNELS, Filing
from portal.rules.refusals import Forbidden, Invalid, Missing, NotNow, Stale
from portal.services import (
    calls_for_input,
    contribution_files,
    contribution_import,
    contributions,
    moderation,
    partners,
)
from portal.services.attachments import Upload
from portal.services.contributions import Begin, Draft
from portal.services.invitations import Chosen
from tests.factories import DAY, World, address
from tests.portal import contributing
from tests.portal.contributing import KIND, VALUES, call, contribution, decide, filing, partner, save, send


def again(made: Contribution) -> Contribution:
    return held.get(db.session, made.id)


def told(world: World, role: str, entity: str | None = None) -> list[str]:
    """The kinds of notices that a person has, oldest first."""
    query = select(Notice.kind).where(Notice.user_id == world.person(role, entity).id)
    return list(db.session.scalars(query.order_by(Notice.at, Notice.id)))


@pytest.mark.parametrize("channel", sorted(CHANNELS))
def test_each_channel_takes_a_contribution_from_draft_to_acceptance(world: World, channel: str) -> None:
    made = contribution(world, channel, "accepted")
    assert (made.state, made.channel, made.versions, made.edition) == (
        "accepted", channel, 1, CHANNELS[channel].edition
    )  # fmt: skip
    assert made.first_sent_at == DAY
    document = json.loads(held.version(db.session, made.id, 1).document)
    assert [answer["question"] for answer in document["answers"]] == sorted(VALUES[channel])


def test_the_form_that_ships_is_published_with_the_first_call(world: World, session: Session) -> None:
    assert session.get(Edition, "channel-c-r1") is None
    call(world, "c")
    call(world, "c")
    assert session.scalar(select(func.count()).select_from(Edition).where(Edition.key == "channel-c-r1")) == 1


def test_a_named_call_takes_only_the_partners_on_its_list(world: World) -> None:
    one, other = partner(world), partner(world, name="Another agency")
    to = call(world, "c", "named", (one.id,))
    act = world.acting("partner")
    with pytest.raises(NotNow, match="partners on its list"):
        contributions.start(act, Begin(to.id, other.id), Draft())
    assert contributions.start(act, Begin(to.id, one.id), Draft()).partner_id == one.id


@pytest.mark.parametrize(
    ("at", "kind", "sentence"),
    [
        (DAY - dt.timedelta(days=8), "agency", "not open yet"),
        (DAY + dt.timedelta(days=30), "agency", "closed"),
        (DAY, "city", "does not come in"),
    ],
)
def test_a_call_that_is_not_open_to_the_partner_takes_nothing(
    world: World, at: dt.datetime, kind: str, sentence: str
) -> None:
    one, to = partner(world, kind), call(world, "c")
    with pytest.raises(NotNow, match=sentence):
        contributions.start(world.acting("partner", at=at), Begin(to.id, one.id), Draft())


def test_nobody_files_for_a_partner_of_others(world: World) -> None:
    one, to = partner(world, people=()), call(world, "c")
    with pytest.raises(Forbidden):
        contributions.start(world.acting("partner"), Begin(to.id, one.id), Draft())


def test_a_call_that_was_closed_takes_corrections_and_nothing_new(world: World) -> None:
    made = contribution(world, "c", "returned")
    calls_for_input.close_call(world.acting("lead"), made.call_id or uuid.uuid4())
    world.done()
    save(world, made.id, Draft(title="Rents, corrected"), 1)
    assert send(world, made.id) == 2
    with pytest.raises(NotNow, match="closed"):
        contributions.start(world.acting("partner"), Begin(made.call_id or uuid.uuid4(), made.partner_id), Draft())


def test_a_call_closed_by_mistake_is_opened_again_and_those_who_write_for_it_are_told(world: World) -> None:
    made = contribution(world, "c", "draft")
    to = made.call_id or uuid.uuid4()
    calls_for_input.close_call(world.acting("lead"), to)
    world.done()
    act = world.acting("partner")
    with pytest.raises(NotNow, match="closed"):
        contributions.send(act, filing(act, made.id), signer())
    db.session.rollback()
    for until, sentence in ((DAY - dt.timedelta(days=8), "opens before"), (DAY - dt.timedelta(days=1), "to come")):
        with pytest.raises(Invalid, match=sentence):
            calls_for_input.keep_open(world.acting("lead"), to, until)
        db.session.rollback()
    later = DAY + dt.timedelta(days=60)
    for _twice in (1, 2):
        calls_for_input.keep_open(world.acting("lead"), to, later)
        world.done()
    assert told(world, "partner").count("call.extend") == 1
    assert send(world, made.id, at=DAY + dt.timedelta(days=59)) == 1
    with pytest.raises(Forbidden):
        calls_for_input.keep_open(world.acting("reviewer"), to, later)


def test_a_call_names_what_will_not_do(world: World) -> None:
    terms = calls_for_input.Terms("c", "", "", "named", DAY, DAY)
    with pytest.raises(Invalid) as refusal:
        calls_for_input.open_call(world.acting("lead"), terms)
    assert [problem.where for problem in refusal.value.problems] == ["title", "text", "closes_at", "partners"]


def test_a_draft_is_always_saved_whatever_is_missing_or_odd(world: World) -> None:
    made = contribution(world)
    save(world, made.id, Draft(title="", areas=["Atlantis"], values={"CC.1/form": "nothing known", "CC.2/text": ""}), 1)
    draft = again(made)
    assert (draft.title, draft.areas, draft.revision) == ("", ["Atlantis"], 2)
    assert draft.values == {"CC.1/form": "nothing known", "CC.1/period": VALUES["c"]["CC.1/period"]}
    act = world.acting("partner")
    with pytest.raises(Invalid) as refusal:
        contributions.send(act, filing(act, made.id), signer())
    assert [problem.where for problem in refusal.value.problems] == ["title", "areas", "CC.2/text"]
    assert "Atlantis" in refusal.value.problems[1].sentence


def test_what_no_question_asks_is_refused_by_its_place(world: World) -> None:
    made = contribution(world)
    act = world.acting("partner")
    with pytest.raises(Invalid) as refusal:
        contributions.save(act, filing(act, made.id), Draft(values={"CC.9/none": "x"}, title="y" * 301), 1)
    assert [problem.where for problem in refusal.value.problems] == ["title", "values.CC.9/none"]


def test_a_city_of_a_very_long_name_is_said_to_be_none_and_nothing_breaks(world: World) -> None:
    made = contribution(world, "c", areas=[f"city: {'A' * 220}, Kazakhstan"])
    with pytest.raises(Invalid, match="No area has the code or the name") as refusal:
        send(world, made.id)
    assert [problem.where for problem in refusal.value.problems] == ["areas"]


def test_two_people_lose_nothing(world: World, session: Session) -> None:
    made = contribution(world)
    partners.invite(world.acting("lead"), made.partner_id, address("regional_officer"))
    world.done()
    save(world, made.id, Draft(values={"CC.2/text": "Rents rose faster than wages.\n\nMost in small towns."}), 1)
    changed = "Rents rose much faster than wages.\n\nMost in the largest cities."
    assert save(world, made.id, Draft(title="Rents", values={"CC.2/text": changed}), 1, "regional_officer") is True
    joined = again(made)
    assert joined.values["CC.2/text"] == "Rents rose much faster than wages.\n\nMost in small towns."
    assert (joined.title, joined.revision) == ("Rents", 3)
    act = world.acting("regional_officer")
    with pytest.raises(Stale) as stale:
        contributions.save(act, filing(act, made.id), Draft(values={"CC.2/text": "Something else."}), 1)
    assert stale.value.texts.yours["values"]["CC.2/text"] == "Something else."
    assert stale.value.texts.theirs["values"]["CC.2/text"] == joined.values["CC.2/text"]
    row = ContributionRevision
    kept = select(row.revision, row.part).where(row.contribution_id == made.id, row.revision > 1)
    changed = [(2, "CC.2/text"), (3, "CC.2/text"), (3, "title")]
    assert [tuple(one) for one in session.execute(kept.order_by(row.revision, row.part))] == changed


def test_what_was_sent_is_frozen_and_its_receipt_checks_without_the_portal(
    world: World, session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = contribution(world, "c", "sent")
    version = held.version(session, made.id, 1)
    receipt, document = tmp_path / "receipt.json", tmp_path / "version.json"
    receipt.write_bytes(version.receipt)
    document.write_bytes(version.document)
    assert verify.main([str(receipt), str(document), "--key", signer().public]) == 0
    assert f"contribution {made.id} of Example agency in channel c" in capsys.readouterr().out
    document.write_bytes(version.document.replace(b"faster", b"slower"))
    assert verify.main([str(receipt), str(document)]) == 1
    receipt.write_bytes(version.receipt.replace(b'"number":1', b'"number":2'))
    assert verify.main([str(receipt)]) == 1


@pytest.mark.parametrize("table", [ContributionVersion, ContributionRevision])
@pytest.mark.parametrize("verb", [update, delete])
def test_the_database_lets_nobody_change_what_was_sent(world: World, session: Session, table: Any, verb: Any) -> None:
    made = contribution(world, "c", "sent")
    statement = verb(table).where(table.contribution_id == made.id)
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(statement.values(contribution_id=made.id) if verb is update else statement)
    session.rollback()


def test_a_new_version_stands_beside_the_accepted_one_until_it_is_accepted(world: World) -> None:
    made = contribution(world, "c", "accepted")
    save(world, made.id, Draft(title="Rents, corrected"), 1)
    assert send(world, made.id) == 2
    found = held.filing(db.session, again(made))
    assert (found.state, found.accepted, found.public) == ("sent", 1, True)
    decide(world, made.id, "accepted")
    assert held.filing(db.session, again(made)).accepted == 2
    titles = [json.loads(held.version(db.session, made.id, n).document)["title"] for n in (1, 2)]
    assert titles == ["Rents in cities of Central Asia", "Rents, corrected"]


def test_sending_twice_gives_one_version_and_sending_nothing_new_is_refused(world: World) -> None:
    made = contribution(world, "c", "sent")
    assert send(world, made.id) == 1
    decide(world, made.id, "accepted")
    act = world.acting("partner")
    with pytest.raises(NotNow, match="Nothing has changed"):
        contributions.send(act, filing(act, made.id), signer())


def test_the_team_decides_with_a_reason_and_the_partner_is_told(world: World) -> None:
    made = contribution(world, "c", "sent")
    act = world.acting("reviewer")
    with pytest.raises(NotNow, match="reason"):
        moderation.moderate(act, filing(act, made.id), moderation.Seen(1), "returned", " ")
    decide(world, made.id, "returned", "Please name the source.")
    assert again(made).state == "returned"
    assert sorted(told(world, "partner")) == ["contribution.returned", "partner.join"]
    assert told(world, "lead") == ["contribution.send"]
    rows = held.moderations(db.session, made.id)
    assert [(row.version, row.outcome, row.reason) for row in rows] == [(1, "returned", "Please name the source.")]


def test_nobody_of_the_team_decides_about_the_own_contribution(world: World) -> None:
    made = contribution(world, "c", "sent")
    partners.invite(world.acting("lead"), made.partner_id, address("reviewer"))
    world.done()
    act = world.acting("reviewer")
    with pytest.raises(Forbidden):
        moderation.moderate(act, filing(act, made.id), moderation.Seen(1), "accepted")


def test_what_is_set_aside_is_closed_and_can_be_taken_up_again(world: World) -> None:
    made = contribution(world, "c", "accepted")
    decide(world, made.id, "set_aside", "It repeats another.")
    assert held.filing(db.session, again(made)).public is False
    with pytest.raises(NotNow, match="set this contribution aside"):
        save(world, made.id, Draft(title="x"), 1)
    decide(world, made.id, "accepted")
    assert held.filing(db.session, again(made)).public is True


def test_a_named_state_is_told_once_it_is_accepted_and_replies(world: World, session: Session) -> None:
    made = contribution(world, "c", "sent")
    act = world.acting("focal_point", "KAZ")
    with pytest.raises(Forbidden):
        moderation.reply(act, filing(act, made.id), "KAZ", "Our figures differ.")
    assert "contribution.named" not in told(world, "focal_point", "KAZ")
    decide(world, made.id, "accepted")
    assert told(world, "focal_point", "KAZ")[-1:] == ["contribution.named"]
    assert "contribution.named" not in told(world, "focal_point", "KEN")
    world.at += dt.timedelta(minutes=1)
    act = world.acting("focal_point", "KAZ")
    moderation.reply(act, filing(act, made.id), "KAZ", "Our figures differ.")
    world.done()
    rows = held.replies(session, [made.id])[made.id]
    assert [(row.StateReply.entity, row.StateReply.version, row.StateReply.text) for row in rows] == [
        ("KAZ", 1, "Our figures differ.")
    ]
    assert told(world, "partner")[-1:] == ["contribution.reply"]
    act = world.acting("focal_point", "KAZ")
    moderation.reply(act, filing(act, made.id), "KAZ", "Our figures differ. ")
    world.done()
    world.at += dt.timedelta(minutes=1)
    act = world.acting("focal_point", "KAZ")
    moderation.reply(act, filing(act, made.id), "KAZ", "Our figures differ, by definition.")
    world.done()
    texts = [row.StateReply.text for row in held.replies(session, [made.id])[made.id]]
    assert texts == ["Our figures differ.", "Our figures differ, by definition."]
    assert told(world, "partner").count("contribution.reply") == 2
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(update(StateReply).values(text="Other words."))
    session.rollback()


@pytest.mark.parametrize(("role", "entity"), [("focal_point", "KEN"), ("certifier", "KAZ"), ("partner", None)])
def test_nobody_else_replies_for_a_state(world: World, role: str, entity: str | None) -> None:
    made = contribution(world, "c", "accepted")
    act = world.acting(role, entity)
    with pytest.raises(Forbidden):
        moderation.reply(act, filing(act, made.id), "KAZ", "Words.")


def test_a_focal_point_replies_for_the_own_state_alone(world: World) -> None:
    made = contribution(world, "c", "accepted", areas=["Kazakhstan", "Kenya"])
    act = world.acting("focal_point", "KAZ")
    with pytest.raises(Missing):
        moderation.reply(act, filing(act, made.id), "KEN", "Words.")


def test_a_state_that_was_named_once_keeps_its_right_to_reply(world: World, session: Session) -> None:
    made = contribution(world, "c", "accepted")
    save(world, made.id, Draft(areas=["city: Nairobi, Kenya", "Africa"]), 1)
    send(world, made.id)
    rows = select(ContributionArea.area, ContributionArea.named).where(ContributionArea.contribution_id == made.id)
    assert {row.area: row.named for row in session.execute(rows)} == {
        "KAZ": True,
        "KEN": True,
        "CITY:KEN/Nairobi": False,
        "M49:2": False,
    }


def test_a_withdrawn_contribution_is_known_to_the_partner_and_the_team_alone(world: World) -> None:
    made = contribution(world, "c", "accepted")
    act = world.acting("partner")
    contributions.withdraw(act, filing(act, made.id))
    world.done()
    seen = {
        role: [row.Contribution.id for row in held.listed(db.session, world.person(role), held.Wanted())]
        for role in ("partner", "reviewer", "data_officer")
    }
    assert seen == {"partner": [made.id], "reviewer": [made.id], "data_officer": []}
    assert held.listed(db.session, None, held.Wanted()) == []


def test_a_draft_is_known_to_the_partner_alone(world: World) -> None:
    made = contribution(world)
    seen = {
        role: len(held.listed(db.session, world.person(role), held.Wanted()))
        for role in ("partner", "lead", "reviewer")
    }
    assert seen == {"partner": 1, "lead": 0, "reviewer": 0}
    assert again(made).state == "draft"


def upload(name: str, body: bytes) -> Upload:
    kind = recognise(io.BytesIO(body), name)
    blob = storage().put(io.BytesIO(body))
    return Upload(name, kind.media_type, blob.key, blob.size, blob.sha256)


def test_a_file_goes_into_the_version_and_stays_there_when_it_leaves_the_draft(world: World) -> None:
    made = contribution(world)
    act = world.acting("partner")
    row = contribution_files.attach(act, filing(act, made.id), "CC.3/files", upload("a.csv", b"a,b\n1,2\n"))
    file_id = row.id
    world.done()
    assert again(made).values["CC.3/files"] == [{"attachment": str(file_id), "caption": ""}]
    send(world, made.id)
    act = world.acting("partner")
    contribution_files.remove_file(act, filing(act, made.id), file_id)
    world.done()
    assert "CC.3/files" not in again(made).values
    assert held.files(db.session, made.id) == []
    kept = held.version(db.session, made.id, 1)
    assert [(one["attachment"], one["name"]) for one in kept.files] == [(str(file_id), "a.csv")]
    assert json.loads(kept.document)["files"][0]["sha256"] == kept.files[0]["sha256"]


def test_an_organisation_registers_is_confirmed_and_comes_in_by_its_code(world: World, session: Session) -> None:
    to = call(world, "f")
    asking = calls_for_input.Asking(
        partners.NewPartner("Example network", "stakeholder"), "A role of the network", "network@example.org"
    )
    row = calls_for_input.register(world.act(None), to.id, asking)
    registration = row.id
    world.done()
    assert told(world, "lead") == ["registration.ask"]
    with pytest.raises(NotNow, match="asked to contribute to this call already"):
        calls_for_input.register(world.act(None), to.id, asking)
    confirmed, code = calls_for_input.confirm(world.acting("lead"), registration)
    partner_id = confirmed.partner_id
    world.done()
    assert code is not None
    act = world.act(None)
    offer = partners.offer(act, code, lock=True)
    assert offer is not None
    user = partners.accept(act, offer, Chosen("Network office", "a password for tests"))
    world.done()
    assert partners.offer(world.act(None), code) is None
    assert held.members(session, partner_id) == {user}
    with pytest.raises(NotNow, match="answered already"):
        calls_for_input.confirm(world.acting("lead"), registration)


def test_a_partner_that_is_not_confirmed_contributes_nothing(world: World) -> None:
    to = call(world, "f")
    asking = calls_for_input.Asking(partners.NewPartner("Example network", "stakeholder"), "A role", "n@example.org")
    row = calls_for_input.register(world.act(None), to.id, asking)
    registration, partner_id = row.id, row.partner_id
    world.done()
    with pytest.raises(Invalid):
        calls_for_input.decline(world.acting("lead"), registration, " ")
    calls_for_input.decline(world.acting("lead"), registration, "It is not known to us.")
    world.done()
    with pytest.raises(Forbidden):
        contributions.start(world.acting("partner"), Begin(to.id, partner_id), Draft())


TABLE = (
    "mark,title,language,licence,credit,areas,CC.1/form,CC.1/period.from,CC.1/period.to,CC.2/text\n"
    "r1,Rents,en,cc-by-4.0,Example agency,Kazakhstan; Central Asia,trend,2015,2023,Rents rose.\n"
    "r2,Water,fr,,,,text,2015,2023,L'eau manque.\n"
    ",,,,,,,,,\n"
    "r2,Water again,en,,,,text,,,\n"
    "r3,,en,,,,text,,,\n"
    "r4,Land,xx,,,,text,,,\n"
    "r5,Air,en,,,Atlantis,text,,,\n"
)


def bring(world: World, to: Call, of: uuid.UUID, text: str = TABLE, **wish: bool) -> contribution_import.Report:
    act = world.acting("partner")
    stream = io.BytesIO(text.encode())
    made = contribution_import.bring_in(act, stream, "table.csv", contribution_import.Wish(to.id, of, **wish), signer())
    world.done()
    return made


def test_a_table_of_contributions_is_brought_in_row_by_row(world: World) -> None:
    of, to = partner(world), call(world, "c")
    report = bring(world, to, of.id, send=True)
    assert [(row.row, row.mark, row.outcome, row.sent, [p.where for p in row.problems]) for row in report.rows] == [
        (2, "r1", "new", True, []),
        (3, "r2", "new", False, ["areas", "licence"]),
        (5, "r2", "left_out", False, ["mark"]),
        (6, "r3", "left_out", False, ["title"]),
        (7, "r4", "left_out", False, ["language"]),
        (8, "r5", "new", False, ["licence", "areas", "CC.1/period", "CC.2/text"]),
    ]
    there = held.by_mark(db.session, of.id, "c", "2026")
    assert {mark: (one.state, one.language, one.areas) for mark, one in there.items()} == {
        "r1": ("sent", "en", ["KAZ", "M49:143"]),
        "r2": ("draft", "fr", []),
        "r5": ("draft", "en", ["Atlantis"]),
    }


def test_a_second_import_changes_nothing_and_a_changed_row_is_revised(world: World) -> None:
    of, to = partner(world), call(world, "c")
    bring(world, to, of.id, send=True)
    second = bring(world, to, of.id, send=True)
    assert {key: second.count(key) for key in contribution_import.OUTCOMES} == {
        "new": 0, "revised": 0, "unchanged": 3, "left_out": 3,
    }  # fmt: skip
    assert second.sent == 0
    third = bring(world, to, of.id, TABLE.replace("Rents rose.", "Rents rose fast."), send=True)
    assert [(row.mark, row.outcome, row.sent) for row in third.rows if row.outcome == "revised"] == [
        ("r1", "revised", True)
    ]
    assert held.by_mark(db.session, of.id, "c", "2026")["r1"].versions == 2


def test_a_dry_run_says_the_same_and_keeps_nothing(world: World, session: Session) -> None:
    of, to = partner(world), call(world, "c")
    tried = bring(world, to, of.id, send=True, dry_run=True)
    assert session.scalar(select(func.count()).select_from(Contribution)) == 0
    done = bring(world, to, of.id, send=True)
    assert [(r.row, r.outcome, r.sent, r.problems) for r in tried.rows] == [
        (r.row, r.outcome, r.sent, r.problems) for r in done.rows
    ]


@pytest.mark.parametrize(
    ("text", "wheres"),
    [("mark,titel\nr1,Rents\n", ["row 1", "row 1"]), ("\n", ["file"])],
)
def test_a_table_that_cannot_be_read_is_refused_whole(world: World, text: str, wheres: list[str]) -> None:
    of, to = partner(world), call(world, "c")
    with pytest.raises(Invalid) as refusal:
        bring(world, to, of.id, text)
    assert [problem.where for problem in refusal.value.problems] == wheres


def test_a_practice_from_a_table_keeps_its_identifier_and_its_pictures(world: World) -> None:
    of, to = partner(world, KIND["e"]), call(world, "e")
    head = "mark,title,CE.1/practices.title,CE.1/practices.place,CE.1/practices.goals\n"
    bring(world, to, of.id, head + "p1,Homes,Homes by the canal,Almaty,11; 13\n")
    (before,) = held.by_mark(db.session, of.id, "e", "2026")["p1"].values["CE.1/practices"]
    bring(world, to, of.id, head + "p1,Homes,Homes by the canal,Astana,\n")
    (after,) = held.by_mark(db.session, of.id, "e", "2026")["p1"].values["CE.1/practices"]
    assert (before["id"], before["place"], before["goals"]) == (after["id"], "Almaty", ["11", "13"])
    assert (after["place"], after["goals"]) == ("Astana", ["11", "13"])


def test_a_contribution_is_read_with_a_constant_number_of_statements(world: World) -> None:
    made = contribution(world, "c", "accepted")
    found = held.filing(db.session, again(made))
    assert found == Filing(
        made.partner_id, frozenset({world.person("partner").id}), frozenset({"KAZ"}), "accepted", True, 1, again(made)
    )
    assert contributing.filing(world.acting("lead"), made.id) == found


def test_a_filter_that_nothing_fits_is_not_said_to_be_an_empty_list(world: World) -> None:
    client = world.browser("focal_point", "KAZ")
    none, misfit = "No contribution has been accepted yet", "No accepted contribution fits this"

    def said(address: str) -> tuple[bool, bool]:
        page = client.get(address).get_data(as_text=True)
        return none in page, misfit in page

    assert said("/contributions") == (True, False)
    contribution(world, "c", "accepted")
    addresses = ("/contributions", "/contributions?channel=d", "/contributions?naming=KEN", "/contributions?channel=c")
    assert [said(address) for address in addresses] == [(False, False), (False, True), (False, True), (False, False)]
