"""Contact details: found where they are, and not in helplines, dates, times, doses and versions."""

from __future__ import annotations

import time
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.detectors.contact import ContactDetector, details
from moderation.detectors.phone_numbers import DATA
from moderation.pseudonyms import SENTENCES, PseudonymProblem, check_pseudonym
from moderation.signals import Strength
from moderation.subject import Part, Piece, Span

SURE = [
    ("ring me on 07700 900123", "phone"),
    ("my number is 07700-900-123", "phone"),
    ("+44 7700 900123", "phone"),
    ("call (555) 010-1234", "phone"),
    ("I am 17 07700 900123", "phone"),
    ("０７７００ ９００１２３", "phone"),
    ("0\u200b7700900123", "phone"),
    ("someone@example.org", "email"),
    ("someone (at) example dot org", "email"),
    ("someone at example dot com", "email"),
    ("my insta is quiet_fox99", "handle"),
    ("snapchat: @quietfox", "handle"),
    ("quietfox#1234 on there", "handle"),
    ("https://www.instagram.com/quietfox", "profile"),
    ("t.me/quietfox", "profile"),
    ("add me on discord", "invitation"),
    ("can I have your number", "invitation"),
    ("12 Invented Street", "address"),
    ("SW1A 1AA", "address"),
    ("sw1a 1aa", "address"),
    ("Springfield, IL 62704", "address"),
]

NOTHING = [
    "116 123",
    "call 116 123, or text SHOUT to 85258, or 999, 988, 911, 111",
    "116 123 85258",
    "Lifeline is 13 11 14 and 1300 659 467",
    "Papyrus is on 0800 068 4141, Childline on 0800 1111",
    "+44 116 123",
    "jo@samaritans.org",
    "3 years 2 months",
    "on 01/02/2023, 2023-02-01 and 1.2.23",
    "at 10:30pm or 22.15",
    "from 2019-2023",
    "version 1.20.300.4",
    "40mg at 8 and 20 at 12",
    "days 1 2 3 4 5 6 7 8 9 10",
    "1,000,000 times",
    "instagram makes me feel worse",
    "my insta is toxic",
    "I left discord in 2019",
    "please don't add me on snapchat",
    "I got a text on whatsapp",
    "3 years down the road",
    "2 days in court",
    "b12 5mg",
    "facebook 10 years ago",
    "Line 22nd of the poem",
    "I live in hope",
    "see https://www.example.org/help",
]

UNSURE = ["5550101234", "@quietfox thank you", "12 invented road", "My name is Invented Person"]


def rules_of(text: str, strength: Strength) -> set[str]:
    return {rule for rule, how, _ in details(text) if how is strength}


@pytest.mark.parametrize(("text", "rule"), SURE)
def test_details_are_found(text: str, rule: str) -> None:
    assert rule in rules_of(text, Strength.SURE)


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_no_detail_is_left_alone(text: str) -> None:
    assert list(details(text)) == []


@pytest.mark.parametrize("text", UNSURE)
def test_some_things_are_only_noted(text: str) -> None:
    assert rules_of(text, Strength.SURE) == set()
    assert rules_of(text, Strength.BAND)


@pytest.mark.parametrize("number", tomllib.loads(DATA.read_text(encoding="utf-8"))["numbers"])
@pytest.mark.parametrize("frame", ["{}", "call {} now", "my number is {}", "text {}."])
def test_no_public_number_is_ever_stopped(number: str, frame: str) -> None:
    assert list(details(frame.format(number))) == []
    assert list(details(frame.format(" ".join([number[:3], number[3:]]).strip()))) == []


def test_the_place_is_what_was_typed() -> None:
    text = "Hello, 0\u200b7700 900123 is it."
    [(_, _, span)] = details(text)

    assert text[span.start : span.end] == "0\u200b7700 900123"


def test_one_signal_for_each_kind_quoted_words_included() -> None:
    text = "> 07700 900123\nand 07700 900124 or me@example.org"
    found = ContactDetector().notice(Piece(Part.BODY, text, (Span(0, 14),)))

    assert [(signal.name, signal.label, signal.rule, len(signal.spans)) for signal in found] == [
        ("contact", "personal_info", "email", 1),
        ("contact", "personal_info", "phone", 2),
    ]


@given(st.text(max_size=200))
def test_spans_are_always_inside(text: str) -> None:
    for _, _, span in details(text):
        assert 0 <= span.start < span.end <= len(text)


@pytest.mark.parametrize(
    "text", ["1 ", "a@", "12 aa aa ", "zero one ", "a at b ", "0", "a.b", "add me ", "1.1."]
)
def test_hostile_text_costs_little(text: str) -> None:
    began = time.process_time()
    list(details((text * 10_000)[:10_000]))

    assert time.process_time() - began < 1.0


@pytest.mark.parametrize(
    ("pseudonym", "problem"),
    [
        ("quiet@example.org", PseudonymProblem.CONTACT_DETAILS),
        ("fox07700900123", PseudonymProblem.CONTACT_DETAILS),
        ("t.me/quietfox", PseudonymProblem.CONTACT_DETAILS),
        ("@quietfox", PseudonymProblem.CONTACT_DETAILS),
        ("quietfox#1234", PseudonymProblem.CONTACT_DETAILS),
        ("river12345", PseudonymProblem.LONG_NUMBER),
        ("QuietRiver1994", PseudonymProblem.BIRTH_YEAR),
        ("fox_2003", PseudonymProblem.BIRTH_YEAR),
        ("JaneSmith94", PseudonymProblem.FULL_NAME),
        ("jane.smith", PseudonymProblem.FULL_NAME),
        ("Jáne Smith", PseudonymProblem.FULL_NAME),
        ("janesmith", PseudonymProblem.FULL_NAME),
    ],
)
def test_a_pseudonym_that_gives_someone_away_is_declined(pseudonym: str, problem: PseudonymProblem) -> None:
    assert check_pseudonym(pseudonym) is problem
    assert SENTENCES[problem]


@pytest.mark.parametrize(
    "pseudonym", ["QuietRiver", "moon_94", "lemon tree 7", "Robin", "Élan", "Jane", "wren1234", "Rose Garden"]
)
def test_other_pseudonyms_are_welcome(pseudonym: str) -> None:
    assert check_pseudonym(pseudonym) is None
