"""`python -m moderation.proof FILE --public-key KEY`: exit 0 good, 1 not what was signed, 2 unreadable."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from moderation.proof.check import Outcome, check, in_words, tail_of
from moderation.proof.signatures import NotAPublicKey, read_public_key


class CannotCheck(Exception):
    """The file or the key cannot be read; the message says which."""


def check_file(file: Path, public_key: Path) -> Outcome:
    """Check an export on disk. Raises `CannotCheck`."""
    try:
        key = read_public_key(public_key.read_bytes())
    except OSError as error:
        raise CannotCheck(f"The key {public_key} cannot be read: {error.strerror}.") from None
    except NotAPublicKey:
        raise CannotCheck(f"{public_key} does not hold an Ed25519 public key (PEM).") from None
    try:
        with file.open("rb") as opened:
            last = tail_of(opened)
            return check(opened, key, last_line=last)
    except OSError as error:
        raise CannotCheck(f"The file {file} cannot be read: {error.strerror}.") from None


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="moderation.proof", description="Check an exported audit file.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--public-key", type=Path, required=True, help="the service's public key (PEM)")
    chosen = parser.parse_args()
    try:
        outcome = check_file(chosen.file, chosen.public_key)
    except CannotCheck as error:
        sys.stderr.write(f"{error}\n")
        return 2
    (sys.stdout if outcome.good else sys.stderr).write(f"{in_words(outcome)}\n")
    return 0 if outcome.good else 1


if __name__ == "__main__":
    sys.exit(main())
