"""Asking, judging, agreeing: assessment, consent, wishes, plans."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from casework.forms.coded import ALONE, CodedForm, HurriedForm, LateForm, alone, seen
from casework.instruments import Instrument
from casework.messages import MESSAGES
from casework.minors import Age, Voice, require_voice
from casework.rules import AGREED
from network import law
from network.formkit import Choose, Day, LongText, OneOf, SomeOf, Tick
from network.models import Agency
from safekeeping.errors import RuleBroken

ANSWERS = (("yes", _("Yes")), ("no", _("No")), ("unknown", _("Not known")))
QUESTION = "q_"


class AssessForm(HurriedForm):
    """An instrument's questions and a judgement; nothing answered is not "no"."""

    def __init__(self, *args: Any, instrument: Instrument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        questions = {
            f"{QUESTION}{question.code}": OneOf(
                ANSWERS, label=question.label, required=False, inline=True
            )
            for question in instrument.questions
        }
        rest = {
            "judged": OneOf(
                [("", _("As the answers say")), *law.choices("risk_level")],
                label=_("Your own judgement"),
                help_text=_("It may raise the level; it never lowers what the answers say."),
                required=False,
            ),
            "reasoning": LongText(label=_("Why"), required=False),
        }
        aside = {name: self.fields.pop(name) for name in self.aside}
        self.fields = {**questions, **rest, **aside}

    def answers(self) -> dict[str, str]:
        """Question → yes, no, unknown or unanswered."""
        return {
            name.removeprefix(QUESTION): value or "unanswered"
            for name, value in self.cleaned_data.items()
            if name.startswith(QUESTION)
        }

    def clean(self) -> dict[str, Any]:
        """An empty sheet is no assessment."""
        cleaned = super().clean() or self.cleaned_data
        given = [value for name, value in cleaned.items() if name.startswith(QUESTION) and value]
        if not given and not cleaned.get("judged"):
            first = next(name for name in self.fields if name.startswith(QUESTION))
            self.add_error(first, _("Answer at least one question, or judge the level yourself"))
        return cleaned


VOICE = ("spoken_for_by", "child_view")
OF_THE_CHILD = ("child-disagrees", "child-not-asked")  # refusals that its own view answers


@dataclass(frozen=True)
class OfChild:
    """What the form of a child's consent asks by: its age, and who must not be told."""

    age: Age
    year: int
    not_told: Collection[str]


class ConsentForm(LateForm):
    """Five big answers and "could not ask"; the rows are derived from them."""

    coded = {
        "evidence_kind": "consent_evidence", "why_not": "consent_not_possible",
        "spoken_for_by": "spoken_for_by", "child_view": "child_view",
    }  # fmt: skip

    answers = SomeOf(
        (
            ("doctor", _("A doctor")),
            ("bed", _("A safe bed")),
            ("talk", _("Someone to talk to")),
            ("police", _("Police")),
            ("none", _("Nothing of this")),
            ("could_not_ask", _("Could not ask")),
        ),
        apart=("none", "could_not_ask"),
        label=_("What does the person agree to?"),
        help_text=_("For each: who is asked, and what they will know. Refusing costs nothing."),
        missing=_("Choose at least one answer; Could not ask is one too"),
        required=True,
    )
    spoken_for_by = Choose(
        label=_("Who speaks for the child?"),
        help_text=_("Never the person accused, nor somebody who lives with that person"),
        required=False,
    )
    child_view = OneOf((), label=_("What does the child say?"), required=False)
    alone = alone(required=False)
    told_beforehand = Tick(label=_("I told beforehand what happens with each answer"))
    evidence_kind = Choose(label=_("How was it said?"), required=False)
    why_not = Choose(label=_("If you could not ask: why?"), required=False)
    evidence = LongText(label=_("In the person’s own words"), required=False, rows=2)

    def __init__(self, *args: Any, of_child: OfChild | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of_child = of_child
        if of_child is None:
            for name in VOICE:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Could not ask needs its reason; a child agrees with somebody who may speak for it."""
        cleaned = super().clean() or self.cleaned_data
        answers = cleaned.get("answers", ())
        if "could_not_ask" in answers and not cleaned.get("why_not"):
            self.add_error("why_not", ValidationError(_("Say why it was not possible")))
        if self.of_child and set(answers) & set(AGREED):
            self._ask_voice(self.of_child)
        return cleaned

    def voice(self) -> Voice:
        """Who spoke for a child, and what the child says."""
        return Voice(*(self.cleaned_data.get(name, "") for name in VOICE))

    def _ask_voice(self, child: OfChild) -> None:
        try:
            require_voice(self.voice(), child.age, year=child.year, not_told=child.not_told)
        except RuleBroken as broken:
            field = "child_view" if broken.code in OF_THE_CHILD else "spoken_for_by"
            self.add_error(field, ValidationError(MESSAGES[broken.code]))


class WithdrawForm(LateForm):
    """What ends, and for which service."""

    coded = {"scope": "withdrawal_scope", "service": "service"}

    scope = OneOf((), label=_("What is no longer wanted?"), missing=_("Choose what ends"))
    service = Choose(label=_("Which service, if one"), required=False)
    words = LongText(label=_("In the person’s own words"), required=False, rows=2)

    def clean(self) -> dict[str, Any]:
        """The scope "this service" needs the service."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("scope") == "service" and not cleaned.get("service"):
            self.add_error("service", ValidationError(_("Choose the service that ends")))
        return cleaned


class RenewForm(LateForm):
    """What is wanted again, of what was taken back."""

    coded = {"scope": "withdrawal_scope"}

    scope = OneOf(
        (), label=_("What is wanted again?"), missing=_("Choose what the person wants again")
    )
    words = LongText(label=_("In the person’s own words"), required=False, rows=2)

    def __init__(self, *args: Any, scopes: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = self.fields["scope"]
        scope.choices = [each for each in scope.choices if each[0] in scopes]


class WishesForm(CodedForm):
    """What the person wishes, coded and in the person's own words."""

    coded = {"coded_wishes": "wish"}

    coded_wishes = SomeOf((), label=_("What does the person wish?"))
    words = LongText(label=_("In the person’s own words"), required=False)
    seen = seen()


class ItemForm(CodedForm):
    """One thing of a plan."""

    coded = {"need": "plan_need", "service": "service", "companion": "accompaniment"}

    need = Choose(label=_("What is it for?"), missing=_("Choose what it is for"))
    service = Choose(label=_("Service"), required=False)
    responsible = Choose(label=_("Who does it"), required=False)
    companion = Choose(label=_("Who goes along"), required=False)
    due_on = Day(label=_("By when"), required=False, big=False)
    words = LongText(label=_("What was agreed"), required=False, rows=2)

    def __init__(self, *args: Any, agencies: list[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(agency.reference), agency.short) for agency in agencies]
        self.fields["responsible"].choices = [("", _("Choose")), *named]


class PlanForm(HurriedForm):
    """A plan and its first item; more are added on the plan's page."""

    coded = {"need": "plan_need"}

    kind = OneOf(
        (
            ("safety", _("Safety plan")),
            ("support", _("Support plan")),
        ),
        label=_("Which plan?"),
        missing=_("Choose which plan"),
        hints={"safety": _("What to do when danger comes back; it can be agreed at once")},
    )
    words = LongText(label=_("What was agreed"), required=False)
    need = Choose(
        label=_("The first thing to do is for"),
        help_text=_("A support plan has at least one; more are added on the next page"),
        required=False,
    )
    due_on = Day(label=_("By when"), required=False, big=False)
    alone = OneOf(ALONE, label=_("Were you alone together?"), required=False, inline=True)

    def clean(self) -> dict[str, Any]:
        """A support plan without anything to do is none, unless life is in danger now."""
        cleaned = super().clean() or self.cleaned_data
        is_empty = cleaned.get("kind") == "support" and not cleaned.get("need")
        if is_empty and not cleaned.get("overriding"):
            self.add_error("need", ValidationError(_("Choose the first thing to do")))
        return cleaned


class DropForm(LateForm):
    """Why a thing of the plan is let go."""

    coded = {"reason": "drop_reason"}

    reason = OneOf((), label=_("Why is it dropped?"), missing=_("Choose a reason"))
