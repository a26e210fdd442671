"""The tiny editions that tests are written on."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from forms import guideline
from forms.outline import Guideline, Question

FOLDER = Path(__file__).parents[1] / "editions"


@cache
def edition(name: str) -> Guideline:
    """A tiny edition by the name of its file."""
    return guideline.load(FOLDER / f"{name}.json")


def question(suffix: str) -> Question:
    """A question of the edition that has one of every kind."""
    return edition("every-kind").questions[f"1.1/{suffix}"]
