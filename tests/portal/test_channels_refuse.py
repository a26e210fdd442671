"""What the services of the channels refuse, each with its sentence and its place, and nothing kept of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.models.contributions import Call, CallPartner, Contribution, ContributionFile, Partner, Registration
from portal.queries import contributions as held
from portal.rules.refusals import Invalid, Missing, NotNow, Refusal
from portal.services import calls_for_input, contribution_files, contributions, moderation, partners
from portal.services.act import Act
from portal.services.attachments import Upload
from portal.services.calls_for_input import Asking, Terms
from portal.services.contributions import Begin, Draft
from portal.services.partners import NewPartner
from tests.factories import DAY, World
from tests.portal.contributing import call, contribution, filing, partner

NOBODY = uuid.UUID(int=1)
UPLOAD = Upload("letter.pdf", "application/pdf", "0" * 32, 4, "0" * 64)
Tried = tuple[type[Refusal], str, list[str]]


def refused(world: World, role: str, do: Callable[[Act], Any]) -> Tried:
    """How a person of this role was refused, with which sentence and where; what was written is taken back."""
    with pytest.raises(Refusal) as refusal:
        do(world.acting(role))
    db.session.rollback()
    places = [problem.where for problem in getattr(refusal.value, "problems", [])]
    return type(refusal.value), refusal.value.sentence, places


def counts(*models: Any) -> list[int]:
    db.session.rollback()
    return [db.session.scalar(select(func.count()).select_from(model)) or 0 for model in models]


def unconfirmed(world: World, to: Call) -> Partner:
    asking = Asking(NewPartner("A new house", "agency"), "Who asks", "who.asks@example.org")
    calls_for_input.register(world.act(None), to.id, asking)
    world.done()
    return db.session.scalars(select(Partner).where(Partner.confirmed_at.is_(None))).one()


def test_beginning_and_saving(world: World) -> None:
    of, to = partner(world), call(world, "c")
    new = unconfirmed(world, to)
    partners.join(world.act(None), new, world.person("partner").id)
    world.done()
    tries = (
        lambda act: contributions.start(act, Begin(to.id, of.id, language="tlh"), Draft()),
        lambda act: contributions.start(act, Begin(to.id, new.id), Draft()),
    )
    assert [refused(world, "partner", one) for one in tries] == [
        (Invalid, "Please choose one of ar, zh, en, fr, ru, es.", ["language"]),
        (NotNow, "This partner has not been confirmed yet.", []),
    ]
    assert counts(Contribution) == [0]


def test_saving_on_a_revision_that_never_was(world: World) -> None:
    made = contribution(world).id
    found = refused(world, "partner", lambda act: contributions.save(act, filing(act, made), Draft(title="New"), 7))
    assert found == (Invalid, "This contribution has no such revision.", ["base_revision"])


def test_withdrawing_twice(world: World) -> None:
    made = contribution(world, state="withdrawn").id
    found = refused(world, "partner", lambda act: contributions.withdraw(act, filing(act, made)))
    assert found[0] is NotNow


def test_files_of_other_questions_and_of_other_contributions(world: World) -> None:
    made = contribution(world).id
    act = world.acting("partner")
    file = contribution_files.attach(act, filing(act, made), "CC.2/text", UPLOAD).id
    world.done()
    other = contributions.start(
        world.acting("partner"), Begin(call(world, "c").id, held.get(db.session, made).partner_id), Draft()
    ).id
    world.done()
    assert refused(
        world, "partner", lambda act: contribution_files.attach(act, filing(act, made), "CF.2/text", UPLOAD)
    ) == (Missing, "This channel asks no such question.", [])
    assert refused(world, "partner", lambda act: contribution_files.remove_file(act, filing(act, other), file)) == (
        Missing, "There is no such file.", []
    )  # fmt: skip
    act = world.acting("partner")
    contribution_files.remove_file(act, filing(act, made), file)
    world.done()
    twice = refused(world, "partner", lambda act: contribution_files.remove_file(act, filing(act, made), file))
    assert twice[0] is Missing
    assert counts(ContributionFile) == [1]


def test_moderating(world: World) -> None:
    made = contribution(world, state="sent").id
    tries = (
        lambda act: moderation.moderate(act, filing(act, made), moderation.Seen(1), "burnt"),
        lambda act: moderation.moderate(act, filing(act, made), moderation.Seen(1), "returned", "x" * 10_001),
    )
    assert [refused(world, "reviewer", one) for one in tries] == [
        (Invalid, "Please choose accepted, returned or set_aside.", ["outcome"]),
        (Invalid, "Please keep the reason under 10,000 characters.", ["reason"]),
    ]


def test_replying(world: World) -> None:
    made = contribution(world, "c", "accepted", areas=["Kazakhstan"]).id
    act = world.acting("focal_point", "KAZ")
    for words, language, places in (
        (" ", "en", ["text"]),
        ("Yes.", "tlh", ["language"]),
        ("", "", ["text", "language"]),
    ):
        with pytest.raises(Invalid) as refusal:
            moderation.reply(act, filing(act, made), "KAZ", words, language)
        assert [problem.where for problem in refusal.value.problems] == places


def test_calls_and_who_is_named_to_them(world: World) -> None:
    to, named = call(world, "c"), call(world, "c", "named", (partner(world, name="The named house").id,))
    city, new = partner(world, "city", "A city", people=()), unconfirmed(world, to)
    calls_for_input.close_call(world.acting("lead"), to.id)
    world.done()
    before = counts(Call, CallPartner, Registration)
    asking = Asking(NewPartner("Late", "agency"), "Who", "late@example.org")
    tries = (
        lambda act: calls_for_input.open_call(act, terms(edition="no-such-edition")),
        lambda act: calls_for_input.open_call(act, terms(edition=world.edition().key)),
        lambda act: calls_for_input.name_partner(act, named.id, city.id),
        lambda act: calls_for_input.name_partner(act, named.id, new.id),
        lambda act: calls_for_input.close_call(act, to.id),
        lambda act: calls_for_input.register(act, to.id, asking),
        lambda act: calls_for_input.register(act, named.id, asking),
    )
    closed = "This call takes no registrations now."
    assert [refused(world, "lead", one) for one in tries] == [
        (Invalid, "Please publish the edition first.", ["edition"]),
        (Invalid, "This edition is none of a channel.", ["edition"]),
        (Invalid, "A partner of this kind does not come in by this channel.", ["partner"]),
        (Invalid, "There is no such partner.", ["partner"]),
        (NotNow, "This call is closed already.", []),
        (NotNow, closed, []),
        (NotNow, closed, []),
    ]
    assert counts(Call, CallPartner, Registration) == before


def terms(**more: Any) -> Terms:
    return Terms("c", "Trends", "Please send them.", "open", DAY, DAY.replace(year=DAY.year + 1), **more)


def test_a_call_holds_so_many_registrations_that_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    to = call(world, "c")
    unconfirmed(world, to)
    monkeypatch.setattr(calls_for_input, "MOST_WAITING", 1)
    asking = Asking(NewPartner("Another house", "agency"), "Who", "another@example.org")
    assert refused(world, "lead", lambda act: calls_for_input.register(act, to.id, asking))[0] is NotNow
    assert counts(Registration) == [1]


def test_partners_and_their_people(world: World) -> None:
    of = partner(world, people=())
    tries = (
        lambda act: partners.add_partner(act, NewPartner(" ", "guild", "Atlantis", "XYZ", "x" * 301)),
        lambda act: partners.invite(act, of.id, "not an address"),
        lambda act: partners.invite(act, of.id, f"{'x' * 300}@example.org"),
        lambda act: partners.leave(act, of.id, NOBODY),
    )
    address = "Please give an e-mail address such as name@example.org."
    assert [refused(world, "lead", one) for one in tries] == [
        (
            Invalid,
            "Please give the name of the organisation, in up to 300 characters.",
            ["name", "kind", "region", "entity", "credit"],
        ),
        (Invalid, address, ["email"]),
        (Invalid, address, ["email"]),
        (Missing, "This person does not file for this partner.", []),
    ]
    assert counts(Partner) == [1]
