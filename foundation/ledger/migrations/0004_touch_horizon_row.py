"""The one row of the horizon: what was cleared before it stood is not known, so it begins at the ledger's head."""

from django.db import migrations


def make_horizon(apps, schema_editor):
    head = apps.get_model("ledger", "LedgerHead").objects.get(pk=1)
    apps.get_model("ledger", "TouchHorizon").objects.create(pk=1, seq=head.seq)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_touch_horizon")]

    operations = [migrations.RunPython(make_horizon, migrations.RunPython.noop)]
