"""Says a refusal on the command line: one sentence, then each problem, and exit status 1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from portal.db import db
from portal.http.context import commit
from portal.rules.no_figures import NoFigures
from portal.rules.refusals import Invalid, NotNow, Refusal

FIRST_PLACES = 5


@contextmanager
def committing(most: int = FIRST_PLACES) -> Iterator[None]:
    """Commits when the block ends well; tells a refusal and leaves nothing behind when it does not. Of each thing found
    in a file without figures the first `most` places are told, and how many more there are.
    """
    try:
        yield
        commit()
    except Refusal as refusal:
        db.session.rollback()
        lines = [refusal.sentence]
        if isinstance(refusal, NoFigures):
            lines += refusal.lines(most)
        elif isinstance(refusal, Invalid):
            lines += [f"  {p.where}: {p.sentence}" for p in refusal.problems]
        if isinstance(refusal, NotNow):
            lines += [f"  {reason}" for reason in refusal.reasons if reason != refusal.sentence]
        raise click.ClickException("\n".join(lines)) from None
