"""Pages: what every template knows, and how moments, names and prose are written."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import re
from collections.abc import Mapping
from contextvars import ContextVar
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from babel import support
from babel.dates import format_date, format_datetime, format_skeleton, format_time
from babel.numbers import format_decimal
from flask import Flask, g, request, session, url_for
from flask_babel import Babel, Domain, get_locale, get_translations
from flask_babel import gettext as _
from markupsafe import Markup

from forms.figures import parse_figure
from forms.kinds.practices import COLUMNS as PRACTICE_COLUMNS
from forms.markup import to_html
from forms.outline import text
from portal.db import db
from portal.http import people
from portal.http.context import now, settings
from portal.queries import events
from portal.rules.contributions import LICENCES
from portal.rules.datasets import NATIONAL, source_fact
from portal.rules.lifecycle import STATE_TITLES
from portal.rules.offers import cover_words
from portal.rules.plausible import brief, named
from portal.rules.policy import may
from portal.rules.shipped import entities
from portal.rules.timeline import last_day
from portal.rules.verdicts import WORDS as VERDICTS

LANGUAGES = {"ar": "العربية", "zh": "中文", "en": "English", "fr": "Français", "ru": "Русский", "es": "Español"}
STATIC = Path(__file__).resolve().parent.parent / "static"
VALUE = re.compile(r"%\(\w+\)[sd]")

PLAIN = NullTranslations()

# Set at the beginning of each request: filters and gettext read them thousands of times a page.
_language: ContextVar[str] = ContextVar("language", default="en")
_translations: ContextVar[NullTranslations] = ContextVar("translations", default=PLAIN)


class Apart(support.NullTranslations):
    """Sentences of a language written from right to left: each value in them stands apart from the words around it, so
    that a date, a code or a name of another direction jumbles nothing.
    """

    def __init__(self, sentences: support.NullTranslations) -> None:
        super().__init__()
        self.sentences = sentences

    def gettext(self, message: str) -> str:
        return _values_apart(self.sentences.gettext(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return _values_apart(self.sentences.ngettext(msgid1, msgid2, n))

    ugettext, ungettext = gettext, ngettext


class Sentences(Domain):
    """The sentences of the portal in the language of the reader."""

    def __init__(self) -> None:
        super().__init__()
        self.apart: dict[str, Apart] = {}

    def get_translations(self) -> support.NullTranslations:
        found: support.NullTranslations = super().get_translations()
        locale = get_locale()
        if locale is None or locale.text_direction != "rtl":
            return found
        return self.apart.setdefault(str(locale), Apart(found))


@functools.lru_cache(maxsize=4096)
def _values_apart(sentence: str) -> str:
    return VALUE.sub("\u2068\\g<0>\u2069", sentence)


def apart(written: str) -> str:
    """What may stand among words of the other direction, set apart where the language is written from right to left."""
    locale = get_locale()
    return written if locale is None or locale.text_direction != "rtl" else f"\u2068{written}\u2069"


def language() -> str:
    """The language of this page."""
    return _language.get()


def chosen_language() -> str:
    """The language asked for in the address, else kept from before, else the browser's."""
    chosen = request.args.get("lang") or session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES), "en") or "en"


@functools.cache
def asset(path: str) -> str:
    """The address of a static file with a mark of its content, so that browsers may keep it for good."""
    mark = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]
    return url_for("static", filename=path, v=mark)


def instant(moment: dt.datetime | None) -> str:
    """A moment in the reader's language, in UTC and said so."""
    if moment is None:
        return ""
    written = format_datetime(moment, "d MMMM y, HH:mm", locale=get_locale() or "en")
    return apart(_("%(moment)s UTC", moment=written))


def closing(moment: dt.datetime) -> str:
    """When something closes, with the days of the week: as the end of its last day in the last time zone where it is
    one, and in UTC.
    """
    written = by_clock(moment.astimezone(dt.UTC), weekday=True)
    counted = last_day(moment)
    if counted is None:
        return apart(_("%(moment)s UTC", moment=written))
    return apart(
        _(
            "the end of %(day)s in the last time zone (UTC−12), that is %(moment)s UTC",
            day=weekday(counted),
            moment=written,
        )
    )


def by_clock(moment: dt.datetime, *, weekday: bool = False) -> str:
    """A moment by the clock of the zone it carries, without the name of the zone."""
    pattern = "EEEE, d MMMM y, HH:mm" if weekday else "d MMMM y, HH:mm"
    return apart(format_datetime(moment, pattern, tzinfo=moment.tzinfo, locale=get_locale() or "en"))


def clock_time(moment: dt.datetime) -> str:
    """The time of day of a moment in UTC, as `14:02`."""
    return format_time(moment, "HH:mm", locale=get_locale() or "en")


def day(date: dt.date | None) -> str:
    """A day in the reader's language."""
    return "" if date is None else apart(format_date(date, "d MMMM y", locale=get_locale() or "en"))


def weekday(date: dt.date) -> str:
    """A day in the reader's language with its name in the week."""
    return apart(format_date(date, "EEEE, d MMMM y", locale=get_locale() or "en"))


