"""Good practices for everyone: the list of those that are published, each on a page of its own, and as a table."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Blueprint, Response, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.kinds.practices import COLUMNS, COMMITMENTS, GOALS, SCALES
from forms.outline import Text, text
from portal.adapters.content import disposition
from portal.documents.tables import Column, csv_blocks
from portal.http import render
from portal.http.frozen import File
from portal.http.guard import PUBLIC, guarded
from portal.queries import practices
from portal.queries.practices import Practice, Wanted
from portal.services.act import Act

pages = Blueprint("practices", __name__)

PLACES = ("entity", "cycle", "version", "report", "question", "language")
HEADINGS = [Column(name, "", "") for name in (*PLACES, *(column.key for column in COLUMNS), "address")]
NAMED = {"commitment": COMMITMENTS, "goal": GOALS, "scale": SCALES}


@pages.get("/practices")
@guarded(PUBLIC)
def listing(act: Act) -> ResponseReturnValue:
    """The good practices published now, filtered by the words of the address."""
    everything, wanted = practices.published_practices(act.session), _wanted()
    asked = {name: value for name in Wanted.__dataclass_fields__ if (value := getattr(wanted, name))}
    return render_template(
        "practices/listing.html",
        sentence=_sentence(wanted, everything),
        found=[one for one in everything if wanted.holds(one)],
        of=len(everything),
        named=NAMED,
        table=url_for(".table", **asked),
        everything=url_for(".listing"),
        narrowed=bool(asked),
    )


@pages.get("/practices.csv")
@guarded(PUBLIC)
def table(act: Act) -> ResponseReturnValue:
    """The same practices as a table to keep."""
    wanted = _wanted()
    found = (one for one in practices.published_practices(act.session) if wanted.holds(one))
    headers = {"Content-Disposition": disposition("practices.csv")}
    blocks = stream_with_context(csv_blocks(HEADINGS, _rows(found)))
    return Response(blocks, content_type="text/csv; charset=utf-8", headers=headers)


@pages.get("/published/<uuid:report_id>/practices/<identifier>")
@guarded(PUBLIC)
def practice(act: Act, report_id: uuid.UUID, identifier: str) -> ResponseReturnValue:
    """One good practice, as it stands in the published version of its report."""
    found = practices.practice(act.session, report_id, identifier)
    return render_template("practices/practice.html", practice=found, files=_files(found))


def _wanted() -> Wanted:
    """The practices that the address asks for."""
    given = {name: request.args.get(name, "").strip() for name in Wanted.__dataclass_fields__}
    return Wanted(**{**given, "entity": given["entity"].upper()})


def _files(found: Practice) -> list[File]:
    """The files of the pictures; those that the state opened have an address."""
    return [
        File(
            attachment,
            name,
            url_for("public.file", report_id=found.report_id, file_id=attachment) if attachment in found.opened else "",
        )
        for attachment, name in found.told.files.items()
    ]


def _rows(found: Iterable[Practice]) -> Iterator[list[object]]:
    for one in found:
        places = [one.entity, one.cycle, one.version, str(one.report_id), one.told.question, one.told.language]
        cells = [_cell(one, column.key) for column in COLUMNS]
        yield [*places, *cells, url_for(".practice", report_id=one.report_id, identifier=one.id, _external=True)]


def _cell(one: Practice, column: str) -> str:
    """A cell as text: keys of choices apart by blanks, of pictures the words of those that the state opened."""
    value = one.row[column]
    if column == "pictures":
        return "; ".join(picture["alt"] or picture["attachment"] for picture in one.pictures())
    return "; ".join(value) if isinstance(value, list) else str(value)


def _sentence(wanted: Wanted, everything: Iterable[Practice]) -> list[dict[str, Any]]:
    """The filters as parts of a sentence; states are those that have a practice here."""
    states = {one.entity: text(one.names, render.language()) for one in everything}
    offered: list[tuple[str, str, str, list[tuple[str, str]]]] = [
        ("commitment", _("Good practices that serve"), _("any commitment"), _choices(COMMITMENTS)),
        ("goal", _("and"), _("any Sustainable Development Goal"), _choices(GOALS)),
        ("scale", _("at the scale"), _("of any place"), _choices(SCALES)),
        ("entity", _("from"), _("every state"), sorted(states.items(), key=lambda pair: pair[1])),
    ]
    return [
        {"name": name, "label": label, "value": getattr(wanted, name), "choices": [("", every), *choices]}
        for name, label, every, choices in offered
    ]


def _choices(titles: dict[str, Text] | Any) -> list[tuple[str, str]]:
    return [(key, render.words(title)) for key, title in titles.items()]
