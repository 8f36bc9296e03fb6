"""Reading HTML as a browser does, with html5lib: elements, their visible text, and what a parser dislikes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib

UNSEEN = frozenset({"head", "script", "style", "template", "title"})
_BLOCK_NAMES = """
address article aside blockquote br button caption dd details div dl dt fieldset figcaption footer form
h1 h2 h3 h4 h5 h6 header hr label legend li main nav ol option p pre section summary table td th tr ul
"""
BLOCKS = frozenset(_BLOCK_NAMES.split())


def parse(html: str) -> tuple[Element, list[str]]:
    """The document's root, and each complaint of the parser with its line."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root: Element = parser.parse(html)
    complaints = [f"line {position[0]}: {code} {detail}" for position, code, detail in parser.errors]
    return root, complaints


def elements(root: Element, *tags: str) -> Iterator[Element]:
    """All elements below (and with) `root` that have one of `tags`, in document order; comments never."""
    for element in root.iter():
        if _is_element(element) and (not tags or element.tag in tags):
            yield element


def visible_text(root: Element) -> str:
    """What a reader sees: blocks on lines of their own, runs of white space as one space."""
    pieces: list[str] = []
    _gather(root, pieces)
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _is_element(node: Any) -> bool:
    """Comments stand in the same tree, with a function for a tag."""
    return isinstance(node.tag, str)


def _gather(element: Element, pieces: list[str]) -> None:
    seen = _is_element(element) and element.tag not in UNSEEN and "hidden" not in element.attrib
    if seen:
        edge = "\n" if element.tag in BLOCKS else ""
        pieces.append(edge)
        pieces.append(_flat(element.text))
        for child in element:
            _gather(child, pieces)
        pieces.append(edge)
    pieces.append(_flat(element.tail))


def _flat(text: str | None) -> str:
    return (text or "").replace("\n", " ")


def classes(element: Element) -> set[str]:
    return set((element.get("class") or "").split())


def name_of(element: Element, root: Element) -> str:
    """The accessible name, near enough: aria-label, aria-labelledby, the text inside, or a picture's alt."""
    if label := element.get("aria-label"):
        return label.strip()
    if ids := element.get("aria-labelledby"):
        by_id = {found.get("id"): found for found in elements(root)}
        return " ".join(visible_text(by_id[one]) for one in ids.split() if one in by_id)
    inside = visible_text(element).replace("\n", " ")
    return inside or " ".join(image.get("alt") or "" for image in elements(element, "img")).strip()
