"""Passages: cutting, anchoring, search in six languages and in attached files, on either database."""

from __future__ import annotations

import unicodedata
import uuid
from concurrent.futures import Future, ThreadPoolExecutor, wait
from io import BytesIO
from typing import Any

import pytest
from babel.messages.pofile import read_po
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.adapters.content import recognise
from portal.db import begin_write, db
from portal.http.context import EXTENSION
from portal.http.file_texts import read_waiting_file
from portal.models.contributions import Partner
from portal.models.passages import ContributionPlace, FileToRead, Passage, PassageBand, PassageCommitment
from portal.models.reports import Report, Version
from portal.queries import cutting, reports
from portal.queries import passages as queries
from portal.queries.passages import NO_REGION, Reader, Which
from portal.rules.analyser import language_of, search
from portal.services import contribution_files, drafting, moderation
from portal.services import passages as service
from portal.services.act import Act
from portal.services.attachments import Upload, attach
from portal.services.contributions import Draft
from portal.services.passage_words import empty, index
from tests.conftest import SHARED
from tests.factories import World
from tests.portal.contributing import HEAD, VALUES, contribution, decide, filing, save, send
from tests.portal.test_contributions import upload
from tests.portal.test_sources import docx, paragraph

TEAM = Reader(uuid.UUID(int=1), of_the_team=True)
FIRST = "The city built 400 homes.\n\nWater reaches 17.4 percent more people.\n\nBuses run at night."


def rewrite(world: World, report: Report, values: dict[str, Any]) -> None:
    """Saves these answers in place of those that are there."""
    act = world.acting("focal_point", report.entity)
    found = reports.get(act.session, report.id, lock=True)
    rows = reports.answers(act.session, report.id)
    given = [
        drafting.Given(key, "en", value, rows[key, "en"].revision if (key, "en") in rows else 0)
        for key, value in values.items()
    ]
    drafting.save_section(act, found, given)
    world.done()


def again(world: World, report: Report, values: dict[str, Any]) -> None:
    """Submits another version after a clarification, with these answers in place of the first."""
    for step in ("claim", "clarify"):
        world.step(report, step)
    rewrite(world, report, values)
    for step in ("ask", "submit"):
        world.step(report, step)


def submitted(world: World, text: str = FIRST, entity: str = "KAZ", languages: tuple[str, ...] = ("en",)) -> Report:
    """A submitted report whose answer to one question is this text."""
    report = world.report(entity, languages=languages)
    act = world.acting("focal_point", entity)
    world.fill(act, report)
    world.fill(act, report, {"1.1.2.1/actions": text})
    world.done()
    for step in ("ask", "submit"):
        world.step(report, step)
    return reports.get(db.session, report.id)


def told(question: str = "1.1.2.1/actions", version: int | None = None) -> list[tuple[Any, ...]]:
    """The passages of a question: version, ordinal, text, change, whether it stands."""
    rows = db.session.scalars(select(Passage).where(Passage.question == question).order_by(Passage.id))
    return [
        (one.version, one.ordinal, one.text, one.change, one.current) for one in rows if version in (None, one.version)
    ]


def test_a_submission_is_cut_into_passages_with_stable_keys(world: World) -> None:
    report = submitted(world)
    assert told() == [
        (1, 1, "The city built 400 homes.", "new", True),
        (1, 2, "Water reaches 17.4 percent more people.", "new", True),
        (1, 3, "Buses run at night.", "new", True),
    ]
    found = db.session.scalars(select(Passage).where(Passage.question == "1.1.2.1/actions")).first()
    assert found is not None
    assert found.key == f"{report.id}:v1:1.1.2.1/actions:en:1"
    assert (found.section, found.commitment, found.entity, found.region, found.channel, found.cycle) == (
        "1.1.2.1",
        "1.1",
        "KAZ",
        "Asia and the Pacific",
        "a",
        "2026",
    )


