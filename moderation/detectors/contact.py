"""Details by which a person could be found: numbers, addresses, accounts, invitations to talk elsewhere."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from moderation.detectors.phone_numbers import phone_numbers, public_numbers
from moderation.evasions import evasions, whole_words
from moderation.normalise import folded
from moderation.signals import Signal, Strength
from moderation.subject import Part, Piece, Span

DATA = Path(__file__).parent.parent / "data" / "contact.toml"
LABEL = "personal_info"

_EMAIL = re.compile(r"(?<![\w.+\-])[\w.+\-]++@[\w\-]++(?:\.[\w\-]++)+")
_SPELT_EMAIL = re.compile(
    r"\b[\w.+\-]{1,40}\s?[(\[{<]\s?at\s?[)\]}>]\s?[\w\-]{2,40}|"
    r"\b[\w.+\-]{2,40}\s+at\s+[\w\-]{2,40}\s+dot\s+(?:com|org|net|uk|co|ie|au|ca|me|io)\b"
)
_TAG = re.compile(r"\b[a-z][\w.]{1,31}#\d{4}\b")
_MENTION = re.compile(r"(?<![\w@./])@[a-z][\w.]{2,29}")
_NAME = re.compile(r"\b[Mm]y (?:real |full |actual )?name is [A-Z][a-z'’\-]+ [A-Z][a-z'’\-]+")
_SCHOOL = re.compile(r"\bI (?:go to|study at|work at|live in) (?:the )?[A-Z][\w'’]+(?: [A-Z][\w'’]+)*")
_NOT_MEANT = re.compile(r"(?:don'?t|do not|never|please stop|shouldn'?t|not to|can'?t|won'?t)\W+(?:\w+\W+)?$")


@dataclass(frozen=True, slots=True)
class Patterns:
    profile: re.Pattern[str]
    account: re.Pattern[str]
    ordinary_words: frozenset[str]
    invitation: re.Pattern[str]
    swap: re.Pattern[str]
    street: re.Pattern[str]
    plain_street: re.Pattern[str]
    not_street: re.Pattern[str]
    postcode: re.Pattern[str]
    zip_code: re.Pattern[str]


@cache
def _patterns() -> Patterns:
    data = tomllib.loads(DATA.read_text(encoding="utf-8"))
    services = whole_words(data["services"]).pattern
    hosts = "|".join(map(re.escape, sorted(data["profile_hosts"], key=len, reverse=True)))
    full = "|".join(data["street_words"])
    named = "|".join(f"{word}|{word.capitalize()}" for word in (*data["street_words"], *data["street_short"]))
    areas = "|".join(sorted(data["uk_areas"], key=len, reverse=True))
    return Patterns(
        profile=re.compile(rf"(?<![\w.\-])(?:https?://)?(?:www\.|m\.)?(?:{hosts})/[\w@.\-/?=#+]{{2,}}"),
        account=re.compile(
            rf"(?P<service>{services})(?:\s+(?:user ?name|user|handle|account|name|id|tag))?"
            r"(?P<link>\s*[:=]\s*|\s+is\s*:?\s+|\s+-\s+|\s+)(?P<at>@?)(?P<handle>[a-z0-9][\w.\-]{2,30})"
        ),
        ordinary_words=frozenset(data["ordinary_words"]),
        invitation=re.compile(
            r"\b(?:(?:add|dm|pm|message|msg|text|find|follow|contact|reach|chat to|chat with|talk to)"
            r"\s+(?:me|us)|hmu)"
            rf"\s+(?:up\s+)?(?:over\s+)?(?:on|via|through)\s+(?:my\s+)?{services}"
        ),
        swap=re.compile(
            r"\b(?:have|get|give me|send me|swap|exchange|what'?s|drop)\s+(?:your|our|ur)\s+"
            rf"(?:phone\s+|mobile\s+)?(?:numbers?|addresse?s?|email|e-mail|{services})"
        ),
        street=re.compile(rf"\b\d{{1,5}}[a-zA-Z]?,? (?:[A-Z][\w'’]+ ){{1,3}}(?:{named})\b"),
        plain_street=re.compile(rf"\b\d{{1,5}}[a-z]?,? (?P<words>(?:[a-z'’]+ ){{1,2}})(?:{full})\b"),
        not_street=whole_words(data["not_street"]),
        postcode=re.compile(
            rf"\b(?:{areas})\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{{2}}\b|"
            rf"\b(?:{areas.lower()})\d[a-z\d]? \d[abd-hjlnp-uw-z]{{2}}\b"
        ),
        zip_code=re.compile(rf"\b(?:{'|'.join(data['us_states'])}),? \d{{5}}(?:-\d{{4}})?\b"),
    )


class ContactDetector:
    """One signal for each kind of detail. Quoted words count too: whoever is named in them can be found."""

    name = "contact"

    def notice(self, piece: Piece) -> Sequence[Signal]:
        found: dict[tuple[str, Strength], list[Span]] = {}
        for rule, strength, span in details(piece.text):
            found.setdefault((rule, strength), []).append(span)
        return [self._signal(piece.part, rule, strength, spans) for (rule, strength), spans in found.items()]

    def _signal(self, part: Part, rule: str, strength: Strength, spans: list[Span]) -> Signal:
        return Signal(
            detector=self.name,
            name="contact",
            label=LABEL,
            strength=strength,
            part=part,
            rule=rule,
            spans=tuple(dict.fromkeys(spans)),
        )


def details(text: str) -> Iterator[tuple[str, Strength, Span]]:
    """Every detail in a text: the rule that found it, how sure it is, and where."""
    shadow = folded(text)
    for rule, strength, start, end in _in_folded(shadow.text):
        yield rule, strength, shadow.original(Span(start, end))
    for rule, strength, match in _in_capitals(text):
        yield rule, strength, Span(*match.span())


def _in_folded(text: str) -> Iterator[tuple[str, Strength, int, int]]:
    patterns = _patterns()
    for match in _EMAIL.finditer(text):
        if match.group().rstrip(".") not in public_numbers().emails:
            yield "email", Strength.SURE, *match.span()
    for match in _SPELT_EMAIL.finditer(text):
        yield "email", Strength.SURE, *match.span()
    for start, end, strength in phone_numbers(text):
        yield "phone", strength, start, end
    for match in patterns.profile.finditer(text):
        yield "profile", Strength.SURE, *match.span()
    for match in _TAG.finditer(text):
        yield "handle", Strength.SURE, *match.span()
    for match in _MENTION.finditer(text):
        yield "mention", Strength.BAND, *match.span()
    for match in patterns.account.finditer(text):
        if strength_of := _account_strength(match, text):
            yield "handle", strength_of, *match.span()
    for pattern in (patterns.invitation, patterns.swap):
        for match in pattern.finditer(text):
            if not _NOT_MEANT.search(text[max(0, match.start() - 25) : match.start()]):
                yield "invitation", Strength.SURE, *match.span()
    for match in patterns.plain_street.finditer(text):
        if not patterns.not_street.search(match["words"]):
            yield "address", Strength.BAND, *match.span()


def _in_capitals(text: str) -> Iterator[tuple[str, Strength, re.Match[str]]]:
    """What only shows in the typed text, because capitals matter."""
    patterns = _patterns()
    for pattern in (patterns.street, patterns.postcode, patterns.zip_code):
        for match in pattern.finditer(text):
            yield "address", Strength.SURE, match
    for rule, pattern in (("name", _NAME), ("place", _SCHOOL)):
        for match in pattern.finditer(text):
            yield rule, Strength.BAND, match


def _account_strength(match: re.Match[str], text: str) -> Strength | None:
    """Sure when what follows the service looks like an account name, not like the next word of a sentence."""
    handle, link = match["handle"].rstrip(".-"), match["link"]
    mine = re.search(r"\bmy\s+$", text[max(0, match.start() - 8) : match.start()]) is not None
    if evasions().number.fullmatch(handle):
        return None
    if match["service"] in _patterns().ordinary_words and not (mine or match["at"] or ":" in link):
        return None
    shaped = any(char.isdigit() for char in handle[1:]) or "_" in handle or "." in handle
    if match["at"] or (shaped and not handle.replace(".", "").isdigit()):
        return Strength.SURE
    if mine and ":" in link:
        return Strength.SURE
    if mine and link.strip() == "is" and len(handle) > 5:
        return Strength.BAND
    return None
