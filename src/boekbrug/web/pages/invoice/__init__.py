"""One invoice: its problems, its entry, its history."""
