"""The names of states and other areas by their keys, in the language of the reader."""

from __future__ import annotations

from collections.abc import Callable

from forms.outline import text
from portal.http.render import language
from portal.queries import contributions
from portal.services.act import Act


def naming(act: Act) -> Callable[[str], str]:
    """Gives the name of a state or area by its key as the United Nations writes it, "" of a key that no table knows;
    one statement for any number of names.
    """
    names, reader = contributions.names(act.session), language()

    def name_of(key: str) -> str:
        fact = names.of_key(key)
        return "" if fact is None else text(fact.names, reader) or fact.name

    return name_of
