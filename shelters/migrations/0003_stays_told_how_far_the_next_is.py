"""A stay that another takes over while it lasts: the other one's own row says how far it is."""

from django.db import migrations

HELD = ('HELD', 'ADMITTED', 'AWAY')


def fill(apps, schema_editor):
    stays = apps.get_model('shelters', 'Stay').objects
    next_ones = stays.filter(ended_at=None).exclude(came_from=None)
    for former, state in list(next_ones.values_list('came_from_id', 'state')):
        stays.filter(pk=former).update(onward='HELD' if state in HELD else 'ASKED')


class Migration(migrations.Migration):

    dependencies = [
        ('shelters', '0002_stay_tells_how_far_the_next_is'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
