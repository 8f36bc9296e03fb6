"""Phrase rules on the shadow copy: a few near-certain ones for danger now, others for the order of the queue.

Rules only add. Somebody else's words are left out: quoted stretches, and for the crisis rules whatever stands
between quotation marks.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from moderation.normalise import Normalised, folded, normalise
from moderation.signals import Signal, Strength
from moderation.subject import Piece, Span

DATA = Path(__file__).parent.parent / "data" / "phrases.toml"

_QUOTATION = re.compile(r"[\"“”«][^\"“”«»\n]{1,400}[\"”»]")
_APOSTROPHES = str.maketrans("’‘ʼ`", "''''")
_SENTENCE_END = re.compile(r"[.!?\n]")


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    crisis: bool
    label: str
    needs: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    one_sentence: bool
    evaded: bool
    as_typed: bool

    @property
    def signal(self) -> str:
        return "rule_crisis" if self.crisis else "rule_other"


@dataclass(frozen=True, slots=True)
class Rules:
    reach: int
    rules: tuple[Rule, ...]


class PhraseDetector:
    """The rules of `data/phrases.toml`."""

    name = "phrases"

    def notice(self, piece: Piece) -> Sequence[Signal]:
        own = piece.own_text().translate(_APOSTROPHES)
        unquoted = _QUOTATION.sub(lambda match: " " * len(match.group()), own)
        shadows = {text: normalise(text) for text in {own, unquoted}}
        typed = folded(own)
        signals = []
        for rule in rules().rules:
            shadow = typed if rule.as_typed else shadows[unquoted if rule.crisis else own]
            spans = _spans(rule, rules().reach, shadow, own)
            if spans:
                signals.append(
                    Signal(
                        detector=self.name,
                        name=rule.signal,
                        label=rule.label,
                        strength=Strength.SURE,
                        part=piece.part,
                        rule=rule.id,
                        spans=spans,
                    )
                )
        return signals


@cache
def rules() -> Rules:
    """All rules, compiled once."""
    data = tomllib.loads(DATA.read_text(encoding="utf-8"))
    groups = {name: _any_of(phrases) for name, phrases in data["groups"].items()}
    return Rules(data["reach_characters"], tuple(_rule(entry, groups) for entry in data["rules"]))


def _rule(entry: Mapping[str, object], groups: Mapping[str, re.Pattern[str]]) -> Rule:
    def named(key: str) -> tuple[re.Pattern[str], ...]:
        names = entry.get(key, [])
        assert isinstance(names, list)
        return tuple(groups[name] for name in names)

    return Rule(
        id=str(entry["id"]),
        crisis=entry["kind"] == "crisis",
        label=str(entry["label"]),
        needs=named("needs"),
        unless=named("unless"),
        one_sentence=bool(entry.get("one_sentence")),
        evaded=bool(entry.get("evaded")),
        as_typed=bool(entry.get("as_typed")),
    )


def _any_of(phrases: Sequence[str]) -> re.Pattern[str]:
    """Whole words; an apostrophe may be missing; a space is any gap."""
    ordered = sorted(phrases, key=len, reverse=True)
    written = "|".join(re.escape(phrase).replace(r"\ ", r"\s+").replace("'", "'?") for phrase in ordered)
    return re.compile(rf"(?<![\w'])(?:{written})(?![\w'])")


def _spans(rule: Rule, reach: int, shadow: Normalised, typed: str) -> tuple[Span, ...]:
    """Where the rule's first match stands in the piece, one stretch for each group, or nothing."""
    for anchor in rule.needs[0].finditer(shadow.text):
        start, end = _window(shadow.text, anchor, reach, one_sentence=rule.one_sentence)
        matches = [anchor, *(pattern.search(shadow.text, start, end) for pattern in rule.needs[1:])]
        found = [match for match in matches if match is not None]
        if len(found) < len(rule.needs):
            continue
        if any(pattern.search(shadow.text, start, end) for pattern in rule.unless):
            continue
        spans = tuple(shadow.original(Span(*match.span())) for match in found)
        if rule.evaded and not any(_was_evaded(match, span, typed) for match, span in _paired(found, spans)):
            continue
        return tuple(sorted(set(spans), key=lambda span: (span.start, span.end)))
    return ()


def _window(text: str, anchor: re.Match[str], reach: int, *, one_sentence: bool) -> tuple[int, int]:
    start, end = max(0, anchor.start() - reach), min(len(text), anchor.end() + reach)
    if one_sentence:
        before = [match.end() for match in _SENTENCE_END.finditer(text, start, anchor.start())]
        after = _SENTENCE_END.search(text, anchor.end(), end)
        start = before[-1] if before else start
        end = after.start() if after else end
    return start, end


def _paired(matches: Sequence[re.Match[str]], spans: Sequence[Span]) -> Iterator[tuple[re.Match[str], Span]]:
    return zip(matches, spans, strict=True)


def _was_evaded(match: re.Match[str], span: Span, typed: str) -> bool:
    return folded(typed[span.start : span.end]).text != match.group()
