"""The kinds of integrations, and the tile of Exact."""
