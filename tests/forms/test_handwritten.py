"""The forms written by hand: log-in, reasons, the checklist, starting a report."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from forms.account import LoginForm
from forms.cycles import StartForm
from forms.review import ReasonForm, checklist_form
from tests.forms.editions import edition


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"email": " focal.point.xaa@example.org ", "password": " as typed "}, {}),
        ({}, {"email": ["Enter your e-mail address."], "password": ["Enter your password."]}),
        ({"email": "a" * 255, "password": "x"}, {"email": ["The address is too long."]}),
    ],
)
def test_log_in(sent: dict[str, str], errors: dict[str, list[str]]) -> None:
    form = LoginForm(MultiDict(sent))
    assert form.validate() == (not errors)
    assert form.errors == errors
    assert form.password.data == sent.get("password")


@pytest.mark.parametrize(
    ("reason", "sound"), [("The figures of 2.1.4 differ.", True), ("  \n", False), ("", False), ("x" * 10_001, False)]
)
def test_a_reason_is_words(reason: str, sound: bool) -> None:
    assert ReasonForm(MultiDict({"reason": reason})).validate() == sound


def test_the_checklist_has_the_points_of_the_edition() -> None:
    made = checklist_form(edition("one-question"), "en")
    assert made(MultiDict({"complete": "y"})).ticked() == {"complete": True}
    assert made(MultiDict({"other": "y"})).ticked() == {"complete": False}


CHOICES = {
    "entities": [("XAA", "Demonstration state A")],
    "modalities": [("full", "Full"), ("upload", "Upload")],
    "languages": [("en", "English"), ("fr", "French")],
}


def start(**sent: str | list[str]) -> StartForm:
    return StartForm(MultiDict(sent), **CHOICES)


def test_a_report_starts_with_its_main_language_first() -> None:
    form = start(entity="XAA", modality="full", first_language="fr", languages=["en", "fr"])
    assert form.validate()
    assert form.all_languages() == ("fr", "en")


@pytest.mark.parametrize(
    ("field", "value"),
    [("entity", "XAB"), ("modality", "oral"), ("modality", ""), ("first_language", "de"), ("languages", ["de"])],
)
def test_only_what_is_offered_can_be_chosen(field: str, value: str | list[str]) -> None:
    sound: dict[str, str | list[str]] = {
        "entity": "XAA",
        "modality": "full",
        "first_language": "en",
        "languages": ["en"],
    }
    form = start(**{**sound, field: value})
    assert not form.validate()
    assert list(form.errors) == [field]
