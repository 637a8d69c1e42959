"""One HOME and one embedded server for the whole session; the server starts when the first test needs a database."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

_HOME = Path(tempfile.mkdtemp(prefix="boekbrug-test-"))

for _name in [name for name in os.environ if name.startswith("BOEKBRUG_") or name == "DATABASE_URL"]:
    del os.environ[_name]
for _name in ("LANGUAGE", "LC_MESSAGES", "LANG"):
    os.environ.pop(_name, None)
os.environ["LC_ALL"] = "C.UTF-8"  # commands speak the language of the terminal, also on a Dutch machine
os.environ["BOEKBRUG_HOME"] = str(_HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "boekbrug.django_settings"
sys.path[:0] = [path for path in (str(Path(__file__).parent.parent / "src"),) if path not in sys.path]

import django  # noqa: E402  # its settings need the environment above
import hypothesis  # noqa: E402

django.setup()  # here, so that the conftests of the rooms may import models

hypothesis.settings.register_profile("the same each time", derandomize=True, database=None)
hypothesis.settings.load_profile("the same each time")

_NETWORK_ALLOWED = False
_NEAR = ("127.", "::1", "localhost", "::ffff:127.")


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """No test talks to the outside, whatever library tries it."""
    if event not in {"socket.connect", "socket.getaddrinfo"} or _NETWORK_ALLOWED:
        return
    address = arguments[1] if event == "socket.connect" else (arguments[0],)
    host = address[0] if isinstance(address, tuple) else None
    if isinstance(host, str) and host and not host.startswith(_NEAR) and not host.endswith(".invalid"):
        raise RuntimeError(f"A test reaches for the network: {host}")


sys.addaudithook(_refuse_network)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Each process reads its settings from a HOME of its own: no child loads Django before this file has run there."""
    del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys first: with several processes, none is left alone with the longest file at the end."""
    items.sort(key=lambda item: item.get_closest_marker("journey") is None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Only a test against a real company may leave the machine."""
    global _NETWORK_ALLOWED  # noqa: PLW0603  # an audit hook has no other place to look
    _NETWORK_ALLOWED = item.get_closest_marker("real_exact") is not None


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def home() -> Path:
    """The HOME of the session's settings."""
    return _HOME


@pytest.fixture(scope="session")
def embedded_server(home: Path) -> Iterator[None]:
    """The session's database server."""
    from boekbrug import embedded

    with ExitStack() as stack:
        stack.enter_context(embedded.server(home))
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(embedded_server: None) -> None:
    """Start the server before pytest-django makes its test database."""
