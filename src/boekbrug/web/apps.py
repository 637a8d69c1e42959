"""Makes the service center known to Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The app with the pages, their templates, static files and words."""

    name = "boekbrug.web"
    label = "web"
