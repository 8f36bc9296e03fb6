"""Whatever is sent to whatever address: no fault of ours, and what a person wrote comes back.

Each person of a small world sends odd things to every address that their role may use: numbers that no
database holds, characters that none stores, lists where one value is meant, bodies of another kind.
"""

from __future__ import annotations

import re
from random import Random
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.routing import Rule

from forum.db import Database
from forum.models import Facilitation, Member, Role
from forum.permissions import role_may
from forum.web.guards import declared
from moderation.audit.actors import keyring_of
from tests.review.desk import Desk, a_desk, claim
from tests.support.client import HEADERS, CheckingClient
from tests.support.making import a_member

pytestmark = pytest.mark.slow

EXAMPLES = 200
MARK = "heron-by-the-river"
"""In everything that a person might have written."""

NUMBERS = (
    "-1", "0", "1", "2", "3", "1.5", "1_0", "0x1", "NaN", "١", "²", str(2**31), str(2**63 - 1), str(2**63),
    "-" + "9" * 30, "9" * 18, "9" * 19, "9" * 30, "9" * 5000,
)  # fmt: skip
CURSORS = (
    "0.1.2", "1.-99999999999999999999.1", "1.0.0", f"0.{10**17}.{2**63}", f"1.{10**15}.{2**63 - 1}", "0..",
    f"{10**17}.{10**17}.{'9' * 18}.{'9' * 18}", "1.1.1.1", "0.0.0.00", f"{'9' * 18}.1.1.1", "0.-62135596800000000.1",
)  # fmt: skip
CODES = (
    "all", "words", "show", "mask", "restrict", "escalate", "keep_held", "check_in", "lock_thread", "graphic",
    "welcome", "unkind", "crisis", "mine", "yes", "csv", "jsonl", "shown", "own", "offered", "old_enough",
    "asynchronous", "open", "closed", "admin", "member", "security", "post 1", "post " + "9" * 18, "member-" + "a" * 12,
    "2026-11-24", "9999-12-31", "0001-01-01", "2026-13-45", "0-5", "5-0", "1-99999999", "GB", "Europe/London",
    "/account", "//elsewhere.example", "past_self_harm", "graphic_injury", "post.held",
)  # fmt: skip
TEXTS = (
    "", " ", "\x00", f"{MARK}\x00{MARK}", f"{MARK}\ud800", f"{MARK}\udfff", f"{MARK}\x1b[0m\x7f\ufffe", f"{MARK}\u202e",
    MARK, f"{MARK}\r\n{MARK}", f"> {MARK}\n\n- [x](javascript:1)", f"{MARK} " * 1500, f"{MARK}'\"><script>", "🫶" * 60,
    f"%s {{}} {MARK} %(x)s {{{{ 1 }}}}", "../../etc", "\u200b", "=cmd", MARK.upper(), f"{MARK}\u0301" * 3,
)  # fmt: skip
NAMES = (
    "text", "title", "note", "labels", "submission", "anyway", "quotes", "answers", "page", "show", "before", "after",
    "next", "country", "timezone", "name", "purpose", "kind", "capacity", "reason", "describe_reason",
    "capacity_reason",
    "intake", "intake_reason", "end_reason", "facilitator", "facilitator_reason", "back_on", "away_reason", "weeks",
    "up_to", "agree", "version", "action", "sentence", "words", "days", "illegal", "offence", "intention", "facts",
    "care_reason", "care_note", "details", "revision", "change", "call", "pinned", "urgency", "state", "group", "verb",
    "actor", "subject", "since", "until", "format", "scope", "pseudonym", "sign_in_name", "pass_phrase", "how",
    "offered_pass_phrase", "new_pass_phrase", "new_pass_phrase_again", "age", "invitation", "code", "recovery_code",
    "uses", "role", "kept_action", "kept_text", "kept_csrf_token", "sure",
)  # fmt: skip
OWN_WORDS = {
    "threads.new": ("title", "text", "note"),
    "posts.reply": ("text", "note"),
    "posts.edit": ("text", "note"),
    "reports.post": ("details",),
    "reports.name": ("details",),
    "admin_groups.new": ("purpose",),
}
"""The fields of a form that a person writes in: what is refused is given back."""
KINDS = (
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-7",
    "application/json",
    "multipart/form-data; boundary=x",
    "",
)
VALUES = (*NUMBERS, *CURSORS, *CODES, *CODES, *TEXTS)
WRITTEN = tuple(text for text in TEXTS if MARK in text)


