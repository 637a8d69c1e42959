"""The Coachview simulator as a program: it prints its address, and goes on after kill -9."""

import datetime as dt
import ipaddress
import os
import re
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.sim.coachview.practice_coachview import FORM, NOON, Coachview

SOURCES = Path(__file__).parents[3] / "src"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SOURCES)}
COMMAND = [sys.executable, "-m", "boekbrug_sim", "coachview", "--port", "0"]


@contextmanager
def program(*options: str, verify: ssl.SSLContext | bool = True) -> Iterator[tuple[subprocess.Popen[str], Coachview]]:
    """The program with these options, and a client of it that has not logged in."""
    process = subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
    try:
        assert process.stdout
        line = process.stdout.readline()
        match = re.fullmatch(r"Coachview simulator: (https?://127\.0\.0\.1:\d+)\n", line)
        assert match, line
        with httpx2.Client(base_url=match[1], timeout=20, verify=verify) as http:
            yield process, Coachview(http=http)
    finally:
        process.kill()
        process.communicate()


def kill(process: subprocess.Popen[str]) -> None:
    """kill -9."""
    process.send_signal(signal.SIGKILL)
    assert process.wait(timeout=20) == -signal.SIGKILL


def test_killed_in_the_midst_of_writing_nothing_that_was_answered_is_lost(tmp_path: Path) -> None:
    state, answered = str(tmp_path / "coachview.db"), dict[str, str]()
    with program("--state", state) as (process, coachview):
        coachview.login()
        ids = [row["id"] for row in coachview.invoices()]
        authorization = coachview.http.headers["Authorization"]
        enough = threading.Event()

        def write() -> None:
            for number in range(100_000):
                invoice_id, text = ids[number % len(ids)], f"geboekt, keer {number}"
                try:
                    coachview.http.put(f"/api/v1/Facturen/{invoice_id}", json={"bevestigdOmschrijving": text})
                except httpx2.HTTPError:
                    return
                answered[invoice_id] = text
                if number == 80:
                    enough.set()

        writer = threading.Thread(target=write)
        writer.start()
        assert enough.wait(timeout=60)
        kill(process)
        writer.join(timeout=60)
    with program("--state", state) as (_, coachview):
        coachview.http.headers["Authorization"] = authorization
        texts = {row["id"]: row["bevestigdOmschrijving"] for row in coachview.invoices()}
    numbers = {key: int(text.rsplit(" ", 1)[1]) for key, text in answered.items()}
    assert len(numbers) == 60
    assert all(int(texts[key].rsplit(" ", 1)[1]) >= number for key, number in numbers.items())


def test_it_goes_on_as_it_was_steered_and_only_other_data_begins_anew(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "coachview.db"))
    with program(*state) as (process, coachview):
        coachview.control("clock", {"freeze": NOON})
        coachview.control("scenario", {"name": "belgium", "seed": 5, "invoices": 30})
        coachview.control("limits", {"day": 7000})
        coachview.control("switches", {"token_seconds": 900})
        coachview.control("webhooks", {"url": "https://127.0.0.1/hook", "secret": "geheim"})
        coachview.login()
        rows = coachview.invoices()
        kill(process)
    with program(*state) as (process, coachview):
        assert coachview.login()["expires_in"] == 900
        assert coachview.invoices() == rows
        assert coachview.get("Facturen").headers["X-Rate-Limit-Limit"] == "7000"
        assert coachview.http.get("/_sim/webhooks").json()["webhooks"] == ["https://127.0.0.1/hook"]
        kill(process)
    with program(*state, "--scenario", "month-end", "--seed", "2", "--invoices", "20") as (process, coachview):
        coachview.login()
        assert {row["debiteur"]["factuurAdres"]["landCode"] for row in coachview.invoices()} >= {"NL"}
        assert coachview.get("Facturen", Count="true").headers["RowCount"] == "20"
        kill(process)
    with program(*state, "--scenario", "month-end", "--seed", "2", "--invoices", "20", "--fresh") as (_, coachview):
        assert coachview.http.get("/_sim/webhooks").json()["webhooks"] == []


def test_with_a_certificate_it_speaks_tls(tmp_path: Path) -> None:
    pem = tmp_path / "sim.pem"
    pem.write_bytes(_certificate())
    with program("--cert", str(pem), verify=ssl.create_default_context(cafile=str(pem))) as (process, coachview):
        assert str(coachview.http.base_url).startswith("https://")
        assert coachview.login()["token_type"] == "Bearer"
        assert len(coachview.invoices()) == 60
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--scenario", "bestaat-niet"), "unknown scenario 'bestaat-niet'; known: belgium"),
        (("--invoices", "1000001", "--scenario", "load"), "invoices must be from 0 to 1000000"),
        (("--state", "/proc/nergens/coachview.db"), "the state file /proc/nergens/coachview.db cannot be used"),
        (("--cert", "/proc/nergens.pem"), "does not exist"),
        (("--port", "70000"), "not in the range"),
    ],
)
def test_what_keeps_it_from_starting_is_told_in_a_sentence(options: tuple[str, ...], said: str) -> None:
    done = subprocess.run(
        [*COMMAND, *options], capture_output=True, text=True, env=ENVIRONMENT, timeout=60, check=False
    )
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_state_file_that_is_none_and_a_port_that_is_taken_are_told(tmp_path: Path) -> None:
    no_state = tmp_path / "brief.txt"
    no_state.write_text("Geachte heer, mevrouw, " * 200)
    with program() as (_, coachview):
        port = str(coachview.http.base_url.port)
        for options, said in ((("--state", str(no_state)), "cannot be used"), (("--port", port), "in use")):
            done = subprocess.run(
                [*COMMAND, *options], capture_output=True, text=True, env=ENVIRONMENT, timeout=60, check=False
            )
            assert (done.returncode, "Traceback" in done.stderr) == (1, False)
            assert said in done.stderr
        assert coachview.http.post("/auth/connect/token", data=FORM).status_code == 200


def _certificate() -> bytes:
    """Key and certificate for this machine, for one test."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + made.public_bytes(serialization.Encoding.PEM)
