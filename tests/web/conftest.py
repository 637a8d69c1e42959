"""Pages need Django's registry before their tables are imported."""

import django

django.setup()
