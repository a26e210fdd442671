"""Files as they come: JSON Lines, texts with broken words and digits of other scripts, through every door."""

from __future__ import annotations

import io
import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from forms.kinds.base import tidy
from portal.adapters.json_lines import (
    NO_CELL,
    NO_OBJECT,
    NOT_UTF8,
    TWICE,
    is_json_lines,
    open_lines,
)
from portal.db import db
from portal.http.context import signer
from portal.models.contributions import Call
from portal.queries import contributions as held
from portal.queries import passages as queries
from portal.queries.passages import Reader, Which
from portal.rules.analyser import search
from portal.rules.refusals import Invalid, Unacceptable
from portal.services import contribution_import
from portal.services.contribution_import import Report, Wish
from tests.factories import World, csrf
from tests.portal.callers import Caller
from tests.portal.contributing import call, partner

TEXT = "CC.2/text"
WHOLE = {"licence": "cc-by-4.0", "credit": "Example agency", "areas": ["World", "Kenya"], "CC.1/form": "text"}
WHOLE |= {"CC.1/period.from": 2016, "CC.1/period.to": 2024}
UNKNOWN = "No column of this channel is called “{}”. Please take the names from the template."
APART = "Blanks seem to stand inside words, which are not found as whole words: “{}”."
EXCERPTS = "texts/excerpts.jsonl"
PROSE = "texts/prose_six_languages"


def lines(*objects: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in objects).encode()


def bring(world: World, to: Call, of: uuid.UUID, content: bytes, **wish: bool) -> Report:
    act = world.acting("partner")
    made = contribution_import.bring_in(act, io.BytesIO(content), "t.jsonl", Wish(to.id, of, **wish), signer())
    world.done()
    return made


def told(report: Report) -> list[Any]:
    """Of each row: number, mark, outcome, whether it was sent, places of problems, and the remarks."""
    return [
        (row.row, row.mark, row.outcome, row.sent, [p.where for p in row.problems],
         {remark.where: remark.sentence for remark in row.remarks})
        for row in report.rows
    ]  # fmt: skip


def found(asked: str) -> int:
    db.session.rollback()
    team = Reader(uuid.UUID(int=1), of_the_team=True)
    return queries.counted(db.session, Which(waiting="yes"), team, search(asked))


def test_the_cells_of_json_lines() -> None:
    content = '\ufeff{"title": "Rents", "n": 1.50, "many": ["a", 2, null, ""]}\r\n\n{"other": true, "title": null}\n'
    stream = io.BytesIO(content.encode())
    assert is_json_lines(stream)
    assert list(open_lines(stream, ";").rows()) == [
        (0, ["title", "n", "many", "other"]),
        (1, ["Rents", "1.50", "a;2", ""]),
        (3, ["", "", "", "true"]),
    ]
    assert [is_json_lines(io.BytesIO(other)) for other in (b"title\n{}", b"", b"PK\x03\x04", b"[{}]")] == [False] * 4


@pytest.mark.parametrize(
    ("content", "kind", "place", "sentence"),
    [
        (b'{"a": 1}\n{"a": ', Invalid, "line 2", NO_OBJECT),
        (b'{"a": 1}\n[1]', Invalid, "line 2", NO_OBJECT),
        (b'{"a": 1, "a": 2}', Invalid, "line 1", TWICE % {"name": "a"}),
        (b'{"a": {"b": 1}}', Invalid, "line 1", NO_CELL % {"name": "a"}),
        (b'{"a": [[1]]}', Invalid, "line 1", NO_CELL % {"name": "a"}),
        (b'{"a": 1}\n{"a": "\xe9"}', Unacceptable, "line 2", NOT_UTF8),
        (b'{"a": ' + b"[" * 100_000, Invalid, "line 1", NO_OBJECT),
    ],
)
def test_what_is_no_json_lines_is_refused_with_its_line(content: bytes, kind: Any, place: str, sentence: str) -> None:
    with pytest.raises(kind) as refusal:
        open_lines(io.BytesIO(content), ";")
    assert [(one.where, one.sentence) for one in refusal.value.problems] == [(place, sentence)]


