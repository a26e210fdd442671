"""The form that starts a report, for one that counts and for practice."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from forms.cycles import StartForm
from forms.outline import Guideline, text
from portal.http import render
from portal.queries import desk
from portal.services.act import Act


def entities_to_start(act: Act, begun: Collection[str]) -> dict[str, dict[str, str]]:
    """The entities of which this person is focal point and whose report is not begun: names by code."""
    leads = {grant.entity for grant in act.actor.grants if grant.role == "focal_point" and grant.entity}
    return desk.entity_names(act.session, leads.difference(begun))


def start_form(formdata: Any, asked: Guideline, names: dict[str, dict[str, str]], entity: str = "") -> StartForm | None:
    """The form with what can be chosen; None where there is nothing to start."""
    if not names:
        return None
    return StartForm(
        formdata,
        entities=[(code, render.words(name)) for code, name in names.items()],
        modalities=[(m.key, text(m.title, render.language())) for m in asked.modalities.values()],
        languages=list(render.LANGUAGES.items()),
        data={"entity": entity, "first_language": render.language()},
    )
