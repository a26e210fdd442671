"""Reads an edition: a JSON document becomes a frozen Guideline, or BadGuideline tells every fault by its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from forms import answers
from forms.findings import SEVERITIES
from forms.kinds import KINDS
from forms.kinds.base import text_map
from forms.outline import (
    LANGUAGES,
    ChecklistItem,
    Guideline,
    Heading,
    Modality,
    Part,
    Question,
    Scope,
    Section,
    Text,
    text,
)

__all__ = [
    "EDITIONS",
    "LANGUAGES",
    "BadGuideline",
    "ChecklistItem",
    "Guideline",
    "Heading",
    "Modality",
    "Part",
    "Question",
    "Scope",
    "Section",
    "Text",
    "channels",
    "load",
    "parse",
    "published",
    "read",
    "shipped",
    "text",
]

EDITIONS = Path(__file__).parent / "editions"
SOURCES = ("", "sourced", "recalled")

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_SECTION = re.compile(r"[A-Z0-9]+(?:\.[0-9]+)*")
_SUFFIX = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:-[0-9]+)?")

Fault = tuple[str, str]
Node = Mapping[str, Any]


class BadGuideline(Exception):
    """A document that is no edition. `problems` holds every fault: its place, as in parts[1].key, and a sentence."""

    def __init__(self, problems: list[Fault]) -> None:
        super().__init__("\n".join(f"{place}: {sentence}" for place, sentence in problems))
        self.problems = problems


def load(path: Path) -> Guideline:
    """The edition in a file. BadGuideline also if it is not UTF-8 or not JSON; OSError if it cannot be read."""
    return parse(read(path.read_bytes()))


def shipped() -> dict[str, Path]:
    """The documents that come with the portal, by the key of the edition."""
    return {str(read(path.read_bytes())["key"]): path for path in sorted(EDITIONS.glob("*.json"))}


def channels() -> dict[str, Path]:
    """The documents of the forms of channels c to f that come with the portal, by the key of the edition."""
    return {str(read(path.read_bytes())["key"]): path for path in sorted(EDITIONS.glob("channels/*.json"))}


def published() -> dict[str, str]:
    """The digests of published editions by name of the file, from PUBLISHED.txt; such a document never changes."""
    lines = (EDITIONS / "PUBLISHED.txt").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split(maxsplit=1) for line in lines if line.strip())}


def read(data: bytes) -> Node:
    """The JSON object in some bytes; BadGuideline names line and column of an error, and keys that stand twice."""
    doubles: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in items:
            if key in seen:
                doubles.append(key)
            seen[key] = value
        return seen

    try:
        document = json.loads(data.decode("utf-8"), object_pairs_hook=pairs)
    except UnicodeDecodeError as error:
        raise BadGuideline([(f"byte {error.start + 1}", "the file is not UTF-8")]) from None
    except json.JSONDecodeError as error:
        raise BadGuideline([(f"line {error.lineno}, column {error.colno}", f"not JSON: {error.msg}")]) from None
    except (ValueError, RecursionError):
        raise BadGuideline([("document", "holds a number too long or lists too deep to be read")]) from None
    if doubles:
        raise BadGuideline(_placed_doubles(data.decode("utf-8"), doubles))
    if not isinstance(document, dict):
        raise BadGuideline([("document", "must be a JSON object")])
    return document


def _placed_doubles(source: str, doubles: list[str]) -> list[Fault]:
    """Where keys stand twice: the line of the last place with that key, since JSON gives no place of its own."""
    faults = []
    for key in doubles:
        line = source.count("\n", 0, source.rfind(json.dumps(key, ensure_ascii=False))) + 1
        faults.append((f"line {line} or before", f"the key {key} stands twice in one object"))
    return faults


def parse(document: Node) -> Guideline:
    """The edition in a document. All faults are collected before BadGuideline is raised; nothing is guessed."""
    reader = _Reader()
    guideline = reader.guideline(document)
    if reader.problems:
        raise BadGuideline(reader.problems)
    return guideline


class _Reader:
    """Walks a document once and collects faults; what is faulty is replaced by something harmless to go on with."""

    def __init__(self) -> None:
        self.problems: list[Fault] = []
        self.keys: set[str] = set()
        self.modalities: dict[str, Modality] = {}

    def guideline(self, node: Node) -> Guideline:
        known = ("key", "label", "title", "note", "languages", "modalities", "parts", "checklist")
        self.fields(node, "", known, needed=known)
        for name in ("languages", "modalities", "parts"):
            if node.get(name) == []:
                self.tell(name, "must hold at least one item")
        key = self.key(node, "", _NAME, "small letters, digits and hyphens")
        languages = self.among(node, "languages", "", LANGUAGES)
        for index, item in self.nodes(node, "modalities", ""):
            self.modality(item, f"modalities[{index}]")
        self.declare(node)
        self.scopes_hold()
        parts = tuple(self.part(item, f"parts[{index}]") for index, item in self.nodes(node, "parts", ""))
        checklist = tuple(self.item(item, f"checklist[{i}]") for i, item in self.nodes(node, "checklist", ""))
        self.unique([entry.key for entry in checklist], "checklist")
        label, title, note = (self.words(node, name, "") for name in ("label", "title", "note"))
        modalities = MappingProxyType(self.modalities)
        return Guideline(key, label, title, note, languages, modalities, parts, checklist, self.digest(node))

    def digest(self, node: Node) -> str:
        try:
            return answers.digest(answers.canonical(node))
        except answers.NotCanonical as error:
            self.tell(error.place or "document", error.sentence)
            return ""

    def modality(self, node: Node, place: str) -> None:
        self.fields(node, place, ("key", "title", "guidance", "counts"), needed=("key", "title", "counts"))
        key = self.key(node, place, re.compile(r"[a-z][a-z_]*"), "small letters and underscores")
        if key in self.modalities:
            self.tell(f"{place}.key", f"the modality {key} stands here a second time")
        counts = []
        for index, item in self.nodes(node, "counts", place):
            sub = f"{place}.counts[{index}]"
            self.fields(item, sub, ("within", "kinds", "suffixes"), needed=("within",))
            within, suffixes = self.strings(item, "within", sub), self.strings(item, "suffixes", sub)
            counts.append(Scope(within, self.among(item, "kinds", sub, KINDS), suffixes))
        title, guidance = self.words(node, "title", place), self.words(node, "guidance", place, needed=False)
        self.modalities[key] = Modality(key, title, guidance, tuple(counts))

    def declare(self, node: Node) -> None:
        """Collects the keys of parts, headings and sections first: modalities and paths refer to them."""
        for index, part in self.nodes(node, "parts", "", quiet=True):
            self.declare_key(part, f"parts[{index}]")
            for name in ("headings", "sections"):
                for at, item in self.nodes(part, name, f"parts[{index}]", quiet=True):
                    self.declare_key(item, f"parts[{index}].{name}[{at}]")

    def declare_key(self, node: Node, place: str) -> None:
        key = node.get("key")
        if isinstance(key, str) and key in self.keys:
            self.tell(f"{place}.key", f"the key {key} stands here a second time")
        elif isinstance(key, str):
            self.keys.add(key)

    def scopes_hold(self) -> None:
        """Tells scopes that name no part, heading or section."""
        for at, modality in enumerate(self.modalities.values()):
            for index, scope in enumerate(modality.counts):
                for sub, key in enumerate(scope.within):
                    if key not in self.keys:
                        place = f"modalities[{at}].counts[{index}].within[{sub}]"
                        self.tell(place, f"no part, heading or section has the key {key}")

    def part(self, node: Node, place: str) -> Part:
        known = ("key", "title", "guidance", "paragraphs", "source", "headings", "sections")
        self.fields(node, place, known, needed=("key", "title", "sections"))
        top = self.heading(node, place)
        headings = []
        for index, item in self.nodes(node, "headings", place):
            sub = f"{place}.headings[{index}]"
            self.fields(item, sub, known[:5], needed=("key", "title"))
            headings.append(self.heading(item, sub))
        sections = [
            self.section(item, f"{place}.sections[{index}]", (top, *headings))
            for index, item in self.nodes(node, "sections", place)
        ]
        return Part(top, tuple(headings), tuple(sections))

    def heading(self, node: Node, place: str) -> Heading:
        return Heading(
            self.key(node, place, _SECTION, "capital letters or digits, parted by points"),
            self.words(node, "title", place),
            self.words(node, "guidance", place, needed=False),
            self.numbers(node, "paragraphs", place),
            self.source(node, place),
        )

    def section(self, node: Node, place: str, above: tuple[Heading, ...]) -> Section:
        known = ("key", "title", "guidance", "paragraphs", "source", "questions")
        self.fields(node, place, known, needed=("key", "title", "questions"))
        own = self.heading(node, place)
        path = (above[0], *(h for h in above[1:] if own.key.startswith(f"{h.key}.")))
        keys = frozenset({own.key, *(heading.key for heading in path)})
        questions = tuple(
            self.question(item, f"{place}.questions[{index}]", own.key, keys)
            for index, item in self.nodes(node, "questions", place)
        )
        self.unique([q.key for q in questions], f"{place}.questions")
        return Section(own.key, own.title, own.guidance, own.paragraphs, own.source, above[0].key, path, questions)

    def question(self, node: Node, place: str, section: str, above: frozenset[str]) -> Question:
        known = ("key", "kind", "title", "guidance", "required", "options", "indicator")
        self.fields(node, place, known, needed=("key", "kind", "title"))
        key = self.string(node, "key", place)
        head, _, suffix = key.partition("/")
        if head != section or not _SUFFIX.fullmatch(suffix):
            self.tell(f"{place}.key", f"must be {section}/ and a name of letters, digits and underscores")
        kind = self.string(node, "kind", place)
        required = node.get("required", "")
        if required not in ("", *SEVERITIES):
            self.tell(f"{place}.required", f"must be one of {', '.join(SEVERITIES)}")
        options = node.get("options", {})
        if kind and kind not in KINDS:
            self.tell(f"{place}.kind", f"{kind} is not a kind of question; known are {', '.join(sorted(KINDS))}")
        elif not isinstance(options, Mapping):
            self.tell(f"{place}.options", "must be an object")
        elif kind:
            for sub, sentence in KINDS[kind].option_faults(options):
                self.tell(f"{place}.options{sub}", sentence)
        indicator = self.string(node, "indicator", place) if "indicator" in node else None
        counted = (m.key for m in self.modalities.values() if any(s.holds(above, kind, suffix) for s in m.counts))
        title, guidance = self.words(node, "title", place), self.words(node, "guidance", place, needed=False)
        return Question(key, kind, title, guidance, str(required), _frozen(options), indicator, tuple(counted))

    def item(self, node: Node, place: str) -> ChecklistItem:
        self.fields(node, place, ("key", "title", "guidance"), needed=("key", "title"))
        key = self.key(node, place, re.compile(r"[a-z][a-z_]*"), "small letters and underscores")
        return ChecklistItem(key, self.words(node, "title", place), self.words(node, "guidance", place, needed=False))

    def tell(self, place: str, sentence: str) -> None:
        self.problems.append((place, sentence))

    def fields(self, node: Node, place: str, known: Iterable[str], needed: Iterable[str] = ()) -> None:
        """Tells fields that are unknown here, and those that are missing."""
        dot = f"{place}." if place else ""
        for name in node:
            if name not in known:
                self.tell(f"{dot}{name}", "no such field is known here")
        for name in needed:
            if name not in node:
                self.tell(f"{dot}{name}", "this field is missing")

    def nodes(self, node: Node, name: str, place: str, quiet: bool = False) -> list[tuple[int, Node]]:
        """The objects of a list with their places in it; what is no list or no object is told unless quiet."""
        where = f"{place}.{name}" if place else name
        value = node.get(name, [])
        if not isinstance(value, list):
            if not quiet:
                self.tell(where, "must be a list")
            return []
        if not quiet:
            for index, item in enumerate(value):
                if not isinstance(item, Mapping):
                    self.tell(f"{where}[{index}]", "must be an object")
        return [(index, item) for index, item in enumerate(value) if isinstance(item, Mapping)]

    def string(self, node: Node, name: str, place: str) -> str:
        value = node.get(name, "")
        if not isinstance(value, str) or (name in node and not value):
            self.tell(f"{place}.{name}" if place else name, "must be a text")
            return ""
        return value

    def key(self, node: Node, place: str, form: re.Pattern[str], words: str) -> str:
        value = self.string(node, "key", place)
        if value and not form.fullmatch(value):
            self.tell(f"{place}.key" if place else "key", f"must be made of {words}")
        return value

    def words(self, node: Node, name: str, place: str, needed: bool = True) -> Text:
        where = f"{place}.{name}" if place else name
        value = node.get(name, {})
        if name in node or needed:
            faults = list(text_map(value)) if name in node else []
            self.problems += [(f"{where}{sub}", sentence) for sub, sentence in faults]
            if faults:
                return MappingProxyType({"en": ""})
        return MappingProxyType(dict(value))

    def strings(self, node: Node, name: str, place: str) -> tuple[str, ...]:
        where = f"{place}.{name}" if place else name
        value = node.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.tell(where, "must be a list of texts")
            return ()
        return tuple(value)

    def among(self, node: Node, name: str, place: str, allowed: Iterable[str]) -> tuple[str, ...]:
        """Texts of which each is one of those allowed."""
        values = self.strings(node, name, place)
        for index, value in enumerate(values):
            if value not in allowed:
                where = f"{place}.{name}[{index}]" if place else f"{name}[{index}]"
                self.tell(where, f"{value} is not one of {', '.join(allowed)}")
        return values

    def numbers(self, node: Node, name: str, place: str) -> tuple[int, ...]:
        value = node.get(name, [])
        if not isinstance(value, list) or not all(isinstance(n, int) and 1 <= n <= 175 for n in value):
            self.tell(f"{place}.{name}", "must be a list of paragraphs of the Agenda, 1 to 175")
            return ()
        return tuple(value)

    def source(self, node: Node, place: str) -> str:
        value = node.get("source", "")
        if value not in SOURCES:
            self.tell(f"{place}.source", "must be sourced or recalled")
            return ""
        return str(value)

    def unique(self, keys: list[str], place: str) -> None:
        for index, key in enumerate(keys):
            if key and key in keys[:index]:
                self.tell(f"{place}[{index}].key", f"the key {key} stands here a second time")


def _frozen(value: Any) -> Any:
    """The same data that nobody can change."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: _frozen(item) for key, item in value.items()})
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
