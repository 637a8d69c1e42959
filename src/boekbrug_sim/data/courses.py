"""What the practice institute teaches: course kinds, each with its price, VAT, account and cost centre."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class CourseKind:
    """One kind of course (opleidingssoort); the account and codes are those of the Dutch practice company."""

    code: str
    name: str
    price: Decimal
    gl_account: str = "8000"
    vat_code: str = "4"
    cost_centre: str = "OPL"


COURSE_KINDS = {
    kind.code: kind
    for kind in (
        CourseKind(code="VCA", name="VCA Basis", price=Decimal("249.00")),
        CourseKind(code="BHV", name="Bedrijfshulpverlening", price=Decimal("189.50")),
        CourseKind(
            code="PM",
            name="Projectmanagement",
            price=Decimal("1895.00"),
            gl_account="8010",
            cost_centre="INC",
        ),
        CourseKind(code="XLS", name="Excel voor gevorderden", price=Decimal("433.33"), cost_centre="UTR"),
        CourseKind(code="LDR", name="Leidinggeven in de praktijk", price=Decimal("2475.00")),
        CourseKind(
            code="NT2",
            name="Nederlands als tweede taal",
            price=Decimal("985.00"),
            gl_account="8030",
            vat_code="6",
        ),
        CourseKind(
            code="PED",
            name="Pedagogisch medewerker niveau 3",
            price=Decimal("3250.00"),
            gl_account="8030",
            vat_code="6",
        ),
        CourseKind(
            code="ELE",
            name="E-learning privacy",
            price=Decimal("39.95"),
            gl_account="8020",
            cost_centre="ELE",
        ),
    )
}
"""Course kinds by code."""