def month(date: dt.date, *, short: bool = False) -> str:
    """The month of a day in the reader's language, without the day."""
    return apart(format_skeleton("yMMM" if short else "yMMMM", date, locale=get_locale() or "en"))


def words(texts: Mapping[str, str]) -> str:
    """A text of the guidelines or the name of an entity in the reader's language, English where there is none."""
    return text(texts, language())


def prose(markdown: str) -> Markup:
    """The reading form of a narrative: a small, cleaned subset of HTML."""
    return Markup(to_html(markdown))  # noqa: S704 - to_html returns only tags of its short list


def sentence(source: str) -> str:
    """A source text in the reader's language."""
    return _translations.get().gettext(source)


def said(texts: Mapping[str, str]) -> str:
    """Words of the forms in the reader's language: as the edition gives them, else translated from English."""
    return sentence(words(texts))


def source_title(source: str) -> str:
    """The name of a source of figures; one that no table knows is its own name."""
    title = source_fact(source).title
    scheme, _colon, state = title.partition(":")
    if scheme == NATIONAL and state:
        return _("National source: %(state)s", state=words(_states().get(state, {"en": state})))
    return title


@functools.cache
def _states() -> Mapping[str, Mapping[str, str]]:
    return {row["iso3"]: row["names"] for row in entities()}


def licence(key: str) -> str:
    """The name of a licence of contributions; the terms of a source of figures are their own name."""
    return sentence(LICENCES.get(key, key))


def verdict(standing: str) -> str:
    """What a second person said of a file of figures, in a word; "" for what is not known."""
    return sentence(VERDICTS[standing]) if standing else ""


def number(published: str | float) -> str:
    """A figure for reading: as the language writes it and with few digits. What is no number, or carries more than its
    bound, stays as it was published; the published text stands beside it or in the table.
    """
    return _number(str(published), str(get_locale() or "en"))


@functools.lru_cache(maxsize=16384)
def _number(published: str, locale: str) -> str:
    figure = parse_figure(published)
    if figure.number is None or not figure.number.is_finite() or "%" in published:
        return published
    return figure.bound + format_decimal(brief(figure.number), locale=locale, decimal_quantization=False)


def navigation() -> list[tuple[str, str, bool]]:
    """The entries of the main navigation for this person: title, address, whether it is the present one."""
    person = people.person()
    entries = []
    if person is not None:
        entries.append((_("Desk"), "/desk"))
    for permission, title, address in (
        ("review:queue", _("Review"), "/review"),
        ("evidence:read", _("Evidence"), "/evidence"),
        ("synthesis:read", _("Synthesis"), "/synthesis"),
        ("bundle:read", _("Bundles"), "/bundles"),
        ("datasets:read", _("Indicator data"), "/channels/b"),
    ):
        if may(person, permission):
            entries.append((title, address))
    entries.append((_("Published reports"), "/published"))
    if not may(person, "evidence:read"):  # who reads the evidence finds them there
        entries.append((_("Contributions"), "/contributions"))
    entries += [(_("Timeline"), "/timeline"), (_("Data"), "/data")]
    return [(title, address, request.path.startswith(address)) for title, address in entries]


def surroundings_of_a_page() -> dict[str, Any]:
    """What every template knows."""
    person = people.person()
    clock = settings().clock
    return {
        "language": language(),
        "direction": "rtl" if language() == "ar" else "ltr",
        "languages": LANGUAGES,
        "person": person,
        "may": lambda permission, subject=None: may(person, permission, subject),
        "navigation": navigation(),
        "unread": events.unread(db.session, person.id) if person else 0,
        "demonstration": day(clock) if clock else None,
        "asset": asset,
        "now": now,
        "state_title": lambda state: _(STATE_TITLES[state]),
    }


def install(app: Flask) -> None:
    """Gives templates their filters and their common words."""
    folder = str(STATIC.parent / "translations")
    babel = Babel(app, locale_selector=chosen_language, default_translation_directories=folder)
    babel.domain_instance = Sentences()
    app.context_processor(surroundings_of_a_page)
    app.jinja_env.filters.update(
        instant=instant,
        closing=closing,
        day=day,
        weekday=weekday,
        month=month,
        words=words,
        prose=prose,
        slug=slug,
        sentence=sentence,
        cover=cover_words,
        unit=named,
        source_title=source_title,
        licence=licence,
        verdict=verdict,
        number=number,
    )
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _translations.get().gettext(text),
        lambda one, many, n: _translations.get().ngettext(one, many, n),
        newstyle=True,
    )
    app.jinja_env.globals["practice_columns"] = PRACTICE_COLUMNS
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.before_request(_keep_language)


@functools.lru_cache(maxsize=16384)
def slug(key: str) -> str:
    """A question or section key as an HTML id."""
    return "q-" + "".join(c if c.isalnum() else "-" for c in key)


def _keep_language() -> None:
    asked = request.args.get("lang")
    if asked in LANGUAGES and not people.is_api():
        session["language"] = asked
    _language.set(chosen_language())
    _translations.set(get_translations())
    g.setdefault("act", None)
