"""The tests of the store need Django's registry before they import a table."""

import django

django.setup()