def odd(chance: Random) -> list[tuple[str, str]]:
    """Something for most names that any page asks for, and for some of them twice."""
    return [(name, chance.choice(VALUES)) for name in chance.choices(NAMES, k=chance.choice((0, 30, 90)))]


def encoded(sent: list[tuple[str, str]]) -> str:
    return urlencode(sent, encoding="utf-8", errors="surrogatepass")


def address(rule: Rule, numbers: list[str], desk: Desk, slug: str) -> str:
    """The rule with numbers for its ids, and the group's own address where `slug` asks for it."""
    left = iter(numbers)
    path = re.sub(r"<int[^:]*:\w+>", lambda _match: next(left, "1"), rule.rule)
    own = desk.group.slug if rule.rule.startswith("/g/") else "thread"
    return re.sub(r"<(?:\w+:)?\w+>", quote(slug or own, safe="", errors="surrogatepass"), path)


def person(database: Database, desk: Desk, role: Role | None) -> Member | None:
    with database.transaction() as session:
        match role:
            case None:
                return None
            case Role.MEMBER:
                return desk.author
            case Role.FACILITATOR:
                return session.scalars(
                    select(Member).join(Facilitation, Facilitation.member_id == Member.id)
                ).one()
            case Role.MODERATOR:
                claim(session, desk.item, desk.moderator)
                return desk.moderator
            case Role.LEAD:
                return desk.lead
        return a_member(session, role=role)


@pytest.mark.parametrize("role", [None, *Role], ids=str)
def test_odd_input_is_answered_and_words_are_kept(app: Flask, database: Database, role: Role | None) -> None:
    app.config["WTF_CSRF_ENABLED"] = False  # a token is the one thing that strangers cannot make up
    with database.transaction() as session:
        desk = a_desk(session)
    who = person(database, desk, role)
    if who is not None and who.role is not Role.MEMBER:
        with database.transaction() as session:  # a second step that codes can be tried at
            sealed = keyring_of(session).seal(b"JBSWY3DPEHPK3PXP" * 2)
            session.get_one(Member, who.id).totp_secret = sealed
    rules = [
        (rule, method)
        for rule in sorted(app.url_map.iter_rules(), key=str)
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
        if (action := declared(app, rule.endpoint)) and role_may(action, role) and rule.endpoint != "static"
    ]

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(
        way=st.sampled_from(rules),
        numbers=st.lists(st.sampled_from(("1", "2", "3", *NUMBERS)), min_size=2, max_size=2),
        slug=st.sampled_from(("",) * 40 + TEXTS),
        kind=st.sampled_from(KINDS),
        chance=st.randoms(use_true_random=False),
    )
    def send(
        way: tuple[Rule, str],
        numbers: list[str],
        slug: str,
        kind: str,
        chance: Random,
    ) -> None:
        rule, method = way
        client = CheckingClient(app)
        if who is not None:
            client.sign_in(who)
        path = address(rule, numbers, desk, slug)
        fields = OWN_WORDS.get(rule.endpoint, ())
        typed = [(name, chance.choice(WRITTEN)) for name in fields]
        sent = encoded([*typed, *(pair for pair in odd(chance) if pair[0] not in fields)])
        asked = f"{path}?{encoded(odd(chance))}"
        answer = (
            client.http.get(asked, headers=HEADERS)
            if method == "GET"
            else client.http.post(asked, data=sent, content_type=kind, headers=HEADERS)
        )
        body = answer.get_data(as_text=True)
        said = f"{method} {rule.rule} answered {answer.status_code}"
        assert answer.status_code < 500, said
        assert "\x00" not in body, said
        read = method == "POST" and kind == KINDS[0]
        own = rule.endpoint.startswith("reports.") and answer.status_code == 409  # no page offers that form
        if read and typed and 400 <= answer.status_code != 413 and not own:
            assert body.count(MARK) >= len(typed), f"{said}, and the words are gone"

    send()
