"""Who took being contacted back before the case said so itself."""

from django.db import migrations


def fill(apps, schema_editor):
    refused = apps.get_model('casework', 'Consent').objects.filter(purpose='contact')
    cases = apps.get_model('casework', 'Case').objects
    cases.filter(pk__in=refused.values('case_id')).update(contactable=False)


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0013_whether_she_may_be_contacted'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
