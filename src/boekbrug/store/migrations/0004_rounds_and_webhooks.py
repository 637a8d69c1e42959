"""The webhook's address and secret, the next round of a koppeling, and what Coachview was told of a booking.

Every new column has a value of the database's own, so that the previous release's code goes on writing rows.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0003_set_up_link"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="hook_sealed",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="organisation",
            name="hook_hash",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
        migrations.AddField(
            model_name="organisation",
            name="webhook_secret_sealed",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("hook_hash", ""), _negated=True),
                fields=("hook_hash",),
                name="organisation_hook_once",
            ),
        ),
        migrations.AddField(
            model_name="integration",
            name="round_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="integration",
            name="round_state",
            field=models.CharField(
                blank=True,
                choices=[("fetching", "Fetching"), ("booking", "Booking")],
                db_default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="unconfirmed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="booking",
            name="confirmed_as",
            field=models.JSONField(null=True),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("unconfirmed", True)),
                fields=["administration", "id"],
                name="booking_unconfirmed",
            ),
        ),
    ]
