from django.db import migrations

from marketplace import catalogue


def load(apps, schema_editor):
    catalogue.load(apps)


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0002_prompt_sketches")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop, elidable=False)]
