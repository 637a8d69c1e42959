"""Coachview, the outside party that has the invoices: its access, its names, its words and its failures."""
