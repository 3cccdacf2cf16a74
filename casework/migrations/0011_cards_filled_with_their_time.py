"""A card was made with its case, so the case's own time is that of the report."""

from django.db import migrations
from django.db.models import OuterRef, Subquery

BATCH = 5000


def fill(apps, schema_editor):
    case = apps.get_model('casework', 'Case').objects.filter(pk=OuterRef('case_id'))
    cards = apps.get_model('casework', 'EmergencyCard').objects
    while ids := list(cards.filter(reported_at=None).values_list('pk', flat=True)[:BATCH]):
        cards.filter(pk__in=ids).update(reported_at=Subquery(case.values('recorded_at')[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0010_card_says_when_it_was_reported'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
