"""Coachview, as far as a bookkeeping link sees it: token, lists, invoices, PDFs, writing back, webhooks."""
