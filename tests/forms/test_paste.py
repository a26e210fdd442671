"""Pasted text: Word, LibreOffice, Google Docs and the web become the Markdown subset, and no word is lost."""
# ruff: noqa: E501 - the fragments stand as programs write them

from __future__ import annotations

import re
import unicodedata

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import markup, paste
from forms.blocks import BOLD, ITALIC, Listing, Paragraph, Run, Table, inline, write
from forms.kinds import KINDS
from tests.forms.editions import question

WORD_HEAD = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">'
    "<head><meta charset=utf-8><meta name=Generator content='Microsoft Word 15'><title>Draft</title>"
    "<!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/></o:OfficeDocumentSettings></xml><![endif]-->"
    "<style><!-- p.MsoNormal, li.MsoNormal {margin:0cm; font-family:'Calibri'} @page {size:595pt 842pt} --></style>"
    "</head><body lang=EN-US style='tab-interval:36.0pt;word-wrap:break-word'><!--StartFragment-->"
)
WORD_FOOT = "<!--EndFragment--></body></html>"


def bullet(text: str, level: int = 1, sign: str = "·", style: str = "l0") -> str:
    return (
        f"<p class=MsoListParagraphCxSpMiddle style='margin-left:{36 * level}.0pt;text-indent:-18.0pt;"
        f"mso-list:{style} level{level} lfo1'><![if !supportLists]><span style='font-family:Symbol;"
        f"mso-fareast-font-family:Symbol'><span style='mso-list:Ignore'>{sign}<span style='font:7.0pt \"Times New "
        f"Roman\"'>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>{text}<o:p></o:p></p>"
    )


def word(body: str) -> str:
    return WORD_HEAD + body + WORD_FOOT


