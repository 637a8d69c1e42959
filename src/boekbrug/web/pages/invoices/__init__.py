"""The list of invoices with state and cause."""
