"""What a page asks when something with marks is pasted: the same cleaning as on saving; nothing of it is kept."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from forms import paste
from forms.words import N_
from portal.http.guard import guarded
from portal.rules.refusals import Problem, TooLarge
from portal.services.act import Act

pages = Blueprint("paste", __name__)

LIMIT = 2_000_000
TOO_MUCH = N_("This is more than 2 MB at once; paste it in parts. Its words stand in the field, without their marks.")


@pages.post("/paste")
@guarded("desk:read", later=True, polling=True)
def clean(_act: Act) -> ResponseReturnValue:
    """The Markdown of the HTML sent, and a sentence about what does not come along."""
    if (request.content_length or 0) > LIMIT or len(html := request.get_data()) > LIMIT:
        raise TooLarge(TOO_MUCH, [Problem("", TOO_MUCH)])
    pasted = paste.from_html(html.decode("utf-8", "replace"))
    return jsonify(text=pasted.text, said=_left_out(pasted.pictures))


def _left_out(pictures: int) -> str:
    if not pictures:
        return ""
    return ngettext(
        "%(num)d picture was left out; attach it as a file beside the answer.",
        "%(num)d pictures were left out; attach them as files beside the answer.",
        pictures,
    )
