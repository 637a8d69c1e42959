"""Vandaag: how things stand, in one sentence and four numbers."""
