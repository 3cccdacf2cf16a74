"""Each hold that stands in a key's row becomes a row of its own."""

from django.db import migrations


def copy(apps, schema_editor):
    keys = apps.get_model('safekeeping', 'SubjectKey').objects.exclude(legal_hold='')
    rows = keys.values_list('subject', 'legal_hold', 'legal_hold_ends').distinct()
    hold = apps.get_model('safekeeping', 'SubjectHold')
    hold.objects.bulk_create(
        [hold(subject=subject, reason=reason, ends=ends) for subject, reason, ends in rows],
        batch_size=500,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('safekeeping', '0002_holds_stand_side_by_side'),
    ]

    operations = [
        migrations.RunPython(copy, migrations.RunPython.noop),
    ]
