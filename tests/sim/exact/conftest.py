"""One fresh practice office per test."""

from collections.abc import Iterator

import pytest
from tests.sim.exact.practice_office import Office, open_office


@pytest.fixture
def office() -> Iterator[Office]:
    with open_office() as opened:
        yield opened
