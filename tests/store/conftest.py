"""A world in PostgreSQL for each test that asks for it."""

import pytest
from tests.store.world import World


@pytest.fixture
def world(db: None) -> World:
    """One organisation with one active koppeling, under a lease; undone after the test."""
    return World.make()


@pytest.fixture
def shared_world(transactional_db: None) -> World:
    """The same, really committed, for tests with more than one connection."""
    return World.make()
