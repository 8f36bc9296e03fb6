"""Recovery codes: eight ways back in, shown once, each good for one time. Only keyed hashes are stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from forum import codes
from forum.models import RecoveryCode
from moderation.audit.actors import keyring_of

HOW_MANY = 8


class WrongCode(Exception):
    """No unused recovery code of this account reads like that."""


def make_codes(session: Session, member_id: int, *, at: datetime) -> tuple[str, ...]:
    """New codes; all earlier ones stop working."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.member_id == member_id))
    made = tuple(codes.make(2) for _ in range(HOW_MANY))
    session.add_all(
        RecoveryCode(member_id=member_id, code_hash=_hash(session, member_id, code), made_at=at)
        for code in made
    )
    return made


def use_code(session: Session, member_id: int, code: str, *, at: datetime) -> None:
    """Use one code up. Raises `WrongCode`."""
    used = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.member_id == member_id,
            RecoveryCode.code_hash == _hash(session, member_id, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    ).first()
    if used is None:
        raise WrongCode


def _hash(session: Session, member_id: int, code: str) -> str:
    return keyring_of(session).hmac("recovery-code", f"{member_id}:{codes.plain(code)}".encode())
