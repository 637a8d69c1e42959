"""One koppeling: its connection and its options."""
