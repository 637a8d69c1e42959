"""Boekbrug books a training institute's Coachview invoices into Exact Online, exactly once."""

__version__ = "0.1.0"
