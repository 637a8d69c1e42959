"""One line of a sales entry: checked and worked out. Source: exact-rest.md 4.2, 6.1, 6.3."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from boekbrug_sim.exact.desk import Desk
from boekbrug_sim.exact.lengths import broken_lengths
from boekbrug_sim.exact.periods import Period, broken_by, period_of
from boekbrug_sim.exact.store import Row
from boekbrug_sim.exact.texts import Refusal, blocked, guess, invalid, mandatory, not_allowed, unknown
from boekbrug_sim.exact.values import cents, date_of, money, ms_of

REFUSED_GL_TYPES = frozenset({10, 12, 14, 16, 20, 22, 24})
ZERO = Decimal("0.00")


@dataclass(kw_only=True)
class LineWork:
    """A line with what was found for it."""

    values: Row
    gl_account: Row
    vat_code: Row | None
    percentage: Decimal | None
    amount: Decimal
    vat: Decimal
    months: list[Period]


@dataclass(frozen=True, kw_only=True)
class LineSetting:
    """What the header tells its lines."""

    journal: str | None
    day: date
    period: Period | None
    customer_vat_code: str | None


def work_out_line(desk: Desk, values: Row, setting: LineSetting) -> tuple[LineWork | None, list[Refusal]]:
    """Check one line; refusals come in the order of the fields."""
    refusals: list[Refusal] = []
    if values.get("AmountFC") is None:
        refusals.append(mandatory("amount"))
    gl_account = _gl_account(desk, values, refusals)
    defaults = [(gl_account or {}).get("VATCode"), setting.customer_vat_code]
    if desk.switches["default_vat_code"] == "customer_first":
        defaults.reverse()
    code = values.get("VATCode") or defaults[0] or defaults[1]
    vat_code = _vat_code(desk, code, refusals)
    percentage = _percentage(desk, vat_code, values.get("VATPercentage"), setting, refusals)
    _cost_objects(desk, values, gl_account, setting.day, refusals)
    if values.get("Project") and desk.by_id("Projects", values["Project"]) is None:
        refusals.append(unknown("project"))
    months = _months(desk, values, setting, refusals)
    refusals += broken_lengths(desk, "SalesEntryLines", values)
    refusals = desk.enforced(refusals)
    if refusals or gl_account is None:
        return None, refusals
    amount = money(values["AmountFC"])
    given = values.get("VATAmountFC")
    vat = cents(amount * (percentage or ZERO)) if given is None else money(given)
    work = LineWork(
        values=values,
        gl_account=gl_account,
        vat_code=vat_code,
        percentage=percentage,
        amount=amount,
        vat=vat if vat_code is not None else ZERO,
        months=months,
    )
    return work, []


def _gl_account(desk: Desk, values: Row, refusals: list[Refusal]) -> Row | None:
    if not values.get("GLAccount"):
        refusals.append(mandatory("gl_account"))
        return None
    found = desk.by_id("GLAccounts", values["GLAccount"])
    if found is None:
        refusals.append(unknown("gl_account"))
    elif found["Type"] in REFUSED_GL_TYPES:
        refusals.append(invalid("gl_account_type"))
    elif found["IsBlocked"]:
        refusals.append(blocked("gl_account"))
    return found


def _vat_code(desk: Desk, code: str | None, refusals: list[Refusal]) -> Row | None:
    if not code:
        return None
    found = desk.by_code("VATCodes", code.strip())
    if found is None:
        refusals.append(unknown("vat_code"))
    elif found["IsBlocked"]:
        refusals.append(guess(blocked("vat_code")))
    elif found["VATTransactionType"] == "P":
        refusals.append(guess(invalid("vat_code")))
    return found


def _percentage(
    desk: Desk, vat_code: Row | None, given: float | None, setting: LineSetting, refusals: list[Refusal]
) -> Decimal | None:
    if vat_code is None:
        return None
    rows = desk.rows("VatPercentages", VATCodeID=vat_code["ID"], Type=0)
    dated = [(row["Percentage"], row["StartDate"], row["EndDate"]) for row in rows]
    dated.sort(key=lambda row: int(row[1] or 0), reverse=True)
    if given is not None:
        if given <= 0 or all(row[0] != given for row in dated):
            refusals.append(invalid("vat_percentage"))
        return Decimal(repr(given))
    moment = ms_of(setting.day)
    for percentage, start, end in dated:
        if (start or 0) <= moment and (end is None or moment <= end):
            return Decimal(repr(percentage or 0.0))
    if vat_code["Type"] in {"B", "N"}:
        return Decimal(0)
    if setting.period is not None:  # a date outside the books is told by itself
        refusals.append(invalid("vat_percentage"))
    return None


def _cost_objects(desk: Desk, values: Row, gl_account: Row | None, day: date, refusals: list[Refusal]) -> None:
    for field, table, use, thing in (
        ("CostCenter", "Costcenters", "UseCostcenter", "cost_centre"),
        ("CostUnit", "Costunits", "UseCostunit", "cost_unit"),
    ):
        rule = (gl_account or {}).get(use) or 0
        code = values.get(field) or (gl_account or {}).get(field.replace("Center", "center").replace("Unit", "unit"))
        values[field] = code
        if not code:
            if rule == 1:
                refusals.append(mandatory(thing))  # guessed
            continue
        found = desk.by_code(table, code)
        if found is None:
            refusals.append(unknown(thing))
        elif rule == 2:
            refusals.append(not_allowed(thing))  # guessed
        elif found.get("Active") == 0 or (found["EndDate"] is not None and found["EndDate"] < ms_of(day)):
            refusals.append(guess(blocked(thing)))


def _months(desk: Desk, values: Row, setting: LineSetting, refusals: list[Refusal]) -> list[Period]:
    """The periods over which a line is spread; none when it stays in the month of booking (6.6)."""
    start, end = values.get("From"), values.get("To")
    if start is None and end is None:
        return []
    if start is None or end is None:
        if desk.switches["from_to_pair"]:
            refusals.append(mandatory("from" if start is None else "to"))
        return []
    if end < start:
        refusals.append(guess(invalid("to")))
        return []
    months: list[Period] = []
    day, last = date_of(start).replace(day=1), date_of(end)
    while day <= last and len(months) < 600:
        period = period_of(desk, day)
        journal = setting.journal if desk.switches["deferral_into_closed"] == "refuse" else None
        found = broken_by(desk, journal, period)
        refusals.extend(found)
        if period is None or found:
            return []
        months.append(period)
        day = day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)
    return [] if months == [setting.period] or desk.switches["deferral"] == "off" else months
