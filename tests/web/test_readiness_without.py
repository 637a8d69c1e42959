"""Without its database the program lives, says that it is not ready, and shows no figures."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.journeys.house import SOURCE

ASK = """
import django
django.setup()
from django.test import Client
for path in ("/healthz", "/readyz", "/metrics"):
    answer = Client(HTTP_HOST="localhost").get(path)
    print(path, answer.status_code, answer.content.decode().strip())
"""


@pytest.mark.parametrize("address", ["", "postgresql://nobody@127.0.0.1:1/none"])
def test_each_answer_says_what_it_can(tmp_path: Path, address: str) -> None:
    environment = {
        "PYTHONPATH": str(SOURCE),
        "BOEKBRUG_HOME": str(tmp_path),
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "boekbrug.django_settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == [
        "/healthz 200 ok",
        "/readyz 503 the database does not answer",
        "/metrics 503 the database does not answer",
    ]