def test_a_comma_moves_nothing_and_every_other_change_is_told(world: World) -> None:
    report = submitted(world)
    changed = (
        "Water reaches 17.4 percent more people.\n\nThe city, built 400 homes!\n\n"
        "A tram is planned.\n\nBuses run every night now."
    )
    again(world, report, {"1.1.2.1/actions": changed})
    assert told(version=1) == [
        (1, 1, "The city built 400 homes.", "new", False),
        (1, 2, "Water reaches 17.4 percent more people.", "new", False),
        (1, 3, "Buses run at night.", "new", False),
    ]
    rows = list(db.session.scalars(select(Passage).where(Passage.question == "1.1.2.1/actions", Passage.current)))
    before = {one.id: one.text for one in db.session.scalars(select(Passage).where(Passage.version == 1))}
    assert [(one.text, one.change, before.get(one.follows)) for one in rows] == [
        ("Water reaches 17.4 percent more people.", "moved", "Water reaches 17.4 percent more people."),
        ("The city, built 400 homes!", "same", "The city built 400 homes."),
        ("A tram is planned.", "new", None),
        ("Buses run every night now.", "edited", "Buses run at night."),
    ]
    others = {
        one.change for one in db.session.scalars(select(Passage).where(Passage.version == 2, Passage.section == "F.2"))
    }
    assert others == {"same"}


def test_a_deleted_paragraph_has_nothing_that_follows_it(world: World) -> None:
    report = submitted(world)
    again(world, report, {"1.1.2.1/actions": "The city built 400 homes.\n\nBuses run at night."})
    followed = {one.follows for one in db.session.scalars(select(Passage).where(Passage.version == 2))}
    gone = [
        one.text for one in db.session.scalars(select(Passage).where(Passage.version == 1)) if one.id not in followed
    ]
    assert gone == ["Water reaches 17.4 percent more people."]


def test_a_withdrawn_report_keeps_its_passages_and_none_stands(world: World) -> None:
    report = submitted(world)
    assert queries.counted(db.session, Which(), TEAM, None) == 6
    world.step(report, "withdraw")
    assert queries.counted(db.session, Which(), TEAM, None) == 0
    assert queries.counted(db.session, Which(earlier="1"), TEAM, None) == 6


def test_cutting_twice_changes_nothing_and_what_was_there_is_cut_by_the_command(world: World) -> None:
    report = submitted(world)
    act = world.act(None)
    version = act.session.get_one(Version, (report.id, 1))
    assert service.cut_report(act, act.session.get_one(Report, report.id), version) == 0
    assert service.cut_what_was_there(act) == 0
    world.done()


def test_a_report_to_practise_with_is_not_cut_and_the_command_cuts_what_was_there(world: World) -> None:
    report = world.report("KAZ")
    act = world.acting("focal_point", "KAZ")
    world.fill(act, report)
    act.session.get_one(Report, report.id).practice = True
    world.done()
    for step in ("ask", "submit"):
        world.step(report, step)
    world.act(None).session.get_one(Report, report.id).practice = False
    world.done()
    assert queries.counted(db.session, Which(), TEAM, None) == 0
    db.session.close()
    told_of = [world.app.test_cli_runner().invoke(args=["passages", "cut"]).output for _ in range(2)]
    assert [one.splitlines()[0] for one in told_of] == [
        f"Passages made of versions that had none: {number}." for number in (3, 0)
    ]
    assert queries.counted(db.session, Which(), TEAM, None) == 3


def test_cutting_an_older_version_leaves_the_newest_standing(world: World) -> None:
    with pytest.MonkeyPatch.context() as before_there_were_passages:
        before_there_were_passages.setattr(service, "cut_report", lambda *_given: 0)
        report = submitted(world)
    again(world, report, {"1.1.2.1/actions": "The city built 400 homes."})
    service.cut_what_was_there(world.act(None))
    world.done()
    assert told() == [
        (2, 1, "The city built 400 homes.", "new", True),
        (1, 1, "The city built 400 homes.", "new", False),
        (1, 2, "Water reaches 17.4 percent more people.", "new", False),
        (1, 3, "Buses run at night.", "new", False),
    ]


