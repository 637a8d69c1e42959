"""A profile file is checked whole, and every fault is named."""

import re
from pathlib import Path

import pytest

from boekbrug.coachview import profile
from boekbrug.coachview.profile import ProfileError, known, load, parse
from boekbrug.sentences import connection, pack, tell_faults

SHIPPED = (Path(profile.__file__).parent / "profiles" / "coachview.toml").read_text(encoding="utf-8")


def faults(text: str, name: str = "coachview") -> tuple[str, ...]:
    with pytest.raises(ProfileError) as refused:
        parse(text, name)
    return tuple(tell_faults([fault], "en") for fault in refused.value.faults)


def with_line(pattern: str, line: str) -> str:
    text, count = re.subn(rf"(?m)^{pattern}.*$", line, SHIPPED, count=1)
    assert count == 1
    return text


def test_the_shipped_profile_is_whole() -> None:
    shipped = load("coachview")
    assert shipped.invoices.fields["payment_method_type"] == ("betaalwijze", "type")
    assert shipped.scope_for("Facturen/{id}", write=True) == "Facturen.Schrijven"
    assert shipped.formats.time_zone.key == "Europe/Amsterdam"


def test_a_wrong_name_lists_the_known_ones() -> None:
    with pytest.raises(ProfileError, match=r"'coachvieuw'.*known are: coachview$"):
        load("coachvieuw")


@pytest.mark.parametrize("name", ["", "../coachview", "coachview.toml", "Coachview", "a/b"])
def test_a_name_that_is_no_name_reads_no_file(name: str) -> None:
    with pytest.raises(ProfileError, match="known are"):
        load(name)


def test_the_operators_own_file_comes_first(tmp_path: Path) -> None:
    own = SHIPPED.replace('"Facturen"', '"Verkoopfacturen"', 1)
    (tmp_path / "coachview.toml").write_text(own, encoding="utf-8")
    (tmp_path / "eigen.toml").write_text(own.replace('"coachview"', '"eigen"', 1), encoding="utf-8")
    assert known(tmp_path) == ("coachview", "eigen")
    assert load("coachview", tmp_path).invoices.path == "Verkoopfacturen"
    assert load("eigen", tmp_path).name == "eigen"


def test_a_folder_without_files_leaves_the_shipped_one(tmp_path: Path) -> None:
    assert load("coachview", tmp_path) == load("coachview")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "eigen.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ProfileError, match="cannot be read"):
        load("eigen", tmp_path)


def test_every_missing_key_is_named_at_once() -> None:
    text = SHIPPED
    for key in ("take", "number", "iban", "token"):
        text, count = re.subn(rf"(?m)^{key} = .*$", "", text, count=1)
        assert count == 1
    assert faults(text) == (
        "api.token is missing",
        "list.take is missing",
        "invoices.fields.number is missing",
        "debtors.fields.iban is missing",
    )


def test_a_missing_table_is_named_once() -> None:
    assert faults(SHIPPED.replace("[debtors.fields]", "[debtors.velden]"))[0] == "table [debtors.fields] is missing"


@pytest.mark.parametrize(
    ("pattern", "line", "fault"),
    [
        ("base = ", "base = 5", "api.base must be text"),
        ("base = ", 'base = " "', "api.base is empty"),
        ("version = ", "version = true", "profile.version must be a whole number above 0"),
        ("take_max = ", "take_max = 0", "list.take_max must be a whole number above 0"),
        ("scopes = ", "scopes = []", "api.scopes must be a list of texts"),
        ("scopes = ", 'scopes = "api"', "api.scopes must be a list of texts"),
        ("scopes = ", "", "api.scopes is missing"),
        ("time_zone = ", 'time_zone = "Europa/Utrecht"', "formats.time_zone is not a time zone: 'Europa/Utrecht'"),
        ("invoice_date = ", 'invoice_date = ""', "invoices.fields.invoice_date is empty"),
        ("invoice_date = ", 'invoice_date = "a..b"', "invoices.fields.invoice_date has an empty part: 'a..b'"),
        (
            "invoice_date = ",
            'invoice_date = "a[].b"',
            "invoices.fields.invoice_date is one value and cannot go through a list: 'a[].b'",
        ),
        ("rate = ", 'rate = "koers"\nkours = "koers"', "invoices.fields.kours is not a name that is known"),
        ("paid_on = ", 'paid_on = ""\npayd = ""', "write_back.payd is not a name that is known"),
        (r'path = "Facturen/\{id\}/Pdf"', 'path = "Facturen/Pdf"', "pdf.path must hold {id}"),
        (r'path = "Facturen/\{id\}" ', 'path = "Facturen"', "write_back.path must hold {id}"),
        ('name = "coachview"', 'name = "anders"', "profile.name is 'anders', but the file is called 'coachview'"),
        ("debtor = ", 'debtor = ""\n[weg]', "invoices.fields.lines is missing"),
    ],
)
def test_a_wrong_value_is_named(pattern: str, line: str, fault: str) -> None:
    assert fault in faults(with_line(pattern, line))


def test_an_invoice_must_lead_to_its_debtor() -> None:
    text = with_line("debtor = ", 'debtor = ""').replace('debtor_id = "debiteurId"', 'debtor_id = ""')
    assert faults(text) == ("invoices.fields needs debtor or debtor_id",)


def test_what_an_environment_does_not_have_may_be_empty() -> None:
    text = with_line("visit_city = ", 'visit_city = ""')
    assert parse(text, "coachview").debtors.fields["visit_city"] == ()


def test_a_file_that_is_no_toml_is_named() -> None:
    assert faults("[profile")[0].startswith("the file is not TOML")


def test_what_is_wrong_is_told_in_dutch_too() -> None:
    text = with_line("base = ", "base = 5").replace("[debtors.fields]", "[debtors.velden]")
    with pytest.raises(ProfileError) as refused:
        parse(text, "coachview")
    told = tell_faults(refused.value.faults, "nl")
    assert told.startswith("api.base moet tekst zijn; tabel [debtors.fields] ontbreekt")
    shown = connection("coachview", "wrong-profile", "nl", detail=pack(refused.value.faults))
    assert "opgehaald. api.base moet tekst zijn; tabel [debtors.fields] ontbreekt" in shown
    assert "api.base must be text" in connection("coachview", "wrong-profile", "en", detail=pack(refused.value.faults))
    with pytest.raises(ProfileError) as unknown:
        load("elders")
    assert tell_faults(unknown.value.faults, "nl") == "er is geen profiel met deze naam; bekend zijn: coachview"
