"""Every kind of question has its two templates, and no template is without its kind."""

from __future__ import annotations

import pytest

from forms.kinds import KINDS
from portal.config import ROOT


@pytest.mark.parametrize("use", ["edit", "show"])
def test_every_kind_has_its_template(use: str) -> None:
    folder = ROOT / "templates" / "questions" / use
    assert {path.stem for path in folder.glob("*.html")} == set(KINDS)
