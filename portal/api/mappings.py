"""What the columns of files of figures mean, kept for the next file with the same headings."""

from __future__ import annotations

import uuid
from typing import Any

from marshmallow import fields, validate

from portal.api.calls import Answer, Calls
from portal.api.cursors import portion
from portal.api.datasets import ColumnsShape
from portal.api.shapes import Asked, Given, Moment, Paging, StrictWhole, one_of, page_of, words
from portal.models.datasets import ColumnMapping
from portal.queries import imports
from portal.rules.mappings import MOST_COLUMNS, ROLES, ColumnPlan
from portal.services import pending
from portal.services.act import Act

calls = Calls("Mappings", __name__, "What the columns of files of channel b mean, for files of no known layout.")


class ColumnsAsked(Asked):
    """What each column is, by position, and what the table does not tell: one unit, one year, the series. The preview
    of a file proposes it."""

    header = fields.List(words(1000), required=True, validate=validate.Length(1, MOST_COLUMNS))
    roles = fields.List(one_of(ROLES), required=True, validate=validate.Length(1, MOST_COLUMNS))
    row = StrictWhole(least=1, load_default=1)
    sheet = words(300, load_default="")
    unit = words(300, load_default="")
    period = words(300, load_default="")
    series = words(300, load_default="")


class NewMapping(Asked):
    """What the columns of files with these headings are. `name` is that of the file for which it is said."""

    name = words(300, least=1, required=True)
    source = words(120, load_default="")
    columns = fields.Nested(ColumnsAsked, required=True)


class MappingShape(Given):
    """What the columns of files with these headings are. `revision` counts how often something else was said."""

    id = fields.UUID()
    name = fields.String()
    source = fields.String()
    columns = fields.Nested(ColumnsShape)
    revision = fields.Integer()
    saved_at = Moment()


def _shape(row: ColumnMapping) -> dict[str, Any]:
    names = ("id", "name", "source", "revision", "saved_at")
    return {name: getattr(row, name) for name in names} | {"columns": row.mapping}


@calls.call("GET", "/mappings", "datasets:read", query=Paging, gives=page_of(MappingShape))
def list_mappings(act: Act, paging: dict[str, Any]) -> dict[str, Any]:
    """Every mapping that is kept, by name."""
    return portion("mappings", [_shape(row) for row in imports.mappings(act.session)], paging)


@calls.call("POST", "/mappings", "mapping:write", body=NewMapping, gives=Answer(MappingShape, 201), idempotent=True)
def save_mapping(act: Act, sent: dict[str, Any]) -> dict[str, Any]:
    """Keeps what the columns are for the next file with these headings; what was said of them before is replaced and
    counted."""
    told = sent["columns"]
    columns = ColumnPlan(**told | {"header": tuple(told["header"]), "roles": tuple(told["roles"])})
    return _shape(pending.keep_mapping(act, columns, sent["name"], sent["source"]))


@calls.call("POST", "/mappings/<uuid:mapping_id>/forget", "mapping:write", gives=MappingShape)
def forget_mapping(act: Act, mapping_id: uuid.UUID) -> dict[str, Any]:
    """Keeps a mapping no longer: the next file with these headings is looked at first again. Files taken in stay as
    they are."""
    return _shape(pending.forget_mapping(act, mapping_id))
