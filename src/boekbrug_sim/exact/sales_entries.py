"""Sales entries: checked, numbered, kept; every broken rule of one entry is told at once.

Source: exact-rest.md 4.1, 6.1, 6.2, 6.4.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from boekbrug_sim.exact import ledger
from boekbrug_sim.exact.desk import Desk
from boekbrug_sim.exact.lengths import broken_lengths
from boekbrug_sim.exact.numbering import highest_number, is_used, next_number
from boekbrug_sim.exact.periods import Period, broken_by, period_of
from boekbrug_sim.exact.sales_lines import ZERO, LineSetting, LineWork, work_out_line
from boekbrug_sim.exact.store import Row
from boekbrug_sim.exact.texts import Refusal, RefusedError, blocked, guess, in_use, invalid, mandatory, unknown
from boekbrug_sim.exact.values import cents, date_of, money, ms_of

OPEN = 20
SALES_JOURNAL = 20
LAST_DAY = date(9999, 12, 31)


@dataclass(kw_only=True)
class EntryWork:
    """An entry with what was found for it."""

    values: Row
    customer: Row
    journal: Row
    condition: Row | None
    period: Period
    lines: list[LineWork]
    type: int
    rate: Decimal


def create_entry(desk: Desk, values: Row, lines: list[Row]) -> str:
    """Book a sales entry; returns its EntryID."""
    values = {**values, "EntryID": desk.store.new_guid()}
    work = _work_out(desk, values, lines, kept=None)
    if values.get("EntryNumber") is None or desk.switches["entry_number"] == "ignore":
        values["EntryNumber"] = next_number(desk, work.journal["Code"], work.period.year)
    _keep(desk, work, new=True)
    return str(values["EntryID"])


def update_entry(desk: Desk, kept: Row, changes: Row) -> None:
    """Change header fields; the bookkeeping behind is made anew. Lines in the body do not count (3.9)."""
    lines = kept_lines(desk, kept)
    values = {**kept, **changes}
    if "EntryDate" in changes and "ReportingPeriod" not in changes:
        values["ReportingYear"] = values["ReportingPeriod"] = None
    _rebook(desk, kept, values, lines)


def rebook(desk: Desk, kept: Row, lines: list[Row]) -> None:
    """Keep an entry with other lines; no line left removes the entry (3.9)."""
    if not lines:
        delete_entry(desk, kept)
        return
    _rebook(desk, kept, dict(kept), lines)


def _rebook(desk: Desk, kept: Row, values: Row, lines: list[Row]) -> None:
    if not ledger.is_untouched(desk, kept["EntryID"]):
        raise RefusedError(Refusal("processed"))
    work = _work_out(desk, values, lines, kept=kept)
    if work.period.year != kept["ReportingYear"]:
        raise RefusedError(Refusal("year_fixed"))
    ledger.remove(desk, kept["EntryID"])
    desk.store.delete("SalesEntries", desk.division, EntryID=kept["EntryID"])
    desk.store.delete("SalesEntryLines", desk.division, EntryID=kept["EntryID"])
    _keep(desk, work, new=False)


def delete_entry(desk: Desk, kept: Row) -> None:
    """Remove an open entry with everything behind it."""
    never = desk.switches["delete_entry"] == "never"
    if never or kept["Status"] != OPEN or not ledger.is_untouched(desk, kept["EntryID"]):
        raise RefusedError(Refusal("processed"))
    ledger.remove(desk, kept["EntryID"])
    desk.store.delete("SalesEntries", desk.division, EntryID=kept["EntryID"])
    desk.store.delete("SalesEntryLines", desk.division, EntryID=kept["EntryID"])


def kept_lines(desk: Desk, kept: Row) -> list[Row]:
    """The lines of an entry in order, fit to be worked out again: a percentage of 0 was not given (4.2)."""
    rows = desk.store.rows("SalesEntryLines", desk.division, EntryID=kept["EntryID"])
    lines = sorted(rows, key=lambda row: int(row["LineNumber"]))
    for line in lines:
        line["VATPercentage"] = line["VATPercentage"] or None
    return lines


def _work_out(desk: Desk, values: Row, lines: list[Row], *, kept: Row | None) -> EntryWork:
    of_customer: list[Refusal] = []
    of_lines: list[Refusal] = []
    refusals: list[Refusal] = []  # told in the order that was seen: customer, lines, the rest of the header (3.4)
    if values.get("EntryDate") is None:
        values["EntryDate"] = ms_of(desk.today)
    day = date_of(values["EntryDate"])
    customer = _customer(desk, values, day, of_customer)
    journal = _journal(desk, values, customer, refusals)
    period = _period(desk, values, day)
    refusals += broken_by(desk, values.get("Journal"), period)
    condition = _condition(desk, values, customer, refusals)
    rate = _rate(desk, values, journal, refusals)
    if values.get("Document") and desk.by_id("Documents", values["Document"]) is None:
        refusals.append(unknown("document"))
    if kept is None or values.get("EntryNumber") != kept["EntryNumber"]:
        _number(desk, values, period, refusals)
    setting = LineSetting(
        journal=values.get("Journal"),
        day=day,
        period=period,
        customer_vat_code=(customer or {}).get("SalesVATCode"),
    )
    worked = _lines(desk, lines, setting, of_lines)
    refusals += broken_lengths(desk, "SalesEntries", values)
    if kept is None:
        refusals += _double_reference(desk, values)
    refusals = desk.enforced(of_customer + of_lines + refusals)
    if refusals or customer is None or journal is None or period is None:
        raise RefusedError(*dict.fromkeys(refusals))
    _spread_header_vat(values, worked)
    return EntryWork(
        values=values,
        customer=customer,
        journal=journal,
        condition=condition,
        period=period,
        lines=worked,
        type=_type(desk, values, worked),
        rate=rate,
    )


def _type(desk: Desk, values: Row, lines: list[LineWork]) -> int:
    """20, or 21 for a credit note: asked for (6.4), or worked out by the service from a negative total (8)."""
    if values.get("Type") == 21 and desk.switches["type_21"] == "honour":
        return 21
    total = sum((line.amount + line.vat for line in lines), ZERO)
    return 21 if total < 0 and desk.switches["negative_entry_type"] == 21 else 20


def _double_reference(desk: Desk, values: Row) -> list[Refusal]:
    if not values.get("YourRef") or desk.switches["double_your_ref"] == "accept":
        return []
    same = desk.store.find("SalesEntries", desk.division, YourRef=values["YourRef"], Customer=values.get("Customer"))
    return [] if same is None else [Refusal("exists")]


def _lines(desk: Desk, lines: list[Row], setting: LineSetting, refusals: list[Refusal]) -> list[LineWork]:
    if not lines:
        refusals.append(mandatory("lines"))  # guessed
    worked: list[LineWork] = []
    for values in lines:
        line, broken = work_out_line(desk, values, setting)
        refusals += broken
        if line is not None:
            worked.append(line)
    return worked


def _customer(desk: Desk, values: Row, day: date, refusals: list[Refusal]) -> Row | None:
    if not values.get("Customer"):
        refusals.append(mandatory("account"))
        return None
    found = desk.by_id("Accounts", values["Customer"])
    if found is None:
        refusals.append(unknown("account"))
    elif found["Status"] != "C":
        refusals.append(invalid("customer_type"))
    elif found["Blocked"] or (found["EndDate"] is not None and found["EndDate"] < ms_of(day)):
        refusals.append(guess(blocked("account")))
    return found


def _journal(desk: Desk, values: Row, customer: Row | None, refusals: list[Refusal]) -> Row | None:
    if not values.get("Journal"):
        refusals.append(mandatory("journal"))
        return None
    found = desk.by_code("Journals", values["Journal"])
    if found is None:
        refusals.append(unknown("journals"))
        return None
    if found["Type"] != SALES_JOURNAL:
        refusals.append(invalid("journal"))  # guessed
    elif found["IsBlocked"]:
        refusals.append(guess(blocked("journal")))
    receivables = (customer or {}).get("GLAR")
    if found["GLAccount"] is None and receivables is None:
        refusals.append(mandatory("gl_account"))  # guessed
    differs = receivables is not None and found["GLAccount"] not in {None, receivables}
    if differs and desk.switches["receivables_account_check"]:
        refusals.append(invalid("gl_account"))  # rule of 6.5, text guessed
    return found


def _period(desk: Desk, values: Row, day: date) -> Period | None:
    year, number = values.get("ReportingYear"), values.get("ReportingPeriod")
    if year is not None and number is not None:
        return Period(year=year, number=number)
    found = period_of(desk, day)
    if found is None:
        return None
    return Period(year=year or found.year, number=number or found.number)


def _condition(desk: Desk, values: Row, customer: Row | None, refusals: list[Refusal]) -> Row | None:
    own = desk.switches["payment_condition"] == "given"
    code = values.get("PaymentCondition") or (None if own else (customer or {}).get("PaymentConditionSales"))
    if code:
        found = desk.by_code("PaymentConditions", code)
        if found is None:
            refusals.append(unknown("payment_condition"))
    else:
        found = None
        if desk.switches["payment_condition"] == "first":
            rows = desk.rows("PaymentConditions", PaymentMethod="B")
            found = min(rows, key=lambda row: str(row["Code"]), default=None)
        if found is None:
            refusals.append(mandatory("payment_condition"))
    values["PaymentCondition"] = found["Code"] if found else code
    if values.get("DueDate") is None and found is not None:
        values["DueDate"] = ms_of(_due(date_of(values["EntryDate"]), found))
    return found


def _due(day: date, condition: Row) -> date:
    months = min(condition["PaymentEndOfMonths"] or 0, (LAST_DAY.year - day.year) * 12)
    for _ in range(months):
        day = (day.replace(day=28) + timedelta(days=4)).replace(day=1)  # the first of the next month
    if months:
        day -= timedelta(days=1)
    try:
        return day + timedelta(days=condition["PaymentDays"] or 0)
    except OverflowError:
        return LAST_DAY


def _rate(desk: Desk, values: Row, journal: Row | None, refusals: list[Refusal]) -> Decimal:
    own = desk.currency
    currency = values.get("Currency") or own
    values["Currency"] = currency
    if currency == own:
        values["Rate"] = 1.0
    elif journal is not None and not journal["AllowVariableCurrency"]:
        refusals.append(guess(invalid("currency")))
    values["Rate"] = values.get("Rate") or 1.0
    return Decimal(repr(values["Rate"]))


def _number(desk: Desk, values: Row, period: Period | None, refusals: list[Refusal]) -> None:
    number = values.get("EntryNumber")
    if number is None or period is None or desk.switches["entry_number"] == "ignore":
        return
    if number < 1:
        refusals.append(invalid("entry_number"))  # guessed
    elif is_used(desk, values.get("Journal"), period.year, number):
        refusals.append(in_use("entry_number"))
    elif desk.switches["entry_number_gap"] == "refuse" and number > 1 + highest_number(
        desk, str(values.get("Journal")), period.year
    ):
        refusals.append(invalid("entry_number"))


def _spread_header_vat(values: Row, lines: list[LineWork]) -> None:
    """A VAT total in the header corrects the largest line with VAT, unless a line gives its own amount."""
    given = values.get("VATAmountFC")
    taxed = [line for line in lines if line.vat_code is not None]
    if given is None or not taxed or any(line.values.get("VATAmountFC") is not None for line in lines):
        return
    largest = max(taxed, key=lambda line: abs(line.amount))
    largest.vat += money(given) - sum((line.vat for line in taxed), ZERO)


def _keep(desk: Desk, work: EntryWork, *, new: bool) -> None:
    values = work.values
    net = sum((line.amount for line in work.lines), ZERO)
    vat = sum((line.vat for line in work.lines), ZERO)
    given = values.get("InvoiceNumber") if desk.switches["invoice_number"] == "given" else None
    row = {
        **values,
        "AmountFC": float(net + vat),
        "AmountDC": float(cents((net + vat) * work.rate)),
        "VATAmountFC": float(vat),
        "VATAmountDC": float(cents(vat * work.rate)),
        "InvoiceNumber": given or values["EntryNumber"],
        "ReportingYear": work.period.year,
        "ReportingPeriod": work.period.number,
        "Status": OPEN,
        "Type": work.type,
    }
    row.pop("Timestamp", None)
    row = desk.stamp_new("SalesEntries", row) if new else row | {"Modified": desk.store.now_ms()}
    work.values = row
    desk.store.insert("SalesEntries", row)
    kept = [_line_row(desk, work, number, line) for number, line in enumerate(work.lines, 1)]
    for same in _alike(kept):
        desk.store.insert_many("SalesEntryLines", same)
    ledger.post_sales_entry(desk, work)


def _alike(rows: list[Row]) -> Iterator[list[Row]]:
    """Rows that follow one another and have the same columns."""
    return (list(same) for _, same in groupby(rows, key=tuple))


def _line_row(desk: Desk, work: EntryWork, number: int, line: LineWork) -> Row:
    values = {name: value for name, value in line.values.items() if name != "Timestamp"}
    values.setdefault("ID", None)
    percentage = float(line.percentage) if line.percentage is not None else None
    return values | {
        "ID": values["ID"] or desk.store.new_guid(),
        "Division": desk.division,
        "EntryID": work.values["EntryID"],
        "LineNumber": number,
        "Type": work.type,
        "AmountFC": float(line.amount),
        "AmountDC": float(cents(line.amount * work.rate)),
        "VATCode": line.vat_code["Code"] if line.vat_code else None,
        "VATPercentage": percentage,
        "VATAmountFC": float(line.vat),
        "VATAmountDC": float(cents(line.vat * work.rate)),
        "VATBaseAmountFC": float(line.amount),
        "VATBaseAmountDC": float(cents(line.amount * work.rate)),
    }
