"""A world in PostgreSQL for the tests that put workers in it."""

import pytest
from tests.store.world import World


@pytest.fixture
def world(db: None) -> World:
    """One organisation with one active koppeling, under a lease; undone after the test."""
    return World.make()
