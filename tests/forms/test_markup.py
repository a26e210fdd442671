"""The Markdown subset: what becomes HTML, what stays as typed, and that nothing dangerous passes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms import markup


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One **two** *three*", "<p>One <strong>two</strong> <em>three</em></p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>\n'),
        ("[x](https://example.org)", '<p><a href="https://example.org" rel="noopener noreferrer">x</a></p>\n'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](mailto:a@example.org)", "<p>[x](mailto:a@example.org)</p>\n"),
        ("[x](/logout)", "<p>[x](/logout)</p>\n"),
        ("# Title", "<p># Title</p>\n"),
        ("<b>x</b><script>y</script>", "<p>&lt;b&gt;x&lt;/b&gt;&lt;script&gt;y&lt;/script&gt;</p>\n"),
        ("| a |\n|--:|\n| 1 |",
         "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n</tr>\n</tbody>\n</table>\n"),
        ("17.4 < 18 & more", "<p>17.4 &lt; 18 &amp; more</p>\n"),
    ],
)  # fmt: skip
def test_html_of_the_subset(text: str, html: str) -> None:
    assert markup.to_html(text) == html


def test_pictures_are_not_fetched() -> None:
    assert "<img" not in markup.to_html("![x](https://example.org/x.png)")


@given(st.text(alphabet="<>\"'&[]()!*_|-`# \njavascript:httpsx/=\\", max_size=60))
def test_only_the_tags_of_the_subset_come_out(text: str) -> None:
    html = markup.to_html(text)
    assert set(re.findall(r"</?([a-z0-9]+)", html)) <= markup.TAGS
    assert not re.search(r"href=\"(?!https?://)", html)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("One **two**\nthree\n\nFour", "One two three\nFour"),
        ("- a\n  - b\n- c", "a\nb\nc"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a\tb\n1\t2"),
        ("[x](https://example.org)", "x (https://example.org)"),
        ("", ""),
    ],
)
def test_plain_text_has_the_words_without_marks(text: str, plain: str) -> None:
    assert markup.to_plain(text) == plain