def test_what_a_partner_sends_is_cut_and_stands_once_it_is_accepted(world: World) -> None:
    made = contribution(world, "c", "sent")
    rows = list(db.session.scalars(select(Passage).order_by(Passage.id)))
    assert [(one.key, one.text) for one in rows] == [
        (f"{made.id}:v1:CC.2/text:{made.language}:1", "Rents rose faster than wages."),
        (f"{made.id}:v1:CC.2/text:{made.language}:2", "Most in the largest cities."),
    ]
    assert {(one.channel, one.entity, one.region, one.partner_id, one.current) for one in rows} == {
        ("c", "KAZ", "Asia and the Pacific", made.partner_id, False)
    }
    assert [counts(which) for which in (Which(), Which(waiting="yes"), Which(earlier="yes"))] == [
        (0, 0),
        (2, 0),
        (2, 0),
    ]
    decide(world, made.id, "accepted")
    assert [counts(which) for which in (Which(), Which(waiting="yes"))] == [(2, 2), (0, 0)]
    decide(world, made.id, "set_aside", "a reason")
    assert [counts(which) for which in (Which(), Which(waiting="yes"), Which(earlier="yes"))] == [
        (0, 0),
        (0, 0),
        (2, 0),
    ]
    decide(world, made.id, "accepted")
    assert counts(Which()) == (2, 2)


def counts(which: Which) -> tuple[int, int]:
    """How many passages the team finds, and how many everybody else."""
    db.session.rollback()
    others = Reader(uuid.UUID(int=2), of_the_team=False)
    return queries.counted(db.session, which, TEAM, None), queries.counted(db.session, which, others, None)


def standing() -> list[tuple[int, str]]:
    """The version and the text of what stands."""
    db.session.rollback()
    rows = db.session.scalars(select(Passage).where(Passage.current).order_by(Passage.id))
    return [(one.version, one.text) for one in rows]


FIRST_SENT = [(1, "Rents rose faster than wages."), (1, "Most in the largest cities.")]


def sent_again(world: World, made: uuid.UUID) -> None:
    """Another version is sent, which says something else."""
    draft = Draft(**HEAD, values=VALUES["c"] | {"CC.2/text": "Rents fell."})
    act = world.acting("partner")
    held = filing(act, made)
    base = held.contribution.revision
    world.done()
    save(world, made, draft, base)
    send(world, made)


def test_what_stands_accepted_stands_until_a_newer_version_is_accepted(world: World) -> None:
    made = contribution(world, "c", "accepted")
    assert standing() == FIRST_SENT
    sent_again(world, made.id)
    assert standing() == FIRST_SENT
    assert [counts(which) for which in (Which(), Which(waiting="yes"))] == [(2, 2), (1, 0)]
    new = db.session.scalars(select(Passage.id).where(Passage.version == 2)).one()
    assert [queries.subject(db.session, key).state for key in (new, new - 1)] == ["received", "published"]
    assert [queries.subject(db.session, key).waits for key in (new, new - 1)] == [True, False]
    decide(world, made.id, "returned", "a reason")
    assert standing() == FIRST_SENT
    assert counts(Which(waiting="yes")) == (0, 0)
    draft = Draft(**HEAD, values=VALUES["c"] | {"CC.2/text": "Rents fell at last."})
    save(world, made.id, draft, 2)
    send(world, made.id)
    decide(world, made.id, "accepted")
    assert standing() == [(3, "Rents fell at last.")]
    assert counts(Which(earlier="yes")) == (4, 3)