def test_json_lines_go_in_as_a_table_does(world: World) -> None:
    of, to = partner(world), call(world)
    first = WHOLE | {"mark": "m1", "title": "Rents", TEXT: "Rents rose.\n\nMost in Nairobi."}
    content = lines(first, {"mark": "m2", "title": "Water", "language": "xx"})
    assert told(bring(world, to, of.id, content, send=True)) == [
        (1, "m1", "new", True, [], {}),
        (2, "m2", "left_out", False, ["language"], {}),
    ]
    db.session.rollback()
    kept = held.by_mark(db.session, of.id, "c", "2026")["m1"]
    assert (kept.areas, kept.values) == (
        ["M49:1", "KEN"],
        {TEXT: "Rents rose.\n\nMost in Nairobi.", "CC.1/form": "text", "CC.1/period": {"from": "2016", "to": "2024"}},
    )
    assert told(bring(world, to, of.id, lines(first)))[0][:3] == (1, "m1", "unchanged")
    with pytest.raises(Invalid) as refusal:
        bring(world, to, of.id, lines({"title": "Rents"}, {"title": "Water", "lang": "en"}))
    assert [(one.where, one.sentence) for one in refusal.value.problems] == [("names", UNKNOWN.format("lang"))]


BROKEN = "Sustainable urban develop-\nment of human settleme nts\nsince ٢٠١٦ in towns and settlements."
REMARKS = [
    "1 word is broken at the end of a line; it is found as a whole word.",
    "Digits ٠ to ٩ stand in the text; they are found as 0 to 9, and 0 to 9 as these.",
    APART.format("settleme nts"),
]


def test_what_was_met_is_told_by_page_command_and_api_and_the_text_stands_as_it_was_sent(
    world: World, tmp_path: Path
) -> None:
    of, to = partner(world), call(world)
    content = lines(WHOLE | {"mark": "m1", "title": "Towns", TEXT: BROKEN}, {"mark": "m2", "title": "Rents"})
    sent = {"call": str(to.id), "partner": str(of.id), "dry_run": "true", "file": (io.BytesIO(content), "t.jsonl")}
    by_api = Caller(world, "partner")("POST", "/contributions/table", data=sent, content_type="multipart/form-data")
    assert [row["remarks"] for row in by_api.json["rows"]] == [
        [{"where": TEXT, "sentence": sentence} for sentence in REMARKS],
        [],
    ]
    mine = world.browser("partner")
    form = {"partner": str(of.id), "dry_run": "yes", "file": (io.BytesIO(content), "t.jsonl")}
    token = csrf(mine.get(f"/calls/{to.id}").get_data(as_text=True))
    page = mine.post(f"/calls/{to.id}/file", data=form | {"csrf_token": token}).get_data(as_text=True)
    assert re.findall(r'<div><span class="soft" dir="ltr">CC.2/text</span> <bdi>(.*?)</bdi></div>', page) == REMARKS
    file = tmp_path / "t.jsonl"
    file.write_bytes(content)
    options = ["contributions", "import", str(file), "--call", str(to.id), "--partner", str(of.id), "--send"]
    db.session.rollback()
    output = world.app.test_cli_runner().invoke(args=[*options, "--as", "partner@example.org"]).output
    assert re.findall(r"remark, CC.2/text: (.*)", output) == REMARKS
    assert "row 1: new, sent: Towns" in output
    db.session.rollback()
    assert held.by_mark(db.session, of.id, "c", "2026")["m1"].values[TEXT] == BROKEN
    asked = {
        "development": 1,
        '"urban development"': 1,
        "2016": 1,
        "٢٠١٦": 1,
        "settlement": 1,
        "settleme": 1,
        "2017": 0,
    }
    assert {words: found(words) for words in asked} == asked


