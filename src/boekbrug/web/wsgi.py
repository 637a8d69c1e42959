"""The door for the server: granian serves `application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "boekbrug.django_settings")

application = get_wsgi_application()
