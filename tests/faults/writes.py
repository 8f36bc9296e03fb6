"""Every kind of thing that people write here, ready to be sent: who sends it, from which page, what is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from forum import clock
from forum.actions import reviewing
from forum.models import Member, Post, PostState, Role
from moderation.workflow import DecisionAction
from tests.appeals.cases import appeal, decided, item_of
from tests.review.desk import Desk, a_desk, actor_of, claim
from tests.support.forms import Form
from tests.support.making import a_group, a_member, a_post, a_thread
from tests.support.page import Page

WORDS = "It took me an hour to find these words about the heron."


@dataclass(frozen=True)
class Write:
    """One form of one page, filled. `typed` is what must come back when it could not be taken."""

    who: Member
    page: str
    action: str
    """How the form's address ends."""
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def typed(self) -> tuple[str, ...]:
        return tuple(value for value in self.fields.values() if value.startswith(WORDS))


def _thread(session: Session) -> Write:
    author = a_member(session)
    group = a_group(session, members=(author,))
    return Write(author, f"/g/{group.slug}/new", "/new", {"title": "Herons at dawn", "text": WORDS})


def _reply(session: Session) -> Write:
    author = a_member(session)
    thread = a_thread(session, a_group(session, members=(author,)), author)
    return Write(author, f"/t/{thread.id}/reply", "/reply", {"text": WORDS, "note": f"{WORDS} A note."})


def _held_reply(session: Session) -> Write:
    write = _reply(session)
    return Write(write.who, write.page, write.action, {"text": f"{WORDS} [crisis]"})


def _own_post(session: Session) -> tuple[Member, Post]:
    author = a_member(session)
    thread = a_thread(session, a_group(session, members=(author,)), author)
    return author, a_post(session, thread, author)


def _edit(session: Session) -> Write:
    author, post = _own_post(session)
    return Write(author, f"/p/{post.id}/edit", "/edit", {"text": WORDS})


def _withdraw(session: Session) -> Write:
    author, post = _own_post(session)
    return Write(author, f"/p/{post.id}/withdraw", "/withdraw")


def _report(session: Session) -> Write:
    desk = a_desk(session, state=PostState.SHOWN)
    return Write(desk.peer, f"/p/{desk.post.id}/report", "/report", {"reason": "unkind", "details": WORDS})


def _join(session: Session) -> Write:
    group = a_group(session)
    return Write(a_member(session), f"/g/{group.slug}/about", "/join")


def _wait(session: Session) -> Write:
    group = a_group(session, capacity=1, members=(a_member(session),))
    return Write(a_member(session), f"/g/{group.slug}/about", "/wait")


def _rest(session: Session) -> Write:
    member = a_member(session)
    group = a_group(session, members=(member,))
    return Write(member, f"/g/{group.slug}/about", "/rest", {"weeks": "2"})


def _claim(session: Session) -> Write:
    desk = a_desk(session)
    return Write(desk.moderator, f"/review/{desk.item.id}", "/claim")


def _opened(session: Session) -> Desk:
    desk = a_desk(session)
    claim(session, desk.item, desk.moderator)
    reviewing.open_text(session, desk.item.id, actor=actor_of(desk.moderator), at=clock.now())
    return desk


def _decide(session: Session) -> Write:
    desk = _opened(session)
    fields = {"action": "remove", "reason": "graphic", "note": WORDS}
    return Write(desk.moderator, f"/review/{desk.item.id}", "/decisions", fields)


def _mask(session: Session) -> Write:
    desk = _opened(session)
    fields = {"action": "mask", "reason": "graphic", "words": "hard night", "note": WORDS}
    return Write(desk.moderator, f"/review/{desk.item.id}", "/decisions", fields)


def _check_in(session: Session) -> Write:
    desk = _opened(session)
    fields = {"care_reason": "worried", "care_note": WORDS}
    return Write(desk.moderator, f"/review/{desk.item.id}", "/check-in", fields)


def _undo(session: Session) -> Write:
    desk = a_desk(session)
    made = decided(session, desk)
    return Write(desk.moderator, f"/review/decisions/{made.id}/undo", "/undo", {"reason": "undo_second_look"})


def _appeal(session: Session) -> Write:
    desk = a_desk(session)
    made = decided(session, desk)
    return Write(desk.author, f"/decisions/{made.id}/appeal", "/appeal", {"text": WORDS})


def _answer_appeal(session: Session) -> Write:
    desk = a_desk(session)
    made = appeal(session, decided(session, desk), desk.author)
    item = item_of(session, made)
    claim(session, item, desk.other)
    reviewing.open_text(session, item.id, actor=actor_of(desk.other), at=clock.now())
    fields = {"appeal_outcome": DecisionAction.APPEAL_OVERTURNED.value, "appeal_reason": "appeal_too_strict"}
    return Write(desk.other, f"/review/{item.id}", "/appeal", {**fields, "answer": WORDS})


def _complaint(session: Session) -> Write:
    return Write(a_member(session), "/complaints/new", "/new", {"kind": "other", "text": WORDS})


def _new_group(session: Session) -> Write:
    admin = a_member(session, role=Role.ADMIN)
    fields = {"name": f"Evenings {admin.id}", "purpose": WORDS, "kind": "asynchronous"}
    return Write(admin, "/admin/groups/new", "/new", fields)


KINDS: Mapping[str, Callable[[Session], Write]] = {
    "thread": _thread,
    "reply": _reply,
    "held reply": _held_reply,
    "edit": _edit,
    "withdraw": _withdraw,
    "report": _report,
    "join": _join,
    "waiting list": _wait,
    "rest": _rest,
    "claim": _claim,
    "decide": _decide,
    "mask": _mask,
    "check in": _check_in,
    "undo": _undo,
    "appeal": _appeal,
    "answer an appeal": _answer_appeal,
    "complaint": _complaint,
    "new group": _new_group,
}


def form_of(page: Page, action: str) -> Form:
    """The form of a page whose address ends like this."""
    found = [one for one in page.forms if (one.action or page.path).endswith(action) and one.method == "post"]
    assert found, f"no form {action} on {page.path}, only {[one.action for one in page.forms]}"
    return found[0]
