"""Two versions of one form: what stands now and what was typed, in the words of the form itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.choices import flatten_choices
from django.utils.translation import gettext

STANDS = ("seen", "version")  # hidden fields: what the form was begun upon


@dataclass(frozen=True)
class Pair:
    """One question with both answers, in words."""

    label: str
    there: str
    typed: str

    @property
    def differs(self) -> bool:
        """Do the two say something else?"""
        return self.there != self.typed


@dataclass
class Later:
    """A form that may turn out to be the later of two.

    form: as it was sent, and found valid. begin: what the same form begins with now, field → value.
    """

    form: forms.Form
    begin: Callable[[], Mapping[str, Any]]

    def pairs(self, there: Mapping[str, Any]) -> Iterator[Pair]:
        """Every question that a person sees, with both answers."""
        for bound in self.form.visible_fields():
            typed = self.form.cleaned_data.get(bound.name)
            if bound.name in there or typed:
                label = str(bound.label)
                now = said(bound.field, there.get(bound.name))
                yield Pair(label, now, said(bound.field, typed))

    def again(self, there: Mapping[str, Any]) -> forms.Form:
        """The form as it was typed, begun anew upon what stands now."""
        typed: Any = self.form.data  # a request's own, which may not be changed
        sent = typed.copy()
        for name in STANDS:
            if name in there:
                sent[name] = there[name]
        self.form.data = sent
        return self.form


def keep(request: Any, form: forms.Form, begin: Callable[[], Mapping[str, Any]]) -> None:
    """Let the page about a refusal show both versions, should somebody have saved first."""
    request.later = Later(form, begin)


def said(field: forms.Field, value: Any) -> str:
    """An answer as the form says it; empty for none."""
    if value in (None, "", [], ()):
        return ""
    choices: Any = getattr(field, "choices", None)
    if choices:
        return _chosen(choices, value)
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%d/%m/%Y %H:%M}"
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)


def _chosen(choices: Any, value: Any) -> str:
    """Labels in the order of the form; a code that it no longer offers stays a code."""
    codes = {str(one) for one in value} if isinstance(value, list | tuple) else {str(value)}
    flat: Any = flatten_choices(choices)
    offered = {str(code): str(label) for code, label in flat}
    named = [label for code, label in offered.items() if code in codes]
    return ", ".join([*named, *sorted(codes - offered.keys())])
