"""What public material leaves open about Coachview, and what goes wrong with its PDFs and webhooks, as switches."""

from boekbrug_sim.control import Switch, Switches

_SWITCHES = (
    Switch(
        name="withheld_scopes",
        default="",
        section="4.1",
        meaning="Scopes, with blanks between, that new tokens silently lack.",
    ),
    Switch(
        name="missing_scope",
        default="example",
        allowed=("example", "refuse"),
        section="4.1, 4.2",
        meaning="A list without its scope: example data with equal ids, or a 403; both were told.",
    ),
    Switch(
        name="token_seconds",
        default=3600,
        section="4.1",
        meaning="Lifetime of new tokens; Coachview lets one choose 900, 3600 or 28800.",
    ),
    Switch(
        name="search_seconds",
        default=30,
        section="4.2",
        meaning="How long a list may search before it is a 500 that tells of a time-out.",
    ),
    Switch(
        name="pdf_missing",
        default="",
        section="4.4",
        meaning="Invoice numbers, with blanks between, that have no PDF (404); * is all.",
    ),
    Switch(
        name="pdf_broken",
        default="",
        section="4.4",
        meaning="Invoice numbers whose PDF is a broken file; * is all.",
    ),
    Switch(
        name="pdf_large",
        default="",
        section="4.4",
        meaning="Invoice numbers whose PDF is as large as pdf_large_bytes; * is all.",
    ),
    Switch(
        name="pdf_large_bytes",
        default=30_000_000,
        section="4.4",
        meaning="Size in bytes of a PDF that is too large.",
    ),
    Switch(
        name="webhook_seconds_late",
        default=0,
        section="4.5",
        meaning="How long a webhook waits before it is sent.",
    ),
    Switch(
        name="webhook_times",
        default=1,
        section="4.5",
        meaning="How often each webhook is sent; 0 loses them all.",
    ),
    Switch(
        name="webhook_signature",
        default="right",
        allowed=("right", "wrong", "none"),
        section="4.5",
        meaning="Whether the signature of a webhook is right, that of another secret, or not there.",
    ),
)


def switches() -> Switches:
    """Every switch at its default."""
    return Switches(_SWITCHES)
