"""The debtor of an invoice in our words: inside the invoice, or a record of its own (coachview.md 3.6)."""

from collections.abc import Mapping

from boekbrug.coachview.answers import Record
from boekbrug.coachview.profile import Profile
from boekbrug.coachview.values import MISSING, UNKNOWN_VALUE, WRONG_KIND, Reader, absent, at
from boekbrug.domain.debtor import Address, ContactPerson, Debtor, ExternalId

SEXES = frozenset({"M", "V", "O"})


def debtor_id_of(record: Record, profile: Profile) -> str | None:
    """The id of the debtor that must be fetched because the invoice does not carry it; None when it does."""
    fields = profile.invoices.fields
    carried = at(record.value, fields["debtor"]) if fields["debtor"] else None
    found = at(record.value, fields["debtor_id"]) if fields["debtor_id"] else None
    if not absent(carried) or isinstance(found, bool) or not isinstance(found, (str, int)):
        return None
    return str(found).strip() or None


def read_debtor(reader: Reader, own: Record | None, profile: Profile) -> Debtor | None:
    """The debtor that the invoice carries, or else its `own` record; None, with the fault, when there is neither."""
    found = reader.raw("debtor")
    if absent(found) and own is not None:
        found = own.value
    if absent(found):
        reader.fault("debtor", MISSING, reader.raw("debtor_id"))
        return None
    if not isinstance(found, Mapping):
        reader.fault("debtor", WRONG_KIND, found)
        return None
    return _debtor(reader.inner(found, profile.debtors.fields, "debtor"), profile)


def _debtor(reader: Reader, profile: Profile) -> Debtor:
    visit = _address(reader, "visit_")
    return Debtor(
        id=reader.id("id"),
        number=reader.text("number"),
        external_number=reader.text("external_number"),
        name=reader.text("name", needed=True),
        company=_external_ids(reader, profile, "company"),
        person=_external_ids(reader, profile, "person"),
        invoice_address=_address(reader, ""),
        visit_address=None if visit.empty else visit,
        vat_number=reader.text("vat_number"),
        chamber_of_commerce=reader.text("chamber_of_commerce"),
        private_person=reader.flag("private_person"),
        email=reader.text("email"),
        phone=reader.text("phone"),
        iban=reader.text("iban"),
        bic=reader.text("bic"),
        holder_name=reader.text("holder_name"),
        contact=_contact(reader),
        gl_account=reader.text("gl_account"),
        payment_term_days=reader.days("payment_term_days"),
        language=reader.text("language"),
        reference_mandatory=reader.flag("reference_mandatory"),
    )


def _address(reader: Reader, which: str) -> Address:
    country = reader.text(f"{which}country").upper()
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        reader.fault(f"{which}country", UNKNOWN_VALUE, country)
        country = ""
    return Address(
        line_1=reader.text(f"{which}address_1"),
        line_2=reader.text(f"{which}address_2"),
        line_3=reader.text(f"{which}address_3"),
        postal_code=reader.text(f"{which}postal_code"),
        city=reader.text(f"{which}city"),
        country=country,
    )


def _external_ids(reader: Reader, profile: Profile, owner: str) -> tuple[ExternalId, ...] | None:
    """The pairs of the debtor's company or person; None when the debtor has no such company or person."""
    pairs: list[ExternalId] = []
    for row in reader.rows(f"{owner}_external"):
        if absent(row):
            continue
        inner = Reader(
            record=row,
            paths=profile.debtors.external_fields,
            context=reader.context,
            part="external",
            faults=reader.faults,
        )
        pair = ExternalId(id=inner.text("id"), source=inner.text("source"))
        if pair.id:
            pairs.append(pair)
    return tuple(pairs) if pairs or reader.text(f"{owner}_id") else None


def _contact(reader: Reader) -> ContactPerson | None:
    """The contact person; None without an id, because it could not be known again at the next invoice."""
    contact_id = reader.text("contact_id", longest=100)
    sex = reader.text("contact_sex").upper()
    contact = ContactPerson(
        id=contact_id,
        sex=sex if sex in SEXES else "",
        first_name=reader.text("contact_first_name"),
        prefix=reader.text("contact_prefix"),
        last_name=reader.text("contact_last_name"),
    )
    return contact if contact_id and contact_id != "0" else None
