"""The options of a koppeling as one frozen record (options.md); keys are the ones that are stored and shown."""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum


class Site(StrEnum):
    """The Exact site to log in to."""

    NL = "NL"
    BE = "BE"
    PRACTICE = "practice"


class Country(StrEnum):
    """The country of the administration."""

    NL = "NL"
    BE = "BE"


class Purpose(StrEnum):
    """What the koppeling is for: live, test administration, or shadow (sends nothing)."""

    LIVE = "echt"
    TEST = "proef"
    SHADOW = "schaduw"


class NumberSource(StrEnum):
    """Where the customer number comes from."""

    NUMBER = "debiteurnummer"
    EXTERNAL_NUMBER = "debiteurnummer_extern"
    EXTERNAL_ID = "bedrijf_persoon_extern_id"


class DateSource(StrEnum):
    """Which date decides the period or the entry date."""

    INVOICE = "factuurdatum"
    ORDER_START = "order_startdatum"
    ORDER_END = "order_einddatum"
    EXPORT = "exportdatum"


class ExportMode(StrEnum):
    """When definitive invoices go to Exact."""

    REALTIME = "realtime"
    BULK = "bulk"


class Repeat(StrEnum):
    """How often the bulk run repeats."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class ClosedPeriod(StrEnum):
    """What happens when the journal is closed in the invoice's period."""

    HOLD = "hold"
    FIRST_OPEN = "first_open"


class ProjectSource(StrEnum):
    """Where the project code comes from."""

    REQUEST_NUMBER = "aanvraagnummer"
    REQUEST_REFERENCE = "aanvraag_referentie"
    INVOICE_REFERENCE = "factuur_referentie"
    COURSE = "opleidingscode"
    COURSE_KIND = "opleidingssoortcode"


class ProjectMissing(StrEnum):
    """What happens when the project does not exist in Exact."""

    HOLD = "hold"
    CREATE = "create"
    OMIT = "omit"


class OrderDateType(StrEnum):
    """Where the order start and end dates come from."""

    COURSE = "opleiding"
    LESSONS = "opleidingsonderdelen"
    REQUEST = "aanvraag"


class OrderDateDetermination(StrEnum):
    """How the order dates of several lines are combined."""

    PER_LINE = "per_regel"
    EARLIEST_LATEST = "vroegste_laatste"
    FIRST_LINE = "eerste_regel"


class DeferralSplit(StrEnum):
    """How Exact is taken to spread deferred revenue: equal parts per month (the rest in the last), or by days."""

    MONTHS = "maanden"
    DAYS = "dagen"


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceFilter:
    """Which invoices are this koppeling's; empty parts do not restrict. `numbers` are inclusive ranges of text."""

    numbers: tuple[tuple[str, str], ...] = ()
    cost_centres: tuple[str, ...] = ()
    course_kinds: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldLengths:
    """Maximum text lengths in Exact (exact-rest.md 4.0: low trust, so settings rather than constants)."""

    description: int = 60
    line_description: int = 60
    your_reference: int = 40
    payment_reference: int = 25
    name: int = 50
    address_line: int = 60
    city: int = 40
    postal_code: int = 20
    project_code: int = 24
    notes: int = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """Every option that decides what `book()` does and when; the OAuth and Coachview credentials live elsewhere.

    `activated_on` is the day of Inschakelen (None: taken to be `book_from`).
    """

    name: str = "Exact Online"
    site: Site = Site.NL
    division: int | None = None
    country: Country = Country.NL
    book_from: date | None = None
    activated_on: date | None = None
    purpose: Purpose = Purpose.LIVE
    invoice_filter: InvoiceFilter = InvoiceFilter()

    overwrite_customer: bool = False
    debtor_number_1: NumberSource = NumberSource.NUMBER
    debtor_number_2: NumberSource | None = None
    debtor_number_3: NumberSource | None = None
    external_source: str = ""
    debtor_prefix: str = ""
    protected_fields: tuple[str, ...] = ("iban", "payment_term")
    deferred_revenue: bool = False
    deferral_split: DeferralSplit = DeferralSplit.MONTHS

    period_date_1: DateSource = DateSource.INVOICE
    period_date_2: DateSource | None = None
    entry_date: DateSource = DateSource.INVOICE
    credit_notes: bool = False
    journal: str = "70"
    receivables_account: str = "1300"
    send_pdf: bool = True
    export_mode: ExportMode = ExportMode.REALTIME
    bulk_time: time = time(1, 0)
    bulk_repeat: Repeat = Repeat.DAY
    bulk_day: str = ""
    send_cost_centre: bool = True
    cost_centre_none: str = "Intern"
    invoice_prefix: str = ""
    payment_registration: bool = False
    payments_from: date | None = None
    closed_period: ClosedPeriod = ClosedPeriod.HOLD
    vat_rounding: Decimal = Decimal("0.02")

    project_source: ProjectSource | None = None
    project_missing: ProjectMissing = ProjectMissing.HOLD

    order_date_type: OrderDateType = OrderDateType.COURSE
    order_date_determination: OrderDateDetermination = OrderDateDetermination.PER_LINE

    lengths: FieldLengths = FieldLengths()
