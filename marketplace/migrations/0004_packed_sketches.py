from django.db import migrations, models


class Migration(migrations.Migration):
    """A sketch as bytes: an eighth of the work to write it."""

    dependencies = [("marketplace", "0003_catalogue")]

    operations = [
        migrations.RemoveField(model_name="prompttext", name="sketch"),
        migrations.AddField(
            model_name="prompttext",
            name="sketch",
            field=models.BinaryField(default=bytes, help_text="64 unsigned numbers of 32 bits."),
        ),
    ]
