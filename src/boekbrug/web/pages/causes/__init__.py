"""What waits for a person, grouped by cause."""
