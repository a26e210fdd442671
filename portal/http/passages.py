"""Passages at the edge: who reads them, the one of an address, and the words that somebody looks for."""

from __future__ import annotations

from forms.words import N_
from portal.queries import passages as queries
from portal.queries.passages import Reader, Subject
from portal.rules.analyser import Search, search
from portal.rules.policy import THE_TEAM
from portal.rules.refusals import Invalid, Problem
from portal.services.act import Act

NO_WORD = N_("Please write at least one word to look for.")
LARGEST = 2**53 - 1
LONGEST = 200


def reader(act: Act) -> Reader:
    """Who reads passages here."""
    return Reader(act.actor.id, of_the_team=THE_TEAM(act.actor, None))


def passage(act: Act, passage_id: int) -> Subject:
    """Loads the passage of an address."""
    return queries.subject(act.session, passage_id)


def sought(words: str, language: str | None) -> Search | None:
    """What these words look for, None where there are none; Invalid where nothing of them is a word."""
    if not words.strip():
        return None
    found = search(words, language or None)
    if not found.clauses:
        raise Invalid(NO_WORD, [Problem("q", NO_WORD)])
    return found
