"""Our records in Exact's words and back: pure, no network, no clock."""
