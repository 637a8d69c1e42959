"""The Exact Online simulator: OAuth, entities, bookkeeping and limits. Source: exact-rest.md."""
