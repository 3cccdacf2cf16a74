"""States that only their own edges may move, in Python and in the database."""

import re
from functools import cache
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import models
from django.db.models.lookups import Exact, In
from django.db.models.signals import class_prepared
from django_fsm import ConcurrentTransitionMixin, FSMField, FSMFieldDescriptor, FSMFieldMixin

Edge = tuple[str, str]
WORD = re.compile(r"[A-Z_]+")
HISTORICAL = "__fake__"  # the module of a model as a migration knows it


class StateDescriptor(FSMFieldDescriptor):
    """Refuses assignment once a row has its state.

    django-fsm's own `protected=True` loosens the *class* while a row is refreshed: one refresh of a
    vanished row leaves the whole process unguarded. This guard lives on the instance alone.
    """

    def __set__(self, instance: Any, value: Any) -> None:
        held = instance.__dict__
        if self.field.name in held and not held.get("_refreshing"):
            raise AttributeError(f"{self.field.name} moves by its transitions only")
        self.field.set_state(instance, value)


class StateField(FSMField):
    """A state; choices come from the model's `TextChoices`, moves from its transitions."""

    descriptor_class = StateDescriptor

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 24)
        super().__init__(*args, **kwargs)

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False, **more: Any
    ) -> None:
        """Look for transitions on live models only.

        django-fsm looks for those of each field whenever any class is made. A migration makes
        thousands of bare ones, whose fields would all look again at every later one.
        """
        super().contribute_to_class(cls, name, private_only, **more)
        if cls.__module__ == HISTORICAL:
            class_prepared.disconnect(self._collect_transitions)


class _Spelled:
    """The state is spelled out in the statement: it is a word of ours, never anybody's input.

    As a parameter it would be unknown to a plan made once for all values, and such a plan finds no
    index that holds rows of certain states alone.
    """

    def process_rhs(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        text, values = super().process_rhs(compiler, connection)  # type: ignore[misc]
        if values and all(isinstance(one, str) and WORD.fullmatch(one) for one in values):
            return text % tuple(f"'{one}'" for one in values), []
        return text, values


@StateField.register_lookup
class StateIs(_Spelled, Exact):
    """`state=…`."""


@StateField.register_lookup
class StateIsOneOf(_Spelled, In):
    """`state__in=…`."""


class Stateful(ConcurrentTransitionMixin, models.Model):
    """A row with a state: saving over a state that moved raises ConcurrentTransition."""

    class Meta:
        abstract = True

    @property
    def state_fields(self) -> tuple[Any, ...]:
        """django-fsm asks for them at every row loaded, and would look through all columns."""
        return _state_fields(type(self))

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__["_refreshing"] = True
        try:
            super().refresh_from_db(*args, **kwargs)
        finally:
            del self.__dict__["_refreshing"]


@cache
def _state_fields(model: type[models.Model]) -> tuple[Any, ...]:
    return tuple(field for field in model._meta.fields if isinstance(field, FSMFieldMixin))


def edges(model: type[models.Model], field: str = "state") -> list[Edge]:
    """Every edge that the model's transitions declare, as sorted (from, to) pairs, loops left out.

    makemigrations hands over a bare historical model without transitions, so the live one is asked.
    """
    live: Any = apps.get_model(model._meta.label)
    state: Any = live._meta.get_field(field)
    every = [choice[0] for choice in state.choices]
    found = set()
    for move in state.get_all_transitions(live):
        if move.target is None:
            continue
        sources = every if move.source in ("*", "+") else [move.source]
        found |= {(str(s), str(move.target)) for s in sources if s != move.target}
    return sorted(found)


def births(model: type[models.Model], field: str = "state") -> tuple[str, ...]:
    """The states that a row of the model may be born in, as its trigger declares them."""
    live: Any = apps.get_model(model._meta.label)
    declared = [one for one in live._meta.triggers if isinstance(one, Births)]
    return tuple(str(state) for one in declared if one.field == field for state in one.states)


class Edges(pgtrigger.Trigger):
    """The same edges as a trigger: what raw SQL or `update()` would pass, the database refuses."""

    when = pgtrigger.Before
    operation = pgtrigger.Update

    def __init__(self, *, name: str, field: str = "state") -> None:
        self.field = field
        super().__init__(name=name)

    def get_func(self, model: Any) -> str:
        allowed = ", ".join(f"('{a}', '{b}')" for a, b in edges(model, self.field))
        old, new = f"OLD.{self.field}", f"NEW.{self.field}"
        return f"""
            IF {old} <> {new} AND ({old}, {new}) NOT IN ({allowed}) THEN
                RAISE EXCEPTION 'no edge % -> %', {old}, {new}
                USING ERRCODE = 'check_violation', CONSTRAINT = '{self.name}';
            END IF;
            RETURN NEW;
        """


class Births(pgtrigger.Trigger):
    """Which states a row may be born in; an INSERT passes no edge, so it needs its own guard."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert

    def __init__(self, *, name: str, states: tuple[str, ...], field: str = "state") -> None:
        self.field, self.states = field, states
        super().__init__(name=name)

    def get_func(self, model: Any) -> str:
        allowed = ", ".join(f"'{state}'" for state in self.states)
        return f"""
            IF NEW.{self.field} NOT IN ({allowed}) THEN
                RAISE EXCEPTION 'not born as %', NEW.{self.field}
                USING ERRCODE = 'check_violation', CONSTRAINT = '{self.name}';
            END IF;
            RETURN NEW;
        """
