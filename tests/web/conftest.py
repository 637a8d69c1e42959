"""Pages need Django's registry before their tables are imported, and people to look at them."""

import django

django.setup()

import pytest  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.test import Client  # noqa: E402
from tests.web import making  # noqa: E402


@pytest.fixture(autouse=True)
def no_throttle_from_before() -> None:
    """What an earlier test tried does not count for this one."""
    cache.clear()


@pytest.fixture
def noord(db: None) -> making.Institute:
    """An institute with an invoice in every state."""
    return making.furnish(making.institute())


@pytest.fixture
def reader(noord: making.Institute) -> Client:
    """A finance officer of that institute, logged in."""
    client = Client()
    client.force_login(making.person("financieel@noord.example", noord))
    return client