FOOTNOTE = (
    '<a style=\'mso-footnote-id:ftn1\' href="#_ftn1" name="_ftnref1" title=""><span class=MsoFootnoteReference>'
    "<span style='mso-special-character:footnote'><![if !supportFootnotes]>[1]<![endif]></span></span></a>"
)
CASES = {
    "word paragraphs": (
        word("<p class=MsoNormal><b><span lang=EN-GB>Housing.</span></b><span lang=EN-GB style='mso-ansi-language:EN-GB'>"
             " The stock\r\n  grew by 12&nbsp;%.</span><o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>"
             "<p class=MsoNormal>Second <i>paragraph</i>.<o:p></o:p></p>"),
        "**Housing.** The stock grew by 12\u00a0%.\n\nSecond *paragraph*.",
    ),
    "word list of two levels": (
        word(bullet("Water") + bullet("Pipes", 2, "o") + bullet("Wells", 2, "o") + bullet("Roads")
             + "<p class=MsoNormal>After.</p>"),
        "- Water\n  - Pipes\n  - Wells\n- Roads\n\nAfter.",
    ),
    "word numbered list": (
        word(bullet("Law", sign="3.") + bullet("Plan", sign="4.")),
        "3. Law\n4. Plan",
    ),
    "word lettered list keeps its letters": (
        word(bullet("Law", sign="a)") + bullet("Plan", sign="b)")),
        "- a) Law\n- b) Plan",
    ),
    "word list whose styles were lost": (
        "<p class=MsoListParagraphCxSpFirst>·&nbsp;&nbsp;&nbsp;&nbsp; <b>One</b></p>"
        "<p class=MsoListParagraphCxSpLast>·&nbsp;&nbsp;&nbsp;&nbsp; Two</p>",
        "- **One**\n- Two",
    ),
    "word list paragraph without a sign": (
        word("<p class=MsoListParagraph style='margin-left:36pt'>Goes on below the item.</p>"),
        "Goes on below the item.",
    ),
    "word tracked changes and remarks": (
        word("<p class=MsoNormal>The share is <del cite='mailto:x' datetime='2024-05-01T10:00'>10</del>"
             "<ins cite='mailto:x' datetime='2024-05-01T10:00'>12</ins> of<span class=msoDel> the</span> a hundred."
             "<span class=MsoCommentReference><a class=msocomanchor id='_anchor_1' href='#_msocom_1'>[A1]</a></span></p>"
             "<div style='mso-element:comment-list'><div style='mso-element:comment'><p class=MsoCommentText>Is it so?</p>"
             "</div></div>"),
        "The share is 12 of a hundred.",
    ),
    "word footnote": (
        word(f"<p class=MsoNormal>As the census says{FOOTNOTE}.</p><div style='mso-element:footnote-list'><hr>"
             "<div style='mso-element:footnote' id=ftn1><p class=MsoFootnoteText><a href='#_ftnref1'>[1]</a> Census of 2020."
             "</p></div></div>"),
        "As the census says[1].\n\n[1] Census of 2020.",
    ),
    "word hidden text": (
        word("<p class=MsoNormal>Seen <span style='display:none;mso-hide:all'>unseen</span>again.</p>"),
        "Seen again.",
    ),
    "word picture": (
        word("<p class=MsoNormal><!--[if gte vml 1]><v:shape><v:imagedata src='file:///C:/x.png'/></v:shape><![endif]-->"
             "<![if !vml]><img width=10 src='file:///C:/Users/x/image001.png' v:shapes='_x0000_i1025'><![endif]>Map</p>"),
        "Map",
    ),
    "word table": (
        word("<table class=MsoTableGrid border=1 style='mso-yfti-tbllook:1184'><tr style='mso-yfti-irow:0'><td width=200>"
             "<p class=MsoNormal><b>Year<o:p></o:p></b></p></td><td><p class=MsoNormal><b>Share, %</b></p></td></tr>"
             "<tr><td><p class=MsoNormal>2019</p></td><td><p class=MsoNormal>17,4</p><p class=MsoNormal>a|b</p></td></tr>"
             "</table>"),
        "| **Year** | **Share, %** |\n| --- | --- |\n| 2019 | 17,4 a\\|b |",
    ),
    "word table with joined cells": (
        "<table><tr><th colspan=2>Period</th><th>n</th></tr><tr><td rowspan=2>2020</td><td>I</td><td>1</td></tr>"
        "<tr><td>II</td><td>2</td></tr></table>",
        "| Period |  | n |\n| --- | --- | --- |\n| 2020 | I | 1 |\n|  | II | 2 |",
    ),
    "word arabic": (
        word("<p class=MsoNormal dir=RTL style='text-align:right;direction:rtl;unicode-bidi:embed'><b><span lang=AR-SA>"
             "الإسكان</span></b><span lang=AR-SA> ارتفعت النسبة إلى </span><span dir=LTR></span><span lang=EN-US dir=LTR>"
             "17.4</span><span lang=AR-SA>&nbsp;%\u200f.</span></p>"),
        "**الإسكان** ارتفعت النسبة إلى 17.4\u00a0%\u200f.",
    ),
    "word arabic list": (
        word(bullet("<span lang=AR-SA dir=RTL>المياه</span>") + bullet("<span lang=AR-SA dir=RTL>الطرق</span>")),
        "- المياه\n- الطرق",
    ),
    "word chinese": (
        word("<p class=MsoNormal><b><span lang=ZH-CN>重要：</span></b><span lang=ZH-CN>住房比例为\n上升</span>"
             "<span lang=EN-US>17.4</span>。</p>"),
        "**重要**：住房比例为上升17.4。",
    ),
    "word russian": (
        word("<p class=MsoNormal><span lang=RU>Доля выросла на 1&nbsp;000 га — «&nbsp;жильё&nbsp;»; № 5_а.</span></p>"),
        "Доля выросла на 1\u00a0000 га — «\u00a0жильё\u00a0»; № 5_а.",
    ),
    "word french": (
        word("<p class=MsoNormal><span lang=FR>L’objectif&nbsp;: 40&nbsp;% en 2030&nbsp;; voir «&nbsp;Habitat&nbsp;».</span></p>"),
        "L’objectif\u00a0: 40\u00a0% en 2030\u00a0; voir «\u00a0Habitat\u00a0».",
    ),
    "word spanish": (
        word("<p class=MsoNormal><i>¿Qué</i> <i>cambió?</i> La <b>vivienda</b>.</p>"),
        "*¿Qué cambió?* La **vivienda**.",
    ),
    "libreoffice": (
        '<html><head><style type="text/css">p { margin-bottom: 0.25cm }</style></head><body lang="fr-FR" dir="ltr">'
        '<p style="line-height: 115%"><font face="Liberation Serif"><b>Titre</b></font> et suite'
        '<a class="sdfootnoteanc" href="#sdfootnote1sym"><sup>1</sup></a></p>\n<ol>\n\t<li><p>un</p></li>\n\t'
        "<li><p>deux</p></li>\n</ol></body></html>",
        "**Titre** et suite¹\n\n1. un\n2. deux",
    ),
    "google docs": (
        '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-5d"><p dir="ltr"><span '
        'style="font-weight:700;font-style:normal">Water</span><span style="font-weight:400;font-style:normal"> and roads'
        '</span></p><ul><li dir="ltr" aria-level="1"><p role="presentation"><span>one</span></p></li><ul><li><p>two</p></li>'
        "</ul></ul></b><br class=\"Apple-interchange-newline\">",
        "**Water** and roads\n\n- one\n  - two",
    ),
    "web page": (
        '<h2 class="t">Results</h2><p>See <a href="https://example.org/a_(b)">the <b>list</b></a>, <a href="/x">here</a> or '
        '<a href="javascript:alert(1)">there</a>.</p><script>alert(1)</script><img src="https://example.org/b.gif">',
        "**Results**\n\nSee [the **list**](https://example.org/a%5F%28b%29), here or there.",
    ),
    "web page laid out by a table": (
        "<table><tr><td><p>Menu</p></td><td><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table></td>"
        "</tr></table>",
        "Menu\n\n| a | b |\n| --- | --- |\n| 1 | 2 |",
    ),
    "lines": ("<p>one<br>two<br><br>three</p>", "one\n\ntwo\n\nthree"),
    "raised and lowered": (
        "<p>5 km<sup>2</sup>, CO<sub>2</sub>, PM<sub>2.5</sub>, 1<sup>er</sup></p>",
        "5 km², CO₂, PM2.5, 1er",
    ),
    "what reads as a mark": (
        "<p>* one * and *two*, snake_case, _x_, [a](https://example.org), &amp;amp; \\_ &lt;b&gt;c&lt;/b&gt;</p><p>1. no list</p>"
        "<p>- nor this</p><p>2021. год</p><p>a | b</p><p>&lt;5 %</p>",
        "\\* one * and \\*two\\*, snake_case, \\_x\\_, [a\\](https://example.org), \\&amp; \\\\\\_ \\<b>c\\</b>\n\n1\\. no list\n\n"
        "\\- nor this\n\n2021\\. год\n\na | b\n\n<5 %",
    ),
    "list in a list item with paragraphs": (
        "<ol start=3><li><p>a</p><p>b</p><ul><li>c</li></ul></li><li>d</li></ol><ol><li>e</li></ol>",
        "3. a\n\n   b\n\n   - c\n\n4. d\n\n1) e",
    ),
    "list in a cell": ("<table><tr><td>x</td><td><ul><li>a</li><li>b</li></ul></td></tr></table>", "| x | • a • b |\n| --- | --- |"),
    "marks within words": ("<p><b>Bo</b>ld, <b>a</b><i>b</i></p>", "**Bo**ld, **a***b*"),
    "blanks within marks": ("<p>one<b> two </b>three<i> </i>four</p>", "one **two** three four"),
    "preformatted": ("<pre>a\n  b</pre>", "a\n\nb"),
    "definitions": ("<dl><dt>Slum</dt><dd>A place.</dd></dl>", "Slum\n\nA place."),
    "struck out is not deleted": ("<p><s>old</s> <u>new</u></p>", "old new"),
    "overriding marks go": ("<p>abc\u202edef\u202c \u200fghi</p>", "abcdef ghi"),
    "chinese list": ("<ul><li>住房</li><li>交通<b>：</b>公共</li></ul>", "- 住房\n- 交通：公共"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_becomes_of_it(name: str) -> None:
    html, expected = CASES[name]
    assert paste.from_html(html).text == expected


@pytest.mark.parametrize("name", CASES)
def test_cleaning_once_more_changes_nothing(name: str) -> None:
    once = paste.from_html(CASES[name][0]).text
    assert paste.clean(once) == once


GONE = re.compile(r"display:\s*none|mso-element:\s*comment|msocomanchor|MsoCommentReference|msoDel", re.IGNORECASE)


def seen_words(html: str) -> list[str]:
    """The words that another reader of HTML finds, without what is deleted, hidden, or a sign of a list."""
    found: list[str] = []

    def walk(node: object) -> None:
        name = getattr(node, "tag", None)
        if name in ("script", "style", "title", "del", "xml") or not isinstance(name, str):
            found.append(getattr(node, "tail", "") or "")
            return
        attributes = f"{node.get('style', '')} {node.get('class', '')}"  # type: ignore[attr-defined]
        if not GONE.search(attributes) and "mso-list:Ignore" not in attributes:
            found.append(node.text or "")  # type: ignore[attr-defined]
            for child in node:  # type: ignore[attr-defined]
                walk(child)
        found.append(" " if name in ("p", "td", "th", "li", "div", "br", "h2", "dt", "dd", "pre") else "")
        found.append(node.tail or "")  # type: ignore[attr-defined]

    walk(html5lib.parse(html, namespaceHTMLElements=False))
    return words("".join(found))


def words(text: str) -> list[str]:
    """The words of a text; signs of lists and of turning left out, raised figures as figures."""
    folded = unicodedata.normalize("NFKC", text)
    return re.findall(r"\w+", re.sub(r"[\u200e\u200f\u202a-\u202e]", "", folded))


@pytest.mark.parametrize("name", [name for name in CASES if name != "word list whose styles were lost"])
def test_no_word_is_lost(name: str) -> None:
    html = CASES[name][0]
    text = re.sub(r"(?m)^\s*(?:\d+[.)]|[-*](?: [a-z]\))?) ", "", paste.from_html(html).text)
    plain = re.sub(r" \(https?://\S+\)", "", markup.to_plain(text))
    compact = "".join(words(plain))
    assert compact == "".join(seen_words(html))


def test_the_corpus_is_large_enough() -> None:
    assert len(CASES) >= 30


@pytest.mark.parametrize(
    "text",
    [
        "", "<5 %", "a < b and c > d", "Write <name> here", "x <b and more", "**bold**\n\n- item\n  - inner", "a <- b -> c",
        "\\<b>literal\\</b>", "1 000\u00a0%", "if a<b>c", "<p> is a tag", "| a |\n| --- |\n| 1 |", "نص عربي\u200f.", "住房 <10%",
    ],
)  # fmt: skip
def test_plain_text_stays_byte_for_byte(text: str) -> None:
    assert paste.clean(text) == text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Water <b>and</b> **roads**\n- <i>one</i>\n  - two", "Water **and** **roads**\n- *one*\n  - two"),
        ("one<br>two", "one\ntwo"),
        ("<p>a</p>\n<p>b</p>", "a\n\nb"),
        ('x <img src="https://example.org/beacon.gif">', "x"),
        ('<a href="https://example.org">link</a> \\<b>kept', "[link](https://example.org) \\<b>kept"),
        ('<span style="color:red">red</span> 5 < 6', "red 5 < 6"),
    ],
)
def test_tags_in_typed_text_become_marks(typed: str, kept: str) -> None:
    assert paste.clean(typed) == kept
    assert paste.clean(kept) == kept


