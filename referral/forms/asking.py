"""What a sender asks for: of whom, why it may be shared, what opens to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from network import registry
from network.formkit import Choose, Form, LongText, OneOf, SomeOf, Text
from referral.actions.sending import Choices, Offer, Order
from referral.messages import MESSAGES
from referral.models import Ground, Kind, Urgency
from referral.rules import (
    LIFE_GROUPS,
    OVERTAKES,
    STATUTES,
    Request,
    require_life,
    require_reach,
    require_statute,
)
from safekeeping.errors import RuleBroken

URGENCY_HINTS: dict[str, Any] = {
    Urgency.EMERGENCY: _("Answer within 30 minutes; then the next agency is asked as well"),
    Urgency.URGENT: _("Answer within 4 hours"),
    Urgency.ROUTINE: _("Answer within 2 working days"),
}


class ServiceForm(Form):
    """First step: what is needed. A bed is asked for on the board of beds."""

    service = OneOf((), label=_("What does the person need?"), missing=_("Choose a service"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [
            (one.code, one.label)
            for one in registry.codes("service")
            if not one.mapping.get("stay")
        ]
        self.fields["service"].choices = offered


class SendForm(Form):
    """Second step: whom to ask, for which parts, with what opened."""

    to_agency = OneOf((), label=_("Who is asked?"), missing=_("Choose an agency"))
    urgency = OneOf(
        (),
        label=_("How soon is an answer needed?"),
        missing=_("Choose how soon"),
        hints=URGENCY_HINTS,
    )
    needs = SomeOf((), label=_("What exactly?"), tiles=False)
    reach_by = OneOf((), label=_("How do they meet?"), missing=_("Choose how they meet"))
    ground = OneOf((), label=_("Why may this be shared?"), missing=_("Choose a ground"))
    statute = Choose(label=_("If the law requires it: which law?"), required=False)
    groups = SomeOf(
        (),
        label=_("What opens to them when they accept?"),
        help_text=_("Only what the person agreed to share with this kind of agency."),
        tiles=False,
    )
    is_handover = SomeOf(
        (("yes", _("Hand the whole case over: they become its owner")),),
        label=_("Handing over"),
        tiles=False,
    )
    message = LongText(
        label=_("Words for them"),
        help_text=_("Sealed: opens only to who accepts. No names of others."),
        required=False,
        rows=3,
    )
    overriding = Text(
        label=_("Danger to life now: why can it not wait?"),
        help_text=_("One sentence. A supervisor reads it within 24 hours; it is no fault."),
        required=False,
        max_length=300,
    )

    def __init__(self, *args: Any, service: str, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.service, self.offered = service, choices.offers
        self.contactable = choices.contactable
        offer_agencies(self.fields["to_agency"], choices.offers)
        statutes = sorted({law for one in choices.offers for law in one.statutes})
        for name, found in {
            "needs": needs_of(service),
            "reach_by": registry.choices("reach_by"),
            "urgency": registry.choices("urgency"),
            "ground": grounds(choices.offers, service),
            "statute": [("", _("Choose")), *registry.named("referral_law", statutes)],
            "groups": registry.named("consent_group", shareable(choices.offers, service)),
        }.items():
            self.fields[name].choices = found
        self._leave_out(statutes)

    def _leave_out(self, statutes: Sequence[str]) -> None:
        """Questions that have no answer here are not asked."""
        if not statutes:
            del self.fields["statute"]
        if self.service != "case_management":
            del self.fields["is_handover"]
        if self.service not in OVERTAKES:
            del self.fields["overriding"]
        for name in ("needs", "groups"):
            if not self.fields[name].choices:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Ask for the law, or for the sentence, where the ground needs one."""
        given = super().clean() or {}
        ground = given.get("ground")
        if ground == Ground.STATUTE and not given.get("statute"):
            self.add_error("statute", ValidationError(_("Choose the law")))
        if ground == Ground.LIFE and not given.get("overriding"):
            self.add_error("overriding", ValidationError(_("Write one sentence on the danger")))
        if not self.errors:
            self._check_ground(given)
        return given

    def _check_ground(self, given: dict[str, Any]) -> None:
        """Say beside the field what the action would refuse, so that nothing typed is lost."""
        chosen = next(one for one in self.offered if str(one.agency) == given["to_agency"])
        asked = Request(self.service, chosen.kind, frozenset(given.get("groups") or ()))
        try:
            if given["ground"] == Ground.STATUTE:
                require_statute(given["statute"], asked)
            elif given["ground"] == Ground.LIFE:
                require_life(asked)
            elif chosen.consented is None or not asked.groups <= chosen.consented:
                raise RuleBroken("consent-missing")
            else:
                require_reach(given["reach_by"], contactable=self.contactable)
        except RuleBroken as broken:
            field = "reach_by" if broken.code == "contact-taken-back" else "ground"
            self.add_error(field, ValidationError(MESSAGES[broken.code]))

    def order(self) -> Order:
        """The request as the action takes it."""
        given = self.cleaned_data
        return Order(
            service=self.service,
            to_agency=UUID(given["to_agency"]),
            urgency=given["urgency"],
            reach_by=given["reach_by"],
            ground=given["ground"],
            statute=given.get("statute") or "",
            kind=Kind.HANDOVER if given.get("is_handover") else Kind.SERVICE,
            needs=tuple(given.get("needs") or ()),
            groups=tuple(given.get("groups") or ()),
            message=given["message"],
        )


