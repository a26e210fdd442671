"""Desk profiles: compiled of a state without a report, answered by it part by part, and counted apart from reports."""

from __future__ import annotations

import html
import io
import re
import uuid

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from portal.db import AnyRow, db
from portal.http.context import EXTENSION
from portal.http.file_texts import read_waiting_file
from portal.models.contributions import Contribution
from portal.models.events import Notice
from portal.models.observations import Import, Series
from portal.models.passages import Passage
from portal.models.profiles import ProfileAnswer, ProfileItem
from portal.queries import accounts as people
from portal.queries import contributions as held
from portal.queries import cycles
from portal.queries import profiles as queries
from portal.queries.guidelines import guideline
from portal.queries.profile_figures import behind
from portal.rules.profiles import (
    ALL_GONE,
    ALL_REFUSED,
    HAS_REPORTED,
    NOTHING_TO_TELL,
    STATE_FIRST,
    hindrances_of_release,
)
from portal.rules.refusals import Forbidden, Invalid, Missing, NotNow
from portal.services import accounts, contribution_files, contributions, profiles, verifying
from portal.services.contributions import Draft
from portal.services.observations import take_in
from portal.services.profiles import Said
from reviewer.queries.matrix import covered
from tests.factories import PASSWORD, World, csrf
from tests.portal.contributing import contribution, decide, filing, save, send
from tests.portal.test_contributions import upload
from tests.portal.test_sources import docx, paragraph

SECOND = "second.data.officer@example.org"
TABLE = "Year,UNIT_MEASURE,Value\n2010,PT,1.5\n2018,PT,10.25\n"


def figures(world: World, table: str = TABLE, edition: str = "2024") -> None:
    told = {"source": "demonstration", "edition": edition, "entity": "KAZ"}
    storage = world.app.extensions[EXTENSION].storage
    act = world.acting("data_officer")
    take_in(act, storage, io.BytesIO(table.encode()), "data_indicator_1-1-1.csv", **told)
    world.done()


def compiled(world: World) -> None:
    act = world.acting("reviewer")
    profiles.compile_profile(act, queries.desk(act.session, "KAZ", lock=True))
    world.done()


def rows(world: World) -> list[AnyRow]:
    db.session.rollback()
    return queries.items(db.session, queries.desk(db.session, "KAZ").held.id)


def said(world: World, answers: dict[int, Said], role: str = "focal_point", entity: str = "KAZ") -> int:
    act = world.acting(role, entity)
    count = profiles.answer(act, queries.desk(act.session, "KAZ", lock=True), answers)
    world.done()
    return count


def all_of_it(world: World, answer: str) -> int:
    act = world.acting("certifier", "KAZ")
    count = profiles.answer_all(act, queries.desk(act.session, "KAZ", lock=True), answer)
    world.done()
    return count


def release(world: World) -> None:
    act = world.acting("lead")
    profiles.release(act, queries.desk(act.session, "KAZ", lock=True))
    world.done()


def without_import(world: World, edition: str) -> None:
    """The import of this edition is withdrawn by a second person."""
    if people.by_email(db.session, SECOND) is None:
        accounts.add(world.act(None), SECOND, "data_officer", None, PASSWORD)
        world.done()
    act = world.act(people.by_email(db.session, SECOND))
    found = act.session.scalars(select(Import).where(Import.edition == edition)).one()
    verifying.say(act, found.id, "withdrawn", "The wrong table.")
    world.done()


def without_contribution(world: World, outcome: str) -> None:
    """The contribution is withdrawn by its partner, or set aside by the team."""
    db.session.rollback()
    (made,) = db.session.scalars(select(Contribution.id))
    if outcome == "withdrawn":
        act = world.acting("partner")
        contributions.withdraw(act, filing(act, made))
        world.done()
    else:
        decide(world, made, outcome, "It is not theirs.")


