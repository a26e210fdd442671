"""Two editors and the history of a draft, at random: what each types and sends, and the account of every word typed.

Every word that is typed is unique. `play` lets two editors type, delete, save, save again, choose on cards, take
earlier texts back, keep restore points and go back to them, in a random order upon a desk (a model, or the portal), and
returns the account: the words that were lost are those that no longer stand, that no card shows, and that nobody who
saw them let go.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Protocol

VOCABULARY = {
    "en": ("street", "housing", "budget", "river"),
    "ar": ("شارع", "إسكان", "ميزانية", "نهر"),
    "zh": ("街", "住房", "预算", "河"),
}
END = {"en": (".", "?", "!"), "ar": (".", "؟", "!"), "zh": ("。", "？", "！")}
NUMBER = re.compile(r"\d+")
PIECE = re.compile(r"[^\W\d]+\d+|\W+")
SENTENCE = re.compile(r"[^.?!؟。？！]+[.?!؟。？！]*[ ]?")
PROSE, ROWS, RECORD = "prose", "rows", "record"


@dataclass(frozen=True)
class Field:
    """One answer that both write: its key, its shape, the language of its words, and the columns of its rows."""

    key: str
    shape: str
    language: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kept:
    """A save that was taken: the value as it now stands, and its revision."""

    value: Any
    revision: int


@dataclass(frozen=True)
class Card:
    """A save that a person must decide: the saved value with its revision, beside what was sent."""

    theirs: Any
    revision: int
    yours: Any


class Desk(Protocol):
    """Where the two editors write. `who` is 0 or 1."""

    def read(self, field: Field) -> tuple[Any, int]:
        """The value as it stands, and its revision, 0 before the first."""

    def save(self, field: Field, who: int, value: Any, base: int, since: Any = None) -> Kept | Card:
        """Saves what was written upon a revision, or upon what the writer had sent before (`since`)."""

    def take_back(self, field: Field, who: int, revision: int, seen: int) -> Kept | Card:
        """Takes an earlier revision back, by a person who saw `seen` as the newest."""

    def value_at(self, field: Field, revision: int) -> Any:
        """The value of an earlier revision."""

    def keep_point(self) -> Any:
        """Keeps the whole draft; what names the restore point."""

    def go_back(self, point: Any) -> None:
        """Takes the whole draft back to a restore point."""


def leaves(value: Any) -> list[str]:
    """Every text in a value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in leaves(item)]
    return [text for item in value or () for text in leaves(item)]


def counted(value: Any) -> Counter[int]:
    """How often each word stands in a value, by its number."""
    return Counter(int(number) for text in leaves(value) for number in NUMBER.findall(text))


def numbers(value: Any) -> set[int]:
    """The numbers of the words in a value."""
    return set(counted(value))


