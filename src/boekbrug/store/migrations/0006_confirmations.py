"""Who confirmed what will be booked, what a person confirmed of the checklist, and what the login may do."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F

BEFORE = ("enabled", "active", "paused")


def take_as_confirmed(apps, schema_editor):
    """Until now only the command line could enable, and that means both confirmations."""
    integrations = apps.get_model("store", "Integration").objects
    integrations.filter(state__in=BEFORE, confirmed_at=None).update(
        confirmed_at=F("state_since"), confirmed_by="command line"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0005_mapping_history"),
    ]

    operations = [
        migrations.AddField(
            model_name="integration",
            name="confirmed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="integration",
            name="confirmed_by",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.AddField(
            model_name="integration",
            name="rights",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="integration",
            name="rights_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="ChecklistConfirmation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(max_length=40)),
                ("who", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "integration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checklist_confirmations",
                        to="store.integration",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("integration", "item"), name="checklist_confirmation_once")
                ],
            },
        ),
        migrations.RunPython(take_as_confirmed, migrations.RunPython.noop, elidable=True),
    ]
