"""Statements cite figures of channel b, and what becomes of them when a figure is revised, doubted or withdrawn."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import uuid

import pytest
from sqlalchemy import select

from portal.db import db
from portal.http.render import number
from portal.models.observations import Observation
from portal.models.synthesis import Recheck
from portal.queries import accounts as people
from portal.rules.refusals import Invalid
from portal.services import accounts, rechecks, verifying
from reviewer.queries import statements as queries
from reviewer.services import statements, synthesis
from reviewer.services.statements import Draft, Ground
from reviewer.services.synthesis import Settlement
from tests.factories import PASSWORD, World
from tests.reviewer.synthesising import (
    figured,
    of_an_indicator,
    stated,
    statement,
    take,
    waiting,
)

DOUBTFUL = "The file that gave it: <strong>doubtful</strong>"
UNVERIFIED = 'The file that gave it: <span class="soft">not verified yet</span>'


def test_a_revised_figure_puts_its_statements_on_the_list(world: World) -> None:
    take(world, "12.5", "one")
    made = figured(world)
    take(world, "12.5", "two")
    assert statement(made).state == "supported"
    take(world, "13.1", "three")
    (row,) = waiting(made)
    assert (row.reason, row.old_value, row.new_value) == ("figure_revised", "12.5", "13.1")
    take(world, "12.5", "four")
    assert (statement(made).state, waiting(made)) == ("supported", [])
    take(world, "14", "five")
    (row,) = waiting(made)
    synthesis.settle(world.acting("reviewer"), row.id, Settlement("reworded", text="It is at 14 per cent.", seen=1))
    world.done()
    (cited,) = queries.citations(db.session, [made])[made]
    assert (cited.value_text, cited.value_now, statement(made).state) == ("14", "14", "supported")


def test_a_figure_whose_file_was_withdrawn_cannot_stay(world: World) -> None:
    imported = take(world, "12.5", "one")
    made = figured(world)
    accounts.add(world.act(None), "second@example.org", "data_officer", None, PASSWORD)
    world.done()
    second = people.by_email(db.session, "second@example.org")
    verifying.say(world.act(second), imported, "withdrawn", "The file was another country's.")
    world.done()
    assert [row.reason for row in waiting(made)] == ["withdrawn"]
    number = db.session.scalars(select(Observation.id)).one()
    act = world.acting("reviewer")
    other = statements.write(act, Draft("2026", "1.1.1.1", "Another."))
    with pytest.raises(Invalid, match="withdrawn"):
        statements.cite(act, other.id, [Ground("observation", str(number), "for")])


def say(world: World, imported: uuid.UUID, verdict: str) -> None:
    """A second person says it of an import, a minute after what came before."""
    if people.by_email(db.session, "second@example.org") is None:
        accounts.add(world.act(None), "second@example.org", "data_officer", None, PASSWORD)
        world.done()
    world.at += dt.timedelta(minutes=1)
    verifying.say(
        world.act(people.by_email(db.session, "second@example.org")), imported, verdict, "The sample is small."
    )
    world.done()


def test_a_doubted_figure_goes_to_the_list_until_a_person_has_looked(world: World) -> None:
    imported = take(world, "12.5", "one")
    made = figured(world)
    say(world, imported, "verified")
    assert waiting(made) == []
    say(world, imported, "doubtful")
    (row,) = waiting(made)
    assert (row.reason, row.old_value, row.new_value, statement(made).state) == (
        "figure_doubted", "12.5", "", "check_again",
    )  # fmt: skip
    page = world.browser("reviewer").get("/synthesis/check-again").get_data(as_text=True)
    for words_shown in ("found doubtful", DOUBTFUL, '<q dir="auto">The sample is small.</q>'):
        assert page.count(words_shown) == 1, words_shown
    assert "Nothing stands there any more" not in page
    world.at += dt.timedelta(minutes=1)
    synthesis.settle(world.acting("reviewer"), row.id, Settlement("holds", "The sample is large enough."))
    world.done()
    rechecks.after_figures(world.act(None))
    world.done()
    assert (statement(made).state, waiting(made)) == ("supported", [])
    (cited,) = queries.citations(db.session, [made])[made]
    assert (cited.value_text, cited.standing) == ("12.5", "doubtful")
    say(world, imported, "doubtful")
    assert [one.reason for one in waiting(made)] == ["figure_doubted"]
    say(world, imported, "verified")
    assert (statement(made).state, waiting(made)) == ("supported", [])
    settled = db.session.scalars(select(Recheck.outcome).order_by(Recheck.raised_at))
    assert list(settled) == ["holds", "cleared"]


def test_who_cites_a_doubted_figure_knows_it(world: World) -> None:
    imported = take(world, "12.5", "one")
    number = db.session.scalars(select(Observation.id)).one()
    say(world, imported, "doubtful")
    world.at += dt.timedelta(minutes=1)
    made = figured(world)
    rechecks.after_figures(world.act(None))
    world.done()
    assert waiting(made) == []
    client = world.browser("reviewer")
    page = client.get(f"/synthesis/statements/{made}").get_data(as_text=True)
    assert page.count(DOUBTFUL) == 1
    offered = stated(world, supported=False)
    of_an_indicator()
    page = client.get(f"/synthesis/statements/{offered}?entity=KAZ").get_data(as_text=True)
    assert (f'name="figure" value="{number}"' in page, page.count(DOUBTFUL)) == (True, 1)


def test_a_figure_that_nobody_verified_says_so_beside_it(world: World) -> None:
    imported = take(world, "12.5", "one")
    made = figured(world)
    client = world.browser("reviewer")
    assert client.get(f"/synthesis/statements/{made}").text.count(UNVERIFIED) == 1
    say(world, imported, "verified")
    verified = 'The file that gave it: <span class="soft">verified</span>'
    assert client.get(f"/synthesis/statements/{made}").text.count(verified) == 1
    take(world, "13.1", "two")
    page = client.get(f"/synthesis/statements/{made}").get_data(as_text=True)
    now = page.index("The figure reads now:")
    assert [part.count(UNVERIFIED) for part in (page[:now], page[now:])] == [0, 1]


def test_what_a_second_person_said_stands_beside_the_figure_wherever_it_is_read(world: World) -> None:
    given = take(world, "12.5", "2024")
    of_an_indicator()
    made = figured(world)
    synthesis.release(world.acting("lead"), "2026")
    world.done()

    def read(role: str | None, address: str, pattern: str) -> list[str]:
        client = world.browser(role, "KAZ" if role == "focal_point" else None) if role else world.app.test_client()
        page = client.get(address).get_data(as_text=True)
        return [re.sub("<[^>]+>", "", one) for one in re.findall(pattern, page)]

    beside = r"The file that gave it: (.*?)</span></(?:p|label)>"
    cell = r'data-label="Standing">(.*?)</td>'
    assert read("focal_point", "/entities/KAZ/words", beside) == ["not verified yet"]
    assert read("lead", f"/synthesis/statements/{made}", beside) == ["not verified yet"]
    assert read(None, "/data", cell) == ["not verified yet"]
    act = world.acting("lead")
    verifying.say(act, given, "doubtful", "Two columns are <mixed>.")
    world.done()
    told = "doubtful: Two columns are &lt;mixed&gt;."
    assert read("lead", f"/synthesis/statements/{made}", beside) == [told]
    assert [read(role, "/data", cell) for role in (None, "focal_point", "lead")] == [["doubtful"], ["doubtful"], [told]]
    assert read("lead", "/channels/b/totals", r"Files that gave figures: (.*?)</caption>") == [f"1 {told}"]
    lead, token = world.browser("lead"), {"Authorization": f"Bearer {world.token('lead')}"}
    assert "; The file that gave it: doubtful)" in lead.get("/synthesis/report.html").get_data(as_text=True)
    (row,) = csv.DictReader(io.StringIO(lead.get("/synthesis/evidence.csv").get_data(as_text=True)))
    assert (row["standing"], row["standing_name"]) == ("doubtful", "doubtful")
    client = world.app.test_client()
    totals = client.get("/api/v1/observations/totals?indicator=NUA-01", headers=token).get_json()["items"]
    assert [one["files"] for one in totals] == [{"doubtful": 1}]
    (cited,) = client.get(f"/api/v1/statements/{made}", headers=token).get_json()["citations"]
    assert cited["standing"] == "doubtful"


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "44,141.6"), ("fr", "44\u202f141,6"), ("es", "44.141,6"), ("ar", "44,141.6")]
)
def test_a_figure_is_read_as_the_language_writes_it_and_kept_as_published(
    world: World, language: str, shown: str
) -> None:
    take(world, "44141.60", "2024")
    of_an_indicator()
    made = figured(world)
    synthesis.release(world.acting("lead"), "2026")
    world.done()
    lead, state = world.browser("lead"), world.browser("focal_point", "KAZ")
    written = re.compile(r'<bdi dir="ltr" title="44141.60">(.*?)</bdi>')
    addresses = (f"/synthesis/statements/{made}", "/data", "/synthesis/report.html")
    pages = [lead.get(f"{address}?lang={language}") for address in addresses]
    pages.append(state.get(f"/entities/KAZ/words?lang={language}"))
    assert [written.findall(page.get_data(as_text=True)) for page in pages] == [[shown]] * 4
    totals = lead.get(f"/channels/b/totals?lang={language}").get_data(as_text=True)
    assert re.findall(r'<td class="number"><bdi>(.*?)</bdi>', totals)[0] == shown
    for address in ("/synthesis/evidence.csv", "/data.csv"):
        (row,) = csv.DictReader(io.StringIO(lead.get(address).get_data(as_text=True)))
        assert row.get("value_text", row["value"]) == "44141.60"


def test_of_a_figure_as_many_digits_are_shown_as_people_read(world: World) -> None:
    published = ("60.91596582131756", "0.793759710106315", "44141.0", ">95", "12.50", "1e3", "17 %", "..", "0.05", "-5")
    shown = ["60.92", "0.7938", "44,141", ">95", "12.5", "1,000", "17 %", "..", "0.05", "-5"]
    with world.app.test_request_context("/"):
        assert [number(one) for one in published] == shown
