"""What other programs call: they wake us up, and tell us nothing that we believe."""