def test_what_is_returned_stands_nowhere(world: World) -> None:
    contribution(world, "c", "returned")
    assert standing() == []
    page = world.browser("reviewer").get("/evidence?earlier=yes").get_data(as_text=True)
    assert page.count("earlier version, withdrawn or not accepted") == 2


def test_the_team_sees_what_waits_and_others_do_not(world: World) -> None:
    contribution(world, "c", "sent")
    team, other = world.browser("reviewer"), world.browser("data_officer")
    page = team.get("/evidence?waiting=yes").get_data(as_text=True)
    assert page.count("not looked at yet") == 2
    assert "2 passages" in page
    assert 'name="waiting"' in page
    elsewhere = other.get("/evidence?waiting=yes").get_data(as_text=True)
    assert 'name="waiting"' not in elsewhere
    assert "Rents rose" not in elsewhere
    key = db.session.scalars(select(Passage.id)).first()
    one = team.get(f"/evidence/passages/{key}").get_data(as_text=True)
    assert "The team has not looked at this contribution yet." in one


TICKED = {"CC.1/commitment": ["commitment_1_1", "commitment_2_2"]}
PLACES = ["Kazakhstan", "Uzbekistan", "city: Almaty, Kazakhstan", "city: Nairobi, Kenya", "Asia and the Pacific"]


def test_a_contribution_counts_for_each_commitment_and_place_that_it_names(world: World) -> None:
    contribution(world, "c", "accepted", areas=PLACES, values=TICKED)
    rows = list(db.session.scalars(select(Passage)))
    assert {(one.commitment, one.entity, one.region) for one in rows} == {("1.1", None, None)}
    for found in ({"commitment": "1.1"}, {"commitment": "2.2"}, {"entity": "KAZ"}, {"entity": "UZB"}, {"entity": "KEN"},
                  {"region": "Africa"}, {"region": "Asia and the Pacific"},
                  {"region": "Africa", "entity": "KAZ", "commitment": "2.2"}):  # fmt: skip
        assert counts(Which(**found)) == (2, 2), found
    for missed in ({"commitment": "1.2"}, {"entity": "GHA"}, {"region": "Arab States"}):
        assert counts(Which(**missed)) == (0, 0), missed
    places = db.session.execute(select(ContributionPlace.region, ContributionPlace.entity)).all()
    assert {tuple(one) for one in places} == {
        ("Asia and the Pacific", "KAZ"),
        ("Asia and the Pacific", "UZB"),
        ("Africa", "KEN"),
    }
    page = world.browser("reviewer").get(f"/evidence/passages/{rows[0].id}").get_data(as_text=True)
    told = (
        "<li><bdi>Kenya, Africa</bdi></li><li><bdi>Kazakhstan, Asia and the Pacific</bdi></li>"
        "<li><bdi>Uzbekistan, Asia and the Pacific</bdi></li>"
    )
    assert told in page
    listed = world.browser("reviewer").get("/evidence?entity=UZB").get_data(as_text=True)
    assert [listed.count(f">commitment {key}<") for key in ("1.1", "2.2", "1.2")] == [2, 2, 0]
    headers = {"Authorization": f"Bearer {world.token('reviewer')}"}
    (given, _other) = world.app.test_client().get("/api/v1/passages?entity=KEN", headers=headers).get_json()["items"]
    assert {name: given[name] for name in ("commitment", "commitments", "region", "regions", "entity", "entities")} == {
        "commitment": "1.1",
        "commitments": ["1.1", "2.2"],
        "region": None,
        "regions": ["Africa", "Asia and the Pacific"],
        "entity": None,
        "entities": ["KEN", "KAZ", "UZB"],
    }
    assert [f"commitment {key}:" in page for key in ("1.1", "2.2", "1.2")] == [True, True, False]


