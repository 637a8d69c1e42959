"""The bookkeeping behind a sales entry: balanced lines, deferral lines, the receivable. Debit is positive.

Lines of an entry: 0 is the receivable; then one per sales entry line, with its VAT beside it in `AmountVATFC`; then one
per VAT code on its own account; then, of type 84, the spread of deferred revenue. Source: exact-rest.md 4.8, 5.2, 6.6.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from boekbrug_sim.data.chart import DEFERRED_REVENUE_ACCOUNT
from boekbrug_sim.exact.desk import Desk
from boekbrug_sim.exact.periods import Period
from boekbrug_sim.exact.store import Row
from boekbrug_sim.exact.texts import RefusedError, mandatory
from boekbrug_sim.exact.values import cents, date_of, ms_of

if TYPE_CHECKING:
    from boekbrug_sim.exact.sales_entries import EntryWork
    from boekbrug_sim.exact.sales_lines import LineWork

ZERO = Decimal("0.00")
CREDIT_NOTE = 21
DEFERRED_REVENUE = 84
VAT_TYPE = 24
MATCHED = 50
LETTERS = {20: ("V", "A"), 21: ("X", "Z")}  # 5.2: basis, VAT; the basis of a sale is a switch


@dataclass(frozen=True, kw_only=True)
class Posting:
    """One ledger line before it is written; amount in the currency of the entry."""

    gl_account: str
    amount: Decimal
    description: str | None
    period: Period
    type: int
    vat_code: str | None = None
    vat_percentage: float | None = None
    vat: Decimal | None = None
    vat_base: Decimal | None = None
    vat_type: str | None = None
    source: Row | None = None


def post_sales_entry(desk: Desk, work: "EntryWork") -> None:
    """Write transaction, lines and payment term of a sales entry."""
    values = work.values
    postings = [_receivable(work), *_revenue(desk, work), *_vat(desk, work)]
    for line in work.lines:
        postings += _deferral(desk, work, line)
    desk.store.insert(
        "Transactions",
        desk.stamp_new(
            "Transactions",
            {
                "EntryID": values["EntryID"],
                "Date": values["EntryDate"],
                "Description": values.get("Description"),
                "Document": values.get("Document"),
                "EntryNumber": values["EntryNumber"],
                "FinancialPeriod": work.period.number,
                "FinancialYear": work.period.year,
                "JournalCode": work.journal["Code"],
                "PaymentConditionCode": values.get("PaymentCondition"),
                "PaymentReference": values.get("PaymentReference"),
                "Status": values["Status"],
                "Type": work.type,
            },
        ),
    )
    rows = _rows(desk, work, postings)
    desk.store.insert_many("TransactionLines", rows)
    _open_term(desk, work, rows[0])


def _receivable(work: "EntryWork") -> Posting:
    total = sum((line.amount + line.vat for line in work.lines), ZERO)
    return Posting(
        gl_account=work.customer["GLAR"] or work.journal["GLAccount"],
        amount=total,
        description=work.values.get("Description"),
        period=work.period,
        type=work.type,
    )


def _revenue(desk: Desk, work: "EntryWork") -> list[Posting]:
    basis = LETTERS[work.type][0] if work.type == CREDIT_NOTE else str(desk.switches["sales_basis_letter"])
    return [
        Posting(
            gl_account=line.gl_account["ID"],
            amount=-line.amount,
            description=line.values.get("Description") or work.values.get("Description"),
            period=work.period,
            type=work.type,
            vat_code=line.vat_code["Code"] if line.vat_code else None,
            vat_percentage=float(line.percentage) if line.percentage is not None else None,
            vat=-line.vat if line.vat_code else None,
            vat_base=-line.amount if line.vat_code else None,
            vat_type=basis if line.vat_code else None,
            source=line.values,
        )
        for line in work.lines
    ]


def _vat(desk: Desk, work: "EntryWork") -> list[Posting]:
    _, letter = LETTERS[work.type]
    per_code: dict[str, tuple[Row, Decimal, Decimal, Decimal | None]] = {}
    for line in work.lines:
        if line.vat_code is None or not line.vat:
            continue
        code = line.vat_code["Code"]
        _, base, vat, _ = per_code.get(code, (line.vat_code, ZERO, ZERO, None))
        per_code[code] = (line.vat_code, base + line.amount, vat + line.vat, line.percentage)
    return [
        Posting(
            gl_account=_vat_account(desk, row),
            amount=-vat,
            description=row["Description"],
            period=work.period,
            type=work.type,
            vat_code=code,
            vat_percentage=float(percentage) if percentage is not None else None,
            vat_base=-base,
            vat_type=letter,
        )
        for code, (row, base, vat, percentage) in per_code.items()
        if vat
    ]


def _vat_account(desk: Desk, vat_code: Row) -> str:
    if vat_code["GLToPay"]:
        return str(vat_code["GLToPay"])
    found = desk.store.find("GLAccounts", desk.division, Type=VAT_TYPE)
    if found is None:
        raise RefusedError(mandatory("gl_account"))  # guessed
    return str(found["ID"])


def _deferral(desk: Desk, work: "EntryWork", line: "LineWork") -> list[Posting]:
    """The revenue goes to the balance account and comes back in parts, the rest in the last month."""
    if not line.months:
        return []
    balance = balance_account(desk)
    weights = _days(line) if desk.switches["deferral"] == "by_days" else [1] * len(line.months)
    parts = [(line.amount * weight / sum(weights)).quantize(Decimal("0.01")) for weight in weights[:-1]]
    parts.append(line.amount - sum(parts, ZERO))

    def posting(gl_account: str, amount: Decimal, period: Period) -> Posting:
        return Posting(
            gl_account=gl_account,
            amount=amount,
            description=line.values.get("Description") or work.values.get("Description"),
            period=period,
            type=DEFERRED_REVENUE,
            source=line.values if gl_account == line.gl_account["ID"] else None,
        )

    revenue = line.gl_account["ID"]
    postings = [posting(revenue, line.amount, work.period), posting(balance, -line.amount, work.period)]
    for period, amount in zip(line.months, parts, strict=True):
        postings += [posting(balance, amount, period), posting(revenue, -amount, period)]
    return postings


def _days(line: "LineWork") -> list[int]:
    """How many days of a line fall in each of its months."""
    start, end = date_of(line.values["From"]), date_of(line.values["To"])
    days, first = [], start.replace(day=1)
    for _ in line.months:
        following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
        days.append((min(end + timedelta(days=1), following) - max(start, first)).days)
        first = following
    return days


def balance_account(desk: Desk) -> str:
    """The account that keeps deferred revenue: a setting of the company without a REST field (6.6)."""
    return account_of(desk, DEFERRED_REVENUE_ACCOUNT.get(desk.division, "1450"), "Vooruitontvangen omzet", 60)


def account_of(desk: Desk, code: str, description: str, kind: int) -> str:
    """The guid of an account by code; it is made when the company lacks it."""
    found = desk.by_code("GLAccounts", code)
    if found is not None:
        return str(found["ID"])
    key = desk.store.new_guid()
    row = {"ID": key, "Code": code, "Description": description, "Type": kind, "IsBlocked": 0}
    desk.store.insert("GLAccounts", desk.stamp_new("GLAccounts", row))
    return key


def _rows(desk: Desk, work: "EntryWork", postings: list[Posting]) -> list[Row]:
    values = work.values
    now = desk.store.now_ms()
    rows: list[Row] = []
    local = [cents(posting.amount * work.rate) for posting in postings]
    local[0] -= sum(local, ZERO)  # what rounding of the rate leaves goes to the receivable
    for number, (posting, amount) in enumerate(zip(postings, local, strict=True)):
        source = posting.source or {}
        rows.append(
            {
                "ID": desk.store.new_guid(),
                "Account": values["Customer"],
                "AmountDC": float(amount),
                "AmountFC": float(posting.amount),
                "AmountVATBaseFC": _number(posting.vat_base),
                "AmountVATFC": _number(posting.vat),
                "CostCenter": source.get("CostCenter"),
                "CostUnit": source.get("CostUnit"),
                "Created": now,
                "Currency": values["Currency"],
                "Date": values["EntryDate"] if posting.type != DEFERRED_REVENUE else _first_day(desk, posting),
                "Description": posting.description,
                "Division": desk.division,
                "Document": values.get("Document"),
                "DueDate": values.get("DueDate"),
                "EntryID": values["EntryID"],
                "EntryNumber": values["EntryNumber"],
                "ExchangeRate": values["Rate"],
                "FinancialPeriod": posting.period.number,
                "FinancialYear": posting.period.year,
                "GLAccount": posting.gl_account,
                "InvoiceNumber": values["InvoiceNumber"],
                "JournalCode": work.journal["Code"],
                "LineNumber": number,
                "LineType": 0,
                "Modified": now,
                "Notes": source.get("Notes"),
                "PaymentReference": values.get("PaymentReference"),
                "Project": source.get("Project"),
                "Quantity": source.get("Quantity"),
                "Status": values["Status"],
                "Type": posting.type,
                "VATCode": posting.vat_code,
                "VATPercentage": posting.vat_percentage,
                "VATType": posting.vat_type,
                "YourRef": values.get("YourRef"),
            }
        )
    return rows


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


def _first_day(desk: Desk, posting: Posting) -> int:
    row = desk.store.one(
        'SELECT "StartDate" FROM "FinancialPeriods" WHERE "Division" = ? AND "FinYear" = ? AND "FinPeriod" = ?',
        (desk.division, posting.period.year, posting.period.number),
    )
    return int(row[0]) if row else ms_of(desk.today)


def _open_term(desk: Desk, work: "EntryWork", receivable: Row) -> None:
    """The payment term of an entry: negative while the customer owes (4.8)."""
    values, condition = work.values, work.condition
    desk.store.insert(
        "PaymentTerms",
        desk.stamp_new(
            "PaymentTerms",
            {
                "ID": desk.store.new_guid(),
                "HID": desk.store.new_version(),
                "Account": values["Customer"],
                "AmountDC": -receivable["AmountDC"],
                "AmountFC": -receivable["AmountFC"],
                "Currency": values["Currency"],
                "Description": values.get("Description"),
                "Document": values.get("Document"),
                "DueDate": values.get("DueDate"),
                "EntryDate": None,
                "EntryNumber": values["EntryNumber"],
                "GLAccount": receivable["GLAccount"],
                "InvoiceDate": values["EntryDate"],
                "InvoiceNumber": values["InvoiceNumber"],
                "IsFullyPaid": 0,
                "Journal": work.journal["Code"],
                "PaymentCondition": values.get("PaymentCondition"),
                "PaymentDays": condition["PaymentDays"] if condition else None,
                "PaymentMethod": (condition["PaymentMethod"] if condition else None) or "B",
                "PaymentReference": values.get("PaymentReference"),
                "RateFC": values["Rate"],
                "Source": 1,
                "Status": 20,
                "TransactionAmountDC": receivable["AmountDC"],
                "TransactionAmountFC": receivable["AmountFC"],
                "TransactionDueDate": values.get("DueDate"),
                "TransactionEntryID": values["EntryID"],
                "TransactionID": receivable["ID"],
                "TransactionIsReversal": 0,
                "TransactionReportingPeriod": work.period.number,
                "TransactionReportingYear": work.period.year,
                "TransactionStatus": values["Status"],
                "TransactionType": work.type,
                "YourRef": values.get("YourRef"),
            },
        ),
    )


def is_untouched(desk: Desk, entry_id: str) -> bool:
    """Whether nothing was received on an entry yet."""
    terms = desk.store.rows("PaymentTerms", desk.division, TransactionEntryID=entry_id)
    return all(term["Status"] < MATCHED for term in terms)


def remove(desk: Desk, entry_id: str) -> None:
    """Take the bookkeeping of an entry away, and say so in `sync/Deleted`."""
    for table, link in (("TransactionLines", "EntryID"), ("PaymentTerms", "TransactionEntryID")):
        rows = desk.store.rows(table, desk.division, **{link: entry_id})
        desk.note_deleted(table, [row["ID"] for row in rows])
        desk.store.delete(table, desk.division, **{link: entry_id})
    desk.store.delete("Transactions", desk.division, EntryID=entry_id)
