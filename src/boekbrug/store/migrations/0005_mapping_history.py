"""Who decided what a code means, and every earlier decision."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0004_rounds_and_webhooks"),
    ]

    operations = [
        migrations.AddField(
            model_name="mapping",
            name="who",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.AddField(
            model_name="mapping",
            name="at",
            field=models.DateTimeField(db_default=Now()),
        ),
        migrations.CreateModel(
            name="MappingChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("from_code", models.CharField(max_length=100)),
                ("old_code", models.CharField(blank=True, max_length=100)),
                ("new_code", models.CharField(blank=True, max_length=100)),
                ("who", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "integration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mapping_changes",
                        to="store.integration",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["integration", "-id"], name="mapping_change_newest")],
            },
        ),
    ]
