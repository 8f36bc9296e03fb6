"""Members at work: they write, report what others wrote, and appeal against what was decided."""

from __future__ import annotations

import re
import string
from typing import Any

from tests.proofs.fixed_site import LATER
from tests.proofs.ledger import Appealed, Posted, Reported
from tests.proofs.people import Person

SAYS = (
    ("", 12),
    ("[graphic detail?]", 2),
    ("[graphic detail]", 2),
    ("[method detail?]", 1),
    ("[crisis?]", 1),
    ("[crisis]", 1),
    (LATER, 3),
    (f"{LATER} [graphic detail]", 1),
)
"""What posts say, and how often of how many."""
POST = re.compile(r"/p/(\d+)\b")
APPEAL = re.compile(r"/appeals/(\d+)$")


class Writer(Person):
    """Writes replies and now and then a new thread, and sometimes reports or appeals instead."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.appealed: set[int] = set()
        """Posts that it was tried for."""

    def act(self) -> bool:
        if self.chance.random() < 0.15 and self.within(self.load.reports, self.report):
            return True
        if self.chance.random() < 0.15 and self.within(self.load.appeals, self.appeal):
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

    def appeal(self) -> bool:
        """Against the newest decision over one of the own posts that notices tell of."""
        told = {int(one) for one in POST.findall(self.browser.get("/notices").body)}
        mine = [one.post_id for one in self.load.ledger.posts if one.member_id == self.member_id]
        if not (choices := sorted(told.intersection(mine) - self.appealed)):
            return False
        post_id = self.chance.choice(choices)
        self.appealed.add(post_id)
        page = self.browser.get(f"/p/{post_id}/appeal")
        form = page.form("/appeal")
        if form is None:
            return False  # nothing was decided that can be appealed, or not any more
        answer = self.browser.send(form.filled(text="I meant it in another way."))
        if answer.status == 409:
            return False
        found = APPEAL.search(answer.location)
        if answer.status != 303 or found is None:
            self.load.wrong("an appeal", answer)
            return False
        self.load.ledger.appeals.append(Appealed(int(found[1]), self.member_id, answer.tries))
        return True
