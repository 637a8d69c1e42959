"""The local copy of an administration as a real one is: accounts, codes, periods, relations."""

from datetime import UTC, datetime
from typing import Any

from tests.domain import builders

from boekbrug.domain.reference import CostCentre, FinancialPeriod
from boekbrug.store import models
from boekbrug.store.records import write

READ_AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
ACCOUNTS, VAT_CODES, COST_CENTRES, CONDITIONS, RELATIONS = 800, 60, 80, 25, 5_000


def copy_ledger(administration: models.Administration) -> None:
    """Add to the copy what a school's administration has, and note when it was read."""
    records: dict[str, list[Any]] = {
        "gl_account": [builders.gl_account(f"{4000 + n}", description=f"Rekening {n}") for n in range(ACCOUNTS)],
        "vat_code": [builders.vat_code(f"V{n}", description=f"Btw {n}") for n in range(VAT_CODES)],
        "cost_centre": [CostCentre(code=f"K{n}", description=f"Kostenplaats {n}") for n in range(COST_CENTRES)],
        "payment_condition": [builders.condition(f"C{n}", n) for n in range(CONDITIONS)],
    }
    rows = [
        models.ReferenceRow(administration=administration, kind=kind, code=record.code, record=write(record))
        for kind, several in records.items()
        for record in several
    ]
    rows += [_period(administration, period) for period in builders.periods(2025, 2028)]
    known = {"country": "NL", "currency": "EUR"}
    rows.append(models.ReferenceRow(administration=administration, kind="division", code="", record=known))
    models.ReferenceRow.objects.bulk_create(rows, ignore_conflicts=True)
    models.ReferenceMark.objects.create(administration=administration, endpoint="full", read_at=READ_AT)
    models.CustomerCopy.objects.bulk_create(_relation(administration, n) for n in range(RELATIONS))
    models.Login.objects.filter(integrations__administration=administration).update(
        refresh_mark="held", reaches={str(100_000 + n): f"Administratie {n}" for n in range(20)}
    )


def _period(administration: models.Administration, period: FinancialPeriod) -> models.ReferenceRow:
    record = {**write(period), "closed_for": sorted(period.closed_for)}
    code = f"{period.year}-{period.period}"
    return models.ReferenceRow(administration=administration, kind="period", code=code, record=record)


def _relation(administration: models.Administration, number: int) -> models.CustomerCopy:
    """Every tenth is a supplier; one of them bears the number of a debtor."""
    code, exact_id = f"{900_000 + number}", f"relatie-{number}"
    supplier = {"supplier": True, "status": "A"} if number % 10 == 2 else {}
    record = write(builders.customer(exact_id=exact_id, code=code, name=f"Relatie {number}", **supplier))
    return models.CustomerCopy(administration=administration, exact_id=exact_id, code_key=code, record=record)
