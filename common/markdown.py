"""Markdown from people, as HTML that is safe to show: rendered by markdown-it, then passed through an allow-list.

No pictures, no HTML, no attributes but those below; links lead to http, https and mailto addresses only.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

LONGEST = 30_000  # characters; fields are validated to less, so nobody sees the cut
_LEVELS = 6

_TAGS = {
    *("p", "br", "hr", "blockquote", "pre", "code", "em", "strong", "s", "a", "ul", "ol", "li"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
_ALIGNMENTS = {"align-left", "align-center", "align-right"}
_MARKS = re.compile(r"^(```|#{1,4} |\|[ :-]*-{3}|\*\*\S)", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")

_cleaner = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    allowed_classes={"th": _ALIGNMENTS, "td": _ALIGNMENTS},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="nofollow ugc noopener",
    strip_comments=True,
)


def render(text: str, *, heading: int = 3) -> SafeString:
    """Safe HTML; the text's largest heading becomes the given level, to fit the page round it."""
    parser = _parser()
    tokens = parser.parse(text[:LONGEST])
    _fit_in(tokens, heading)
    html = parser.renderer.render(tokens, parser.options, {})
    return mark_safe(_cleaner.clean(html))  # noqa: S308  this is what the cleaner is for


def plain(text: str) -> str:
    """The words alone, for excerpts and search; blocks are parted by a blank line."""
    words = "".join(_words(_parser().parse(text[:LONGEST])))
    return _BLANK_LINES.sub("\n\n", words).strip()


def is_marked(text: str) -> bool:
    """Whether there are marks of Markdown in a text that may as well be bare code."""
    return _MARKS.search(text) is not None


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "maxNesting": 20})
    parser.enable(["table", "strikethrough", "linkify"])
    assert parser.linkify is not None
    # Only whole addresses become links by themselves, not every “example.com” or “name@example.com”.
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    for scheme in ("ftp:", "//", "mailto:"):
        parser.linkify.add(scheme, None)
    parser.add_render_rule("image", _alternative)
    return parser


def _alternative(_renderer: Any, tokens: Sequence[Token], index: int, *_rest: Any) -> str:
    """A picture is shown as its description."""
    return escape(tokens[index].content)


def _fit_in(tokens: Sequence[Token], heading: int) -> None:
    """Headings keep their order below the page's own; alignment becomes a class, since styles are not allowed."""
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    shift = heading - min(levels, default=heading)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(_LEVELS, int(token.tag[1]) + shift)}"
        elif token.type in ("th_open", "td_open") and (style := token.attrs.pop("style", None)):
            token.attrs["class"] = f"align-{str(style).removeprefix('text-align:')}"


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.children:
            yield from _words(token.children)
        elif token.type in ("text", "code_inline", "image"):
            yield token.content
        elif token.type in ("fence", "code_block"):
            yield token.content + "\n"
        elif token.type in ("softbreak", "hardbreak", "tr_close"):
            yield "\n"
        elif token.type in ("th_close", "td_close"):
            yield " "
        elif token.block and token.nesting == -1 and token.type not in ("thead_close", "tbody_close"):
            yield "" if token.hidden else "\n" if token.type == "list_item_close" else "\n\n"
