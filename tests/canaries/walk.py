"""Her way through the house by the public actions: each field that takes words gets hers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from casework import access, actions
from casework.actions.consent import Asking
from casework.actions.plan import Item
from casework.groups import Identity
from casework.models import Case, Report, Survivor
from casework.reports import Facts, Sealed
from network.actors import Actor
from network.models import Agency
from referral import actions as referrals
from referral.actions.sending import Order
from safekeeping import events, rls, sweeps
from shelters import actions as stays
from shelters.actions.walk_in import AtTheDoor
from shelters.groups import ArrivalCard
from shelters.models import Bed, BedUse
from shelters.rules import Party
from tests.canaries.people import WORDS_LATER
from tests.conftest import NOW

HEALTH_GROUPS = ("contact", "health", "needs", "person", "whereabouts")


@dataclass
class Walk:
    """One case and who works on it."""

    cast: dict[str, Actor]
    case: UUID
    words: Mapping[str, str] = field(default_factory=lambda: WORDS_LATER)
    number: str = "0987650122"

    def do(self, who: str, action: Callable[..., Any], **given: Any) -> Any:
        with rls.acting(actor=self.cast[who], now=NOW):
            return action(actor=self.cast[who], now=NOW, **given)

    def on_case(self, who: str, action: Callable[..., Any], **given: Any) -> Any:
        return self.do(who, action, reference=self.case, **given)


def whole(walk: Walk, *, search: bool = True) -> None:
    """Everything; jobs and sweeps run after the report and at the end.

    search: also look her up; nobody may do that for many people within the hour.
    """
    outside()
    asked_and_planned(walk)
    referred(walk)
    sheltered(walk)
    mended(walk)
    if search:
        looked_up(walk)
    outside()


def told_by_proxy(walk: Walk, sealed: Sealed, facts: Facts) -> UUID:
    """A host without the system rings; the duty desk writes it down in her name: the case."""
    host = Agency.objects.get(code="tamlanh-dinhcao")
    report = walk.do(
        "coordinator", actions.report_case, facts=facts, sealed=sealed, proxy_for=host.pk
    )
    with rls.acting(actor=walk.cast["coordinator"], now=NOW):
        case_id = Report.objects.get(reference=report).case_id
    with rls.acting(actor=walk.cast["worker"], now=NOW):
        reference: UUID = Case.objects.get(pk=case_id).reference
    return reference


def at_the_door(walk: Walk) -> None:
    """She stands there, and sleeps before anything is asked; the next day she leaves."""
    with rls.acting(actor=None, now=NOW, system="setup"):
        used = BedUse.objects.filter(live=True).values("bed_id")
        bed = Bed.objects.filter(shelter__code="hoan-long").exclude(pk__in=used)[0].reference
    door = AtTheDoor(danger_now="yes", conflict="no", ring_back=walk.number)
    stay = walk.do(
        "keeper", stays.admit_walk_in, chosen=[bed], party=Party(sex="female"), door=door,
        card=card_of(walk),
    )  # fmt: skip
    walk.do("keeper", stays.discharge, reference=stay, reason="went_home", next_place="relatives")


def card_of(walk: Walk) -> ArrivalCard:
    return ArrivalCard(
        alias=walk.words["alias"],
        needs=walk.words["needs"],
        risk=walk.words["risk"],
        visitors_refused=walk.words["visitors"],
    )


def outside() -> None:
    """What workers and the sweeper do meanwhile."""
    events.run_jobs(NOW)
    failed = {name for name, count in sweeps.sweep_all(NOW).items() if count < 0}
    assert failed == set()


def asked_and_planned(walk: Walk) -> None:
    walk.on_case("worker", actions.claim_case)
    walk.on_case(
        "worker", actions.assess_case, answers={"weapon": "yes"}, reasoning=walk.words["reasoning"],
        overriding=walk.words["override"],
    )  # fmt: skip
    walk.on_case(
        "worker", actions.record_consent, answers=["doctor"],
        asking=Asking(alone=True, told_beforehand=True, evidence=walk.words["evidence"]),
    )  # fmt: skip
    walk.on_case("worker", actions.record_wishes, coded=[], words=walk.words["wishes"])
    items = [Item(need="health", words=walk.words["item"])]
    walk.on_case("worker", actions.agree_plan, kind="safety", items=items, words=walk.words["plan"])
    for kind in ("general", "health", "legal"):
        walk.on_case("worker", actions.add_note, kind=kind, words=walk.words["note"])


def referred(walk: Walk) -> None:
    order = Order(
        service="health", to_agency=Agency.objects.get(code="ttyt-phucu").reference,
        urgency="emergency", reach_by="companion", needs=("exam",), groups=HEALTH_GROUPS,
        message=walk.words["message"],
    )  # fmt: skip
    sent = walk.on_case("worker", referrals.send_referral, order=order)
    walk.do("health", referrals.accept_referral, reference=sent)
    assert walk.do("health", referrals.open_message, reference=sent) == walk.words["message"]
    walk.on_case("health", access.open_groups, groups=HEALTH_GROUPS)
    walk.do(
        "health", referrals.complete_referral, reference=sent, outcome="helped",
        feedback=walk.words["feedback"],
    )  # fmt: skip


def sheltered(walk: Walk) -> None:
    walk.on_case(
        "worker", stays.request_stay, party=Party(sex="female"), card=card_of(walk), emergency=True
    )


def mended(walk: Walk) -> None:
    with rls.acting(actor=walk.cast["worker"], now=NOW):
        survivor = Survivor.objects.get(case__reference=walk.case)
    walk.on_case(
        "worker", actions.correct_value, kind="survivor", record=survivor.reference,
        field="identity", value=Identity(full_name=walk.words["corrected"]), reason="misheard",
        why=walk.words["why"],
    )  # fmt: skip


def looked_up(walk: Walk) -> None:
    for kind, text in (("name", walk.words["corrected"]), ("phone", walk.number)):
        hits = walk.do("supervisor", actions.search_people, kind=kind, text=text)
        assert walk.case in [hit.reference for hit in hits]
    with rls.acting(actor=walk.cast["supervisor"], now=NOW):
        case = Case.objects.get(reference=walk.case)
        groups = access.groups_for(walk.cast["supervisor"], case, NOW)
    walk.on_case("supervisor", access.open_groups, groups=groups)
