"""What can be done with a stay, in which states, by whom, asked by which form: one table.

The stay page draws its buttons from it, and one view runs them all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from network.actors import Actor
from shelters import actions, forms, policy
from shelters.models import ASLEEP, LIVE, OPEN, Onward, Stay, StayState

S = StayState
May = Callable[[Actor, Stay, int | None], bool]


@dataclass(frozen=True)
class Verb:
    """form: None asks for a yes alone. told: what is said once it is done. fields: from what the
    form holds to the action's keywords. main: its button stands out. onward: where the question for
    a bed in another house must stand.
    """

    slug: str
    label: str | Promise
    run: Callable[..., Any]
    states: tuple[str, ...]
    may: May
    told: str | Promise
    form: type[Form] | None = None
    intro: str | Promise = ""
    fields: Callable[[Any], dict[str, Any]] = lambda form: dict(form.cleaned_data)
    main: bool = False
    only_asked: bool | None = None
    onward: str | None = None

    def is_offered(self, actor: Actor, stay: Stay, owner_id: int | None) -> bool:
        """Whether this person finds the button on this stay."""
        if stay.state not in self.states:
            return False
        if self.only_asked is not None and self.only_asked != bool(stay.leave_asked_by_id):
            return False
        if self.onward is not None and self.onward != stay.onward:
            return False
        return self.may(actor, stay, owner_id)


def _amends(actor: Actor, stay: Stay, owner_id: int | None) -> bool:
    return policy.may_amend(actor, owner_id)


def _amended(form: Any) -> dict[str, Any]:
    card = form.card() if form.is_written else None
    return {"party": form.party, "emergency": form.cleaned_data["emergency"], "card": card}


def _checked(form: Any) -> dict[str, Any]:
    given = form.cleaned_data
    return {"safe": given["safe"] == "yes", "next_check_at": given["next_check_at"]}


VERBS = (
    Verb(
        "den-noi", _("Has arrived"), actions.admit, (S.HELD,), policy.may_tend,
        _("Written down: the person has arrived."), forms.AdmitForm, main=True,
    ),
    Verb(
        "ra-ngoai", _("Goes out for a while"), actions.go_away, (S.ADMITTED,), policy.may_tend,
        _("Written down. The bed stays the person's own."), forms.AwayForm,
        intro=_("The bed is kept."),
    ),
    Verb(
        "tro-lai", _("Is back"), actions.come_back, (S.AWAY,), policy.may_tend,
        _("Written down: the person is back."), main=True,
    ),
    Verb(
        "doi-nguoi", _("The number of people has changed"), actions.change_party, LIVE,
        policy.may_tend, _("Written down. Beds that are too many are free again."),
        forms.PartyForm, fields=lambda form: {"party": form.party},
        intro=_("Say who is there now. The others keep their beds."),
    ),
    Verb(
        "xem-lai", _("Weekly review held"), actions.review_stay, ASLEEP, policy.may_tend,
        _("Written down. The next review is in seven days."), forms.ReviewForm,
        intro=_("Talk with the person about how to go on, and until when."),
    ),
    Verb(
        "roi-di", _("Leaves the shelter"), actions.discharge, ASLEEP, policy.may_tend,
        _("Written down. The risk will be judged again: leaving is a moment of danger."),
        forms.DischargeForm, only_asked=False,
        intro=_("Against their own will? Then a second person must agree, and only by day."),
    ),
    Verb(
        "dong-y-roi", _("Agree that the person cannot stay"), actions.confirm_leave, ASLEEP,
        policy.may_confirm_leave, _("The person leaves the shelter."), only_asked=True,
        intro=_("You are the second person. The stay ends now and the beds are free."),
    ),
    Verb(
        "o-lai", _("The person stays"), actions.refuse_leave, ASLEEP, policy.may_tend,
        _("The person stays."), only_asked=True, main=True,
    ),
    Verb(
        "xin-chuyen", _("Ask for a bed in another house"), actions.ask_transfer, ASLEEP,
        policy.may_tend, _("A bed in another house is asked for. The person keeps this one."),
        onward="",
        intro=_("The person keeps the bed here until another is held."),
    ),
    Verb(
        "da-chuyen", _("Has moved to the other house"), actions.transfer, ASLEEP,
        policy.may_tend, _("Written down: the person has moved."), onward=Onward.HELD,
        intro=_("A bed is held there. The bed here is free at once."),
    ),
    Verb(
        "khong-con-o-day", _("Has gone without a word"), actions.leave_untold, ASLEEP,
        policy.may_tend, _("Somebody now asks whether the person is safe."), forms.UntoldForm,
        intro=_("The people of the case are asked at once whether the person is safe."),
    ),
    Verb(
        "noi-khac", _("Is safe somewhere else for now"), actions.settle_elsewhere,
        (S.REQUESTED, S.WAITING), _amends, _("Written down. Somebody asks again in time."),
        forms.ElsewhereForm,
    ),
    Verb(
        "hoi-lai", _("Asked again"), actions.check_elsewhere, (S.SAFE_ELSEWHERE,), _amends,
        _("Written down."), forms.CheckForm, fields=_checked, main=True,
    ),
    Verb(
        "sua", _("Change who comes"), actions.amend_request, OPEN, _amends,
        _("Changed."), forms.AmendForm, fields=_amended,
        intro=_("Leave the arrival card empty to keep what is on it; what you write replaces it."),
    ),
    Verb(
        "khong-can", _("No bed is needed any more"), actions.cancel_request, (*OPEN, S.HELD),
        policy.may_cancel, _("The request is over; a held bed is free again."), forms.CancelForm,
    ),
    Verb(
        "nhap-nham", _("Entered by mistake"), actions.void_stay, (S.HELD, S.ADMITTED),
        policy.may_tend, _("Voided. The beds are free again."), forms.VoidForm,
        intro=_("The beds are free at once. What was written stays to be read."),
    ),
)  # fmt: skip
BY_SLUG = {verb.slug: verb for verb in VERBS}


def offered(actor: Actor, stay: Stay, owner_id: int | None) -> list[Verb]:
    """The buttons of a stay for this person, in order."""
    return [verb for verb in VERBS if verb.is_offered(actor, stay, owner_id)]
