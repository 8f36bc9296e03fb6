"""The world that inputs are sent to: one of everything, so that every page has something to show and to hide."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import clock, passphrases
from forum.actions import invitations, recovery
from forum.models import (
    Facilitation,
    HelpPanel,
    Intake,
    Member,
    MembershipState,
    Post,
    PostState,
    PseudonymState,
    Role,
    SignInSession,
    Thread,
)
from moderation.answers import Support
from moderation.audit.actors import keyring_of
from moderation.models import Restriction
from moderation.workflow import DecisionAction
from tests.fuzz.canaries import Place
from tests.fuzz.people import KINDS
from tests.fuzz.world import World
from tests.fuzz.world_desk import fill_the_desk
from tests.review.desk import RULES, actor_of
from tests.support.making import a_group, a_member, a_place, a_post, a_thread

PASS_PHRASE = "a calm walk along the quiet shore"
SECRET = b"JBSWY3DPEHPK3PXP" * 2


def a_world(session: Session) -> World:
    """Build it. Everything is a row or an action of the site; nothing depends on chance."""
    world = World()
    _people(session, world)
    _groups(session, world)
    _accounts(session, world)
    _conversations(session, world)
    _hidden_words(session, world)
    fill_the_desk(session, world)
    return world


def _people(session: Session, world: World) -> None:
    for kind in KINDS:
        if kind.role is not None:
            new = kind.name == "newcomer"
            person = a_member(session, _name(kind.name), role=kind.role, approved_posts=0 if new else 10)
            world.people[kind.name] = person
    for name in ("peer", "stranger", "somebody gone", "waiting name"):
        world.people[name] = a_member(session, _name(name))
    for name, role in (("other moderator", Role.MODERATOR), ("other facilitator", Role.FACILITATOR)):
        world.people[name] = a_member(session, _name(name), role=role)
    world.people["waiting name"].pseudonym_state = PseudonymState.HELD
    for number, person in enumerate(world.people.values()):
        person.sign_in_name = f"signinzq{number}x"
        world.keep(person.sign_in_name, Place.ACCOUNT, person)
        device = f"Zqbrowser{number}x"
        world.keep(device, Place.ACCOUNT, person)
        _browser(session, person, device)
        if person.role is not Role.MEMBER:
            person.totp_secret = keyring_of(session).seal(SECRET)
    first = world.people["moderator with a first pass-phrase"]
    first.change_pass_phrase, first.totp_secret, first.totp_confirmed_at = True, None, None
    world.people["member before the ground rules"].rules_version = None
    known = passphrases.hashed(PASS_PHRASE)
    for person in world.people.values():
        person.password_hash = known
    session.flush()


def _browser(session: Session, person: Member, device: str) -> None:
    now = clock.now()
    session.add(
        SignInSession(
            token_hash=f"{person.id:064d}",
            member_id=person.id,
            device=device,
            created_at=now,
            last_used_at=now,
            expires_at=now + timedelta(days=1),
        )
    )


def _groups(session: Session, world: World) -> None:
    people = world.people
    inside = [people[name] for name in ("member", "restricted member", "newcomer", "peer", "waiting name")]
    here = a_group(session, facilitator=people["facilitator"], members=tuple(inside))
    a_place(session, here, people["resting member"], state=MembershipState.RESTING)
    away = a_group(session, facilitator=people["other facilitator"], members=(people["stranger"],))
    full = a_group(session, facilitator=people["facilitator"], members=(people["stranger"],), capacity=1)
    shut = a_group(session, facilitator=people["other facilitator"], intake=Intake.CLOSED)
    ended = a_group(session, facilitator=people["facilitator"], members=(people["member"],))
    ended.archived_at = clock.now()
    alone = a_group(session, facilitated=False, members=(people["member"],))
    world.groups |= {"here": here, "away": away, "full": full, "shut": shut, "ended": ended, "alone": alone}
    session.add(
        Facilitation(group_id=here.id, member_id=people["other facilitator"].id, since=here.created_at)
    )
    session.flush()


def _accounts(session: Session, world: World) -> None:
    now, member = clock.now(), world.people["member"]
    session.add(
        Restriction(
            member_ref=world.people["restricted member"].id,
            decision_id=1,
            reason_code="hostility",
            starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(days=3),
        )
    )
    for kind in KINDS:
        if (person := world.person(kind)) is not None:
            session.add(HelpPanel(member_id=person.id, level=Support.OFFER.code, made_at=now))
    code = invitations.make(session, actor=actor_of(world.people["lead"]), uses=50, days=30, at=now)
    world.known = {
        "sign_in_name": (member.sign_in_name,),
        "pass_phrase": (PASS_PHRASE,),
        "new_pass_phrase": ("seven slow boats on the water",),
        "new_pass_phrase_again": ("seven slow boats on the water",),
        "recovery_code": recovery.make_codes(session, member.id, at=now),
        "invitation": (code,),
        "capacity": ("20", "30"),
        "uses": ("1", "5"),
        "days": ("1", "30"),
    }
    world.together = tuple(
        {first: action.value, second: reason.code}
        for action in DecisionAction
        for reason in RULES.reasons_for(action)
        for first, second in (("action", "reason"), ("appeal_outcome", "appeal_reason"))
    )


def _name(words: str) -> str:
    return words.title().replace("-", " ")[:40]


def _a_post(
    session: Session,
    world: World,
    thread: Thread,
    author: Member,
    name: str,
    *,
    state: PostState,
    folded: bool = False,
) -> Post:
    """A post with a canary word in it."""
    word = f"zq{name}zq"
    post = a_post(session, thread, author, words=f"Words with {word} inside.", state=state, collapsed=folded)
    world.keep(word, Place.POST, author, post)
    return post


def _conversations(session: Session, world: World) -> None:
    """Long enough for pages, and of each kind a thread can be: own, locked, pinned, of another group."""
    people, here = world.people, world.groups["here"]
    for name in (
        "member",
        "resting member",
        "restricted member",
        "newcomer",
        "facilitator",
        "moderator",
        "lead",
    ):
        thread = a_thread(session, here, people[name])
        for _ in range(21 if name == "member" else 1):
            a_post(session, thread, people["peer"])
        a_post(session, thread, people[name])
        thread.pinned = name == "facilitator"
        if name == "lead":
            thread.locked_at, thread.lock_reason = clock.now(), "cooling_off"
    for key in ("away", "ended", "alone"):
        owner = people["stranger"] if key == "away" else people["member"]
        thread = a_thread(session, world.groups[key], owner, title=f"Zqtitle{key}zq")
        first = session.scalars(select(Post).where(Post.thread_id == thread.id)).one()
        world.keep(f"Zqtitle{key}zq", Place.POST, owner, first)
        _a_post(session, world, thread, owner, f"shown{key}", state=PostState.SHOWN)


def _hidden_words(session: Session, world: World) -> None:
    """By the peer for everybody, and by each writer for the others: held, folded, removed, taken back."""
    people = world.people
    thread = session.scalars(select(Thread).where(Thread.group_id == world.groups["here"].id)).first()
    assert thread is not None
    for name in ("peer", "member", "restricted member", "newcomer"):
        short = name.replace(" ", "")
        for state in (PostState.HELD, PostState.REMOVED, PostState.WITHDRAWN, PostState.ASKED_TO_EDIT):
            _a_post(session, world, thread, people[name], f"{short}{state.value}", state=state)
        _a_post(session, world, thread, people[name], f"{short}folded", state=PostState.SHOWN, folded=True)
    waiting = a_thread(
        session, world.groups["here"], people["peer"], title="Zqheldtitlezq", words="zqheldthreadzq",
        state=PostState.HELD,
    )  # fmt: skip
    first = session.scalars(select(Post).where(Post.thread_id == waiting.id)).one()
    world.keep("Zqheldtitlezq", Place.POST, people["peer"], first)
    world.keep("zqheldthreadzq", Place.POST, people["peer"], first)
