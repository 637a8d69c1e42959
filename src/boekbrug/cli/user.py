"""`boekbrug user`: who may log in to the service center."""

from pathlib import Path

import click

from boekbrug.cli.answers import as_json, in_words, print_id
from boekbrug.cli.house import opened
from boekbrug.cli.language import _

ROLES = ("beheerder", "financieel", "meekijker", "operator")


@click.group(name="user")
def command() -> None:
    """People and their roles."""


@command.command()
@click.argument("mail")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What the person may do.")
@click.option("--organisation", help="Name or id of the institute; not needed for an operator.")
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="File with the password on its first line; a password on the command line would be seen by others.",
)
@as_json
def create(mail: str, *, role: str, organisation: str | None, password_file: Path, as_json: bool) -> None:
    """Make a user who logs in with MAIL, and print its id."""
    password = next(iter(password_file.read_text(encoding="utf-8").splitlines()), "")
    if role != "operator" and organisation is None:
        raise click.UsageError(_("A {role} belongs to an institute: say which with --organisation.", role=role))
    with opened(), in_words():
        _demand_good(password, mail)
        from boekbrug.store.organisations import create_user, find_organisation

        organisation_id = find_organisation(organisation) if organisation else None
        print_id(create_user(mail, password, role=role, organisation_id=organisation_id), as_json=as_json)


def _demand_good(password: str, mail: str) -> None:
    """The same demands as the service center makes."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    try:
        validate_email(mail)
        validate_password(password)
    except ValidationError as error:
        raise click.ClickException(" ".join(error.messages)) from None
