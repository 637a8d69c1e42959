"""The verdict of a run: what Exact's ledger holds beside what Coachview holds; lost, twice, and to the cent."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

import httpx2
from tests.journeys.house import House

from bench.changes import Was, institute, was_now
from bench.fire import FIRST_NUMBER, Fire
from boekbrug.cli.practice import DIVISION_NL, EXACT_CLIENT, consent

Value = TypeVar("Value", Decimal, str)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What of the invoices is missing in the ledger, is there twice, or is otherwise than it should be."""

    booked: int
    lost: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    cents_off: Decimal = Decimal(0)
    wrong_amount: tuple[str, ...] = ()
    wrong_debtor: tuple[str, ...] = ()
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
            or self.wrong_debtor
            or self.documents_lost
            or self.documents_twice
        )

    def value(self) -> dict[str, Any]:
        """As part of a figure."""
        return {
            "lost": len(self.lost),
            "twice": len(self.twice),
            "cents_off": str(self.cents_off),
            "wrong_amount": len(self.wrong_amount),
            "wrong_debtor": len(self.wrong_debtor),
            "pdf_lost": self.documents_lost,
            "pdf_twice": self.documents_twice,
        }


Told = Mapping[str, Mapping[str, Sequence[str]]]
"""What changed after booking, as a finding tells: by invoice and field, the value before and after."""


def judge(
    fire: Fire,
    *,
    was: Mapping[str, Sequence[Was]] | None = None,
    told: Told | None = None,
    pdf_later: Collection[str] = (),
) -> Verdict:
    """Lay the ledger beside Coachview.

    `was` is what each invoice that was changed ever was, the last as it is now. It is booked with the amount and the
    debtor that it has now, and then no finding (`told`) says otherwise; or with former ones, and then a finding has
    both sides. What is compared to the cent is the sum of what each invoice was at the moment that counted.
    `pdf_later` are shown as "PDF ontbreekt" and tried again daily.
    """
    ever = {str(row.number): [was_now(row)] for row in institute(fire.invoices).invoices} | dict(was or {})
    numbers: Counter[str] = Counter()
    sums: dict[str, Decimal] = {}
    debtors: dict[str, str] = {}
    for entry in fire.ours.entries():
        number = str(entry["entry_number"])
        numbers[number] += 1
        sums[number] = sums.get(number, Decimal(0)) + Decimal(entry["amount"])
        debtors[number] = str(entry["customer"])
    right = {number: right_amount(each, (told or {}).get(number, {})) for number, each in ever.items()}
    theirs = {number: right_debtor(each, (told or {}).get(number, {})) for number, each in ever.items()}
    documents = _documents(fire.ours) if fire.integrations else Counter()
    with_pdf = {str(number) for number in range(FIRST_NUMBER, fire.half + 1)}
    return Verdict(
        booked=sum(numbers.values()),
        lost=tuple(sorted(set(ever) - set(numbers))),
        twice=tuple(sorted(number for number, times in numbers.items() if times > 1 or number not in ever)),
        cents_off=sum(sums.values(), Decimal(0)) - sum((amount or Decimal(0) for amount in right.values()), Decimal(0)),
        wrong_amount=tuple(sorted(number for number in sums if sums[number] != right.get(number))),
        wrong_debtor=tuple(sorted(number for number in debtors if debtors[number] != theirs.get(number))),
        documents_lost=len(with_pdf - {number for number, files in documents.items() if files} - set(pdf_later)),
        documents_twice=sum(times > 1 for times in documents.values()),
        total=sum(sums.values(), Decimal(0)),
    )


def right_amount(was: Sequence[Was], told: Mapping[str, Sequence[str]]) -> Decimal | None:
    """With which amount an invoice must be booked; None when what is told of it cannot be."""
    found = told.get("total_incl")
    return _right([each.amount for each in was], None if found is None else [Decimal(text or 0) for text in found])


def right_debtor(was: Sequence[Was], told: Mapping[str, Sequence[str]]) -> str | None:
    """On whose number an invoice must be booked; None when what is told of it cannot be."""
    return _right([each.debtor for each in was], told.get("debtor.number"))


def _right(was: Sequence[Value], told: Sequence[Value] | None) -> Value | None:
    """What it is now; or what it was before, when exactly that is told."""
    if told is None:
        return was[-1]
    before, after = told
    return before if after == was[-1] != before and before in was else None


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
