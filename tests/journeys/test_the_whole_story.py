"""The story that Haven is for, as each role lives it: scripts on and off, phone and desk.

Each page is shown to axe in light and in dark: colours change no step of the story.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from moderation.proof.__main__ import check_file
from tests.journeys.auditor import in_order, verifies
from tests.journeys.conftest import GROUP, Cast, People
from tests.support.visitor import Look

LOOKS = tuple(Look(javascript, width) for javascript in (True, False) for width in (390, 1280))
pytestmark = [pytest.mark.browser, pytest.mark.proof, pytest.mark.parametrize("look", LOOKS, ids=str)]

LABELLED = "I had a long stretch, and then last night."
GRAPHIC = "It was a bad evening. [graphic detail] I am safe now."
ADDRESS = "quiet.heron@mail.example"
CHAIN = (
    "post.held",
    "item.opened",
    "item.claimed",
    "held_text.read",
    "decision.made",
    "author.told",
    "item.opened",
    "report.made",
    "item.claimed",
    "decision.made",
    "author.told",
    "report.answered",
)


def test_a_post_and_everyone_it_meets(cast: Cast, people: People, tmp_path: Path) -> None:
    admin = cast.admin(people.admin)
    first = admin.makes_staff("Alder", "alder-at-work", "Moderator: reviews posts and decides")
    admin.changes_places(GROUP, 12, "too_busy")
    moderator = cast.new_staff()
    moderator.begins_work("alder-at-work", first, "seven calm lanterns by rivers")

    newcomer = cast.stranger()
    newcomer.joins_the_site("quiet heron", "my-own-door")
    newcomer.joins(GROUP)

    # A labelled post is folded for others, and opens when it is asked for.
    author = cast.member(people.author)
    author.starts_a_thread(GROUP, "Eight months", LABELLED, label="mentions self-harm")
    author.reads(LABELLED)
    newcomer.opens_thread(GROUP, "Eight months")
    newcomer.cannot_read(LABELLED)
    newcomer.opens_folded("TeaAndRain", "mentions self-harm")
    newcomer.reads(LABELLED)

    # A post is held. Its writer knows that, why, how long, and is not left alone with it.
    author.replies(GRAPHIC)
    author.is_offered_help()
    author.opens_thread(GROUP, "Eight months")
    author.reads("Only you can read this for now.")
    author.reads("Our software thinks this describes an injury in detail.")
    author.reads("We aim to do this within 1 hour.")
    author.reads(GRAPHIC)
    number = author.number_of(GRAPHIC)
    newcomer.opens_thread(GROUP, "Eight months")
    newcomer.cannot_read(GRAPHIC)

    # A moderator reads it inside a claim and shows it behind a label; its writer is told.
    moderator.takes("The classifier is sure that this describes wounds")
    moderator.opens_the_words(GRAPHIC)
    moderator.decides("Show it behind a label", "fits_a_label", label="mentions blood or wounds")
    author.reads_notices()
    author.reads("It is up, behind a label")

    # Somebody reports it; this time it is taken out, and both are told.
    newcomer.opens_thread(GROUP, "Eight months")
    newcomer.opens_folded("TeaAndRain", "mentions blood or wounds")
    newcomer.reports(GRAPHIC, "It describes wounds or blood closely")
    moderator.takes("It describes wounds or blood closely")
    moderator.opens_the_words(GRAPHIC)
    moderator.decides("Take it out", "graphic", words="[graphic detail]")
    author.reads_notices()
    author.reads("A moderator has taken your post out.")
    author.reads("leave out what the injury looked like")
    newcomer.reads_notices()
    newcomer.reads("A moderator read what you reported and did something about it.")
    newcomer.opens_thread(GROUP, "Eight months")
    newcomer.reads("A moderator has taken this post out.")
    newcomer.cannot_read(GRAPHIC)

    # An address: the writer is asked first, then a moderator hides just these words.
    author.opens_thread(GROUP, "Eight months")
    author.replies(f"Write to me at {ADDRESS} if you like.")
    author.reads("Could someone find you, or someone else, from this?")
    author.ticks("Send it as it is; a person will read it first")
    author.presses("Post reply")
    moderator.takes("There seem to be contact details")
    moderator.opens_the_words(ADDRESS)
    moderator.decides("Hide some words, show the rest", "personal_info", words=ADDRESS)
    newcomer.opens_thread(GROUP, "Eight months")
    newcomer.opens_folded("TeaAndRain", "mentions self-harm")  # a reply carries on the thread's label
    newcomer.reads("A moderator has hidden some words.")
    newcomer.cannot_read(ADDRESS)

    # The facilitator holds the group and is not alone with a worry.
    facilitator = cast.facilitator(people.facilitator)
    author.starts_a_thread(GROUP, "A plain week", "Nothing much, and that is good. I have scars.")
    facilitator.opens_thread(GROUP, "A plain week")
    facilitator.pins("Nothing much")
    facilitator.labels("Nothing much", "mentions scars")
    facilitator.opens_folded("TeaAndRain", "mentions scars")
    facilitator.calls_a_moderator("Nothing much", "I think someone is in danger now")
    clinician = cast.reviewer(people.clinician)
    clinician.takes("I think someone is in danger now")
    clinician.checks_in("worried")
    clinician.hands_back()
    author.reads_notices()
    author.reads("Somebody on our team has been thinking of you.")
    author.reads("Your facilitator has put a label on your post")
    moderator.takes("I think someone is in danger now")
    moderator.decides("Hand it to a lead", "crisis", note="A second look, please.")
    lead = cast.reviewer(people.lead)
    lead.takes("A colleague asked for a lead")
    lead.opens_the_words("Nothing much")
    lead.reads("A second look, please.")
    lead.decides("Show it", "within_rules")

    # The auditor sees the chain without a word of it, and the file proves itself to an outsider.
    auditor = cast.auditor(people.auditor)
    verbs = auditor.finds(f"post {number}")
    assert in_order(CHAIN, verbs), " ".join(verbs)
    auditor.opens_the_last()
    for private in (GRAPHIC, "TeaAndRain", "quiet heron"):
        auditor.cannot_read(private)
    files = [
        auditor.exports(form, tmp_path) for form in ("JSON lines, for programs", "CSV, for spreadsheets")
    ]
    key = auditor.takes_the_key(tmp_path)
    for file in files:
        proves_itself(file, key)


def proves_itself(file: Path, key: Path) -> None:
    """It verifies; it does not once any line was changed, dropped, swapped with the next, or cut off there."""
    assert verifies(file, key)
    lines = file.read_bytes().splitlines(keepends=True)
    assert len(lines) > 30, "the story fills the record"
    copy = file.with_name(f"spoiled-{file.name}")
    for at, line in enumerate(lines):
        before, after = lines[:at], lines[at + 1 :]
        spoiled = {"changed": [*before, other(line), *after], "dropped": [*before, *after], "cut off": before}
        if after:
            spoiled["swapped"] = [*before, after[0], line, *after[1:]]
        for how, left in spoiled.items():
            copy.write_bytes(b"".join(left))
            assert not check_file(copy, key).good, f"{file.name}, line {at + 1} {how}"
    copy.write_bytes(b"".join(lines[:-1]))
    assert not verifies(copy, key)


def other(line: bytes) -> bytes:
    """The line with one letter or digit of its middle changed."""
    at = next(place for place in range(len(line) // 2, len(line)) if line[place : place + 1].isalnum())
    return line[:at] + (b"0" if line[at : at + 1] != b"0" else b"1") + line[at + 1 :]
