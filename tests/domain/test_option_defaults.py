"""An option that nobody chose follows the one that it depends on; what somebody chose stays."""

from typing import Any

import pytest

from boekbrug.domain.option_defaults import with_defaults
from boekbrug.domain.options import Country, Options, Site
from boekbrug.domain.reference import Journal, Reference

KNOWN = Reference(
    division=1,
    country="NL",
    currency="EUR",
    journals={
        "70": Journal(code="70", description="Verkoop", kind=20, gl_account="1310"),
        "71": Journal(code="71", description="Verkoop", kind=20, gl_account="1300"),
        "72": Journal(code="72", description="Leeg", kind=20, gl_account=""),
    },
)
BELGIAN = Options(site=Site.BE, country=Country.BE, credit_notes=True)


@pytest.mark.parametrize(
    ("values", "before", "followed"),
    [
        ({"site": "BE"}, Options(), {"country": Country.BE, "credit_notes": True}),
        ({"site": "NL"}, BELGIAN, {"country": Country.NL, "credit_notes": False}),
        ({"site": "practice"}, Options(), {"country": Country.NL}),
        ({"site": "BE", "country": "NL"}, Options(), {}),
        ({"site": "BE", "credit_notes": ""}, Options(), {"country": Country.BE}),
        ({"site": "BE"}, Options(credit_notes=True), {"country": Country.BE}),
        ({"country": "BE"}, Options(site=Site.PRACTICE), {"credit_notes": True}),
        ({"debtor_prefix": "9"}, Options(), {}),
    ],
)
def test_country_follows_the_site_and_credit_notes_the_country(
    values: dict[str, Any], before: Options, followed: dict[str, Any]
) -> None:
    assert with_defaults(values, before, None) == {**values, **followed}


@pytest.mark.parametrize(
    ("values", "before", "account"),
    [
        ({}, Options(), "1310"),
        ({}, Options(receivables_account="1320"), None),
        ({"journal": "70"}, Options(receivables_account="1320"), "1310"),
        ({"journal": "71"}, Options(journal="70", receivables_account="1310"), "1300"),
        ({"journal": "71"}, Options(), None),
        ({"journal": "72"}, Options(), None),
        ({"journal": "99"}, Options(), None),
        ({"journal": "70", "receivables_account": "1300"}, Options(), "1300"),
    ],
)
def test_the_receivables_account_is_the_journals_own_once_exact_told_it(
    values: dict[str, Any], before: Options, account: str | None
) -> None:
    assert with_defaults(values, before, KNOWN).get("receivables_account") == account
    assert with_defaults(values, before, None) == values