def told(world: World, kind: str) -> set[uuid.UUID]:
    return set(world.act(None).session.scalars(select(Notice.user_id).where(Notice.kind == kind)))


def furnished(world: World) -> None:
    """A figure, and an accepted contribution of two passages, on Kazakhstan alone."""
    figures(world)
    contribution(world, "c", "accepted", areas=["Kazakhstan"])
    compiled(world)


def test_it_is_put_together_from_the_other_channels_with_their_sources_and_the_state_is_told(world: World) -> None:
    furnished(world)
    found = [row.ProfileItem for row in rows(world)]
    assert {one.channel for one in found} == {"b", "c"}
    (figure,) = [one for one in found if one.kind == "figure"]
    assert (figure.value, figure.year, figure.commitment, figure.source[-6:]) == ("10.25", 2018, "1.1", ", 2024")
    texts = [one.text for one in found if one.kind == "passage"]
    assert "Rents rose faster than wages." in texts
    assert {one.source for one in found if one.kind == "passage"} == {"Example agency: Rents in cities of Central Asia"}
    state = {world.person("focal_point", "KAZ").id, world.person("certifier", "KAZ").id}
    assert told(world, "profile.compile") == state


@pytest.mark.parametrize("state", ["sent", "set_aside", "withdrawn"])
def test_what_is_not_accepted_is_in_no_profile(world: World, state: str) -> None:
    contribution(world, "c", state, areas=["Kazakhstan"])
    with pytest.raises(NotNow, match=NOTHING_TO_TELL):
        compiled(world)


def test_the_own_text_of_what_stands_accepted_is_taken_and_its_files_are_linked(world: World) -> None:
    made = contribution(world, "c", areas=["Kazakhstan", "Kenya", "Nepal"])
    act = world.acting("partner")
    lines = docx(paragraph("A table of contents") + paragraph("of many lines"))
    for name in ("one.docx", "two.docx"):
        contribution_files.attach(act, filing(act, made.id), "CC.3/files", upload(name, lines))
    world.done()
    send(world, made.id)
    decide(world, made.id, "accepted")
    while read_waiting_file() is not None:
        pass
    save(world, made.id, Draft(values={"CC.2/text": "Nobody has accepted this."}), made.revision)
    send(world, made.id)
    db.session.rollback()
    files = select(Passage.text).where(Passage.contribution_id == made.id, Passage.file != "")
    assert "of many lines" in "".join(db.session.scalars(files))
    compiled(world)
    assert [row.ProfileItem.text for row in rows(world)] == [
        "Rents rose faster than wages.",
        "Most in the largest cities.",
    ]
    page = world.browser("focal_point", "KAZ").get("/entities/KAZ/profile").get_data(as_text=True)
    assert page.count(f'<a href="/contributions/{made.id}#files">2 attached files</a>') == 2


def test_a_version_tells_a_state_nothing_where_it_does_not_name_it(world: World) -> None:
    made = contribution(world, "c", "accepted", areas=["Kenya"])
    save(world, made.id, Draft(areas=["Kazakhstan"], values={"CC.2/text": "Nobody has accepted this."}), made.revision)
    send(world, made.id)
    with pytest.raises(NotNow, match=NOTHING_TO_TELL):
        compiled(world)
    db.session.rollback()
    decide(world, made.id, "accepted")
    draft = Draft(areas=["Kenya"], values={"CC.2/text": "On Kenya alone."})
    save(world, made.id, draft, held.get(db.session, made.id).revision)
    send(world, made.id)
    decide(world, made.id, "accepted")
    with pytest.raises(NotNow, match=NOTHING_TO_TELL):
        compiled(world)


def test_compiling_again_adds_what_has_come_since_and_leaves_what_was_there(world: World) -> None:
    furnished(world)
    before = rows(world)
    said(world, {before[0].ProfileItem.id: Said("confirmed")})
    with pytest.raises(NotNow, match=NOTHING_TO_TELL):
        compiled(world)
    figures(world, TABLE + "2020,PT,11.75\n", "2025")
    compiled(world)
    after = rows(world)
    assert len(after) == len(before) + 1
    assert [row.answer for row in after].count("confirmed") == 1