def test_what_the_search_does_not_look_at_or_is_joined_to_one_line_is_not_remarked_on(world: World) -> None:
    of, to = partner(world, "stakeholder"), call(world, "e")
    practice = {"CE.1/practices.title": "Urban develop-\nment", "CE.1/practices.done": "Urban develop-\nment"}
    report = bring(world, to, of.id, lines({"mark": "m1", "title": "Of ٢٠٢٢, settle-\nments"} | practice))
    assert told(report)[0][5] == {"CE.1/practices": REMARKS[0]}


def test_a_table_without_flaws_shows_no_remarks(world: World) -> None:
    of, to, mine = partner(world), call(world), world.browser("partner")
    form = {"partner": str(of.id), "dry_run": "yes", "file": (io.BytesIO(lines({"title": "Rents"})), "t.jsonl")}
    token = csrf(mine.get(f"/calls/{to.id}").get_data(as_text=True))
    page = mine.post(f"/calls/{to.id}/file", data=form | {"csrf_token": token}).get_data(as_text=True)
    assert (">Rents<" in page, "Remarks" in page) == (True, False)


def excerpts(shared_data: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (shared_data / EXCERPTS).read_text("utf-8").splitlines()]


def test_the_excerpts_as_they_are_name_columns_that_no_form_has(world: World, shared_data: Path) -> None:
    of, to = partner(world), call(world)
    with pytest.raises(Invalid) as refusal:
        bring(world, to, of.id, (shared_data / EXCERPTS).read_bytes())
    title = "The table has no column “title”. Its first row must name the columns; a template can be taken."
    unknown = [UNKNOWN.format(name) for name in ("id", "lang", "kind", "url", "text", "chars")]
    assert [(one.where, one.sentence) for one in refusal.value.problems] == [
        ("names", sentence) for sentence in (title, *unknown)
    ]


def test_the_excerpts_with_the_names_of_the_form_go_in_and_their_flaws_are_told(
    world: World, shared_data: Path
) -> None:
    of, to = partner(world), call(world)
    rows = excerpts(shared_data)
    content = lines(
        *(WHOLE | {"mark": one["id"], "title": one["kind"], "language": one["lang"], TEXT: one["text"]} for one in rows)
    )
    flaws = {"nua-en-p23-27": "settleme nts", "nua-en-p9-10": "importa nt", "nua-en-p163-167": "Ur ban"}
    assert told(bring(world, to, of.id, content, send=True)) == [
        (at, one["id"], "new", True, [], {TEXT: APART.format(flaws[one["id"]])} if one["id"] in flaws else {})
        for at, one in enumerate(rows, 1)
    ]
    db.session.rollback()
    kept = held.by_mark(db.session, of.id, "c", "2026")
    assert {mark: one.values[TEXT] for mark, one in kept.items()} == {one["id"]: tidy(one["text"]) for one in rows}
    asked = {"people-centred": 2, "organisation": 5, "مدينة": 1, "городской": 1, "城市": 1, '"human settlement"': 3}
    assert {words: found(words) for words in asked} == asked


LANGUAGES = {"ar": "ar", "es": "es", "fr": "fr", "ru": "ru", "zh": "zh_CN"}


def prose(shared_data: Path, language: str) -> str:
    """The beginning of the manual in a language."""
    if language == "en":
        return (shared_data / PROSE / "SO2.en.md").read_text("utf-8")[:6000]
    with (shared_data / PROSE / f"SO2.{LANGUAGES[language]}.po").open("rb") as file:
        found = [str(message.string) for message in read_po(file) if message.id and message.string]
    return "\n\n".join(found[:40])


def test_the_prose_in_six_languages_goes_in_and_is_found(world: World, shared_data: Path) -> None:
    of, to = partner(world), call(world)
    codes = ["en", *LANGUAGES]
    texts = {code: prose(shared_data, code) for code in codes}
    content = lines(*(WHOLE | {"mark": code, "title": code, "language": code, TEXT: texts[code]} for code in codes))
    report = bring(world, to, of.id, content)
    assert [row[:3] for row in told(report)] == [(at, code, "new") for at, code in enumerate(codes, 1)]
    assert {row.mark: [remark.sentence for remark in row.remarks] for row in report.rows} == {
        code: [] for code in codes
    }
