"""Moderators at work: they decide, settle appeals, and take decisions back."""

from __future__ import annotations

import re

from tests.proofs.browser import Answer
from tests.proofs.ledger import Decided, Undone
from tests.proofs.people import Person

DECISIONS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("show", "within_rules", {}),
    ("show_with_label", "fits_a_label", {"labels": "past_self_harm"}),
    ("mask", "graphic", {"words": "quiet evening"}),
    ("ask_edit", "graphic", {}),
    ("keep_held", "graphic", {}),
    ("remove", "graphic", {}),
)
ITEM = re.compile(r"/review/(\d+)/claim$")
ITEM_PAGE = re.compile(r"/review/(\d+)$")
LINK = re.compile(r'href="/review/(\d+)"')
DECISION = re.compile(r"/review/decisions/(\d+)/undo")


class Moderator(Person):
    """Takes an item, opens it, decides. Now and then they check in, ask a lead, or take the decision back."""

    leads = 0.0
    """How often they look only at what waits for a lead."""

    def act(self) -> bool:
        if self.chance.random() < 0.3 and self.within(self.load.answers, self.settle):
            return True
        if not self.within(self.load.decisions, self.decide):
            self.hand_back_what_is_left()
            return False
        if self.chance.random() < 0.1:
            self.take_back_in_time()
        if self.chance.random() < 0.1:
            self.take_back_later()
        return True

    def decide(self) -> bool:
        for_lead = self.chance.random() < self.leads
        item_id = self._claim("/review?state=for_lead" if for_lead else "/review")
        if item_id is None:
            return False
        page = self._opened(item_id)
        action, reason, more = self.chance.choice(DECISIONS)
        unusual = self.chance.random()
        if unusual < 0.1:
            return self._check_in(page, item_id)
        if unusual < 0.15 and not for_lead:
            action, reason, more = "escalate", "crisis", {}
        form = page.form("/decisions")
        if form is None:  # an appeal: for somebody who had no part in it
            self._hand_back(item_id)
            return False
        sent = form.filled(action=action, reason=reason, **more)
        return self._done(self.browser.send(sent), item_id, form.fields["version"][0], action)

    def settle(self) -> bool:
        """Another person's answer to an appeal."""
        item_id = self._claim("/review?state=appeals")
        if item_id is None:
            return False
        form = self._opened(item_id).form("/appeal")
        if form is None:
            self._hand_back(item_id)
            return False
        action = self.chance.choice(["appeal_upheld", "appeal_overturned"])
        reason = "appeal_misread" if action == "appeal_overturned" else "appeal_rule_fits"
        sent = form.filled(appeal_outcome=action, appeal_reason=reason, answer="I have read it all again.")
        return self._done(self.browser.send(sent), item_id, form.fields["version"][0], action)

    def hand_back_what_is_left(self) -> None:
        """What is still with them, because something came in between while they had it: nobody else could take it."""
        for item_id in sorted(set(LINK.findall(self.browser.get("/review?state=mine").body))):
            self._hand_back(int(item_id))

    def take_back_in_time(self) -> None:
        """The newest own decision that nobody was told of."""
        form = self.browser.get("/review").form("/undo")
        if form is None:
            return
        answer = self.browser.send(form)
        if self._took_back(answer, form.action):
            item = ITEM_PAGE.search(answer.location)
            assert item is not None
            self._hand_back(int(item[1]))

    def take_back_later(self) -> None:
        """Something decided before, of which people were told."""
        mine = [one for one in self.load.ledger.decisions if one.actor_id == self.member_id]
        if not mine:
            return
        found = DECISION.search(self.browser.get(f"/review/{self.chance.choice(mine).item_id}").body)
        if found is None:
            return
        form = self.browser.get(found[0]).form("/undo")
        if form is not None:
            self._took_back(self.browser.send(form.filled(reason="undo_second_look")), form.action)

    def _took_back(self, answer: Answer, address: str) -> bool:
        found = DECISION.search(address)
        assert found is not None
        if answer.status == 409:
            return False
        if answer.status != 303:
            self.load.wrong("taking back", answer)
            return False
        self.load.ledger.undone.append(Undone(int(found[1]), self.member_id, answer.tries))
        return True

    def _claim(self, view: str) -> int | None:
        """One of the items in this view, taken; None where a colleague was quicker, or it is not for them."""
        offered = [form for form in self.browser.get(view).forms if ITEM.search(form.action)]
        if not offered:
            return None
        claim = self.chance.choice(offered)
        taken = self.browser.send(claim).status == 303
        return int(ITEM.findall(claim.action)[0]) if taken else None

    def _opened(self, item_id: int) -> Answer:
        page = self.browser.get(f"/review/{item_id}")
        form = page.form("/open")
        if form is None or self.browser.send(form).status != 303:
            return page
        return self.browser.get(f"/review/{item_id}")

    def _check_in(self, page: Answer, item_id: int) -> bool:
        form = page.form("/check-in")
        if form is None:
            return False
        answer = self.browser.send(form.filled(care_reason="worried"))
        done = self._done(answer, item_id, form.fields["version"][0], "check_in")
        self._hand_back(item_id)  # a colleague may have the rest
        return done

    def _done(self, answer: Answer, item_id: int, version: str, action: str) -> bool:
        if answer.status == 409:
            return False
        if answer.status != 303:
            self.load.wrong(action, answer)
            return False
        self.load.ledger.decisions.append(
            Decided(item_id, int(version), self.member_id, action, answer.tries)
        )
        return True

    def _hand_back(self, item_id: int) -> None:
        form = self.browser.get(f"/review/{item_id}").form("/hand-back")
        if form is not None:
            self.browser.send(form)


class Lead(Moderator):
    """A moderator who also takes what others sent up."""

    leads = 0.5
