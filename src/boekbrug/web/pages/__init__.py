"""One folder per page: its view, its forms and its template."""
