"""What the environment names is found: a company by address, login and number. Tried on a simulator."""

import json
from pathlib import Path

import httpx2
import pytest
from tests.contract.company import real_company
from tests.contract.kept_login import KeptLogin
from tests.sim.exact.practice_office import NL, open_office


def login_file(path: Path, refresh_token: str) -> Path:
    path.write_text(
        json.dumps({"client_id": "sim-client", "client_secret": "sim-secret", "refresh_token": refresh_token})
    )
    return path


def test_a_company_is_named_by_the_environment_and_its_login_outlives_a_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_office(frozen=False) as office:
        path = login_file(tmp_path / "login.json", office.pair["refresh_token"])
        office.control("clock", {"advance_seconds": 600})
        monkeypatch.setenv("EXACT_CONTRACT_URL", f"{office.address}/")
        monkeypatch.setenv("EXACT_CONTRACT_LOGIN", str(path))
        monkeypatch.setenv("EXACT_CONTRACT_DIVISION", str(NL))
        company = real_company()
        assert not company.simulated
        assert company.book()["AmountFC"] == pytest.approx(float(100 * (1 + company.percentage)))
        company.clear()
        company.http.close()
        assert json.loads(path.read_text())["refresh_token"] != office.pair["refresh_token"]


def test_a_token_is_renewed_when_it_is_old_and_a_call_may_bring_its_own(tmp_path: Path) -> None:
    passed = [0.0]
    with open_office(frozen=False) as office:
        path = login_file(tmp_path / "login.json", office.pair["refresh_token"])
        login = KeptLogin(url=office.address, path=path, now=lambda: passed[0])
        with httpx2.Client(base_url=office.address, auth=login) as http:
            seen = set()
            for _ in range(2):
                office.control("clock", {"advance_seconds": 600})
                passed[0] += 600
                assert http.get("/api/v1/current/Me").status_code == 200
                assert http.get("/api/v1/current/Me").status_code == 200
                seen.add(path.read_text())
            assert len(seen) == 2
            assert http.get("/api/v1/current/Me", headers={"Authorization": "Bearer x"}).status_code == 401


def test_what_the_environment_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "LOGIN", "TOKEN", "DIVISION"):
        monkeypatch.delenv(f"EXACT_CONTRACT_{name}", raising=False)
    with pytest.raises(AssertionError, match="EXACT_CONTRACT_URL, EXACT_CONTRACT_DIVISION, EXACT_CONTRACT_LOGIN"):
        real_company()
