"""One simulator per test."""

from collections.abc import Iterator

import pytest
from tests.sim.coachview.practice_coachview import Coachview, practice_coachview


@pytest.fixture
def coachview() -> Iterator[Coachview]:
    """The demo on 24 November 2026 at noon."""
    with practice_coachview() as running:
        yield running
