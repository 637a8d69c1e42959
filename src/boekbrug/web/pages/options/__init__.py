"""Opties: what holds for the whole institute, the language, and who has access."""
