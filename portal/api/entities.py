"""Who can report: member states, observers, and the entities of a demonstration."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from portal.api.calls import Calls
from portal.api.cursors import portion
from portal.api.shapes import Given, Paging, by_language, page_of
from portal.models.entities import Entity
from portal.queries import cycles
from portal.services.act import Act

calls = Calls("Entities", __name__, "Who can report, with names in six languages and regions.")


class EntityShape(Given):
    """An entity. `names` stand as the United Nations writes them; `name_en` is the English one."""

    iso3 = fields.String()
    iso2 = fields.String()
    m49 = fields.String()
    status = fields.String()
    names = by_language()
    name_en = fields.String()
    region = fields.String()
    regional_group = fields.String()
    commissions = fields.String()
    ldc = fields.Boolean()
    lldc = fields.Boolean()
    sids = fields.Boolean()
    note = fields.String()


@calls.call("GET", "/entities", "facts:read", query=Paging, gives=page_of(EntityShape))
def list_entities(act: Act, paging: dict[str, Any]) -> dict[str, Any]:
    """Every entity, by its English name."""
    return portion("entities", cycles.entities(act.session), paging)


@calls.call("GET", "/entities/<iso3:iso3>", "facts:read", gives=EntityShape)
def read_entity(act: Act, iso3: str) -> Entity:
    """One entity."""
    return cycles.entity(act.session, iso3)
