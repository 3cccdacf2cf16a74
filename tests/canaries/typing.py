"""Her words typed into every form that anybody is shown, and which forms of the code they reached.

Forms are found by walking the pages, and by asking the code which there are: one that no page
showed is missed by name, and its page is added to `hidden_pages`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django import forms
from django.db import connection
from django.forms.forms import BaseForm
from django.test import Client
from django.urls import reverse

from casework import actions
from casework.models import BreakGlass
from casework.reports import Facts, Sealed
from casework.views.describing import PIECES
from network import formkit, registry
from referral import actions as referrals
from referral.actions.sending import Order
from safekeeping import keys, rls
from safekeeping.keyring import CommandSource
from tests.conftest import NOW
from tests.odd import values
from tests.odd.forms import Field, Form
from tests.odd.world import STATES
from tests.referral.conftest import agree, office
from tests.shelters.conftest import PLACE, actor_named, do

OURS = ("casework", "referral", "shelters", "hotline", "figures")
TRIES = 4  # of one form: what was refused is answered otherwise


@dataclass
class Reached:
    """Names of the forms that took her words, and of those that have no box for any."""

    stem: str
    number: str
    tried: set[str] = field(default_factory=set)
    without_box: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)  # names of fields, of the last request
    statuses: list[int] = field(default_factory=list)
    in_clear: set[str] = field(default_factory=set)  # statements that carried a word of hers

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Note each form that is asked whether it is well-shaped, and what the database is told."""
        clean = BaseForm.full_clean

        def noting(form: BaseForm) -> None:
            clean(form)
            self.refused += [form.add_prefix(name) for name in form.errors]
            if not any(map(_is_box, form.fields.values())):
                self.without_box.add(name_of(type(form)))
            elif form.is_bound and self.stem in repr(dict(form.data)):
                self.tried.add(name_of(type(form)))

        with pytest.MonkeyPatch.context() as patch, connection.execute_wrapper(self._overhear):
            patch.setattr(BaseForm, "full_clean", noting)
            yield

    def _overhear(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        """A server may log a statement with its values, and shows it to whoever watches."""
        if self.stem in f"{sql}{params}":
            self.in_clear.add(f"{sql}")
        return execute(sql, params, many, context)

    def type_into(self, client: Client, form: Form) -> None:
        """Press each of its buttons; every box holds her words, or her number where it must."""
        buttons = {one.name: one.options for one in form if one.kind == "submit"}
        named = [{name: value} for name, values in buttons.items() for value in values]
        for pressed in (*named, {}):
            self._press(client, form, pressed, set(buttons))

    def _press(
        self, client: Client, form: Form, pressed: dict[str, str], buttons: set[str]
    ) -> None:
        """Again, with another answer to what was refused, until it is taken or nothing helps."""
        turns = dict.fromkeys(form.fields, 0)
        for _ in range(TRIES):
            self.refused.clear()
            hasty = dict(values.filled(form, self.stem))
            asked = [one for one in form if one.name not in buttons]
            given = {one.name: self._answer(one, hasty[one.name], turns[one.name]) for one in asked}
            self.statuses.append(client.post(form.action, given | pressed).status_code)
            if not self.refused:
                return
            for name in turns:
                turns[name] += any(name.startswith(one) for one in self.refused if one)

    def _answer(self, one: Field, first: str, turn: int) -> str:
        if not turn:
            return first
        others = [o for o in one.options if o != first] or [self.number, "1", "2027", ""]
        return others[min(turn, len(others)) - 1]

    def missed(self) -> set[str]:
        """Forms of the code that her words did not reach."""
        return forms_with_a_box() - self.tried - self.without_box


def name_of(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def forms_with_a_box() -> set[str]:
    """Every form of the apps that know of her into which words go; of heirs the last."""
    return {
        name_of(kind)
        for kind in _below(BaseForm)
        if _is_ours(kind) and not any(map(_is_ours, kind.__subclasses__()))
        and any(map(_is_box, getattr(kind, "base_fields", {}).values()))
    }  # fmt: skip


def _is_ours(kind: type) -> bool:
    return kind.__module__.split(".")[0] in OURS


def _below(kind: Any) -> Iterator[Any]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _is_box(one: forms.Field) -> bool:
    return isinstance(one, formkit.Text) and not one.widget.is_hidden


def hidden_pages(starts: dict[str, list[str]]) -> list[tuple[str, str]]:
    """(who, address) of pages with a form that few links lead to, each made so that it is asked."""
    cases = dict(zip(("rich", *STATES), starts["worker"], strict=False))
    names = ("rich", "SUPPORTED", "CLOSING")
    rich, supported, closing = (cases[name].removeprefix("/ho-so/") for name in names)
    hold = do("leader", actions.place_hold, reference=rich, reason="court", holder="x", paper="x")
    return [
        *(("worker", reverse("casework:piece", args=[rich, part])) for part in PIECES),
        ("worker", f"{cases['rich']}/chuyen-tuyen?service=health"),
        ("worker", reverse("casework:follow", args=[supported])),
        ("worker", reverse("referral:detail", args=[_asked_outside(rich)])),
        ("leader", reverse("casework:lift_hold", args=[hold])),
        ("leader", reverse("casework:decide", args=[closing])),
        ("newcomer", reverse("casework:explain", args=[_opened_by("newcomer")])),
        ("worker", reverse("casework:break_glass", args=[closing])),
        ("officer", reverse("casework:report_words", args=[_told_without_keys()])),
    ]


def _asked_outside(case: Any) -> Any:
    agree(case, actor_named("worker"), "legal", "legal_aid", {"contact"})
    order = Order(
        service="legal", to_agency=office("tgpl"), urgency="routine", reach_by="companion",
        needs=("advice",), groups=("contact",),
    )  # fmt: skip
    return do("worker", referrals.send_referral, reference=case, order=order)


def _opened_by(name: str) -> Any:
    actor = actor_named(name)
    with rls.acting(actor=actor, now=NOW):
        return BreakGlass.objects.filter(user_id=actor.user_id).latest("pk").reference


def _told_without_keys() -> Any:
    place = registry.unit_on(PLACE, NOW.date())
    with keys.using(CommandSource(("/nowhere/keys",))):
        return do(
            "officer", actions.report_case, facts=Facts(place=place), sealed=Sealed(account="x")
        )