def test_a_version_that_waits_on_other_places_changes_none_of_what_stands(world: World) -> None:
    made = contribution(world, "c", "accepted", areas=["Kazakhstan", "Kenya"]).id
    save(world, made, Draft(**HEAD | {"areas": ["Ghana", "Mexico"]}, values=VALUES["c"]), 1)
    send(world, made)
    of = {entity: counts(Which(entity=entity))[0] for entity in ("KAZ", "KEN", "GHA", "MEX")}
    assert of == {"KAZ": 2, "KEN": 2, "GHA": 0, "MEX": 0}
    assert [counts(Which(entity=entity, waiting="yes")) for entity in ("KAZ", "MEX")] == [(0, 0), (2, 0)]


def test_a_contribution_on_regions_alone_is_of_these_and_one_on_the_world_of_none(world: World) -> None:
    contribution(world, "c", "accepted", areas=["Africa", "Arab States"])
    contribution(world, "d", "accepted", areas=["World"])
    places = db.session.execute(select(ContributionPlace.region, ContributionPlace.entity)).all()
    assert sorted(tuple(one) for one in places) == [("Africa", ""), ("Arab States", "")]
    assert {one.region for one in db.session.scalars(select(Passage))} == {None}
    assert counts(Which(region="Africa", channel="c")) == (2, 2)
    assert counts(Which(region="Africa", channel="d")) == (0, 0)


@pytest.mark.parametrize("works", [{"region": "Africa"}, {"entity": "KEN"}, {"region": "Africa", "entity": "KEN"}])
def test_where_a_partner_works_is_no_place_of_what_it_says_of_the_world(world: World, works: dict[str, str]) -> None:
    made = contribution(world, "c", areas=["World", "Least Developed Countries (LDCs)"])
    world.act(None).session.execute(update(Partner).values(**works))
    world.done()
    send(world, made.id)
    decide(world, made.id, "accepted")
    assert {(one.region, one.entity) for one in db.session.scalars(select(Passage))} == {(None, None)}
    assert [counts(Which(region=region)) for region in ("Africa", NO_REGION)] == [(0, 0), (2, 2)]
    assert counts(Which(entity="KEN")) == (0, 0)


def test_the_command_moves_what_stood_in_the_region_of_its_partner(world: World) -> None:
    made = contribution(world, "c", "accepted", areas=["World"]).id
    act = world.act(None)
    act.session.add(ContributionPlace(contribution_id=made, version=1, region="Africa", entity=""))
    act.session.execute(update(Passage).values(region="Africa"))
    world.done()
    assert counts(Which(region="Africa")) == (2, 2)
    db.session.close()
    told_of = [world.app.test_cli_runner().invoke(args=["passages", "cut"]).output for _ in range(2)]
    line = "Passages of contributions with other commitments or places than before: {}."
    assert [one.splitlines()[2] for one in told_of] == [line.format(2), line.format(0)]
    assert [counts(Which(region=region)) for region in ("Africa", NO_REGION)] == [(0, 0), (2, 2)]


def test_the_command_lays_the_words_of_all_passages_anew(world: World) -> None:
    text = (
        "Labour programmes of the urban develop-\nment plan of \u0662\u0660\u0662\u0662 reach ten towns on the coast."
    )
    contribution(world, "c", "accepted", values={"CC.2/text": text})

    def found() -> list[int]:
        asked = ("labor", "program", "development", '"urban development plan"', "ment", "2022", "oldword")
        db.session.rollback()
        return [queries.counted(db.session, Which(), TEAM, search(one)) for one in asked]

    laid = [1, 1, 1, 1, 1, 1, 0]
    assert found() == laid
    bands = list(db.session.scalars(select(PassageBand.band).order_by(PassageBand.band)))
    key = db.session.scalars(select(Passage.id)).one()
    act = world.act(None)
    empty(act.session)
    index(act.session, [(key, ["oldword"])])
    act.session.execute(update(PassageBand).values(band=PassageBand.band + 1))
    world.done()
    assert found() == [0, 0, 0, 0, 0, 0, 1]
    db.session.close()
    told = world.app.test_cli_runner().invoke(args=["passages", "cut"]).output.splitlines()
    assert told[3] == "Passages whose words were laid anew for the search: 1."
    assert found() == laid
    assert list(db.session.scalars(select(PassageBand.band).order_by(PassageBand.band))) == bands


