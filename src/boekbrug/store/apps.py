"""The Django app of the tables."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """All tables of Boekbrug live under the label `store`."""

    name = "boekbrug.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
