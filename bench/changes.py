"""Somebody at the institute who changes invoices while they are being booked, and remembers what each has ever been."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from boekbrug_sim.coachview.profile import profile
from boekbrug_sim.coachview.wire import Wire
from boekbrug_sim.data.builder import cents, vat_per_code
from boekbrug_sim.data.dates import dates_of
from boekbrug_sim.data.records import ZERO, Invoice, Line
from boekbrug_sim.data.scenarios import Scenario, scenario

SEED = 1
PARTS_OF_AMOUNT = ("lines", "vat", "total_excl", "total_vat", "total_incl")
PARTS_OF_DEBTOR = ("debtor_id", "debtor")


def institute(invoices: int) -> Scenario:
    """What Coachview holds before anybody changes something."""
    return scenario("load", seed=SEED, invoices=invoices, dates=dates_of("load", datetime.now(UTC).date()))


@dataclass(frozen=True, kw_only=True)
class Was:
    """What an invoice came to, incl. VAT, and whose it was, at one time."""

    amount: Decimal
    debtor: str


@dataclass(kw_only=True)
class Office:
    """Changes records through Coachview's control call `steer`; `was` is what each changed invoice ever was, in order.

    The last one in `was` is what Coachview holds now.
    """

    institute: Scenario
    dice: random.Random
    steer: Callable[[str, object], Any]
    was: dict[str, list[Was]] = field(default_factory=dict)
    _now: dict[int, Invoice] = field(default_factory=dict)
    _wire: Wire = field(default_factory=lambda: Wire(profile()))

    def change(self) -> str:
        """Change one invoice somehow, drawn from the dice; what was changed."""
        index = self.dice.randrange(self.institute.invoices.count)
        amount, another, reference, record = self._amount, self._debtor, self._reference, self._debtor_record
        verb = self.dice.choice((amount, amount, amount, another, reference, record))
        return verb(index)

    def _invoice(self, index: int) -> Invoice:
        return self._now.get(index) or self.institute.invoices.at(index)

    def _amount(self, index: int) -> str:
        """Another quantity, another price, or a line less."""
        before = self._invoice(index)
        lines = list(before.lines)
        place = self.dice.randrange(len(lines))
        how = self.dice.choice(("quantity", "price", "line"))
        if how == "line" and len(lines) > 1:
            del lines[place]
        elif how == "price":
            lines[place] = _priced(lines[place], lines[place].quantity, lines[place].unit_price + Decimal("12.34"))
        else:
            lines[place] = _priced(lines[place], lines[place].quantity * 2, lines[place].unit_price)
        after = _summed(before, tuple(lines))
        if after.total_incl * before.total_incl <= 0:  # an invoice stays one, and a credit note too
            after = _summed(before, tuple(_priced(line, line.quantity * 2, line.unit_price) for line in before.lines))
        self._put(index, before, after, PARTS_OF_AMOUNT)
        return "amount of an invoice changed"

    def _debtor(self, index: int) -> str:
        """The invoice was somebody else's."""
        before = self._invoice(index)
        other = self.institute.debtors.at(self.dice.randrange(self.institute.debtors.count))
        self._put(index, before, replace(before, debtor=other), PARTS_OF_DEBTOR)
        return "invoice given to another debtor"

    def _reference(self, index: int) -> str:
        before = self._invoice(index)
        self._put(index, before, replace(before, reference=f"PO-{self.dice.randrange(10_000, 99_999)}"), ("reference",))
        return "reference of an invoice changed"

    def _debtor_record(self, index: int) -> str:
        """The debtor moves, and reads his mail elsewhere; that is no change of his invoices."""
        debtor = self._invoice(index).debtor
        assert debtor is not None
        number = self.dice.randrange(1, 999)
        moved = replace(debtor, email=f"factuur{number}@debiteur.example", address_1=f"Nieuwe Gracht {number}")
        written = self._wire.debtor(moved)
        values = {name: written[name] for name in (_key("debtors", "email"), _key("debtors", "address_1"))}
        self.steer("records", {"entity": "Debiteuren", "id": debtor.id, "values": values})
        return "address and e-mail of a debtor changed"

    def _put(self, index: int, before: Invoice, after: Invoice, parts: tuple[str, ...]) -> None:
        """Write the parts of one invoice in one call, as a person presses Opslaan once."""
        written = self._wire.invoice(after)
        values = {name: written[name] for name in (_key("invoices", part) for part in parts)}
        self.steer("records", {"entity": "Facturen", "id": after.id, "values": values})
        self._now[index] = after
        self.was.setdefault(str(before.number), [was_now(before)]).append(was_now(after))


def was_now(invoice: Invoice) -> Was:
    """What it comes to, and whose it is."""
    return Was(amount=invoice.total_incl, debtor=invoice.debtor.number if invoice.debtor else "")


def _key(entity: str, part: str) -> str:
    """The outermost key under which Coachview has a part."""
    return getattr(profile(), entity).fields[part][0]  # type: ignore[no-any-return]


def _priced(line: Line, quantity: Decimal, price: Decimal) -> Line:
    amount = cents(quantity * price)
    vat = cents(amount * line.vat_percentage)
    return replace(line, quantity=quantity, unit_price=price, amount=amount, vat_amount=vat)


def _summed(invoice: Invoice, lines: tuple[Line, ...]) -> Invoice:
    """The invoice with these lines, and totals that add up."""
    vat = vat_per_code(lines)
    excl, total_vat = sum((line.amount for line in lines), ZERO), sum((part.amount for part in vat), ZERO)
    return replace(invoice, lines=lines, vat=vat, total_excl=excl, total_vat=total_vat, total_incl=excl + total_vat)
