"""The mapping tables of a koppeling, with proposals to confirm."""
