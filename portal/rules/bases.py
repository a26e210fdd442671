"""From which text a writer goes on, where the words that the portal heard before were never acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from forms.answers import holds


class OwnSave(Protocol):
    """What the writer saved of one value: its revision, the revision it began from, whether it was joined."""

    @property
    def revision(self) -> int: ...
    @property
    def value(self) -> Any: ...
    @property
    def base_revision(self) -> int: ...
    @property
    def merged(self) -> bool: ...


@dataclass(frozen=True)
class Base:
    """What a value sent was written upon. `again`: it was saved before, as this revision. `joined`: what the writer had
    sent before was joined with what others wrote, which the writer has not seen.
    """

    revision: int
    value: Any = None
    again: bool = False
    joined: bool = False


def begun_from(seen: int, base: Any, mine: Sequence[OwnSave], value: Any, since: Any) -> Base:
    """What was sent goes on from the writer's own last word where that was kept: an answer that never reached the
    writer makes no conflict with oneself, and a text that is sent twice is saved once. Where it was not kept, from
    `base`, the value at the revision that the writer saw. `mine` is what the writer saved after it, oldest first;
    `since` what was sent before without an answer, None for nothing.
    """
    if mine and mine[-1].value == value and mine[-1].base_revision >= seen:
        return Base(mine[-1].revision, again=True)
    for row in reversed(mine if since is not None else []):
        if row.value == since:
            return Base(row.revision, since)
        if row.merged and holds(row.value, base, since):
            return Base(seen, since, joined=True)
    return Base(seen, base)
