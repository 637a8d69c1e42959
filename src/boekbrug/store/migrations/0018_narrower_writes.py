"""Each invoice is written several times: no index that another one already covers."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0017_write_scope"),
    ]

    operations = [
        migrations.AlterField(
            model_name="booking",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bookings",
                to="store.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="bookinghistory",
            name="booking",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="history", to="store.booking"
            ),
        ),
        migrations.AlterField(
            model_name="invoice",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invoices",
                to="store.organisation",
            ),
        ),
    ]
