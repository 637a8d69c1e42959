"""The return from Exact's login."""