@dataclass
class Writer:
    """Types words that nobody typed before, and keeps which there are."""

    rng: random.Random
    typed: dict[int, str] = field(default_factory=dict)

    def word(self, language: str) -> str:
        number = len(self.typed) + 1
        self.typed[number] = f"{self.rng.choice(VOCABULARY[language])}{number}"
        return self.typed[number]

    def sentence(self, language: str) -> str:
        words = [self.word(language) for _ in range(self.rng.randint(1, 3))]
        return ("" if language == "zh" else " ").join(words) + self.rng.choice(END[language])

    def edited(self, field: Field, value: Any) -> Any:
        """The value after one edit."""
        if field.shape == PROSE:
            return self.prose(field.language, value or "")
        if field.shape == ROWS:
            return self.rows(field, value or [])
        record = value or {"status": "", "reason": "", "rows": []}
        if self.rng.random() < 0.3:
            return record | {"reason": self.prose(field.language, record["reason"])}
        return record | {"rows": self.rows(field, record["rows"])}

    def prose(self, language: str, text: str) -> str:
        paragraphs = [found for part in text.split("\n\n") if (found := SENTENCE.findall(part))]
        if not paragraphs or self.rng.random() < 0.2:
            paragraphs.insert(self.rng.randint(0, len(paragraphs)), [self.sentence(language)])
            return self._joined(paragraphs, language)
        at = self.rng.randrange(len(paragraphs))
        self.rng.choice((self._in_sentence, self._in_sentence, self._in_paragraph, self._of_paragraphs))(
            paragraphs, at, language
        )
        return self._joined(paragraphs, language)

    def _joined(self, paragraphs: list[list[str]], language: str) -> str:
        between = "" if language == "zh" else " "
        return "\n\n".join(between.join(s.strip() for s in sentences) for sentences in paragraphs if sentences)

    def _in_sentence(self, paragraphs: list[list[str]], at: int, language: str) -> None:
        """A word more, a word less, or another word."""
        which = self.rng.randrange(len(paragraphs[at]))
        pieces = PIECE.findall(paragraphs[at][which])
        words = [place for place, piece in enumerate(pieces) if NUMBER.search(piece)]
        place = self.rng.choice(words) if words else 0
        act = self.rng.randrange(4)
        if act == 0 and words:
            del pieces[place]
        elif act == 1 and words:
            pieces[place] = self.word(language)
        else:
            pieces.insert(place, self.word(language) + ("" if language == "zh" else " "))
        paragraphs[at][which] = "".join(pieces)

    def _in_paragraph(self, paragraphs: list[list[str]], at: int, language: str) -> None:
        """A sentence more, or a sentence less."""
        sentences = paragraphs[at]
        if self.rng.random() < 0.6:
            sentences.insert(self.rng.randint(0, len(sentences)), self.sentence(language))
        else:
            del sentences[self.rng.randrange(len(sentences))]

    def _of_paragraphs(self, paragraphs: list[list[str]], at: int, _language: str) -> None:
        """A paragraph less, or in another place, or joined with the next, or cut in two."""
        act = self.rng.randrange(4)
        taken = paragraphs.pop(at)
        if act == 1:
            paragraphs.insert(self.rng.randint(0, len(paragraphs)), taken)
        elif act == 2:
            if at < len(paragraphs):
                paragraphs[at] = taken + paragraphs[at]
            else:
                paragraphs.append(taken)
        elif act == 3:
            cut = self.rng.randint(0, len(taken))
            paragraphs[at:at] = [part for part in (taken[:cut], taken[cut:]) if part]

    def rows(self, field: Field, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        rows = [dict(row) for row in rows]
        act = self.rng.randrange(6)
        if not rows or act == 0:
            row = {column: self.word(field.language) for column in field.columns if self.rng.random() < 0.7}
            rows.insert(self.rng.randint(0, len(rows)), dict.fromkeys(field.columns, "") | row)
            return rows
        at = self.rng.randrange(len(rows))
        if act == 1:
            del rows[at]
        elif act == 2:
            rows.insert(self.rng.randint(0, len(rows) - 1), rows.pop(at))
        else:
            column = self.rng.choice(field.columns)
            more = self.word(field.language)
            rows[at][column] = more if act == 3 else f"{rows[at][column]} {more}".strip()
        return rows


@dataclass
class Open:
    """An answer open before an editor: what the editor saw last, what stands in the field now, what was sent without an
    answer, the words let go since, and those sent unheard.
    """

    seen: Any
    revision: int
    text: Any
    sent: Any = None
    gone: set[int] = field(default_factory=set)
    unheard: set[int] = field(default_factory=set)


@dataclass
class Account:
    """What became of the words: let go by somebody who saw them, or shown on a card; and what was found wrong."""

    let_go: set[int] = field(default_factory=set)
    carded: set[int] = field(default_factory=set)
    stood: dict[Field, set[int]] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    saves: int = 0
    joined: int = 0
    cards: int = 0

    def save(self, where: Field, now: Open, before: set[int], sent: set[int], after: set[int]) -> None:
        """One save, held to account: what either side wrote since the editor saw the answer stands, and what both kept.
        A word that was sent before, stood, and stands no more was let go by the other: that save had its own account.
        """
        seen = numbers(now.seen)
        stood = self.stood.setdefault(where, set())
        settled = (now.unheard & stood) - before
        wanted = (before & sent) | (before - seen) | (sent - seen - settled)
        if missing := wanted - after - now.gone:
            self.lost.append(f"{where.key} lost {sorted(missing)}")
        stood |= after


@dataclass
class Play:
    """One interleaving."""

    rng: random.Random
    desk: Desk
    fields: tuple[Field, ...]
    account: Account = field(default_factory=Account)
    points: list[tuple[Any, dict[Field, set[int]]]] = field(default_factory=list)
    over: bool = False

    def __post_init__(self) -> None:
        self.writer = Writer(self.rng)
        self.open = {(who, one): self._opened(one) for who in (0, 1) for one in self.fields}

    def _opened(self, one: Field) -> Open:
        value, revision = self.desk.read(one)
        return Open(value, revision, value)

    def run(self, steps: int) -> Account:
        """Writes something to begin with, takes this many random steps, then lets both editors save all they have: the
        account is complete then.
        """
        for _ in range(self.rng.randrange(12)):
            self.edit(0, self.fields[0])
        self.send(0, self.fields[0])
        self.read(1, self.fields[0])
        for _ in range(steps):
            one = self.fields[0] if self.rng.random() < 0.8 else self.rng.choice(self.fields)
            self.rng.choices(
                (self.edit, self.send, self.send_unanswered, self.read, self.take_back, self.keep_or_go_back),
                (10, 6, 1, 2, 1, 1),
            )[0](self.rng.randrange(2), one)
        self.over = True
        for one in self.fields:
            for who in (0, 1):
                self.send(who, one)
        standing = {number for one in self.fields for number in self._standing(one)}
        for number, word in self.writer.typed.items():
            if number not in standing | self.account.let_go | self.account.carded:
                self.account.lost.append(f"{word} is nowhere at the end")
        self._whole()
        return self.account

    def _standing(self, one: Field) -> set[int]:
        return numbers(self.desk.read(one)[0])

    def _whole(self) -> None:
        """Every word stands with all its letters."""
        for one in self.fields:
            texts = leaves(self.desk.read(one)[0])
            for number in {int(n) for text in texts for n in NUMBER.findall(text)}:
                word = self.writer.typed[number]
                if not any(re.search(rf"{word}(?!\d)", text) for text in texts):
                    self.account.lost.append(f"{word} lost letters")

    def edit(self, who: int, one: Field) -> None:
        """Types or deletes in the field."""
        now = self.open[who, one]
        before = counted(now.text)
        now.text = self.writer.edited(one, now.text)
        gone = set(before - counted(now.text))
        now.gone |= gone
        self.account.let_go |= gone

    def read(self, who: int, one: Field) -> None:
        """Loads the page again, when nothing in it waits to be saved."""
        now = self.open[who, one]
        if now.text == now.seen and now.sent is None:
            self.open[who, one] = self._opened(one)

    def send(self, who: int, one: Field) -> None:
        """Saves the field. A card is decided, and the decision is saved."""
        now = self.open[who, one]
        for _ in range(4):
            if now.text == now.seen and now.sent is None:
                return
            before, sent = self._standing(one), now.text
            outcome = self.desk.save(one, who, sent, now.revision, now.sent)
            if isinstance(outcome, Kept):
                self._kept(who, one, before, sent, outcome)
                return
            self._decide(one, now, outcome)

    def _kept(self, who: int, one: Field, before: set[int], sent: Any, outcome: Kept) -> None:
        """The answer of a save comes. In one case of four the editor has typed on: what stands in the field then goes
        on from what was sent and, where that was joined, knows nothing of the words of the other.
        """
        now = self.open[who, one]
        value, revision = self.desk.read(one)
        after = numbers(value)
        if revision == outcome.revision and value != outcome.value:
            self.account.lost.append(f"{one.key} stands otherwise than was answered")
        self.account.save(one, now, before, numbers(sent), after)
        self.account.saves += 1
        self.account.joined += after != numbers(sent)
        if not self.over and self.rng.random() < 0.25:
            joined = outcome.value != sent
            self.open[who, one] = typed = Open(sent, now.revision if joined else outcome.revision, sent)
            typed.sent = sent if joined else None
            self.edit(who, one)
        else:
            self.open[who, one] = Open(outcome.value, outcome.revision, outcome.value)

    def _decide(self, one: Field, now: Open, card: Card) -> None:
        """A person reads the card and keeps one side or joins both; the words of both sides have been shown."""
        self.account.cards += 1
        self.account.carded |= numbers(card.theirs) | numbers(card.yours)
        if not numbers(now.text) <= numbers(card.yours) or self._standing(one) != numbers(card.theirs):
            self.account.lost.append(f"the card of {one.key} shows other words")
        choice = self.rng.choice(("theirs", "yours", "both"))
        now.seen, now.revision, now.sent, now.gone, now.unheard = card.theirs, card.revision, None, set(), set()
        if choice == "theirs":
            now.text = card.theirs
        elif choice == "both" and one.shape == PROSE:
            mine = [piece for piece in PIECE.findall(card.yours) if not numbers(piece) & numbers(card.theirs)]
            now.text = "\n\n".join(text for text in (card.theirs, "".join(mine).strip()) if text)

    def send_unanswered(self, who: int, one: Field) -> None:
        """Saves the field and never hears of it: the line is down. The next save tells what was sent."""
        now = self.open[who, one]
        if now.text == now.seen:
            return
        before = self._standing(one)
        outcome = self.desk.save(one, who, now.text, now.revision, now.sent)
        if isinstance(outcome, Kept):
            after = self._standing(one)
            self.account.save(one, now, before, numbers(now.text), after)
        now.sent = now.text
        now.unheard |= numbers(now.text)
        if self.rng.random() < 0.5:
            self.edit(who, one)

    def take_back(self, who: int, one: Field) -> None:
        """Takes an earlier text back, on a page of the history that may be old."""
        now = self.open[who, one]
        if not now.revision or now.text != now.seen or now.sent is not None:
            return
        revision = self.rng.randint(1, now.revision)
        earlier, before = numbers(self.desk.value_at(one, revision)), self._standing(one)
        outcome = self.desk.take_back(one, who, revision, now.revision)
        if isinstance(outcome, Card):
            return
        self.account.let_go |= numbers(now.seen) - earlier
        after = numbers(outcome.value)
        self.account.save(one, now, before, earlier, after)
        self.open[who, one] = Open(outcome.value, outcome.revision, outcome.value)

    def keep_or_go_back(self, _who: int, _one: Field) -> None:
        """Keeps a restore point, or takes the whole draft back to one."""
        if not self.points or self.rng.random() < 0.5:
            self.points.append((self.desk.keep_point(), {one: self._standing(one) for one in self.fields}))
            return
        point, then = self.rng.choice(self.points)
        before = {one: self._standing(one) for one in self.fields}
        self.desk.go_back(point)
        for one in self.fields:
            if self._standing(one) != then[one]:
                self.account.lost.append(f"{one.key} does not stand as it stood then")
            self.account.let_go |= before[one] - then[one]


def play(seed: int, desk: Desk, fields: tuple[Field, ...] | None = None, steps: int = 20) -> Account:
    """One interleaving upon answers without a word yet, the same for the same seed."""
    rng = random.Random(seed)
    return Play(rng, desk, fields or draw(rng)).run(steps)


def draw(rng: random.Random) -> tuple[Field, ...]:
    """Two answers to write, the first a narrative twice as often as rows or a record."""
    language = rng.choice(sorted(VOCABULARY))
    narrative = Field("F.2/summary", PROSE, language)
    table = Field("F.1/contacts", ROWS, language, ("name", "post", "email"))
    series = Field("1.1.2.4/NUA-14", RECORD, language, ("year", "value", "source"))
    return rng.choice(((narrative, table), (narrative, series), (table, narrative), (series, narrative)))
