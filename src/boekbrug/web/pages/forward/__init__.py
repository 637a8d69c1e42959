"""One cause, shown to the accountant by a link that needs no account."""
