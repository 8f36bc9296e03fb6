"""What members do: join, write, read, report, hear what came of it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator

from tests.journeys.somebody import Somebody


class MemberOfAGroup(Somebody):
    """Somebody with a place in a group, or on the way to one."""

    def joins_the_site(self, name: str, private_name: str) -> None:
        """The three pages, with the pass-phrase that is offered, and the codes shown once."""
        self.goes_to("/")
        self.follows("Join", within=self.main)
        self.ticks("18 or older")
        self.presses("Go on")
        self.ticks("I have read the ground rules and agree to them")
        self.presses("Agree and go on")
        offered = self.main.locator(".big-code").inner_text()
        assert len(offered.split()) >= 4, offered
        self.fills("The name others see", name)
        self.fills("Your private sign-in name", private_name)
        self.ticks("The one above")
        self.presses("Make my account")
        codes = self.main.locator(".big-code").inner_text().split()
        assert len(codes) == len(set(codes)) == 8
        self.follows("I have kept them: go on")

    def joins(self, group: str) -> None:
        self.follows("Groups")
        self.reads(group)
        self.follows(group)
        self.presses("Join this group")
        self.reads(group)

    def opens_thread(self, group: str, title: str) -> None:
        self.follows("Groups")
        self.follows(group)
        self.follows(title)

    def starts_a_thread(self, group: str, title: str, words: str, *, label: str | None = None) -> None:
        self.follows("Groups")
        self.follows(group)
        self.follows("Start a thread")
        self.fills("Title", title)
        self.main.get_by_label("What would you like to say?").fill(words)
        if label:
            self.unfolds("Add a label")
            self.ticks(label)
        self.presses("Post it")

    def replies(self, words: str) -> None:
        """In the thread that is open."""
        self.main.get_by_label("What would you like to say?").fill(words)
        self.presses("Post reply")

    def post(self, words: str) -> Locator:
        """The post on this page with these words."""
        return self.page.locator("article.post", has_text=words)

    def number_of(self, words: str) -> int:
        """Its number, as its address has it."""
        found = re.fullmatch(r"post-(\d+)", self.post(words).get_attribute("id") or "")
        assert found is not None
        return int(found[1])

    def opens_folded(self, author: str, label: str) -> None:
        """The last folded post of an author that carries a label."""
        folded = self.page.locator("article.post-folded", has_text=author).filter(has_text=label).last
        show, skip = (
            folded.get_by_role("link", name="Show this post"),
            folded.get_by_role("link", name="Skip this post"),
        )
        assert _size(show) == _size(skip), "Show and Skip must look equal"
        self.follows("Show this post", within=folded)

    def reports(self, words: str, reason: str) -> None:
        self.follows("Report", within=self.post(words))
        self.ticks(reason)
        self.presses("Send to the moderators")
        self.reads("Thank you for telling us")

    def reads_notices(self) -> None:
        self.page.get_by_role("link", name=re.compile("^Notices")).click()
        self.page.wait_for_url("**/notices")
        self.looks_around()

    def is_offered_help(self) -> None:
        """The private panel, with a number to call and a way to put it aside."""
        panel = self.page.locator("section.panel")
        assert panel.get_by_role("link", name=re.compile("^Call 999")).count() >= 1
        panel.locator("summary", has_text="I can’t say it out loud").click()
        assert panel.get_by_role("link", name=re.compile("^Text")).first.is_visible()
        self.looks_around()
        self.presses("Skip for now")
        assert self.page.locator("section.panel").count() == 0


def _size(link: Locator) -> tuple[float, str, str]:
    box = link.bounding_box()
    assert box is not None
    look = link.evaluate(
        "one => { const s = getComputedStyle(one); return s.backgroundColor + s.color + s.fontWeight }"
    )
    return round(box["height"]), str(link.get_attribute("class")), str(look)
