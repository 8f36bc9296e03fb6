"""`flask audit …`: export the log, check it, and tell what its words mean."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from forum import clock
from forum.web.parts import database, keyring
from moderation.audit import COMMAND, dictionary
from moderation.audit.checkpoints import checkpoint
from moderation.audit.export import announce, lines
from moderation.audit.search import Filters
from moderation.audit.verify import Outcome, record, verify
from moderation.proof.__main__ import CannotCheck, check_file
from moderation.proof.canonical import moment
from moderation.proof.check import in_words
from moderation.proof.formats import Format
from moderation.proof.signatures import NotAPublicKey, read_public_key
from moderation.verbs import Verb

command = AppGroup("audit", help="Export and check the audit log.")

_WRITTEN = (
    "Written: {path} ({count} events) and {dictionary}.\n"
    "Check it with: flask audit verify --file {path} --public-key KEY"
)


@command.command("export")
@click.option("--format", "form", type=click.Choice([form.value for form in Format]), required=True)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="where the file goes"
)
@click.option("--first", type=click.IntRange(min=1), help="number of the first event (default: 1)")
@click.option("--last", type=click.IntRange(min=1), help="number of the last event (default: the newest)")
@click.option("--verb", type=click.Choice([verb.value for verb in Verb]), help="only this verb")
@click.option("--since", type=click.DateTime(), help="only from this time on (UTC)")
@click.option("--until", type=click.DateTime(), help="only before this time (UTC)")
def export(
    form: str,
    output: Path,
    first: int | None,
    last: int | None,
    verb: str | None,
    since: datetime | None,
    until: datetime | None,
) -> None:
    """Write the log to a file that proves itself. With a filter it is signed, but cannot show the chain."""
    filters = Filters(
        verb=Verb(verb) if verb else None, first=first, last=last, since=_utc(since), until=_utc(until)
    )
    _writable(output)
    with database().transaction() as session:
        plan = announce(session, Format(form), filters, actor=COMMAND, at=clock.now())
    with database().reading() as session:
        _write_whole(output, lines(session, plan))
    beside = output.with_name(f"{output.name}.dictionary.md")
    _write_whole(beside, [f"# Data dictionary\n\n{dictionary.markdown()}".encode()])
    click.echo(_WRITTEN.format(path=output, count=plan.count, dictionary=beside))


@command.command("verify")
@click.option(
    "--file", type=click.Path(path_type=Path, dir_okay=False), help="an exported file; needs no database"
)
@click.option(
    "--public-key", type=click.Path(path_type=Path, dir_okay=False), help="the service's public key (PEM)"
)
@click.pass_context
def verify_command(context: click.Context, file: Path | None, public_key: Path | None) -> None:
    """Check the log in the database, or an exported file. Exit codes: 0 good, 1 not good, 2 cannot check."""
    if file is None:
        context.exit(_verify_database(public_key))
    if public_key is None:
        click.echo("Name the key with --public-key KEY: `flask audit public-key` writes it.", err=True)
        context.exit(2)
    try:
        outcome = check_file(file, public_key)
    except CannotCheck as error:
        click.echo(str(error), err=True)
        context.exit(2)
    click.echo(in_words(outcome), err=not outcome.good)
    context.exit(0 if outcome.good else 1)


@command.command("checkpoint")
def checkpoint_command() -> None:
    """Sign the log as it stands. Keep what this prints somewhere else."""
    with database().transaction() as session:
        made = checkpoint(session, clock.now())
    if made is None:
        click.echo("The log is empty: there is nothing to sign yet.")
        return
    click.echo(
        f"seq {made.seq}\nhead {made.head}\nmade_at {moment(made.made_at)}\n"
        f"key {made.key_id}\nsignature {made.signature}"
    )


@command.command("public-key")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="write it to a file instead")
def public_key_command(output: Path | None) -> None:
    """Give out the key that checks signatures. No secret: hand it to auditors before they need it."""
    if output is None:
        click.echo(keyring().public_pem, nl=False)
        return
    _writable(output)
    _write_whole(output, [keyring().public_pem.encode("ascii")])
    click.echo(f"Written: {output} (key {keyring().key_id}).")


@command.command("dictionary")
@click.option(
    "--update", type=click.Path(path_type=Path, dir_okay=False), help="renew the marked part of this file"
)
def dictionary_command(update: Path | None) -> None:
    """Say what each column, verb and field means."""
    if update is None:
        click.echo(dictionary.markdown(), nl=False)
        return
    _write_whole(update, [dictionary.renewed(update.read_text(encoding="utf-8")).encode()])
    click.echo(f"Renewed: {update}")


def _verify_database(public_key: Path | None) -> int:
    try:
        key = read_public_key(public_key.read_bytes() if public_key else keyring().public_pem.encode())
    except (OSError, NotAPublicKey):
        click.echo(f"{public_key} cannot be read as an Ed25519 public key (PEM).", err=True)
        return 2
    with database().reading() as session:
        outcome = verify(session, key)
    with database().transaction() as session:
        record(session, outcome, actor=COMMAND, at=clock.now())
    click.echo(_in_words(outcome), err=bool(outcome.problems))
    return 1 if outcome.problems else 0


def _in_words(outcome: Outcome) -> str:
    if outcome.problems:
        return "\n".join(outcome.problems)
    return (
        f"Good: {outcome.events} events, {outcome.checkpoints} checkpoints, {outcome.digests} hourly digests."
        f"\nNothing is changed, missing or out of order.\nThe last hash is {outcome.head}."
    )


def _utc(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(tzinfo=clock.now().tzinfo)


def _writable(output: Path) -> None:
    """Say so before the export is recorded, rather than after."""
    if not os.access(output.parent, os.W_OK):
        raise click.ClickException(f"{output.parent} is not a folder that can be written to.")


def _write_whole(output: Path, parts: Iterable[bytes]) -> None:
    """The file appears complete or not at all; an earlier one stays until then."""
    scratch = output.with_name(f".{output.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(output)
    except OSError as error:
        raise click.ClickException(
            f"{output} could not be written: {error.strerror}. Nothing was kept."
        ) from None
    finally:
        scratch.unlink(missing_ok=True)
