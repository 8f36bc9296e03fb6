"""Members, staff and groups: invented names, one shared pass-phrase, places within every group's capacity."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from forum import names, rules
from forum.actions import facilitators, managing_groups
from forum.actions import groups as joining
from forum.loading.plan import Size
from forum.loading.pool import content
from forum.models import GroupKind, Member, PseudonymState, Role
from moderation.audit import Actor
from moderation.models import PersonKey
from moderation.policy import Policy

STAFF = (
    ("demo-moderator", Role.MODERATOR),
    ("demo-moderator-two", Role.MODERATOR),
    ("demo-lead", Role.LEAD),
    ("demo-clinician", Role.CLINICIAN),
    ("demo-auditor", Role.AUDITOR),
    ("demo-admin", Role.ADMIN),
)
"""Named as in the demo, so that production refuses to start with them."""
GROUPS_OF_ONE_FACILITATOR = 8
WHY = "takes_on"


@dataclass(frozen=True, slots=True)
class People:
    """Who there is, by id."""

    secrets: dict[int, bytes]
    """Each member's key for commitments."""
    writers: dict[int, list[int]]
    """The members of each group."""
    staff: dict[str, int]
    """Staff by sign-in name."""


def fill(
    session: Session, size: Size, *, policy: Policy, password_hash: str, at: datetime, chance: random.Random
) -> People:
    """Everybody, and every group with its people in it."""
    roles = [*STAFF, *_facilitators(size.groups), *_members(size.members)]
    called = _pseudonyms(len(roles), chance)
    people = [
        _person(number, sign_in, role, pseudonym, password_hash, at, policy)
        for number, ((sign_in, role), pseudonym) in enumerate(zip(roles, called, strict=True), start=1)
    ]
    session.execute(insert(Member), people)
    secrets = {person["id"]: chance.randbytes(32) for person in people}
    session.execute(
        insert(PersonKey), [{"member_ref": ref, "secret": secret} for ref, secret in secrets.items()]
    )
    ids = defaultdict(list)
    for person in people:
        ids[person["role"]].append(person["id"])
    groups = _groups(session, size, policy, ids[Role.ADMIN][0], ids[Role.FACILITATOR], at)
    places = _places(size, groups, ids[Role.MEMBER], policy.values.group_capacity, chance)
    _take_places(session, places, policy, at)
    staff = {person["sign_in_name"]: person["id"] for person in people if person["role"] is not Role.MEMBER}
    return People(secrets, places, staff)


def _facilitators(groups: int) -> list[tuple[str, Role]]:
    needed = max(1, -(-groups // GROUPS_OF_ONE_FACILITATOR))
    further = [f"demo-facilitator-{number}" for number in range(2, needed + 1)]
    return [(name, Role.FACILITATOR) for name in ("demo-facilitator", *further)]


def _members(count: int) -> list[tuple[str, Role]]:
    named = ["demo-member", *(f"demo-member-{number}" for number in range(2, count + 1))]
    return [(name, Role.MEMBER) for name in named]


def _pseudonyms(count: int, chance: random.Random) -> list[str]:
    """As many names as are needed, none of which could be taken for another."""
    taken: set[str] = set()
    found: list[str] = []
    while len(found) < count:
        name = f"{chance.choice(content()['first_words'])} {chance.choice(content()['second_words'])}"
        for tried in (name, f"{name} {chance.randrange(2, 9_999)}"):
            key = names.pseudonym_key(tried)
            if key not in taken:
                taken.add(key)
                found.append(tried)
                break
    return found


def _person(
    number: int, sign_in: str, role: Role, pseudonym: str, hashed: str, at: datetime, policy: Policy
) -> dict[str, Any]:
    return {
        "id": number,
        "pseudonym": pseudonym,
        "pseudonym_key": names.pseudonym_key(pseudonym),
        "pseudonym_state": PseudonymState.SHOWN,
        "sign_in_name": sign_in,
        "password_hash": hashed,
        "role": role,
        "country": "GB",
        "timezone": "Europe/London",
        "joined_at": at,
        "age_stated_at": at,
        "rules_version": rules.current().version,
        "rules_accepted_at": at,
        "approved_posts": policy.values.hold_first_posts,
    }


def _groups(
    session: Session, size: Size, policy: Policy, admin: int, holders: list[int], at: datetime
) -> list[int]:
    """Groups by the same verbs as an admin's page; each has a facilitator."""
    actor = Actor(admin, Role.ADMIN.value)
    made = []
    called = content()["groups"]
    for number in range(size.groups):
        round_, which = divmod(number, len(called))
        group = managing_groups.create(
            session,
            actor=actor,
            name=called[which] if round_ == 0 else f"{called[which]} {round_ + 1}",
            purpose=content()["purpose"],
            kind=GroupKind.ASYNCHRONOUS,
            policy=policy,
            at=at,
        )
        facilitators.add(
            session,
            actor=actor,
            group_id=group.id,
            member_id=holders[number // GROUPS_OF_ONE_FACILITATOR],
            reason=WHY,
            at=at,
        )
        made.append(group.id)
    return made


def _places(
    size: Size, groups: list[int], members: list[int], capacity: int, chance: random.Random
) -> dict[int, list[int]]:
    """Who is where: everybody in one group, some in a second one where there is room."""
    places: dict[int, list[int]] = {group: [] for group in groups}
    for number, member in enumerate(members):
        places[groups[number % size.groups]].append(member)
    for member in members[::3]:
        group = chance.choice(groups)
        if member not in places[group] and len(places[group]) < capacity:
            places[group].append(member)
    return places


def _take_places(session: Session, places: dict[int, list[int]], policy: Policy, at: datetime) -> None:
    """Joining, by the same verb as the page: capacity, its trigger and the record count here too."""
    for group, members in places.items():
        for member in members:
            joining.join(
                session, actor=Actor(member, Role.MEMBER.value), group_id=group, policy=policy, at=at
            )
        session.expunge_all()  # what was looked at once would be looked through at every flush
