"""Who does what while the processes die: they write, read, report and decide, each in a thread of their own."""

from __future__ import annotations

import random
import re
import string
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from forum import clock
from tests.proofs.browser import Answer, Browser, Form
from tests.proofs.fixed_site import LATER
from tests.proofs.ledger import Budget, Decided, Ledger, Posted, Reported, Seen

TAG = re.compile(r"\bmarked-([a-z]{10})\b")
SAYS = (
    ("", 10),
    ("[graphic detail?]", 3),
    ("[graphic detail]", 2),
    ("[method detail?]", 2),
    ("[crisis?]", 1),
    ("[crisis]", 1),
    (LATER, 3),
    (f"{LATER} [graphic detail]", 1),
)
"""What posts say, and how often of how many."""
DECISIONS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("show", "within_rules", {}),
    ("show_with_label", "fits_a_label", {"labels": "past_self_harm"}),
    ("mask", "graphic", {"words": "quiet evening"}),
    ("ask_edit", "graphic", {}),
    ("keep_held", "graphic", {}),
    ("remove", "graphic", {}),
    ("escalate", "crisis", {}),
)
"""Chosen alike, but for escalation: what was sent up waits for one person."""
POST = re.compile(r"/p/(\d+)$")
ITEM = re.compile(r"/review/(\d+)/claim$")
PAUSE = 0.05


@dataclass
class Load:
    """What is to be done in one round, and by when."""

    ledger: Ledger
    posts: Budget
    decisions: Budget
    reports: Budget
    thread_ids: Sequence[int]
    group_slug: str
    deadline: float
    enough: bool = False
    """Set to end the round before everything is done."""

    @property
    def budgets(self) -> tuple[Budget, ...]:
        return self.posts, self.decisions, self.reports

    @property
    def progress(self) -> float:
        """How much of all that can be acknowledged was: 0 to 1."""
        return sum(one.done for one in self.budgets) / sum(one.most for one in self.budgets)

    @property
    def over(self) -> bool:
        return self.enough or all(one.over for one in self.budgets)

    @property
    def late(self) -> bool:
        return time.monotonic() > self.deadline

    def wrong(self, what: str, answer: Answer) -> None:
        """Nothing that was done here should be answered so."""
        self.ledger.problems.append(f"{what}: {answer.path} answered {answer.status} {answer.location}")


class Person(threading.Thread):
    """Somebody at work until the round is over. A surprise is a problem, and ends their work."""

    def __init__(self, load: Load, browser: Browser, member_id: int, chance: random.Random) -> None:
        super().__init__(name=f"{type(self).__name__}-{member_id}", daemon=True)
        self.load, self.browser, self.member_id, self.chance = load, browser, member_id, chance

    def run(self) -> None:
        try:
            while not (self.load.over or self.load.late):
                if not self.act():
                    time.sleep(PAUSE)
        except Exception as problem:  # noqa: BLE001  (told with everything else at the end of the round)
            self.load.ledger.problems.append(f"{self.name}: {problem!r}")

    def act(self) -> bool:
        """One thing. False: there is nothing to do just now."""
        raise NotImplementedError

    def within(self, budget: Budget, do: Callable[[], bool]) -> bool:
        """Do one of a budget, if there is one left."""
        if not budget.take():
            return False
        if do():
            budget.finish()
            return True
        budget.give_back()
        return False


