"""Our own books: the Django app with all tables and the only SQL of the product."""