def test_a_state_that_has_reported_gets_no_profile(world: World) -> None:
    figures(world)
    world.report("KAZ", "submitted")
    with pytest.raises(NotNow, match=HAS_REPORTED):
        compiled(world)


def test_nobody_compiles_of_the_own_state_and_no_state_answers_for_another(world: World) -> None:
    furnished(world)
    act = world.acting("focal_point", "KAZ")
    with pytest.raises(Forbidden):
        profiles.compile_profile(act, queries.desk(act.session, "KAZ", lock=True))
    with pytest.raises(Forbidden):
        said(world, {rows(world)[0].ProfileItem.id: Said("confirmed")}, entity="KEN")
    with pytest.raises(Forbidden):
        said(world, {rows(world)[0].ProfileItem.id: Said("confirmed")}, role="contributor")


def test_the_state_confirms_corrects_and_refuses_each_part_and_its_last_word_stands(world: World) -> None:
    furnished(world)
    first, second, third = [row.ProfileItem.id for row in rows(world)][:3]
    given = {first: Said("confirmed"), second: Said("corrected", "It was\0 9.\n", "fr"), third: Said("refused")}
    assert said(world, given) == 3
    assert said(world, given) == 0
    assert said(world, {first: Said("refused", "Not ours.")}) == 1
    stands = {row.ProfileItem.id: (row.answer, row.words, row.language) for row in rows(world)}
    assert stands[first] == ("refused", "Not ours.", "en")
    assert stands[second] == ("corrected", "It was 9.", "fr")
    assert stands[third] == ("refused", "", "en")
    assert told(world, "profile.answer") == {world.person("reviewer").id}


def test_an_answer_that_will_not_do_keeps_none(world: World) -> None:
    furnished(world)
    first, second = [row.ProfileItem.id for row in rows(world)][:2]
    with pytest.raises(Invalid) as refused:
        said(world, {first: Said("confirmed"), second: Said("corrected", " "), 0: Said("refused")})
    assert [one.where for one in refused.value.problems] == [f"words-{second}", "answer-0"]
    assert [row.answer for row in rows(world)] == [None] * len(rows(world))


def test_all_parts_are_not_corrected_at_once(world: World) -> None:
    furnished(world)
    with pytest.raises(Invalid) as refused:
        all_of_it(world, "corrected")
    assert [one.where for one in refused.value.problems] == ["all"]
    assert [row.answer for row in rows(world)] == [None] * len(rows(world))


def test_the_rest_is_confirmed_at_once_and_the_whole_refused_at_once(world: World) -> None:
    furnished(world)
    found = rows(world)
    said(world, {found[0].ProfileItem.id: Said("corrected", "It was 9.")})
    assert all_of_it(world, "confirmed") == len(found) - 1
    assert {row.answer for row in rows(world)} == {"corrected", "confirmed"}
    assert all_of_it(world, "refused") == len(found)
    assert {row.answer for row in rows(world)} == {"refused"}


def test_it_is_shown_to_others_only_after_the_state_answered_and_without_what_it_refused(world: World) -> None:
    furnished(world)
    stranger = world.browser("focal_point", "KEN")
    with pytest.raises(NotNow, match=STATE_FIRST):
        release(world)
    assert stranger.get("/entities/KAZ/profile").status_code == 403
    found = rows(world)
    passage = next(row.ProfileItem for row in found if row.ProfileItem.text == "Rents rose faster than wages.")
    said(world, {passage.id: Said("refused")})
    all_of_it(world, "confirmed")
    release(world)
    page = stranger.get("/entities/KAZ/profile").get_data(as_text=True)
    assert '<bdi dir="ltr">10.25</bdi></b> <bdi>percent</bdi>' in page
    assert ("10.25" in page, "Rents rose faster" in page) == (True, False)
    assert "it is no report of the state" in page
    own = world.browser("contributor", "KAZ").get("/entities/KAZ/profile").get_data(as_text=True)
    assert "Rents rose faster" in own


