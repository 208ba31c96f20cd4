from django.db import migrations, models

import common.clock

# Words are read many times more often than written: kept as they are, they need not be unpacked for each rank.
_UNPACKED = "ALTER TABLE marketplace_searchdocument ALTER COLUMN vector SET STORAGE {}"


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0006_search")]

    operations = [
        migrations.AddField("searchdocument", "facts", models.BigIntegerField(default=0)),
        migrations.AddField("searchdocument", "price", models.PositiveIntegerField(default=0)),
        migrations.AddField("searchdocument", "rating", models.FloatField(default=0)),
        migrations.AddField("searchdocument", "changed_at", models.DateTimeField(default=common.clock.now)),
        migrations.RunSQL(_UNPACKED.format("EXTERNAL"), _UNPACKED.format("EXTENDED")),
    ]
