"""The environment becomes one record, or one sentence that says what is wrong with it."""

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from boekbrug.settings import DEFAULTS, Settings, SettingsError, keys_file

KEY = Fernet.generate_key().decode()


def read(home: Path, **environment: str) -> Settings:
    return Settings.read({"BOEKBRUG_HOME": str(home), "PATH": "/usr/bin", **environment})


def test_an_empty_environment_gives_the_defaults_of_the_interfaces(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert found.embedded
    assert (found.listen_host, found.listen_port) == ("127.0.0.1", 8100)
    assert found.public_url == "http://127.0.0.1:8100"
    assert (found.workers, found.concurrency) == (1, 16)
    assert found.coachview_hosts == ("secure.coachview.net", "training.coachview.net", "*.coachview.com")
    assert found.exact_app("NL").url == "https://start.exactonline.nl"
    assert found.exact_app("BE").url == "https://start.exactonline.be"
    assert not found.exact_app("practice").complete
    assert not found.secure


def test_the_first_start_makes_a_key_that_only_we_can_read_and_the_second_finds_it(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)
    assert first.secret_keys == second.secret_keys
    assert len(first.secret_keys) == 1
    assert stat.S_IMODE(keys_file(tmp_path).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret-keys"]


def test_given_keys_are_used_in_their_order_and_no_file_is_made(tmp_path: Path) -> None:
    other = Fernet.generate_key().decode()
    assert read(tmp_path, BOEKBRUG_SECRET_KEYS=f"{KEY},{other}").secret_keys == (KEY, other)
    assert not keys_file(tmp_path).exists()


@pytest.mark.parametrize("name", sorted(set(DEFAULTS) - {"BOEKBRUG_HOME"}))
def test_each_setting_may_stand_in_a_file(name: str, tmp_path: Path) -> None:
    values = {"DATABASE_URL": "postgresql:///x", "BOEKBRUG_SECRET_KEYS": KEY, "BOEKBRUG_LISTEN": "127.0.0.1:1"}
    number = name in {"BOEKBRUG_WORKERS", "BOEKBRUG_CONCURRENCY"}
    address = {"BOEKBRUG_MAIL_URL": "smtp://mail.example"} | {
        other: "https://a.example" for other in DEFAULTS if "_URL" in other and "MAIL" not in other
    }
    value = values.get(name) or ("3" if number else address.get(name, "word"))
    file = tmp_path / "value"
    file.write_text(f"{value}\n")
    together = {
        other: "word"
        for other in ("BOEKBRUG_EXACT_CLIENT_ID", "BOEKBRUG_EXACT_CLIENT_SECRET")
        if name.startswith("BOEKBRUG_EXACT_CLIENT") and other != name
    }
    by_file = read(tmp_path, **{f"{name}_FILE": str(file)}, **together)
    assert by_file == read(tmp_path, **{name: value}, **together)


def test_an_app_for_one_site_goes_before_the_app_for_all(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        BOEKBRUG_EXACT_URL_PRACTICE="http://127.0.0.1:8101/",
        BOEKBRUG_EXACT_CLIENT_ID="all",
        BOEKBRUG_EXACT_CLIENT_SECRET="s1",
        BOEKBRUG_EXACT_CLIENT_ID_PRACTICE="sim-client",
        BOEKBRUG_EXACT_CLIENT_SECRET_PRACTICE="sim-secret",
    )
    assert found.exact_app("NL").client_id == "all"
    assert found.exact_app("practice").client_id == "sim-client"
    assert found.exact_app("practice").url == "http://127.0.0.1:8101"
    assert found.exact_app("practice").complete


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOEKBRUG_WORKERS", "0"),
        ("BOEKBRUG_WORKERS", "many"),
        ("BOEKBRUG_CONCURRENCY", "1000"),
        ("BOEKBRUG_LISTEN", "8100"),
        ("BOEKBRUG_LISTEN", "127.0.0.1:99999"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("BOEKBRUG_PUBLIC_URL", "boekbrug.example"),
        ("BOEKBRUG_PUBLIC_URL", "https://"),
        ("BOEKBRUG_PUBLIC_URL", "https://a:b"),
        ("BOEKBRUG_MAIL_URL", "https://mail.example"),
        ("BOEKBRUG_EXACT_URL_NL", "http://start.exactonline.nl"),
        ("BOEKBRUG_EXACT_CLIENT_ID", "without-a-secret"),
        ("BOEKBRUG_COACHVIEW_HOSTS", "https://secure.coachview.net"),
        ("BOEKBRUG_COACHVIEW_HOSTS", " , "),
        ("BOEKBRUG_SECRET_KEYS", "short"),
        ("BOEKBRUG_WORKER", "4"),
        ("BOEKBRUG_MAIL_URL_FILE", "/nowhere/at-all"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=name) as caught:
        read(tmp_path, **{name: value})
    assert "\n" not in str(caught.value)


def test_more_workers_than_the_embedded_database_has_connections_for_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="BOEKBRUG_WORKERS x"):
        read(tmp_path, BOEKBRUG_WORKERS="6")
    assert read(tmp_path, BOEKBRUG_WORKERS="5").workers == 5
    assert read(tmp_path, BOEKBRUG_WORKERS="6", DATABASE_URL="postgresql://db.example/x").workers == 6


def test_a_setting_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="both"):
        read(tmp_path, BOEKBRUG_WORKERS="1", BOEKBRUG_WORKERS_FILE=str(tmp_path / "workers"))


def test_a_broken_key_file_is_named_without_its_content(tmp_path: Path) -> None:
    keys_file(tmp_path).write_text("open-sesame\n")
    with pytest.raises(SettingsError, match="secret-keys") as caught:
        read(tmp_path)
    assert "open-sesame" not in str(caught.value)


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="BOEKBRUG_HOME"):
        read(tmp_path / "file")


