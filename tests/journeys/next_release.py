"""The next release of the program, as it will be made: our sources with another column, table, index and migration."""

import shutil
from pathlib import Path

from tests.journeys.house import SOURCE

MODELS = """

from django.db import models as _next

Booking.add_to_class("next_release", _next.IntegerField(default=0, db_default=0))
Intent.add_to_class("next_release", _next.CharField(max_length=20, null=True, db_index=True))


class NextRelease(_next.Model):
    booking = _next.ForeignKey(Booking, on_delete=_next.CASCADE, null=True)
"""
MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "{before}")]
    operations = [
        migrations.AddField("booking", "next_release", models.IntegerField(default=0, db_default=0)),
        migrations.AddField("intent", "next_release", models.CharField(max_length=20, null=True, db_index=True)),
        migrations.CreateModel(
            "NextRelease",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("booking", models.ForeignKey("store.booking", on_delete=models.CASCADE, null=True)),
            ],
        ),
    ]
"""


def write_next_release(folder: Path) -> Path:
    """Write it into a new folder, which is then the place of its sources."""
    package = folder / "boekbrug"
    shutil.copytree(SOURCE / "boekbrug", package, ignore=shutil.ignore_patterns("__pycache__"))
    with (package / "store" / "models" / "__init__.py").open("a", encoding="utf-8") as models:
        models.write(MODELS)
    migrations = package / "store" / "migrations"
    before = max(path.stem for path in migrations.glob("0*.py"))
    (migrations / "9999_next_release.py").write_text(MIGRATION.format(before=before), encoding="utf-8")
    return folder
