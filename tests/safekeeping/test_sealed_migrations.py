"""What a migration says of a sealed field."""

from django.db import connection
from django.db.migrations.writer import MigrationWriter

from safekeeping.sealed import SealedField
from tests.safekeeping.lab import Person


def test_migrations_name_field_and_group_by_path():
    path, imports = MigrationWriter.serialize(Person._meta.get_field("identity"))

    assert path == "safekeeping.sealed.SealedField('tests.safekeeping.lab.Identity')"
    assert imports == {"import safekeeping.sealed"}


def test_a_migrations_field_asks_for_its_group_only_when_used():
    field = SealedField("gone.away.Group")

    assert field.clone().deconstruct()[2] == ["gone.away.Group"]
    assert field.db_type(connection) == "bytea"
