"""The verdict of a run: what Exact's ledger holds beside what Coachview holds; lost, twice, and to the cent."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx2
from tests.journeys.house import House

from bench.fire import FIRST_NUMBER, Fire
from boekbrug.cli.practice import DIVISION_NL, EXACT_CLIENT, consent
from boekbrug_sim.data.dates import dates_of
from boekbrug_sim.data.scenarios import scenario


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What of the invoices is missing in the ledger, is there twice, or has another amount."""

    booked: int
    lost: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    cents_off: Decimal = Decimal(0)
    wrong_amount: tuple[str, ...] = ()
    documents_lost: int = 0
    documents_twice: int = 0
    total: Decimal = field(default=Decimal(0))

    @property
    def clean(self) -> bool:
        """0 lost, 0 twice, equal to the cent."""
        return not (
            self.lost
            or self.twice
            or self.cents_off
            or self.wrong_amount
            or self.documents_lost
            or self.documents_twice
        )

    def value(self) -> dict[str, Any]:
        """As part of a figure."""
        return {
            "lost": len(self.lost),
            "twice": len(self.twice),
            "cents_off": str(self.cents_off),
            "pdf_lost": self.documents_lost,
            "pdf_twice": self.documents_twice,
        }


def amounts(invoices: int) -> dict[str, Decimal]:
    """What Coachview's invoices come to by number, incl. VAT, before anybody changed one."""
    rows = scenario("load", seed=1, invoices=invoices, dates=dates_of("load", datetime.now(UTC).date())).invoices
    return {str(row.number): row.total_incl or Decimal(0) for row in rows}


def judge(
    fire: Fire,
    *,
    changed: Mapping[str, Decimal] | None = None,
    told: Collection[str] = (),
    pdf_later: Collection[str] = (),
) -> Verdict:
    """Lay the ledger beside Coachview.

    `changed` are the amounts of invoices that were changed meanwhile: such a one is booked with its old or its new
    amount, and with the old one only when a finding tells so (`told`). What is compared to the cent is the sum of
    what each invoice was at the moment that counted. `pdf_later` are shown as "PDF ontbreekt" and tried again daily.
    """
    wanted, changed = amounts(fire.invoices), changed or {}
    numbers: Counter[str] = Counter()
    sums: dict[str, Decimal] = {}
    for entry in fire.ours.entries():
        number = str(entry["entry_number"])
        numbers[number] += 1
        sums[number] = sums.get(number, Decimal(0)) + Decimal(entry["amount"])
    right = {number: changed.get(number, amount) if number not in told else amount for number, amount in wanted.items()}
    wrong = tuple(sorted(number for number in sums if sums[number] != right.get(number)))
    documents = _documents(fire.ours) if fire.integrations else Counter()
    with_pdf = {str(number) for number in range(FIRST_NUMBER, fire.half + 1)}
    return Verdict(
        booked=sum(numbers.values()),
        lost=tuple(sorted(set(wanted) - set(numbers))),
        twice=tuple(sorted(number for number, times in numbers.items() if times > 1 or number not in wanted)),
        cents_off=sum(sums.values(), Decimal(0)) - sum(right.values(), Decimal(0)),
        wrong_amount=wrong,
        documents_lost=len(with_pdf - {number for number, files in documents.items() if files} - set(pdf_later)),
        documents_twice=sum(times > 1 for times in documents.values()),
        total=sum(sums.values(), Decimal(0)),
    )


def _documents(ours: House) -> Counter[str]:
    """How many documents with a file Exact has for each invoice number, read as another program would read them."""
    base, access = ours.book.exact.address, _access(ours)
    path = f"{base}/api/v1/{DIVISION_NL}/documents/Documents"
    names = _rows(f"{path}?$select=ID,Subject,Type&$filter=Type%20eq%2010", access)
    files = _rows(f"{base}/api/v1/{DIVISION_NL}/documents/DocumentAttachments?$select=ID,Document", access)
    attached = Counter(row["Document"] for row in files)
    found: Counter[str] = Counter()
    for row in names:
        words = str(row["Subject"]).split()
        if words[:1] == ["Factuur"]:
            found[words[1]] += attached[row["ID"]]
    return found


def _rows(address: str | None, access: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    headers = {"Authorization": f"Bearer {access}", "Accept": "application/json"}
    while address is not None:
        answer = httpx2.get(address, headers=headers, timeout=60)
        answer.raise_for_status()
        data = answer.json()["d"]
        rows += data["results"] if isinstance(data, dict) else data
        address = data.get("__next") if isinstance(data, dict) else None
    return rows


def _access(ours: House) -> str:
    """A token of a chain of its own."""
    base, back = ours.book.exact.address, "http://127.0.0.1/back"
    client, secret = EXACT_CLIENT
    asked = f"{base}/api/oauth2/auth?client_id={client}&redirect_uri={back}&response_type=code&state=bench"
    form = {
        "grant_type": "authorization_code",
        "code": consent(asked)["code"],
        "redirect_uri": back,
        "client_id": client,
        "client_secret": secret,
    }
    answer = httpx2.post(f"{base}/api/oauth2/token", data=form, timeout=60)
    answer.raise_for_status()
    return str(answer.json()["access_token"])
