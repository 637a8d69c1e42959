"""Boekbrug books a training institute's Coachview invoices into Exact Online, exactly once."""
