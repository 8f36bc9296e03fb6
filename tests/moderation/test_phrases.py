"""The phrase rules, tested without showing them: sentences are put together from the data, and failures name a rule."""

from __future__ import annotations

import time
import tomllib
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.detectors.phrases import DATA, PhraseDetector, rules
from moderation.policy import load_policy
from moderation.signals import Strength
from moderation.subject import Part, Piece, Span

RAW: dict[str, Any] = tomllib.loads(DATA.read_text(encoding="utf-8"))
GROUPS: dict[str, list[str]] = RAW["groups"]
IDS = [entry["id"] for entry in RAW["rules"]]
CRISIS = [entry["id"] for entry in RAW["rules"] if entry["kind"] == "crisis"]
BY_ID = {entry["id"]: entry for entry in RAW["rules"]}
EVADED = [entry["id"] for entry in RAW["rules"] if entry.get("evaded")]


def fired(text: str, quoted: tuple[Span, ...] = ()) -> list[str]:
    return [str(signal.rule) for signal in PhraseDetector().notice(Piece(Part.BODY, text, quoted))]


def fails(rule: str, what: str) -> None:
    pytest.fail(f"rule {rule}: {what}", pytrace=False)


def clear_of_look_alikes(rule: str, phrases: tuple[str, ...]) -> bool:
    """Whether these phrases do not themselves hold one that calls the rule off."""
    compiled = next(known for known in rules().rules if known.id == rule)
    return not any(pattern.search(" ".join(phrases)) for pattern in compiled.unless)


def sentence(rule: str) -> str:
    """A short text that the rule is for, made from its own groups."""
    choices = product(*(GROUPS[group] for group in BY_ID[rule]["needs"]))
    return spelt(rule, next(phrases for phrases in choices if clear_of_look_alikes(rule, phrases)))


def spelt(rule: str, phrases: tuple[str, ...]) -> str:
    """The phrases as a writer would put them: some rules ask that they were spelt around a filter."""
    text = " ".join(phrases)
    return text.replace("e", "е") if rule in EVADED else text  # the second one is Cyrillic


@pytest.mark.parametrize("rule", IDS)
def test_each_rule_fires_on_its_own_phrases(rule: str) -> None:
    if rule not in fired(sentence(rule)):
        fails(rule, "does not fire")


@pytest.mark.parametrize("rule", IDS)
def test_each_phrase_of_a_rule_is_reachable(rule: str) -> None:
    """A phrase that the normaliser rewrites, or that a look-alike always calls off, would be a dead rule."""
    groups = [GROUPS[group] for group in BY_ID[rule]["needs"]]
    for position, group in enumerate(groups):
        for number, phrase in enumerate(group):
            others = [[phrase] if at == position else known for at, known in enumerate(groups)]
            texts = (
                spelt(rule, phrases) for phrases in product(*others) if clear_of_look_alikes(rule, phrases)
            )
            if not any(rule in fired(text) for _, text in zip(range(40), texts, strict=False)):
                fails(rule, f"phrase {number} of group {position} never counts")


@pytest.mark.parametrize("rule", [rule for rule in IDS if BY_ID[rule].get("unless")])
def test_each_look_alike_calls_its_rule_off(rule: str) -> None:
    text = sentence(rule)
    for group in BY_ID[rule]["unless"]:
        for number, phrase in enumerate(GROUPS[group]):
            if rule in fired(f"{phrase} {text}"):
                fails(rule, f"look-alike {number} of {group} does not call it off")


@pytest.mark.parametrize("rule", IDS)
def test_somebody_elses_words_never_fire_a_rule(rule: str) -> None:
    text = sentence(rule)
    if fired(f"{text}\nI am here.", (Span(0, len(text)),)):
        fails(rule, "fires on a quoted stretch")


@pytest.mark.parametrize("rule", CRISIS)
@pytest.mark.parametrize("marks", ['""', "“”", "«»"])
def test_words_between_quotation_marks_never_fire_a_crisis_rule(rule: str, marks: str) -> None:
    if set(fired(f"It went like {marks[0]}{sentence(rule)}{marks[1]} and stopped.")) & set(CRISIS):
        fails(rule, "fires between quotation marks")