class Writer(Person):
    """Writes replies and now and then a new thread, and reports something every tenth time."""

    def act(self) -> bool:
        if self.chance.random() < 0.15 and self.within(self.load.reports, self.report):
            return True
        return self.within(self.load.posts, self.write)

    def write(self) -> bool:
        tag = "".join(self.chance.choices(string.ascii_lowercase, k=10))
        said = self.chance.choices([words for words, _ in SAYS], [share for _, share in SAYS])[0]
        words = f"It was a quiet evening, marked-{tag}. {said}"
        if self.chance.random() < 0.1:
            page = self.browser.get(f"/g/{self.load.group_slug}/new")
            form, more = page.form("/new"), {"title": f"An evening, marked-{tag}"}
        else:
            page = self.browser.get(f"/t/{self.chance.choice(self.load.thread_ids)}/reply")
            form, more = page.form("/reply"), {}
        if form is None:
            self.load.wrong("no form to write in", page)
            return False
        answer = self.browser.send(form.filled(text=words, **more))
        found = POST.search(answer.location)
        if answer.status != 303 or found is None:
            self.load.wrong("a post", answer)
            return False
        self.load.ledger.posts.append(Posted(tag, self.member_id, int(found[1]), answer.tries))
        return True

    def report(self) -> bool:
        """Something that somebody else has written, if it can still be read."""
        others = [one.post_id for one in self.load.ledger.posts[-60:] if one.member_id != self.member_id]
        mine = {one.post_id for one in self.load.ledger.reports if one.member_id == self.member_id}
        if not (choices := [one for one in others if one not in mine]):
            return False
        post_id = self.chance.choice(choices)
        page = self.browser.get(f"/p/{post_id}/report")
        form = page.form("/report")
        if form is None:
            return False  # hidden from the group by now
        answer = self.browser.send(form.filled(reason="unkind"))
        if answer.status != 303:
            return False  # hidden while the form was open
        self.load.ledger.reports.append(Reported(post_id, self.member_id, answer.tries))
        return True


class Reader(Person):
    """Reads the newest page of each thread over and over, and notes what can be read."""

    def act(self) -> bool:
        thread_id = self.chance.choice(self.load.thread_ids)
        page = self.browser.get(f"/t/{thread_id}?page=9999")
        if page.status != 200:
            self.load.wrong("a thread", page)
        now = clock.now()
        self.load.ledger.seen += [Seen(tag, now) for tag in set(TAG.findall(page.body))]
        time.sleep(self.chance.uniform(0, 0.5))
        return True


class Moderator(Person):
    """Takes an item, opens it, decides; now and then checks in with the author instead."""

    leads = 0.0
    """How often they look only at what waits for a lead."""

    def act(self) -> bool:
        return self.within(self.load.decisions, self.decide)

    def decide(self) -> bool:
        queue = self.browser.get("/review?state=for_lead" if self.chance.random() < self.leads else "/review")
        offered = [form for form in queue.forms if ITEM.search(form.action)]
        if not offered:
            return False
        claim = self.chance.choice(offered)
        item_id = int(ITEM.findall(claim.action)[0])
        if self.browser.send(claim).status != 303:
            return False  # a colleague was quicker, or may not take it
        page = self.browser.get(f"/review/{item_id}")
        if (form := page.form("/open")) is not None and self.browser.send(form).status == 303:
            page = self.browser.get(f"/review/{item_id}")
        action, reason, more = self.chance.choice(DECISIONS)
        if self.chance.random() < 0.1:
            action, reason, more = "check_in", "worried", {}
        return self._send(page, item_id, action, reason, more)

    def _send(self, page: Answer, item_id: int, action: str, reason: str, more: dict[str, str]) -> bool:
        care = action == "check_in"
        form = page.form("/check-in" if care else "/decisions")
        if form is None:
            return False  # the claim was lost: the author changed it
        filled = (
            form.filled(care_reason=reason) if care else form.filled(action=action, reason=reason, **more)
        )
        answer = self.browser.send(filled)
        if answer.status == 409:
            return False
        if answer.status != 303:
            self.load.wrong(f"{action} with {reason}", answer)
            return False
        version = int(form.fields["version"][0])
        self.load.ledger.decisions.append(Decided(item_id, version, self.member_id, action, answer.tries))
        if care:
            self._hand_back(item_id)
        return True

    def _hand_back(self, item_id: int) -> None:
        """A check-in leaves the item with its moderator; a colleague may have the rest."""
        form: Form | None = self.browser.get(f"/review/{item_id}").form("/hand-back")
        if form is not None:
            self.browser.send(form)


class Lead(Moderator):
    """A moderator who also takes what others sent up."""

    leads = 0.5
