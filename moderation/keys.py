"""The site's secrets, in a folder apart from the data: one key that signs, one from which the others derive.

Losing the folder loses the second factors and the thread between an account and its pseudonym in the audit,
and starts a new signing key. Whoever holds it can name the people behind the pseudonyms: guard it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from moderation.proof.signatures import key_id_of, public_pem_of

SIGNING_FILE = "audit-signing-key.pem"
SECRET_FILE = "site-secret"  # noqa: S105  (a file's name)
_SEALED = "v1."
_NONCE_BYTES = 12

RoleKind = Literal["staff", "member"]


class KeysUnusable(Exception):
    """A key file cannot be read or made; the message says which and what to do."""


class CannotUnseal(Exception):
    """The value was sealed with another key, or was changed."""


class Keyring:
    """Everything that is signed, sealed or keyed goes through here; no other module sees a secret."""

    def __init__(self, signing: Ed25519PrivateKey, secret: bytes) -> None:
        self.signing = signing
        self._secret = secret
        self._derive = cache(self._derive_key)

    @classmethod
    def open(cls, folder: Path) -> Keyring:
        """Read the keys in `folder`; make those that are missing, readable by this user alone."""
        pem = _read_or_make(folder / SIGNING_FILE, _new_signing_key)
        secret = _read_or_make(folder / SECRET_FILE, _new_secret)
        return cls(_signing_key(folder / SIGNING_FILE, pem), _secret(folder / SECRET_FILE, secret))

    @cached_property
    def public_pem(self) -> str:
        """What an outsider needs to check signatures; safe to publish."""
        return public_pem_of(self.signing.public_key())

    @cached_property
    def key_id(self) -> str:
        """A short name of the signing key, the same wherever its public half is."""
        return key_id_of(self.signing.public_key())

    def sign(self, data: bytes) -> str:
        """An Ed25519 signature, in hex."""
        return self.signing.sign(data).hex()

    def pseudonym(self, ref: int, role_kind: RoleKind) -> str:
        """The audit's name for an account: always the same, and not to be turned back without the key."""
        return f"{role_kind}-{self.hmac('pseudonym', str(ref).encode())[:12]}"

    def hmac(self, purpose: str, data: bytes) -> str:
        """A keyed hash in hex. Each purpose has a key of its own: values of one never match another's."""
        return hmac.new(self._derive(purpose), data, hashlib.sha256).hexdigest()

    def seal(self, data: bytes) -> str:
        """Encrypt for the database: a stolen copy of it shows nothing without this folder."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = ChaCha20Poly1305(self._derive("seal")).encrypt(nonce, data, None)
        return _SEALED + base64.urlsafe_b64encode(nonce + sealed).decode("ascii")

    def unseal(self, sealed: str) -> bytes:
        """What `seal` was given, or `CannotUnseal`."""
        try:
            raw = base64.urlsafe_b64decode(sealed.removeprefix(_SEALED))
            return ChaCha20Poly1305(self._derive("seal")).decrypt(
                raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], None
            )
        except (InvalidTag, ValueError, binascii.Error):
            raise CannotUnseal("the value was sealed with another key, or was changed") from None

    def _derive_key(self, purpose: str) -> bytes:
        return hmac.new(self._secret, b"haven:" + purpose.encode(), hashlib.sha256).digest()


def _new_signing_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _new_secret() -> bytes:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)) + b"\n"


def _signing_key(path: Path, pem: bytes) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeysUnusable(
            f"{path} is not an Ed25519 private key. Put back the copy from your backup of the keys."
        )
    return key


def _secret(path: Path, text: bytes) -> bytes:
    try:
        secret = base64.urlsafe_b64decode(text.strip())
    except (ValueError, binascii.Error):
        secret = b""
    if len(secret) < 32:
        raise KeysUnusable(
            f"{path} is not a secret of 32 bytes. Put back the copy from your backup of the keys."
        )
    return secret


def _read_or_make(path: Path, make: Callable[[], bytes]) -> bytes:
    try:
        if not path.exists():
            _write_once(path, make())
        return path.read_bytes()
    except OSError as error:
        raise KeysUnusable(f"{path} cannot be read or made: {error.strerror}.") from None


def _write_once(path: Path, content: bytes) -> None:
    """Appear whole or not at all, and never over a file that another process made first."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(scratch)
    except FileExistsError:
        pass
    finally:
        scratch.unlink()