@pytest.mark.parametrize("outcome", ["withdrawn", "set_aside"])
def test_a_part_whose_contribution_stands_no_more_is_shown_and_counted_to_nobody_else(
    world: World, outcome: str
) -> None:
    furnished(world)
    all_of_it(world, "confirmed")
    release(world)
    without_contribution(world, outcome)
    stranger = world.browser("focal_point", "KEN").get("/entities/KAZ/profile").get_data(as_text=True)
    assert ("10.25" in stranger, "Rents rose faster" in stranger, "of 1." in stranger) == (True, False, False)
    for role, entity in (("focal_point", "KAZ"), ("reviewer", None)):
        page = world.browser(role, entity).get("/entities/KAZ/profile").get_data(as_text=True)
        assert (page.count("Withdrawn by its source since"), "Rents rose faster" in page) == (2, True)
        assert "Parts answered: 1 of 1." in page
    figure = next(row.ProfileItem.id for row in rows(world) if row.ProfileItem.kind == "figure")
    own = world.browser("focal_point", "KAZ").get("/entities/KAZ/profile").get_data(as_text=True)
    assert re.findall(r'name="seen-(\d+)"', own) == [str(figure)]
    (kaz,) = [row for row in queries.silent(db.session, "2026") if row.iso3 == "KAZ"]
    assert (kaz.parts, kaz.answered, len(rows(world))) == (1, 1, 3)


def test_a_figure_whose_import_is_withdrawn_is_shown_to_nobody_else_until_it_is_given_again(world: World) -> None:
    furnished(world)
    figures(world, TABLE.replace("10.25", "11.75"), "2025")
    compiled(world)
    without_import(world, "2025")

    def left() -> list[str]:
        db.session.rollback()
        gone = queries.gone(db.session, "2026")
        return [row.ProfileItem.value for row in rows(world) if row.ProfileItem.id in gone]

    assert left() == ["11.75"]
    without_import(world, "2024")
    assert sorted(left()) == ["10.25", "11.75"]
    figures(world, TABLE, "2026")
    assert left() == ["11.75"]
    figures(world, TABLE.replace("10.25", "12.5"), "2027")
    assert left() == ["11.75"]


def test_parts_that_their_source_withdrew_wait_for_nobody_and_hinder_nothing(world: World) -> None:
    furnished(world)
    desk = "Look at the desk profile of Kazakhstan"
    figure = next(row.ProfileItem.id for row in rows(world) if row.ProfileItem.kind == "figure")
    said(world, {figure: Said("confirmed")})
    assert desk in world.browser("certifier", "KAZ").get("/desk").get_data(as_text=True)
    with pytest.raises(NotNow, match=STATE_FIRST):
        release(world)
    db.session.rollback()
    without_contribution(world, "withdrawn")
    assert desk not in world.browser("certifier", "KAZ").get("/desk").get_data(as_text=True)
    assert all_of_it(world, "confirmed") == 0
    release(world)
    assert covered(db.session, "2026")[0].agreed == 1
    without_import(world, "2024")
    db.session.rollback()
    counts = covered(db.session, "2026")[0]
    assert (counts.profiled, counts.agreed, len(rows(world))) == (0, 0, 3)
    stranger = world.browser("focal_point", "KEN").get("/entities/KAZ/profile").get_data(as_text=True)
    assert ("10.25" in stranger, "Nothing of it is shown." in stranger) == (False, True)


def test_a_profile_of_which_nothing_stands_is_not_shown(world: World) -> None:
    furnished(world)
    without_contribution(world, "set_aside")
    without_import(world, "2024")
    with pytest.raises(NotNow, match=ALL_GONE):
        release(world)


