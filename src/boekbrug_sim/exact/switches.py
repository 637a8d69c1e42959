"""Everything that the reference leaves open (CONFLICT, INFERRED, not settled), each with its default."""

from boekbrug_sim.control import Switch, Switches

KNOWN = (
    Switch(
        name="refresh_from_seconds",
        default=570,
        section="1.4",
        meaning="age of an access token from which a refresh is accepted (570 official, 600 seen live)",
    ),
    Switch(
        name="old_refresh_token_ends_chain",
        default=True,
        allowed=(True, False),
        section="1.4",
        meaning="whether offering a used refresh token ends the whole chain",
    ),
    Switch(
        name="refresh_grace_seconds",
        default=0,
        section="1.4, 8",
        meaning="how long a used refresh token still gets the pair that replaced it, for a lost answer",
    ),
    Switch(
        name="token_calls_per_day",
        default=200,
        section="1.3",
        meaning="token calls per app, user and day; 0 is no limit. The answer beyond it (429) is guessed",
    ),
    Switch(
        name="unauthorised_body",
        default="html",
        allowed=("html", "empty"),
        section="1.5",
        meaning="what a 401 carries: a page that says the object moved, or nothing",
    ),
    Switch(
        name="error_block",
        default=True,
        allowed=(True, False),
        section="2",
        meaning="whether more than 10 errors of one endpoint within an hour block the key for an hour",
    ),
    Switch(
        name="error_block_status",
        default=403,
        allowed=(403, 429),
        section="2, 8",
        meaning="status of a blocked key (guessed)",
    ),
    Switch(
        name="broad_read_rows",
        default=10_000,
        section="2",
        meaning="rows from which a read without $filter or $top of an endpoint with a sync sister ends in 408",
    ),
    Switch(
        name="post_status",
        default=201,
        allowed=(200, 201),
        section="3.3, 8",
        meaning="status of a successful POST",
    ),
    Switch(
        name="type_21",
        default="honour",
        allowed=("honour", "ignore"),
        section="6.4",
        meaning="whether Type 21 in a sales entry is honoured although metadata says read only",
    ),
    Switch(
        name="entry_number",
        default="honour",
        allowed=("honour", "ignore"),
        section="4.1, 8",
        meaning="whether an EntryNumber given by the client is taken",
    ),
    Switch(
        name="invoice_number",
        default="entry_number",
        allowed=("entry_number", "given"),
        section="4.1, 8",
        meaning="InvoiceNumber follows EntryNumber, or is the one given (else EntryNumber)",
    ),
    Switch(
        name="deferral",
        default="equal",
        allowed=("equal", "off"),
        section="6.6",
        meaning="lines of type 84 in equal parts per month with the rest in the last, or none",
    ),
    Switch(
        name="payment_condition",
        default="first",
        allowed=("first", "none"),
        section="4.1",
        meaning="condition of an entry when neither it nor the customer has one: the first on credit, or refused",
    ),
    Switch(
        name="vat_number_check",
        default=True,
        allowed=(True, False),
        section="4.3",
        meaning="whether VATNumber of a relation is checked on form",
    ),
    Switch(
        name="receivables_account_check",
        default=True,
        allowed=(True, False),
        section="6.5",
        meaning="whether GLAR of the customer must be the account of the journal",
    ),
    Switch(
        name="code_in_update",
        default="refuse",
        allowed=("refuse", "accept"),
        section="4.3",
        meaning="whether Code in a PUT of a relation is refused with `Gegeven bestaat reeds`",
    ),
    Switch(
        name="attachment_megabytes",
        default=10,
        section="4.5, 8",
        meaning="largest attachment; the limit and its message are guessed",
    ),
    Switch(
        name="english_journal",
        default="Diary",
        allowed=("Diary", "Journal"),
        section="3.4, 6.1",
        meaning="the English word for a journal in messages; both were seen",
    ),
    Switch(
        name="webhook_retry_seconds",
        default=60,
        section="4.9",
        meaning="first wait before a webhook is sent again; it doubles, about ten times",
    ),
)


def switches() -> Switches:
    """All switches of the Exact simulator at their defaults."""
    return Switches(KNOWN)