def test_pictures_are_counted() -> None:
    assert paste.from_html("<p>a<img src='https://example.org/1.png'><img src=x></p>") == paste.Pasted("a", 2)


def test_saving_cleans_as_pasting_does() -> None:
    html = CASES["word table"][0]
    narrative, line = question("narrative"), question("text")
    assert KINDS["narrative"].clean(narrative, html) == paste.from_html(html).text
    assert KINDS["text"].clean(line, "<p>Ministry of <b>Housing</b></p>\n<p>Unit</p>") == "Ministry of Housing Unit"
    assert KINDS["text"].clean(line, "&lt;b&gt; 5 * 3") == "&lt;b&gt; 5 * 3"


def test_deep_nesting_is_laid_flat() -> None:
    assert paste.from_html("<div>" * 5000 + "deep" + "</div>" * 5000).text == "deep"
    assert "deep" in paste.from_html("<ul><li>" * 3000 + "deep").text


PIECES = st.sampled_from(["a", "слово", "نص", "字", " ", "*", "_", "**", "[", "]", "](", "(", "https://x.org", ")", "\\", "<", "b>",
                          "&", "&amp;", "1.", "1)", "-", "+", "|", "\u00a0", ".", "!", "：", "`", "~", "#", ">"])  # fmt: skip
RUNS = st.lists(
    st.builds(
        Run,
        st.lists(PIECES, min_size=1, max_size=6).map("".join),
        st.integers(0, BOLD | ITALIC),
        st.sampled_from(["", "", "", "https://example.org/a(b)"]),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=600, deadline=None)
@given(RUNS)
def test_any_runs_read_back_as_their_words(runs: list[Run]) -> None:
    text = inline(runs)
    expected = re.sub(r"[ ]+", " ", "".join(run.text for run in runs)).strip()
    assert (markup.words_of_paragraph(text) or "") == expected
    assert paste.clean(text) == text


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(RUNS, min_size=2, max_size=3), min_size=1, max_size=3), RUNS)
def test_any_table_in_any_list_keeps_its_words(rows: list[list[list[Run]]], runs: list[Run]) -> None:
    table = Table(tuple(tuple(tuple(cell) for cell in row) for row in rows))
    text = write([Listing(((Paragraph(tuple(runs)), table), (table,)), 7)])
    held = [run.text for run in runs] + [run.text for row in rows for cell in row for run in cell] * 2
    plain = re.sub(r" \(https://example\.org/[^)]*\)", "", markup.to_plain(text))
    assert "".join(plain.split()) == "".join("".join(held).split())
