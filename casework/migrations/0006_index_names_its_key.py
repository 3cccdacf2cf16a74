from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0005_death'),
    ]

    operations = [
        migrations.AddField(
            model_name='survivorindex',
            name='key_id',
            field=models.CharField(default='', max_length=16),
            preserve_default=False,
        ),
    ]
