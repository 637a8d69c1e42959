"""Our names of the fields that a profile must name, by record; the same names as in the domain's records."""

# fmt: off
INVOICE_FIELDS = (
    "id", "number", "status", "definitive_on", "invoice_date", "due_date", "payment_term_days", "currency", "rate",
    "total_excl", "total_vat", "total_incl", "reference", "payment_reference", "text", "payment_method_type",
    "already_paid", "changed_at", "debtor_id", "debtor", "lines", "vat",
)
LINE_FIELDS = (
    "id", "description", "quantity", "unit_price", "amount", "vat_code", "vat_percentage", "vat_amount", "gl_account",
    "cost_centre", "request_number", "request_reference", "request_start", "request_end", "course_code",
    "course_start", "course_end", "course_first_lesson", "course_last_lesson", "course_kind",
)
VAT_FIELDS = ("code", "base", "amount")
DEBTOR_FIELDS = (
    "id", "number", "external_number", "name", "vat_number", "chamber_of_commerce", "private_person",
    "address_1", "address_2", "address_3", "postal_code", "city", "country",
    "visit_address_1", "visit_address_2", "visit_address_3", "visit_postal_code", "visit_city", "visit_country",
    "email", "phone", "iban", "bic", "holder_name", "gl_account", "payment_term_days", "language",
    "reference_mandatory", "company_id", "company_external", "person_id", "person_external",
    "contact_id", "contact_sex", "contact_first_name", "contact_prefix", "contact_last_name",
)
EXTERNAL_FIELDS = ("id", "source")
WRITE_BACK_FIELDS = ("confirmed", "confirmed_text", "paid", "paid_on", "paid_amount", "paid_text")

# Where an empty name would make every invoice unreadable.
NEEDED = {
    "invoices.fields": (
        "id", "number", "status", "invoice_date", "total_excl", "total_vat", "total_incl", "changed_at", "lines",
    ),
    "invoices.line_fields": ("amount", "vat_code", "vat_percentage", "vat_amount", "gl_account"),
    "invoices.vat_fields": VAT_FIELDS,
    "debtors.fields": ("id", "name"),
    "debtors.external_fields": EXTERNAL_FIELDS,
}
# fmt: on

# Where a path may go through every element of a list (`a[].b`): only what is a list on our side too.
LISTS = {
    ("invoices.fields", "lines"),
    ("invoices.fields", "vat"),
    ("debtors.fields", "company_external"),
    ("debtors.fields", "person_external"),
}