def test_the_command_brings_what_was_cut_before_to_the_same(world: World) -> None:
    made = contribution(world, "c", "returned", areas=PLACES, values=TICKED).id
    act = world.act(None)
    act.session.execute(delete(ContributionPlace))
    act.session.execute(delete(PassageCommitment))
    act.session.execute(update(Passage).values(commitment=None, current=True, entity="KAZ", region="Africa"))
    world.done()
    db.session.close()
    told_of = [world.app.test_cli_runner().invoke(args=["passages", "cut"]).output for _ in range(2)]
    line = "Passages of contributions with other commitments or places than before: {}."
    assert [one.splitlines()[2] for one in told_of] == [line.format(2), line.format(0)]
    assert counts(Which()) == (0, 0)
    row = db.session.scalars(select(Passage).where(Passage.contribution_id == made)).first()
    assert row is not None
    assert (row.commitment, row.entity, row.region) == ("1.1", None, None)
    sought = ({"commitment": "2.2"}, {"entity": "UZB"}, {"region": "Asia and the Pacific"})
    assert [counts(Which(**one, earlier="yes"))[0] for one in sought] == [2, 2, 2]


SIX = {
    "ar": ("تعمل المدينة على تحسين الأحياء الفقيرة.", "فقيرة"),
    "zh": ("城市改善了贫民窟的供水条件。", "贫民窟"),
    "en": ("Slum upgrading programmes reached 40 settlements.", "slums"),
    "fr": ("Les quartiers précaires sont réhabilités.", "quartier precaire"),
    "ru": ("Программы благоустройства трущоб продолжаются.", "трущобы"),
    "es": ("La población de los barrios marginales disminuyó.", "poblacion barrio"),
}


def found(asked: str, language: str | None = None) -> list[str]:
    """The texts that a search finds."""
    rows = queries.listed(db.session, Which(language=language or ""), TEAM, search(asked, language), limit=500)
    return [row.Passage.text for row in rows]


def test_a_word_finds_its_passage_in_each_of_six_languages(world: World) -> None:
    report = world.report("KAZ", languages=("en", "fr", "es", "ru", "ar", "zh"))
    act = world.acting("focal_point", "KAZ")
    world.fill(act, report)
    given = [drafting.Given("1.1.2.4/actions", language, text, 0) for language, (text, _word) in SIX.items()]
    drafting.save_section(act, reports.get(act.session, report.id, lock=True), given)
    world.done()
    for step in ("ask", "submit"):
        world.step(report, step)
    for language, (text, word) in SIX.items():
        assert found(word) == [text], language
        assert found(word, language) == [text], language
    assert found('"Slum upgrading" programmes') == [SIX["en"][0]]
    assert found('"upgrading slum"') == []
    assert found("水") == [SIX["zh"][0]]
    assert found("窟供") == []
    assert found("slum 41") == []


FORMS = {
    "ar": ("تدار الخدمات بمدينة واحدة، والسياسة لسكانهم من حكومتها.", "مدينة", "سكان", "حكومة", "الحكومة"),
    "en": ("The urbanisation of work by women is organized.", "urbanization", "women's", "organise"),
    "fr": (
        "La mise en œuvre protège l’eau et le cœur des villes.",
        "d'eau",
        "l'eau",
        "mise en oeuvre",
        "coeur",
        "qu’eau",
    ),
    "es": ("La ciudad crece con su comunidad.", "ciudades", "ciudad", "comunidades", "La ciudades"),
}
NOT_FORMS = ("لبلد", "rise", "wome", "ciu", "ces", "oeu", '"La ciudades"', '"d\'eau"', "comun'eau")


