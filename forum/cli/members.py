"""`flask members`: accounts from the server's command line, where the first admin comes from.

What is done here is on record as done by `command`: whoever may run commands on the server answers for it.
"""

from __future__ import annotations

from collections.abc import Callable

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from forum import clock, names, staff_reasons
from forum.actions import accounts as account_actions
from forum.actions import invitations, staff
from forum.models.member import STAFF, Role
from forum.queries import accounts
from forum.web.parts import database, settings
from moderation.audit import COMMAND

STAFF_ROLES = click.Choice(sorted(role.value for role in STAFF))
why = click.option(
    "--reason", required=True, type=click.Choice(sorted(staff_reasons.REASONS)), help="For the log."
)


@click.group("members")
def command() -> None:
    """Accounts and invitations."""


@command.command("create")
@click.option("--role", required=True, type=STAFF_ROLES)
@click.option("--pseudonym", required=True, help="The name others see.")
@click.option("--sign-in-name", required=True, help="The private name to sign in by.")
@click.option("--reason", default="joined_team", type=click.Choice(sorted(staff_reasons.REASONS)))
@with_appcontext
def create(role: str, pseudonym: str, sign_in_name: str, reason: str) -> None:
    """Make a staff account and print its first pass-phrase, once. Members sign up themselves."""
    called = account_actions.Names(names.tidy(pseudonym), names.sign_in_name(sign_in_name))
    if not names.pseudonym_fits(called.pseudonym):
        raise click.ClickException("The pseudonym needs 2 to 30 letters, digits, spaces or hyphens.")
    if not names.sign_in_name_fits(called.sign_in_name) or called.sign_in_name.startswith(names.DEMO_PREFIX):
        raise click.ClickException(
            "The sign-in name needs 3 to 40 letters from a to z or digits; dots, hyphens and underscores may "
            f"stand between. It may not begin with {names.DEMO_PREFIX}"
        )
    place = account_actions.Place(settings().country, settings().timezone)
    try:
        with database().transaction() as session:
            member, first = staff.create(
                session,
                actor=COMMAND,
                called=called,
                role=Role(role),
                place=place,
                reason=reason,
                at=clock.now(),
            )
    except account_actions.SignInNameTaken:
        raise click.ClickException("Somebody signs in by this name already.") from None
    except account_actions.PseudonymTaken:
        raise click.ClickException("Somebody has this pseudonym, or one that looks like it.") from None
    click.echo(f"Account {member.id} is made. Hand over this first pass-phrase; it is shown only now:")
    click.echo(f"  {first}")


@command.command("list")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="Only this role.")
@with_appcontext
def list_accounts(role: str | None) -> None:
    """Number, role, second step and public name of each open account; never the private name."""
    with database().reading() as session:
        found = accounts.listed(session, Role(role) if role else None)
    for one in found:
        click.echo(f"{one.id}\t{one.role.value}\t{'2' if one.second_factor else '1'}-step\t{one.pseudonym}")


@command.command("role")
@click.argument("account")
@click.argument("role", type=STAFF_ROLES)
@why
@with_appcontext
def change_role(account: str, role: str, reason: str) -> None:
    """Give staff ACCOUNT (its number or pseudonym) another ROLE."""
    _change(
        account,
        lambda session, member_id: staff.change_role(
            session, actor=COMMAND, member_id=member_id, role=Role(role), reason=reason, at=clock.now()
        ),
    )
    click.echo("The role is changed. They have been signed out.")


@command.command("close")
@click.argument("account")
@why
@with_appcontext
def close(account: str, reason: str) -> None:
    """Close ACCOUNT (its number or pseudonym)."""
    _change(
        account,
        lambda session, member_id: staff.close(
            session, actor=COMMAND, member_id=member_id, reason=reason, at=clock.now()
        ),
    )
    click.echo("The account is closed.")


@command.command("reset-second-factor")
@click.argument("account")
@why
@with_appcontext
def reset_second_factor(account: str, reason: str) -> None:
    """Take the second step of ACCOUNT off, so that it can be set up anew."""
    _change(
        account,
        lambda session, member_id: staff.reset_second_factor(
            session, actor=COMMAND, member_id=member_id, reason=reason, at=clock.now()
        ),
    )
    click.echo("The second step is off. They have been signed out.")


@command.command("invite")
@click.option("--uses", default=1, type=click.IntRange(1, invitations.MOST_USES), show_default=True)
@click.option("--days", default=14, type=click.IntRange(1, invitations.LONGEST_DAYS), show_default=True)
@with_appcontext
def invite(uses: int, days: int) -> None:
    """Make an invitation and print its code, once."""
    with database().transaction() as session:
        code = invitations.make(session, actor=COMMAND, uses=uses, days=days, at=clock.now())
    click.echo(code)


def _change(account: str, change: Callable[[Session, int], None]) -> None:
    try:
        with database().transaction() as session:
            change(session, _number(session, account))
    except staff.NoSuchAccount:
        raise click.ClickException("There is no open account with this number or pseudonym.") from None
    except staff.LastAdmin:
        raise click.ClickException("This is the last admin. Make another one first.") from None
    except staff.NotStaff:
        raise click.ClickException(
            "Members' accounts and staff accounts stay apart. Make a new staff account instead."
        ) from None
    except staff.NoSecondFactor:
        raise click.ClickException("This account has no second step.") from None


def _number(session: Session, account: str) -> int:
    if account.isascii() and account.isdigit() and len(account) < 19:
        return int(account)
    found = accounts.find_by_pseudonym(session, account)
    if found is None:
        raise staff.NoSuchAccount
    return found.id
