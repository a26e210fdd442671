"""The person who calls."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from portal.api.calls import Calls
from portal.api.shapes import Given, GrantShape, language_code
from portal.services.act import Act

calls = Calls("People", __name__, "The person to whom a token belongs.")


class Me(Given):
    """A person with the roles in force, and the entities that the person reports for."""

    id = fields.UUID()
    email = fields.String()
    name = fields.String()
    language = language_code()
    roles = fields.List(fields.String())
    entities = fields.List(fields.String())
    grants = fields.List(fields.Nested(GrantShape))


@calls.call("GET", "/me", "desk:read", gives=Me)
def me(act: Act) -> dict[str, Any]:
    """The person to whom the token belongs, with roles and entities."""
    person = act.actor
    return {
        "id": person.id,
        "email": person.email,
        "name": person.name,
        "language": person.language,
        "roles": sorted(person.roles),
        "entities": sorted(person.entities),
        "grants": person.grants,
    }
