"""Lists of words by key: recognised by their lines, read as YAML reads them, and told what stands in them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from portal.rules.word_lists import entries, recognised
from portal.rules.word_lists import told as found_in

WORDS = """\
# a remark
1-1-title: Une longue phrase qui
  continue ici

1-2-title: "Строка \\"в кавычках\\"\\n\\
  и дальше"

1-3-title: 'it''s  one'   
'[REMOVE]': مدينة
empty:
nothing: null
two words: l&#39;eau
1-2-title: 城市
below:
  inner: one
  other: two
"""  # noqa: W291


def test_what_stands_in_a_list_of_words() -> None:
    found = [(str(one.note), [(s.where, s.code, s.text) for s in one.places]) for one in found_in(WORDS.splitlines())]
    assert found == [
        ("Texts by key: 9.", []),
        ("Texts in Latin letters, written left to right: 4.", []),
        ("Texts in Cyrillic letters, written left to right: 1.", []),
        ("Texts in Arabic letters, written right to left: 1.", []),
        ("Texts in Chinese letters, written left to right: 1.", []),
        (
            "The longest text has 34 signs: 1-1-title.",
            [("row 2", "1-1-title", "Une longue phrase qui continue ici")],
        ),
        ("Empty texts: 2.", [("row 10", "empty", ""), ("row 11", "nothing", "")]),
        ("Keys that stand twice: 1.", [("row 13", "1-2-title", "城市")]),
        ("Texts with marks of web pages, such as &#39; or <b>: 1.", [("row 12", "two words", "l&#39;eau")]),
        (
            "Texts with blanks at their ends, doubled or no-break blanks: 1.",
            [("row 8", "1-3-title", "it's  one")],
        ),
        ("Texts with breaks of lines in them: 1.", [("row 5", "1-2-title", 'Строка "в кавычках"\nи дальше')]),
        (
            "Keys below which further keys or lines stand, read as one text: 1.",
            [("row 14", "below", "inner: one other: two")],
        ),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "only: one\n",
        "Entity,Year,Value\nKenya,2020,1\n",
        "Note: first\nKenya,2020,1\n",
        "A long line of words: and more\nAnother line of such words: and more\n",
        "https://example.org/one\nhttps://example.org/two\n",
        "12:30,4\n12:45,5\n",
    ],
)
def test_other_texts_are_no_list_of_words(text: str) -> None:
    assert not recognised(text.splitlines())


def test_real_lists_are_read_as_yaml_reads_them(shared_data: Path) -> None:
    paths = sorted([*shared_data.glob("sdg_titles/*/*.yml"), *shared_data.glob("kazakhstan/*.yml")])
    differ = []
    for path in paths:
        text = path.read_text("utf-8")
        told = yaml.load(text, yaml.BaseLoader)
        theirs = {key: "" if words == "null" else words for key, words in told.items()}
        mine = {key: words for _, key, words, _ in entries(text.splitlines())}
        if not recognised(text.splitlines()) or theirs != mine:
            differ.append(path.name)
    assert (differ, len(paths)) == ([], 62)