def test_no_secret_shows_in_the_repr(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        DATABASE_URL="postgresql://u:known-pw@db.example/x",
        BOEKBRUG_MAIL_URL="smtp://u:known-mail@mail.example",
        BOEKBRUG_EXACT_CLIENT_ID="id",
        BOEKBRUG_EXACT_CLIENT_SECRET="known-secret",
        BOEKBRUG_EXACT_WEBHOOK_SECRET="known-hook",
    )
    shown = repr(found)
    assert "known" not in shown
    assert found.secret_keys[0] not in shown


def test_two_first_starts_at_once_agree_on_one_key(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: read(tmp_path).secret_keys, range(8)))
    assert len(set(keys)) == 1


@pytest.mark.parametrize(
    ("hosts", "address", "allowed"),
    [
        ("secure.coachview.net", "https://secure.coachview.net/x", True),
        ("secure.coachview.net", "https://SECURE.coachview.net:8443", True),
        ("secure.coachview.net", "http://secure.coachview.net", False),
        ("secure.coachview.net", "https://secure.coachview.net.evil.example", False),
        ("secure.coachview.net", "https://secure.coachview.net@evil.example", False),
        ("*.coachview.com", "https://noord.coachview.com", True),
        ("*.coachview.com", "https://coachview.com", False),
        ("*.coachview.com", "https://evilcoachview.com", False),
        ("127.0.0.1", "http://127.0.0.1:8102", True),
        ("127.0.0.1:8102", "http://127.0.0.1:8102", True),
        ("127.0.0.1:8102", "http://127.0.0.1:8103", False),
        ("secure.coachview.net", "http://127.0.0.1:8102", False),
        ("secure.coachview.net", "ftp://secure.coachview.net", False),
        ("secure.coachview.net", "https://[", False),
        ("secure.coachview.net", "https://secure.coachview.net:port", False),
        ("secure.coachview.net", "", False),
    ],
)
def test_only_named_hosts_are_coachview(hosts: str, address: str, allowed: bool, tmp_path: Path) -> None:
    assert read(tmp_path, BOEKBRUG_COACHVIEW_HOSTS=hosts).allows_coachview(address) is allowed
