"""What is measured, against whom, and the figures to reach; nothing in the tests fails on a time."""
