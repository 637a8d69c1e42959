"""The service center: pages that translate, make one call inward and show plain values."""