def test_what_hinders_the_showing() -> None:
    def hindered(*answers: str | None, released: bool = False, reported: bool = False) -> list[str]:
        return hindrances_of_release(answers, released=released, reported=reported)

    assert hindered("confirmed", "refused") == []
    assert hindered("confirmed", None) == [STATE_FIRST]
    assert hindered("refused", "refused") == [ALL_REFUSED]
    assert hindered() == [ALL_GONE]
    assert hindered("confirmed", reported=True) == [HAS_REPORTED]
    assert len(hindered("confirmed", released=True)) == 1


def test_it_is_counted_apart_from_reports_and_no_more_once_the_state_reports(world: World) -> None:
    furnished(world)
    db.session.rollback()
    counts = covered(db.session, "2026")[0]
    assert (counts.reported, counts.of, counts.profiled, counts.agreed) == (0, 195, 1, 0)
    all_of_it(world, "confirmed")
    db.session.rollback()
    assert covered(db.session, "2026")[0].agreed == 1
    all_of_it(world, "refused")
    db.session.rollback()
    assert covered(db.session, "2026")[0].agreed == 0
    world.report("KAZ", "submitted")
    db.session.rollback()
    counts = covered(db.session, "2026")[0]
    assert (counts.reported, counts.profiled, counts.agreed) == (1, 0, 0)


def test_what_was_compiled_and_what_was_said_is_never_changed(world: World) -> None:
    furnished(world)
    all_of_it(world, "confirmed")
    for change in (update(ProfileItem).values(text=""), delete(ProfileAnswer)):
        act = world.act(None)
        with pytest.raises(DBAPIError, match="append-only"):
            act.session.execute(change)


def test_the_page_takes_the_answers_and_gives_back_what_is_to_be_put_right(world: World) -> None:
    browser = world.browser("focal_point", "KAZ")
    assert "No desk profile has been compiled" in browser.get("/entities/KAZ/profile").get_data(as_text=True)
    team = world.browser("reviewer")
    page = team.get("/entities/KAZ/profile").get_data(as_text=True)
    assert team.post("/entities/KAZ/profile", data={"csrf_token": csrf(page)}).status_code == 409
    figures(world)
    assert team.post("/entities/KAZ/profile", data={"csrf_token": csrf(page)}).status_code == 303
    key = rows(world)[0].ProfileItem.id
    token = {"csrf_token": csrf(browser.get("/entities/KAZ/profile").get_data(as_text=True))}
    wrong = browser.post("/entities/KAZ/profile/answers", data=token | {f"answer-{key}": "corrected"})
    assert (wrong.status_code, "Please write what is right" in wrong.get_data(as_text=True)) == (422, True)
    sent = token | {f"answer-{key}": "corrected", f"words-{key}": "It was 9."}
    assert browser.post("/entities/KAZ/profile/answers", data=sent).status_code == 303
    assert (rows(world)[0].answer, rows(world)[0].words) == ("corrected", "It was 9.")
    assert browser.get("/entities/XYZ/profile").status_code == 404


def test_an_older_page_takes_back_no_answer_and_says_where_a_colleague_answered_meanwhile(world: World) -> None:
    furnished(world)
    first, second, third = [row.ProfileItem.id for row in rows(world)]
    said(world, {first: Said("confirmed"), second: Said("confirmed")})
    browser = world.browser("focal_point", "KAZ")
    page = browser.get("/entities/KAZ/profile").get_data(as_text=True)
    shown = {row.ProfileItem.id: row.answer_id or 0 for row in rows(world)}
    assert [f'name="seen-{key}" value="{shown[key]}"' in page for key in (first, second, third)] == [True] * 3
    said(world, {first: Said("refused", "Not ours."), second: Said("corrected", "It was 9.")}, "certifier")
    sent = {"csrf_token": csrf(page)} | {f"seen-{key}": str(number) for key, number in shown.items()}
    sent |= {f"answer-{first}": "confirmed", f"answer-{second}": "confirmed", f"answer-{third}": "confirmed"}
    assert browser.post("/entities/KAZ/profile/answers", data=sent).status_code == 303
    assert [row.answer for row in rows(world)] == ["refused", "corrected", "confirmed"]
    sent |= {f"answer-{second}": "refused"}
    again = browser.post("/entities/KAZ/profile/answers", data=sent)
    told_back = again.get_data(as_text=True)
    assert (again.status_code, told_back.count("has answered this part since you opened the page")) == (422, 2)
    assert [row.answer for row in rows(world)] == ["refused", "corrected", "confirmed"]
    sent |= {f"seen-{row.ProfileItem.id}": str(row.answer_id) for row in rows(world)} | {f"answer-{first}": "refused"}
    assert browser.post("/entities/KAZ/profile/answers", data=sent).status_code == 303
    assert [row.answer for row in rows(world)] == ["refused", "refused", "confirmed"]


