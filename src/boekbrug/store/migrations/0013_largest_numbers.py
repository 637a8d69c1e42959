"""The longest debtor number and the largest invoice number are found by an index: each look at a koppeling asks."""

import django.db.models.fields.json
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0012_token_calls"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                models.F("organisation"),
                models.OrderBy(
                    django.db.models.functions.text.Length(
                        django.db.models.fields.json.KeyTextTransform(
                            "number", django.db.models.fields.json.KeyTextTransform("debtor", "record")
                        )
                    ),
                    descending=True,
                ),
                name="invoice_longest_debtor_number",
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                models.F("organisation"),
                models.OrderBy(django.db.models.functions.text.Length("number"), descending=True),
                models.OrderBy(models.F("number"), descending=True),
                condition=models.Q(("number__regex", "^[0-9]{1,18}$")),
                name="invoice_largest_number",
            ),
        ),
    ]
