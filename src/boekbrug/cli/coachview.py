"""`boekbrug coachview`: whether a real Coachview knows the names by which the profile calls things."""

from collections.abc import Sequence
from dataclasses import asdict

import click

from boekbrug.cli.answers import as_json, in_words, language, print_json
from boekbrug.cli.house import opened
from boekbrug.cli.language import _, ngettext, spoken
from boekbrug.coachview.profile import Profile, ProfileError, load
from boekbrug.coachview.swagger import Lack, lacks, read_description
from boekbrug.sentences import tell_faults
from boekbrug.settings import settings

DESCRIPTION_PATH = "/swagger/v1/swagger.json"
DEFAULT_PROFILE = "coachview"


@click.group(name="coachview")
def command() -> None:
    """The other side: the institute's Coachview."""


@command.command()
@click.argument("organisation", required=False)
@click.option("--integration", "integration_id", type=int, metavar="ID", help="Koppeling whose institute is meant.")
@click.option("--swagger", "source", metavar="ADDRESS|FILE", help="Description; the institute's own by default.")
@click.option("--profile", "profile_name", metavar="NAME", help="Profile; that of the institute by default.")
@as_json
@language
def check(
    *,
    organisation: str | None,
    integration_id: int | None,
    source: str | None,
    profile_name: str | None,
    as_json: bool,
    language: str,
) -> None:
    """Compare the profile with Coachview's Swagger description; exit status 0 only when nothing is lacking."""
    if organisation and integration_id is not None:
        raise click.UsageError(_("Give the institute or a koppeling, not both."))
    source, profile_name = _what(organisation, integration_id, source, profile_name, language)
    profile = _profile(profile_name)
    _refuse_strange_host(source)
    found = lacks(read_description(source), profile)
    if as_json:
        print_json({"profile": profile.name, "source": source, "lacks": [asdict(lack) for lack in found]})
    else:
        _tell(found, source, profile)
    if found:
        raise click.exceptions.Exit(1)


def _what(
    organisation: str | None, integration_id: int | None, source: str | None, profile_name: str | None, spoken: str
) -> tuple[str, str]:
    """The description and the profile; the database is opened only when an institute has to say one of them."""
    if organisation is None and integration_id is None and source is not None:
        return source, profile_name or DEFAULT_PROFILE
    with opened(), in_words(spoken):
        address, own_profile = _of_institute(organisation, integration_id)
    if source is None and not address:
        raise click.ClickException(_("The institute has no address of Coachview yet; give one with --swagger."))
    return source or f"{address.rstrip('/')}{DESCRIPTION_PATH}", profile_name or own_profile


def _of_institute(organisation: str | None, integration_id: int | None) -> tuple[str, str]:
    """Address and profile of the institute that is meant: named, by its koppeling, or the only one."""
    from boekbrug.store.integrations import show_integration
    from boekbrug.store.organisations import find_organisation, list_organisations, show_organisation

    if integration_id is not None:
        found = show_organisation(show_integration(integration_id).organisation_id)
    elif organisation is not None:
        found = show_organisation(find_organisation(organisation))
    else:
        everyone = list_organisations()
        if len(everyone) != 1:
            raise click.UsageError(_("Say which institute (name or id), or give a description with --swagger."))
        found = everyone[0]
    return found.coachview_url, found.profile


def _profile(name: str) -> Profile:
    try:
        return load(name, settings().home / "profiles")
    except ProfileError as error:
        faults = tell_faults(error.faults, spoken())
        raise click.ClickException(
            _("The profile {name} cannot be used: {faults}", name=name, faults=faults)
        ) from error


def _refuse_strange_host(source: str) -> None:
    """An address is asked only where Coachview may be: what an operator is talked into typing leads nowhere else."""
    if source.startswith(("https://", "http://")) and not settings().allows_coachview(source):
        raise click.ClickException(
            _("{source} is not asked: BOEKBRUG_COACHVIEW_HOSTS does not name this host.", source=source)
        )


def _tell(found: Sequence[Lack], source: str, profile: Profile) -> None:
    if not found:
        click.echo(_("{source} knows every name of the profile {name}.", source=source, name=profile.name))
        return
    for lack in found:
        click.echo(_line(lack))
    click.echo(
        ngettext(
            "{source} lacks {count} name of the profile {name}; correct it in a profile of your own.",
            "{source} lacks {count} names of the profile {name}; correct them in a profile of your own.",
            len(found),
            source=source,
            name=profile.name,
        ),
        err=True,
    )


def _line(lack: Lack) -> str:
    if not lack.name:
        return _("{key}: the description does not say which fields there are ({place})", key=lack.key, place=lack.place)
    said = _("{key}: no {name} in {place}", key=lack.key, name=lack.name, place=lack.place)
    alike = ", ".join(lack.looks_like)
    return f"{said}; " + _("looks like it: {alike}", alike=alike) if alike else said