def test_a_word_is_found_in_forms_that_its_stem_does_not_meet(world: World) -> None:
    report = world.report("KAZ", languages=("en", "fr", "es", "ar"))
    act = world.acting("focal_point", "KAZ")
    world.fill(act, report)
    given = [drafting.Given("1.1.2.4/actions", language, text, 0) for language, (text, *_words) in FORMS.items()]
    drafting.save_section(act, reports.get(act.session, report.id, lock=True), given)
    world.done()
    for step in ("ask", "submit"):
        world.step(report, step)
    for language, (text, *words) in FORMS.items():
        for word in words:
            assert (word, found(word), found(word, language)) == (word, [text], [text])
    assert [found(word) for word in NOT_FORMS] == [[]] * len(NOT_FORMS)


def test_the_names_of_people_are_cut_into_no_passage(world: World) -> None:
    submitted(world)
    assert [one for one in db.session.scalars(select(Passage.text)) if "focal" in one] == []
    assert set(db.session.scalars(select(Passage.question))) == {
        "F.2/summary",
        "F.3/process",
        "1.1.2.1/actions",
    }


def pdf(words: str) -> bytes:
    """A PDF of one page with these words, in Latin letters."""
    shown = f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(shown), shown),
    ]
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(made))
    return made + head + table + end


FILES = {
    "review.docx": (docx("".join(paragraph(text) for text, _word in SIX.values())), SIX),
    "annex.pdf": (pdf("Cycling lanes were painted in four districts."), {"en": ("Cycling lanes", "cycling")}),
}


def test_a_word_finds_its_passage_in_attached_documents_too(world: World) -> None:
    report = world.report("KAZ")
    act = world.acting("focal_point", "KAZ")
    world.fill(act, report)
    for name, (content, _words) in FILES.items():
        kind = recognise(BytesIO(content), name)
        blob = world.app.extensions[EXTENSION].storage.put(BytesIO(content))
        upload = Upload(name, kind.media_type, blob.key, blob.size, blob.sha256)
        attach(act, reports.get(act.session, report.id, lock=True), "A.4/files", upload)
    world.done()
    for step in ("ask", "submit"):
        world.step(report, step)
    assert found("cycling") == []
    told_of = {one.name: (one.passages, one.problem) for one in iter(read_waiting_file, None)}
    assert told_of == {"annex.pdf": (1, ""), "review.docx": (6, "")}
    for text, word in SIX.values():
        assert found(word) == [text]
    row = queries.listed(db.session, Which(), TEAM, search("cycling"), limit=5)[0]
    assert (row.Passage.file, row.Passage.page, row.Passage.question) == ("annex.pdf", 1, "A.4/files")
    again(world, report, {"F.2/summary": "Another summary."})
    assert list(iter(read_waiting_file, None)) != []
    changes = db.session.scalars(select(Passage.change).where(Passage.file != "", Passage.current))
    assert list(changes) == ["same"] * 7