def test_parts_that_came_since_the_page_was_opened_are_confirmed_by_nobody_unseen(world: World) -> None:
    furnished(world)
    before = len(rows(world))
    browser = world.browser("focal_point", "KAZ")
    page = browser.get("/entities/KAZ/profile").get_data(as_text=True)
    figures(world, TABLE + "2020,PT,11.75\n", "2025")
    compiled(world)
    upto = page.split('name="upto" value="', 1)[1].split('"', 1)[0]
    sent = {"csrf_token": csrf(page), "all": "confirmed", "upto": upto}
    after = browser.post("/entities/KAZ/profile/answers", data=sent, follow_redirects=True).get_data(as_text=True)
    assert f"{before} answers are kept." in after
    assert "Parts were added since you opened the page." in after
    assert [(row.ProfileItem.value, row.answer) for row in rows(world) if row.answer != "confirmed"] == [
        ("11.75", None)
    ]


def test_a_state_without_a_profile_has_nothing_to_answer(world: World) -> None:
    act = world.acting("focal_point", "KEN")
    with pytest.raises(Missing, match="No desk profile has been compiled"):
        profiles.answer_all(act, queries.desk(act.session, "KEN", lock=True), "confirmed")


def test_the_desk_of_the_state_names_the_profile_until_each_part_is_answered(world: World) -> None:
    furnished(world)
    browser, task = world.browser("certifier", "KAZ"), "Look at the desk profile of Kazakhstan"
    assert task in browser.get("/desk").get_data(as_text=True)
    assert task not in world.browser("certifier", "KEN").get("/desk").get_data(as_text=True)
    all_of_it(world, "confirmed")
    assert task not in browser.get("/desk").get_data(as_text=True)


def test_the_list_names_the_states_without_a_report_with_their_profiles(world: World) -> None:
    furnished(world)
    said(world, {rows(world)[0].ProfileItem.id: Said("confirmed")})
    world.report("KEN", "submitted")
    db.session.rollback()
    found = {row.iso3: row for row in queries.silent(db.session, "2026")}
    assert (len(found), "KEN" in found) == (194, False)
    assert (found["KAZ"].parts, found["KAZ"].answered) == (len(rows(world)), 1)
    assert (found["GHA"].compiled_at, found["GHA"].parts, found["GHA"].answered) == (None, 0, 0)
    page = world.browser("reviewer").get("/evidence/profiles?region=Asia and the Pacific").get_data(as_text=True)
    assert ("44 states" in page, f"1 of {len(rows(world))} parts" in page) == (True, True)