class SendOnForm(Form):
    """The next agency."""

    to_agency = OneOf((), label=_("Who is asked next?"), missing=_("Choose an agency"))

    def __init__(self, *args: Any, offers: Sequence[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_agencies(self.fields["to_agency"], offers)


def needs_of(service: str) -> list[tuple[str, str]]:
    """The parts in which a service can be asked for."""
    return [
        (one.code, one.label)
        for one in registry.codes("referral_need")
        if one.mapping.get("service") == service
    ]


def offer_agencies(field: Any, offers: Sequence[Offer]) -> None:
    """Agencies as answers; under one that is not connected stands whom to ring."""
    field.choices = [(str(one.agency), one.name) for one in offers]
    field.widget.hints = {str(one.agency): hint_of(one) for one in offers if hint_of(one)}


def hint_of(one: Offer) -> Any:
    """What to know before choosing an agency."""
    if one.connected:
        return _("The person agreed to this kind of agency") if one.consented is not None else ""
    if not one.phone:
        return _("Not in the system yet: ask the duty desk for the number, then record the answer")
    said = _("Not in the system yet: ring %(phone)s, then record the answer")
    return said % {"phone": one.phone}


def agreed_groups(offers: Sequence[Offer]) -> list[str]:
    """The groups that her consent for this service names: the usual answer."""
    return sorted({group for one in offers for group in one.consented or ()})


def grounds(offers: Sequence[Offer], service: str) -> list[tuple[str, Any]]:
    """Grounds that could hold for any of the agencies."""
    found: list[tuple[str, Any]] = []
    if any(one.consented is not None for one in offers):
        found.append((Ground.CONSENT.value, Ground.CONSENT.label))
    if any(one.statutes for one in offers):
        found.append((Ground.STATUTE.value, Ground.STATUTE.label))
    if service in OVERTAKES:
        found.append((Ground.LIFE.value, Ground.LIFE.label))
    return found


def shareable(offers: Sequence[Offer], service: str) -> list[str]:
    """Groups that any ground could open, in the order of the list."""
    open_to = {group for one in offers for group in one.consented or ()}
    for one in offers:
        for law in one.statutes:
            open_to |= STATUTES[law].groups
    if service in OVERTAKES:
        open_to |= LIFE_GROUPS
    return [code for code, _label in registry.choices("consent_group") if code in open_to]
