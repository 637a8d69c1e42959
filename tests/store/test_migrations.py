"""The tables are made by the migrations that are checked in, and none is missing."""

import pytest
from django.core.management import call_command

from boekbrug.store.models import User


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", "store", check=True, dry_run=True, verbosity=0, skip_checks=True)


@pytest.mark.django_db
def test_a_user_logs_in_with_the_address_in_any_case() -> None:
    made = User.objects.create_user("Els@Institute.example", "long enough words")
    assert User.objects.get_by_natural_key("ELS@institute.EXAMPLE") == made
    assert made.check_password("long enough words")
