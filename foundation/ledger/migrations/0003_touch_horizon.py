"""Up to which entry touches were cleared away."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_entry_removed")]

    operations = [
        migrations.CreateModel(
            name="TouchHorizon",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="touchhorizon_is_one_row")
                ]
            },
        ),
    ]
