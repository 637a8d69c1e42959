"""Exact Online: everything of this outside party, from the login to its words; nobody else speaks its wire."""
