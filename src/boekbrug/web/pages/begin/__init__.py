"""The first visit: the institute and the person who administers it."""
