"""Fields of states in the bare models that a migration makes."""

from django.db import models
from django.db.migrations.state import ModelState, ProjectState

from safekeeping.states import StateField


def test_bare_models_of_a_migration_are_not_looked_through_for_transitions() -> None:
    bare = ModelState("safekeeping", "Bare", [("id", models.AutoField(primary_key=True)),
                                              ("state", StateField())])  # fmt: skip
    project = ProjectState()
    project.add_model(bare)

    field = project.apps.get_model("safekeeping", "Bare")._meta.get_field("state")

    assert isinstance(field, StateField)
    assert field.transitions == {}
