from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('safekeeping', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SubjectHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.UUIDField(db_index=True)),
                ('source', models.UUIDField(null=True)),
                ('reason', models.CharField(max_length=40)),
                ('ends', models.DateTimeField(null=True)),
            ],
        ),
    ]
