"""The pages that are measured, and what the yardstick needs of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

OPENS = {"thread": '<ol class="thread">', "group": '<ul class="list">'}
CLOSES = {"thread": "</ol>", "group": "</ul>"}


@dataclass(frozen=True, slots=True)
class Parts:
    """A page, cut where its list begins and ends."""

    before: str
    listed: str
    after: str


def cut(html: str, kind: str) -> Parts:
    """The list is the last of its kind that begins the page's main part; nothing after it looks like its end."""
    begins = html.rindex(OPENS[kind])
    ends = _end_of(html, begins, CLOSES[kind])
    return Parts(html[:begins], html[begins:ends], html[ends:])


def _end_of(html: str, begins: int, closes: str) -> int:
    """Lists inside the list end before it does."""
    opens = "<" + closes[2:-1]
    depth, at = 0, begins
    while True:
        further, end = html.find(opens, at), html.index(closes, at)
        if further != -1 and further < end:
            depth, at = depth + 1, further + len(opens)
        else:
            depth, at = depth - 1, end + len(closes)
            if depth == 0:
                return at


def keep_around(folder: Path, name: str, parts: Parts) -> None:
    """What stands around a list, for the yardstick's own page."""
    folder.mkdir(parents=True, exist_ok=True)
    for which, words in (("before", parts.before), ("after", parts.after)):
        (folder / f"{name}-{which}.html").write_text(words, encoding="utf-8")