def test_a_file_that_is_read_while_its_contribution_is_accepted_stands_with_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The team decides while the worker makes passages of the text; whoever comes second waits."""
    made = contribution(world, "c").id
    act = world.acting("partner")
    file = upload("annex.docx", docx(paragraph("Rents are told in an annex.")))
    contribution_files.attach(act, filing(act, made), "CC.3/files", file)
    world.done()
    send(world, made)
    waiting = cutting.next_file(db.session)
    assert waiting is not None
    db.session.expunge(waiting)
    db.session.rollback()

    def accept() -> None:
        with Session(engine) as session:
            begin_write(session)
            act = Act(session, reviewer, world.at)
            moderation.moderate(act, filing(act, made), moderation.Seen(1), "accepted")
            session.commit()

    reviewer, engine = world.person("reviewer"), db.engine
    db.session.rollback()
    with Session(engine) as session, ThreadPoolExecutor(1) as threads:
        begin_write(session)
        accepted: list[Future[None]] = []

        def meanwhile(text: str, otherwise: str) -> str:
            if not accepted:
                accepted.append(threads.submit(accept))
                wait(accepted, 1)
            return language_of(text, otherwise)

        monkeypatch.setattr(service, "language_of", meanwhile)
        service.keep_file(Act(session, None, world.at), waiting, [(None, "Rents are told in an annex.")])
        session.commit()
        accepted[0].result(20)
    standing = select(Passage.text).where(Passage.current, Passage.file != "")
    assert list(db.session.scalars(standing)) == ["Rents are told in an annex."]


def test_the_command_leaves_the_files_of_what_has_no_text_of_its_own_as_they_are(world: World) -> None:
    made = contribution(world, "c", values={"CC.2/text": "-"}).id
    act = world.acting("partner")
    file = upload("annex.docx", docx(paragraph("Rents are told in an annex.")))
    contribution_files.attach(act, filing(act, made), "CC.3/files", file)
    world.done()
    send(world, made)
    assert db.session.scalars(select(Passage)).all() == []
    db.session.close()
    ran = world.app.test_cli_runner().invoke(args=["passages", "cut"])
    assert (ran.exit_code, ran.output.splitlines()[-1]) == (0, "annex.docx: 1")


def test_a_file_that_cannot_be_read_says_why_and_is_not_tried_again(world: World) -> None:
    report = submitted(world)
    act = world.act(None)
    blob = world.app.extensions[EXTENSION].storage.put(BytesIO(pdf("")))
    act.session.add(
        FileToRead(
            version_of=report.id, version=1, file=uuid.uuid4(), source="report", question="A.4/files", name="a.pdf",
            media_type="application/pdf", blob=blob.key, language="en", laid_at=act.at,
        )
    )  # fmt: skip
    world.done()
    tried = read_waiting_file()
    assert tried is not None
    assert (tried.passages, tried.problem.split(".")[0]) == (
        0,
        "This PDF holds pictures of pages and no text that can be taken over",
    )
    assert read_waiting_file() is None


PROSE = SHARED / "texts" / "prose_six_languages"
"""Real prose with its translations; the words that are sought, and what a passage that holds one of their forms has."""
REAL = {
    "ar": ("تصحر", ["تصحر"]),
    "zh": ("土地退化", ["土地退化"]),
    "en": ("indicators", ["indicator"]),
    "fr": ("désertification", ["desertification"]),
    "ru": ("показатели", ["показател"]),
    "es": ("desertificación", ["desertificacion"]),
}


def bare(text: str) -> str:
    """A text in small letters without signs above and below."""
    return "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))


@pytest.mark.skipif(not PROSE.is_dir(), reason="the real prose in six languages is not on this machine")
def test_real_prose_is_found_by_a_word_in_each_language(world: World) -> None:
    report = world.report("KAZ", languages=tuple(REAL))
    act = world.acting("focal_point", "KAZ")
    world.fill(act, report)
    given = []
    for language in REAL:
        if language == "en":
            text = (PROSE / "introduction.en.md").read_text("utf-8")
        else:
            name = "introduction.zh_CN.po" if language == "zh" else f"introduction.{language}.po"
            with (PROSE / name).open("rb") as file:
                text = "\n\n".join(str(one.string) for one in read_po(file) if one.id and one.string)
        given.append(drafting.Given("1.1.1.1/actions", language, text[:30_000], 0))
    drafting.save_section(act, reports.get(act.session, report.id, lock=True), given)
    world.done()
    for step in ("ask", "submit"):
        world.step(report, step)
    whole = db.session.execute(
        select(Passage.language, Passage.text).where(Passage.question == "1.1.1.1/actions")
    ).all()
    for language, (word, forms) in REAL.items():
        gold = sorted(text for code, text in whole if code == language and any(f in bare(text) for f in forms))
        assert len(gold) > 2, language
        assert sorted(found(word, language)) == gold, language
