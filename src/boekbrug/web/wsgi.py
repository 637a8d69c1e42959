"""The door for the server: granian serves `application`."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "boekbrug.django_settings")

application = get_wsgi_application()

# What the start made stays as long as the process. A full collection that looks through it again makes one page in
# some hundreds wait longer than most pages take.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
