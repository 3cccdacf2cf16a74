from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0011_cards_filled_with_their_time'),
    ]

    operations = [
        migrations.AlterField(
            model_name='emergencycard',
            name='reported_at',
            field=models.DateTimeField(),
        ),
    ]
