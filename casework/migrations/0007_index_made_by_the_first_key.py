"""Until now an installation had one index key: the one whose canary lies in the database."""

from django.db import migrations

BATCH = 5000


def fill(apps, schema_editor):
    canary = apps.get_model('safekeeping', 'KeyCanary').objects.filter(use='index')
    first = canary.order_by('pk').values_list('key_id', flat=True).first()
    index = apps.get_model('casework', 'SurvivorIndex').objects
    while ids := list(index.filter(key_id='').values_list('pk', flat=True)[:BATCH]):
        if first is None:
            raise RuntimeError('There are search indexes, and no index key is known: start once.')
        index.filter(pk__in=ids).update(key_id=first)


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0006_index_names_its_key'),
        ('safekeeping', '0004_keys_without_holds'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
