"""Ed25519 signatures over canonical statements, and the public key as a file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from moderation.proof.canonical import canonical


class NotAPublicKey(ValueError):
    """The text is not an Ed25519 public key in PEM form."""


def statement(kind: str, content: Mapping[str, Any]) -> bytes:
    """The bytes that are signed. `kind` is part of them, so that no signature serves for another purpose."""
    return canonical({"haven": kind, **content})


def is_signed(key: Ed25519PublicKey, signature: str, data: bytes) -> bool:
    """Whether `signature` (hex, as we write it: small letters) is this key's over `data`."""
    try:
        raw = bytes.fromhex(signature)
        key.verify(raw, data)
    except (InvalidSignature, ValueError):
        return False
    return raw.hex() == signature  # else a byte of a file could change unnoticed


def key_id_of(key: Ed25519PublicKey) -> str:
    """Sixteen hex digits that name a key."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def public_pem_of(key: Ed25519PublicKey) -> str:
    """The key as a PEM file's text."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode("ascii")


def read_public_key(pem: bytes) -> Ed25519PublicKey:
    """The key in a PEM file, or `NotAPublicKey`."""
    try:
        key = serialization.load_pem_public_key(pem)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise NotAPublicKey("not an Ed25519 public key in PEM form")
    return key
