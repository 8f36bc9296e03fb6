"""What staff do: review, hold a group, look after people and places."""

from __future__ import annotations

import re

import pyotp

from tests.journeys.member import MemberOfAGroup
from tests.journeys.somebody import Somebody


class Admin(Somebody):
    def makes_staff(self, name: str, private_name: str, role: str) -> str:
        """A staff account; gives the first pass-phrase, to be handed over."""
        self.goes_to("/admin")
        self.follows("Staff")
        self.follows("Make a staff account")
        self.fills("The name others see", name)
        self.fills("Their private sign-in name", private_name)
        self.ticks(role)
        self.main.get_by_label("Reason").select_option("joined_team")
        self.presses("Make the account")
        self.reads("The account is made")
        return self.main.locator(".big-code").last.inner_text()

    def changes_places(self, group: str, places: int, reason: str) -> None:
        self.follows("Groups", within=self.page.get_by_label("This desk"))
        self.follows(group)
        self.fills("Places", str(places))
        section = self.page.locator("section", has=self.page.get_by_role("heading", name="Number of places"))
        section.get_by_label("Reason").select_option(reason)
        self.presses("Change the places")
        self.reads(f"of {places}")


class Reviewer(Somebody):
    """Moderators, leads and clinicians."""

    def begins_work(self, private_name: str, handed_over: str, own: str) -> None:
        """A first sign-in: one's own pass-phrase, then the second step, as staff must."""
        self.goes_to("/sign-in")
        self.fills("Your private sign-in name", private_name)
        self.fills("Pass-phrase", handed_over)
        self.presses("Sign in")
        self.fills("The pass-phrase you have now", handed_over)
        self.ticks("My own")
        self.fills("Your own pass-phrase", own)
        self.fills("The same once more", own)
        self.presses("Set the new pass-phrase")
        self.goes_to("/review")
        self.presses("Set it up")
        secret = self.main.locator(".big-code").inner_text().replace(" ", "")
        self.fills("Then type the six numbers it shows", pyotp.TOTP(secret).now())
        self.presses("Turn it on")
        self.ticks("I have read the ground rules and agree to them")
        self.presses("Agree and go on")
        self.reads("Waiting for a person")

    def takes(self, why: str) -> None:
        """The item that is in the queue for this reason, claimed from its own page."""
        self.goes_to("/review")
        card = self.page.locator("li.card", has_text=why).first
        with self.page.expect_navigation():
            card.get_by_role("link", name=re.compile(r"^Item \d+$")).click()
        self.looks_around()
        self.reads(why)
        self.presses("Take this one")

    def opens_the_words(self, words: str) -> None:
        self.cannot_read(words)
        self.presses("Open the words")
        self.reads(words)

    def decides(
        self, step: str, reason: str, *, label: str | None = None, words: str = "", note: str = ""
    ) -> None:
        form = self.page.locator("form#decide")
        self.ticks(step, within=form)
        form.get_by_label("Why? (the author is told the rule)").select_option(reason)
        if label:
            self.ticks(label, within=form)
        if words:
            form.get_by_label("Or exact words, one passage a line").fill(words)
        if note:
            form.get_by_label("Note for colleagues").fill(note)
        self.presses("Decide and tell the author", within=form)
        self.reads("Done:")

    def checks_in(self, reason: str) -> None:
        form = self.page.locator("form#care")
        form.get_by_label("Why do you check in?").select_option(reason)
        self.presses("Send a check-in", within=form)
        self.reads("They will see a warm note")

    def hands_back(self) -> None:
        self.presses("Hand it back")


class Facilitator(MemberOfAGroup):
    def pins(self, words: str) -> None:
        """The thread in which a post with these words is on the page."""
        self._opens_tools(words)
        self.follows("Pin or close the whole thread")
        self.presses("Pin")
        self.reads("It stands at the top now.")
        self.follows("Back to the thread")

    def labels(self, words: str, label: str) -> None:
        self._opens_tools(words)
        self.ticks(label)
        self.presses("Add the label")

    def calls_a_moderator(self, words: str, worry: str) -> None:
        self._opens_tools(words)
        self.ticks(worry)
        self.presses("Call a moderator")
        self.reads("A moderator will look at it.")

    def _opens_tools(self, words: str) -> None:
        with self.page.expect_navigation():
            self.post(words).get_by_role("link", name=re.compile("^Facilitate")).click()
        self.looks_around()
