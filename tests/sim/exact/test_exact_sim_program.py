"""The simulator as a program: its line, its state after kill -9, TLS."""

import contextlib
import ipaddress
import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.sim.exact.practice_office import NL, Json, Office, open_office

from boekbrug_sim.exact.app import Simulator

SOURCE = Path(__file__).parents[3] / "src"


@contextmanager
def program(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`boekbrug-sim exact` in a process of its own; yields it with its address."""
    command = [sys.executable, "-c", "from boekbrug_sim.cli import main; main()", "exact", "--port", "0", *options]
    environment = os.environ | {"PYTHONPATH": str(SOURCE)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            assert line.startswith("Exact simulator: http"), line
            yield process, line.removeprefix("Exact simulator: ").strip()
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "exact.db"


@contextmanager
def visitor(address: str, token: str | None = None) -> Iterator[Office]:
    """A client of a program elsewhere; the token of an earlier visit stays good."""
    office = Office(address)
    try:
        if token is None:
            office.log_in()
        else:
            office.http.headers["Authorization"] = token
        yield office
    finally:
        office.http.close()


def test_what_was_booked_survives_a_kill_and_fresh_starts_anew(state: Path) -> None:
    with program("--state", str(state)) as (process, address), visitor(address) as office:
        entry = office.book(EntryDate=None)  # the practice calendar hangs on today
        token = office.http.headers["Authorization"]
        process.kill()
        process.wait(timeout=20)
    with program("--state", str(state)) as (_, address), visitor(address, token) as office:
        assert office.row("salesentry/SalesEntries", select="EntryID")["EntryID"] == entry["EntryID"]
        assert office.book(EntryDate=None)["EntryNumber"] == entry["EntryNumber"] + 1
    with program("--state", str(state), "--fresh") as (_, address):
        assert httpx2.get(f"{address}/_sim/ledger").json() == []


def test_it_stops_cleanly_when_asked() -> None:
    with program() as (process, _):
        process.terminate()
        assert process.wait(timeout=20) == 0


def test_it_serves_over_tls(tmp_path: Path) -> None:
    cert = tmp_path / "cert.pem"
    cert.write_bytes(self_signed())
    with program("--cert", str(cert)) as (_, address):
        assert address.startswith("https://")
        context = ssl.create_default_context(cafile=str(cert))
        answer = httpx2.get(f"{address}/_sim/switches", verify=context)
        assert answer.status_code == 200


def self_signed() -> bytes:
    """A certificate with its key for 127.0.0.1, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return secret + certificate.public_bytes(serialization.Encoding.PEM)


def test_a_state_in_a_file_is_not_loaded_twice(state: Path) -> None:
    with open_office(state=state) as office:
        key = office.customer()
    with open_office(state=state) as office:
        assert office.get(f"crm/Accounts(guid'{key}')").status_code == 200


def test_clock_switches_and_limits_go_on_after_a_stop(state: Path) -> None:
    with open_office(state=state, frozen=False) as office:
        office.control("clock", {"now": "2026-09-01T10:00:00"})
        office.control("switches", {"type_21": "ignore"})
        office.control("limits", {"minute": 600, "day": 0})
        office.control("scenario", {"name": "belgium"})
    with open_office(state=state, frozen=False) as office:
        assert office.control("clock", {})["now"].startswith("2026-09-01")
        assert office.control("switches", {})["type_21"] == "ignore"
        office.control("reset", {})
        assert not office.control("clock", {})["now"].startswith("2026-09-01")
    simulator = Simulator(state=state)
    assert (simulator.control.scenario, simulator.control.switches["type_21"]) == ("belgium", "honour")
    simulator.store.close()


def test_a_frozen_clock_stands_where_it_stood_after_a_stop(state: Path) -> None:
    with open_office(state=state, frozen=False) as office:
        office.control("clock", {"freeze": "2026-09-01T10:00:00"})
    with open_office(state=state, frozen=False) as office:
        assert office.control("clock", {})["now"] == "2026-09-01T10:00:00+00:00"


def test_token_calls_of_the_day_are_counted_on_after_a_stop(state: Path) -> None:
    with open_office(state=state) as office:  # one call
        office.control("switches", {"token_calls_per_day": 3})
    with open_office(state=state) as office:  # the second one
        assert [office.redeem(office.code()).status_code for _ in range(2)] == [200, 429]
        office.control("reset", {})
        assert office.redeem(office.code()).status_code == 200


def test_a_kill_in_the_midst_of_writing_loses_nothing_that_was_answered(state: Path) -> None:
    """Three clients book at once; the program is killed while they do, twice, and goes on from its state."""
    answered: list[tuple[str, int]] = []
    for _ in range(2):
        with program("--state", str(state)) as (process, address), visitor(address) as office:
            office.control("limits", {"minute": 0, "day": 0})
            body = office.entry_body(EntryDate=None, YourRef="K")
            enough = threading.Event()

            def book(address: str = address, body: Json = body, enough: threading.Event = enough) -> None:
                with visitor(address) as client, contextlib.suppress(httpx2.TransportError):
                    while True:
                        made = client.post("salesentry/SalesEntries", body).json()["d"]
                        answered.append((made["EntryID"], made["EntryNumber"]))
                        if len(answered) % 40 == 0:
                            enough.set()

            threads = [threading.Thread(target=book) for _ in range(3)]
            for thread in threads:
                thread.start()
            assert enough.wait(60)
            process.kill()
            for thread in threads:
                thread.join()
    with program("--state", str(state)) as (_, address), visitor(address) as office:
        office.control("limits", {"minute": 0, "day": 0})
        kept = {row["EntryID"]: row["EntryNumber"] for row in all_entries(office)}
        assert dict(answered).items() <= kept.items()
        assert sorted(kept.values()) == list(range(min(kept.values()), min(kept.values()) + len(kept)))
        lines = office.ledger()
        assert {line["entry_id"] for line in lines} == set(kept)
        for key in kept:
            assert sum(Decimal(line["amount"]) for line in lines if line["entry_id"] == key) == 0
        assert office.book(EntryDate=None)["EntryNumber"] == max(kept.values()) + 1


def all_entries(office: Office) -> Iterator[Json]:
    following = f"{office.address}/api/v1/{NL}/salesentry/SalesEntries?$select=EntryID,EntryNumber"
    while following:
        found = office.http.get(following).json()["d"]
        yield from found["results"]
        following = found.get("__next", "")
