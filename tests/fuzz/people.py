"""Who sends: each kind of person that the site can meet, and what stands between some of them and the site."""

from __future__ import annotations

from dataclasses import dataclass

from forum.models import Role


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of sender. `role` is None for somebody who is not signed in."""

    name: str
    role: Role | None
    gate: bool = False
    """They must settle something first (second step, own pass-phrase, ground rules), so that all else is shut."""

    def __str__(self) -> str:
        return self.name


KINDS: tuple[Kind, ...] = (
    Kind("anonymous", None),
    Kind("member", Role.MEMBER),
    Kind("resting member", Role.MEMBER),
    Kind("restricted member", Role.MEMBER),
    Kind("newcomer", Role.MEMBER),
    Kind("facilitator", Role.FACILITATOR),
    Kind("moderator", Role.MODERATOR),
    Kind("lead", Role.LEAD),
    Kind("clinician", Role.CLINICIAN),
    Kind("auditor", Role.AUDITOR),
    Kind("admin", Role.ADMIN),
    Kind("moderator before the second step", Role.MODERATOR, gate=True),
    Kind("moderator with a first pass-phrase", Role.MODERATOR, gate=True),
    Kind("member before the ground rules", Role.MEMBER, gate=True),
)
