"""Explanations on the page of a section: what can be explained beside each question, and what the page sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask import flash
from flask_babel import gettext as _
from flask_babel import ngettext

from forms.findings import Finding
from portal.models.reports import Report
from portal.services.act import Act
from portal.services.explaining import EXPLAINABLE, Judged, Said, explain_all, judged

MARK = "@explain-"


def explainable(
    act: Act,
    report: Report,
    found: Mapping[str, Iterable[Finding]],
    held: Mapping[tuple[str, str], Any],
    given: bool,
) -> dict[str, list[tuple[str, Judged]]]:
    """By question, the findings that can be explained, each as a sentence and with its explanation; `given` tells
    whether the report has any.
    """
    told = [finding for findings in found.values() for finding in findings if finding.severity in EXPLAINABLE]
    listed: dict[str, list[tuple[str, Judged]]] = {}
    for one in judged(act.session, report, told, held, list(found) if given else ()) if told else ():
        sentence = _(one.finding.message) % one.finding.params
        listed.setdefault(one.finding.question, []).append((sentence, one))
    return listed


def keep_explanations(act: Act, report: Report, form: Mapping[str, str]) -> None:
    """Keeps what the page of a section says to its findings, after its answers; says what was kept and what was not."""
    kept, in_vain = explain_all(act, report, _sent(form))
    if kept:
        flash(ngettext("%(num)d explanation is kept.", "%(num)d explanations are kept.", len(kept)), "success")
    for said in in_vain:
        words = said.words.strip()
        flash(_("The check says this no longer, so your explanation is not needed: “%(words)s”", words=words), "info")


def _sent(form: Mapping[str, str]) -> Iterator[Said]:
    for name, of in form.items():
        question, marked, rest = name.partition(MARK)
        if marked and rest.endswith("-of") and of.count("|") == 2:
            stem = name.removesuffix("-of")
            language, rule, about = of.split("|")
            words, began = form.get(stem, ""), form.get(stem + "-began", "")
            yield Said(question, language, rule, about, words, began, again=stem + "-again" in form)
