"""The kinds of questions by name; a new kind is one class here and two templates."""

from __future__ import annotations

from forms.kinds.base import Cell, Kind
from forms.kinds.practices import Practices
from forms.kinds.prose import Line, Narrative
from forms.kinds.rows import Consultations, Files, Links, People, Table
from forms.kinds.series import Series
from forms.kinds.values import Choice, Date, Number, Period

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Narrative(),
        Line(),
        Choice(),
        Number(),
        Date(),
        Period(),
        Series(),
        Practices(),
        People(),
        Consultations(),
        Links(),
        Table(),
        Files(),
    )
}

__all__ = ["KINDS", "Cell", "Kind"]
