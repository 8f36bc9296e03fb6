"""Typed text becomes safe text. The one door to bleach, the last gate before a page.

Markdown subset: paragraphs, emphasis, lists, quotes and links. No HTML, images, headings, tables or code.
Both libraries are loaded when somebody writes: reading serves what was rendered then.
`plain` is what detectors read and what every span counts in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from moderation.subject import Span

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

RENDER_VERSION = 1
MAX_CHARACTERS = 10_000
TAGS = frozenset({"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "a", "hr"})
LINK_REL = "nofollow noopener noreferrer ugc"
WEB_LINK = re.compile(r"https?://[^\s/?#\\@]+\.[^\s/?#\\@]+(?:[/?#][^\s\\]*)?\Z", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]|[\ud800-\udfff]")
MASK = "[words hidden by a moderator]"


@dataclass(frozen=True, slots=True)
class Rendered:
    """One text in the three forms that are stored with it."""

    html: str
    plain: str
    quoted: tuple[Span, ...]


def tidy(typed: str) -> str:
    """What is kept of what was typed: control characters out, line ends the same, composed accents."""
    text = CONTROL.sub("", typed.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", text).strip()


def render(source: str) -> Rendered:
    """Markdown source → safe HTML, plain text, and where the plain text quotes somebody."""
    markdown = _markdown()
    tokens = markdown.parse(source)
    _check_links(tokens)
    html = markdown.renderer.render(tokens, markdown.options, {})
    plain, quoted = _plain(tokens)
    return Rendered(clean(html), plain, quoted)


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "breaks": True, "typographer": False}).disable(
        [
            "image",
            "heading",
            "lheading",
            "code",
            "fence",
            "backticks",
            "html_block",
            "html_inline",
            "reference",
            "autolink",
        ]
    )


def clean(html: str) -> str:
    """The last gate: whatever is not on the list is shown as text."""
    import bleach

    return bleach.clean(
        html, tags=TAGS, attributes=_allowed_attribute, protocols={"http", "https"}, strip=False
    )


def _allowed_attribute(tag: str, name: str, value: str) -> bool:
    """bleach's own protocol list lets `javascript:123` and `//host` through; this does not."""
    if tag == "ol":
        return name == "start" and value.isascii() and value.isdigit()
    if tag != "a":
        return False
    return (name == "href" and WEB_LINK.match(value) is not None) or (name == "rel" and value == LINK_REL)


def _check_links(tokens: Iterable[Token]) -> None:
    """Mark every link as untrusted."""
    for token in _inline(tokens):
        if token.type == "link_open":
            token.attrs = {"href": str(token.attrs.get("href", "")), "rel": LINK_REL}


def _inline(tokens: Iterable[Token]) -> Iterable[Token]:
    for token in tokens:
        yield token
        yield from _inline(token.children or ())


def _plain(tokens: Sequence[Token]) -> tuple[str, tuple[Span, ...]]:
    """The words alone, paragraph by paragraph, and the stretches inside quotes."""
    parts: list[str] = []
    length = 0
    quotes: list[Span] = []
    depth = 0
    started = 0

    def add(words: str) -> None:
        nonlocal length
        parts.append(words)
        length += len(words)

    for token in tokens:
        if token.type == "blockquote_open":
            if depth == 0:
                started = length
            depth += 1
        elif token.type == "blockquote_close":
            depth -= 1
            if depth == 0:
                quotes.append(Span(started, length))
        elif token.type == "list_item_open":
            add("- ")
        elif token.type == "inline":
            add(_words(token.children or ()))
            add("\n\n")
    text = "".join(parts)
    kept = text.rstrip("\n")
    return kept, tuple(Span(span.start, min(span.end, len(kept))) for span in quotes)


def _words(tokens: Iterable[Token]) -> str:
    """The words of one line of tokens; a link's address follows its text, since detectors must see it."""
    out: list[str] = []
    addresses: list[str] = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            out.append("\n")
        elif token.type == "link_open":
            addresses.append(str(token.attrs.get("href", "")))
        elif token.type == "link_close":
            address = addresses.pop() if addresses else ""
            if address and address not in "".join(out):
                out.append(f" ({address})")
        else:
            out.append(token.content)
    return "".join(out)


def masked_html(plain: str, spans: Sequence[Span]) -> str:
    """Plain paragraphs with the stretches replaced. Formatting is lost, and so is any way to leak a masked word."""
    shown = bytearray(b"\x01" * len(plain))
    for span in spans:
        for at in range(max(0, span.start), min(span.end, len(plain))):
            shown[at] = 0
    out: list[str] = []
    at = 0
    while at < len(plain):
        end = at
        while end < len(plain) and shown[end] == shown[at]:
            end += 1
        out.append(plain[at:end] if shown[at] else MASK)
        at = end
    paragraphs = (part.strip() for part in "".join(out).split("\n\n"))
    return clean(
        "".join(f"<p>{escape(part, quote=False).replace(chr(10), '<br>')}</p>" for part in paragraphs if part)
    )


def slug(title: str) -> str:
    """A title as part of an address; the id decides, so this may be wrong without harm."""
    ascii_only = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:60].rstrip("-") or "thread"


def excerpt(plain: str, quoted: Sequence[Span] = (), limit: int = 300) -> str:
    """The beginning of a text's own words, cut at a word."""
    own = list(plain)
    for span in quoted:
        own[span.start : span.end] = " " * (min(span.end, len(own)) - span.start)
    words = " ".join("".join(own).split())
    if len(words) <= limit:
        return words
    return words[:limit].rsplit(" ", 1)[0] + " …"
