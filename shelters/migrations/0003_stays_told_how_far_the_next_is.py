"""A stay that another takes over while it lasts: the other one's own row says how far it is."""

from django.db import migrations

ASLEEP = ('ADMITTED', 'AWAY')
HELD = ('HELD', *ASLEEP)


def fill(apps, schema_editor):
    stays = apps.get_model('shelters', 'Stay').objects
    next_ones = stays.filter(ended_at=None, came_from__state__in=ASLEEP)
    for former, state in list(next_ones.values_list('came_from_id', 'state')):
        stays.filter(pk=former).update(onward='HELD' if state in HELD else 'ASKED')


class Migration(migrations.Migration):

    dependencies = [
        ('shelters', '0002_stay_tells_how_far_the_next_is'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