@pytest.mark.parametrize("rule", CRISIS)
def test_one_part_of_a_crisis_rule_is_not_enough(rule: str) -> None:
    needs = BY_ID[rule]["needs"]
    for missing in needs:
        shared = set.intersection(*(set(GROUPS[group]) for group in needs)) if len(needs) > 1 else set()
        groups = [group for group in needs if group != missing]
        text = " ".join(
            next(p for p in GROUPS[g] if p not in shared and p not in GROUPS[missing]) for g in groups
        )
        if rule in fired(text):
            fails(rule, f"fires without {missing}")


@pytest.mark.parametrize("rule", CRISIS)
def test_far_apart_is_not_together(rule: str) -> None:
    first, *others = sentence(rule).split(" ", 1)
    if rule in fired(f"{sentence(rule)[: len(first)]} {'and then a day went by ' * 40} {' '.join(others)}"):
        fails(rule, "fires across a whole page")


BENIGN = [
    "I used to say goodbye like that, and I am glad it is over.",
    "This exam is killing me, I will be dead by tomorrow lol",
    "Goodbye for tonight, see you tomorrow.",
    "I hurt myself last night and I feel ashamed.",
    "I had urges all day today and I did not act on them.",
    "Last year I had a plan. Tonight I am proud that I told someone.",
    "My nan died this morning. I said my goodbyes. It is not my fault, they tell me.",
    "I am going to bed, goodnight all, thank you for tonight.",
    "Does anyone else feel worse in the evening?",
    "I rang the helpline today and they were kind.",
    "My nosebleed won't stop bleeding, I hurt myself on a cupboard.",
    "If I hear that song once more today I'm going to kill myself, haha",
    "I am scared of tomorrow. I do not want to die, I want it to stop hurting.",
    "She wrote this is goodbye, and that tonight she will be gone, in chapter three of the book.",
    "I've done it now! I told my mum. It's too late now to take it back and I feel lighter.",
    "The nurse cleaned the cut and put a dressing on it.",
    "I wear long sleeves because strangers ask about my scars.",
    "Let us get through tonight together and stay safe.",
    "Beans on toast for tea, and the cat scratches at the door.",
    "Please don't hurt yourself. You matter to me.",
]


@pytest.mark.parametrize("number", range(len(BENIGN)))
def test_ordinary_and_brave_posts_fire_nothing(number: int) -> None:
    assert fired(BENIGN[number]) == []


@pytest.mark.parametrize("rule", IDS)
def test_rules_are_sure_and_speak_for_a_label_of_the_policy(rule: str) -> None:
    taxonomy = load_policy().taxonomy
    for signal in PhraseDetector().notice(Piece(Part.NOTE, sentence(rule))):
        assert signal.strength is Strength.SURE
        assert signal.part is Part.NOTE
        assert signal.name == ("rule_crisis" if signal.rule in CRISIS else "rule_other")
        assert taxonomy.get(signal.label) is not None
        assert signal.spans
        assert not taxonomy.is_protected(signal.label)


@pytest.mark.parametrize("rule", EVADED)
def test_some_rules_ask_that_the_writer_went_around_a_filter(rule: str) -> None:
    if rule in fired(" ".join(GROUPS[group][0] for group in BY_ID[rule]["needs"])):
        fails(rule, "fires on the plain spelling")


def test_an_evaded_spelling_is_found_and_highlighted() -> None:
    rule = "plan_with_time"
    plain = sentence(rule)
    evaded = plain.replace("i", "і").replace("e", "3")
    if rule not in fired(f"Well. {evaded}"):
        fails(rule, "misses an evaded spelling")


@given(st.text(max_size=200))
def test_spans_are_always_inside(text: str) -> None:
    for signal in PhraseDetector().notice(Piece(Part.BODY, text)):
        assert all(0 <= span.start < span.end <= len(text) for span in signal.spans)


@pytest.mark.parametrize("rule", IDS)
def test_hostile_repetition_costs_little(rule: str) -> None:
    text = (GROUPS[BY_ID[rule]["needs"][0]][0] + " ") * 500
    began = time.process_time()
    fired(text[:10_000])

    assert time.process_time() - began < 1.0
