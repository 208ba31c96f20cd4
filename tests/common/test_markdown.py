import re
import time

import pytest
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from common import markdown
from common.markdown import plain, render

TEXT = """# Title

Some *words*, **strong** ones and `code`.

- one
- two

| a | b |
|:--|--:|
| 1 | 2 |

```python
print("<b>")
```
"""


def test_text_becomes_html_that_fits_the_page():
    html = render(TEXT)

    assert isinstance(html, SafeString)
    assert html == (
        "<h3>Title</h3>\n<p>Some <em>words</em>, <strong>strong</strong> ones and <code>code</code>.</p>\n"
        "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"
        '<table>\n<thead>\n<tr>\n<th class="align-left">a</th>\n<th class="align-right">b</th>\n</tr>\n</thead>\n'
        '<tbody>\n<tr>\n<td class="align-left">1</td>\n<td class="align-right">2</td>\n</tr>\n</tbody>\n</table>\n'
        '<pre><code>print("&lt;b&gt;")\n</code></pre>\n'
    )


def test_headings_keep_their_order():
    assert re.findall("<h.>", render("## a\n\n### b\n\n## c", heading=2)) == ["<h2>", "<h3>", "<h2>"]
    assert re.findall("<h.>", render("# a\n\n###### b", heading=4)) == ["<h4>", "<h6>"]


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("[a](https://example.com/x?y=1&z)", "https://example.com/x?y=1&amp;z"),
        ("https://example.com", "https://example.com"),
        ("<mailto:a@example.com>", "mailto:a@example.com"),
    ],
)
def test_links_are_followed_by_people_only(text, href):
    html = render(text)

    assert f'href="{href}"' in html
    assert 'rel="nofollow ugc noopener"' in html


@pytest.mark.parametrize(
    "text",
    [
        *("[a](javascript:alert(1))", "[a](JaVaScRiPt:alert(1))", "[a](data:text/html,x)", "[a](vbscript:x)"),
        *("[a](//evil.example)", "[a](/account/)", "[a](?next=x)", "[a](ftp://example.com)", "[a](\\\\evil.example)"),
        *(
            "<javascript:alert(1)>",
            "[a]: javascript:alert(1)\n\n[a]",
            "ftp://example.com",
            "example.com",
            "a@example.com",
        ),
        *("[a](java&#115;cript:alert(1))", "[a](\x01javascript:alert(1))"),
    ],
)
def test_no_other_address_is_linked(text):
    assert "href=" not in render(text)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![alt](https://tracker.example/x.png)",
        "<div hx-get='/x' hx-on:click='x' data-hx-get='/y' style='color:red' id='x' class='x'>text</div>",
        "<a href='x' onclick='y'>z</a>",
        "<svg><style><img src=x></style></svg>",
        "<iframe src=//evil.example></iframe>",
        "<!-- comment -->",
        "```html onclick=x\n<script>\n```",
        '[a](https://example.com "x\\" onmouseover=alert(1) y=\\"")',
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ],
)
def test_no_html_of_theirs_comes_out(text):
    html = render(text)
    tags = re.findall(r"<(/?)(\w+)([^>]*)>", html)

    assert {name for _slash, name, _rest in tags} <= {"p", "pre", "code", "a"}
    assert all(
        set(re.findall(r'(\S+?)="', rest)) <= {"href", "title", "rel"} for _slash, name, rest in tags if name == "a"
    )
    assert all(not rest for _slash, name, rest in tags if name != "a")


def test_a_picture_is_its_description():
    assert render("![a <b> fox](https://example.com/x.png)") == "<p>a &lt;b&gt; fox</p>\n"


@given(st.text(st.sampled_from("<>\"'&[]()!`*_#|-=:/ \n\\ahrefjvscipt{}x1")))
def test_whatever_is_typed_only_known_tags_come_out(text):
    html = render(text)

    assert {name.lower() for name in re.findall(r"</?(\w+)", html)} <= markdown._TAGS
    assert "javascript:" not in html or "href" not in html


@pytest.mark.parametrize(
    "unit",
    [
        "[",
        "![",
        "*a_",
        "`",
        "> ",
        "- ",
        "(",
        "[a](",
        "<",
        "&",
        "\\",
        "|a",
        "**a *b ",
        "a\n\n",
        "http://",
        "~~",
        "#",
        "\t",
        "[a]: b\n",
    ],
)
def test_no_text_takes_long(unit):
    text = unit * (200_000 // len(unit))
    began = time.process_time()

    render(text)
    plain(text)

    assert time.process_time() - began < 4


def test_plain_is_the_words_alone():
    assert plain(TEXT) == 'Title\n\nSome words, strong ones and code.\n\none\ntwo\n\na b \n1 2 \n\nprint("<b>")'
    assert plain("[a link](https://example.com)\nand ![a fox](x.png) &amp; <b>") == "a link\nand a fox & <b>"
