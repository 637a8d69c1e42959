"""Each move of an invoice writes its history: one index less, for another begins with the same column."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0017_write_scope"),
    ]

    operations = [
        migrations.AlterField(
            model_name="bookinghistory",
            name="booking",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="history", to="store.booking"
            ),
        ),
    ]
