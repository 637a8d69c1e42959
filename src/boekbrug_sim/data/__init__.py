"""Practice data: an institute that does not exist, and the Exact company that belongs to it."""
