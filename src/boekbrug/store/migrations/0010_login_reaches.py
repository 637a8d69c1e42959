"""Keep which administrations a login reaches, so that they can be picked without asking Exact."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column with a value of the database's own: the previous release does not write it."""

    dependencies = [("store", "0009_look_first")]

    operations = [
        migrations.AddField("login", "reaches", models.JSONField(db_default={}, default=dict)),
    ]