def test_each_passage_stands_beside_its_question_and_each_figure_beside_its_indicator(world: World) -> None:
    figures(world)
    db.session.execute(update(Series).values(indicator="NUA-01"))
    db.session.execute(update(Import).values(standing="doubtful"))
    db.session.commit()
    said_of_it = {"needs": "Money is needed.", "challenges": "Land is dear.", "progress": "Plans are made."}
    values = {f"CD.2/{name}": text for name, text in said_of_it.items()}
    terms = {"credit": "JP12", "licence": "cc-by-nc-4.0"}
    edition = contribution(world, "d", "accepted", areas=["Kazakhstan"], values=values, **terms).edition
    compiled(world)
    page = world.browser("focal_point", "KAZ").get("/entities/KAZ/profile?lang=fr").get_data(as_text=True)
    asked = guideline(db.session, edition).questions
    told = re.findall(r'<p class="small"><b>([^<]*)</b></p>\s*<blockquote[^>]*>([^<]*)</blockquote>', page)
    assert [(html.unescape(title), text) for title, text in told] == [
        (asked[f"CD.2/{name}"].title["en"], said_of_it[name]) for name in ("progress", "challenges", "needs")
    ]
    assert page.count("Licence: Creative Commons Attribution-NonCommercial 4.0") == 3
    indicators = guideline(db.session, cycles.current(db.session).edition).questions.values()
    (title,) = [one.title for one in indicators if one.indicator == "NUA-01"]
    beside = (
        r'<bdi dir="ltr">NUA-01</bdi> (.*?)</b></p>\s*<p><bdi>[^<]*</bdi>: <b><bdi dir="ltr" title="10.25">(.*?)</bdi>'
    )
    shown = [(html.unescape(one), value) for one, value in re.findall(beside, page)]
    assert shown == [(title.get("fr", title["en"]), "10,25")]
    source = "Credit: <bdi>Made up for the demonstration</bdi> · Licence: none"
    assert re.findall(r"The file that gave it: (.*?)</p>", page) == [f"<strong>doubtful</strong> · {source}"]
    headers = {"Authorization": f"Bearer {world.token('focal_point', 'KAZ')}"}
    parts = world.app.test_client().get("/api/v1/entities/KAZ/profile", headers=headers).get_json()["parts"]
    names = ("question", "indicator", "standing", "licence")
    assert sorted(tuple(part[name] or "" for name in names) for part in parts) == [
        ("", "NUA-01", "doubtful", "none"),
        ("CD.2/challenges", "", "", "cc-by-nc-4.0"),
        ("CD.2/needs", "", "", "cc-by-nc-4.0"),
        ("CD.2/progress", "", "", "cc-by-nc-4.0"),
    ]


def test_what_is_said_of_a_figure_is_of_the_file_that_gave_it(world: World) -> None:
    figures(world)
    compiled(world)
    figures(world, TABLE.replace("10.25", "11.75"), "2025")
    compiled(world)
    db.session.execute(update(Import).where(Import.edition == "2024").values(standing="verified"))
    db.session.commit()
    found = behind(db.session, [row.ProfileItem.id for row in rows(world)])
    told = {row.ProfileItem.value: found[row.ProfileItem.id].standing for row in rows(world)}
    assert told == {"10.25": "verified", "11.75": "unverified"}


def test_others_read_neither_that_a_part_was_refused_nor_how_many(world: World) -> None:
    furnished(world)
    all_of_it(world, "confirmed")
    release(world)
    refused = rows(world)[0].ProfileItem.id

    def told() -> dict[tuple[str, str | None], list[int]]:
        pages = {
            who: world.browser(*who).get("/entities/KAZ/profile").text
            for who in (("focal_point", "KEN"), ("certifier", "KAZ"), ("reviewer", None))
        }
        words = ("was refused", "has refused", "Parts answered", "Nothing of it is shown")
        return {who: [page.count(one) for one in words] for who, page in pages.items()}

    inside: dict[tuple[str, str | None], list[int]] = {
        ("certifier", "KAZ"): [1, 0, 1, 0],
        ("reviewer", None): [1, 0, 1, 0],
    }
    said(world, {refused: Said("refused")})
    assert told() == {("focal_point", "KEN"): [0, 0, 0, 0]} | inside
    all_of_it(world, "refused")
    assert told() == {("focal_point", "KEN"): [0, 0, 0, 1]} | inside
