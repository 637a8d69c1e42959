"""Financial periods: which one a date falls in, whether a journal is closed in it. Source: exact-rest.md 4.1, 4.6."""

from dataclasses import dataclass
from datetime import date

from boekbrug_sim.exact.desk import Desk
from boekbrug_sim.exact.texts import Refusal, invalid, mandatory
from boekbrug_sim.exact.values import ms_of


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Period:
    """One financial period."""

    year: int
    number: int


def period_of(desk: Desk, day: date) -> Period | None:
    """The period that contains a day; the lowest number when several do."""
    moment = ms_of(day)
    found = (
        Period(year=row["FinYear"], number=row["FinPeriod"])
        for row in desk.rows("FinancialPeriods")
        if row["StartDate"] <= moment <= row["EndDate"]
    )
    return min(found, default=None)


def exists(desk: Desk, period: Period) -> bool:
    """Whether the company has this period."""
    return bool(desk.rows("FinancialPeriods", FinYear=period.year, FinPeriod=period.number))


def is_closed(desk: Desk, journal: str, period: Period) -> bool:
    """Whether a journal is closed in a period."""
    return (
        desk.store.one(
            'SELECT 1 FROM "ClosedPeriods" WHERE "Division" = ? AND "Journal" = ? AND "Year" = ? AND "Period" = ?',
            (desk.division, journal, period.year, period.number),
        )
        is not None
    )


def broken_by(desk: Desk, journal: str | None, period: Period | None) -> list[Refusal]:
    """What stands in the way of booking into a period."""
    if period is None or not exists(desk, period):
        return [mandatory("financial_year")]
    if journal is not None and is_closed(desk, journal, period):
        if desk.switches["closed_period_text"] == "invalid":
            return [invalid("period")]
        return [Refusal("period_closed", values=(period.year, period.number))]
    return []
