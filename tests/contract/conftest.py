"""The contract runs against the simulator; against a real company only when the marker is asked for."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.company import Company, real_company
from tests.sim.exact.practice_office import NL, open_office

HERE = Path(__file__).parent
MORE_THAN_A_PAGE = 70


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the real company alone unless the marker is named."""
    if "real_exact" in str(config.option.markexpr):
        return
    away = [each for each in items if each.get_closest_marker("real_exact") and HERE in each.path.parents]
    if away:
        config.hook.pytest_deselected(items=away)
        items[:] = [each for each in items if each not in set(away)]


@contextlib.contextmanager
def simulated_company() -> Iterator[Company]:
    """The Dutch practice company, with more than a page of cost centres."""
    with open_office(frozen=False) as office:
        for number in range(MORE_THAN_A_PAGE):
            office.post("hrm/Costcenters", {"Code": f"C{number:03d}", "Description": f"Plaats {number % 7}"})
        yield Company(http=office.http, division=NL, long_list="hrm/Costcenters", control_address=office.address)


@pytest.fixture(scope="session", params=["simulator", pytest.param("real company", marks=pytest.mark.real_exact)])
def _company(request: pytest.FixtureRequest) -> Iterator[Company]:
    if request.param == "simulator":
        with simulated_company() as company:
            yield company
    else:
        company = real_company()
        yield company
        company.http.close()


@pytest.fixture
def company(_company: Company) -> Iterator[Company]:
    """Whichever company is under contract; what a test made is taken away."""
    yield _company
    _company.clear()


@pytest.fixture
def practice() -> Iterator[Company]:
    """A simulated company of one's own, for what cannot be done to a real one."""
    with open_office(frozen=False) as office:
        yield Company(http=office.http, division=NL, control_address=office.address)
