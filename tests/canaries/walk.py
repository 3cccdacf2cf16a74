"""Her way through the house by the public actions: each field that takes words gets hers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from casework import access, actions
from casework.actions.consent import Asking
from casework.actions.plan import Item
from casework.groups import Identity
from casework.models import Case, Survivor
from network.actors import Actor
from network.models import Agency
from referral import actions as referrals
from referral.actions.sending import Order
from safekeeping import events, rls, sweeps
from shelters import actions as stays
from shelters.groups import ArrivalCard
from shelters.rules import Party
from tests.canaries.people import WORDS_LATER as W
from tests.conftest import NOW

HEALTH_GROUPS = ("contact", "health", "needs", "person", "whereabouts")


@dataclass
class Walk:
    """One case and who works on it."""

    cast: dict[str, Actor]
    case: UUID

    def do(self, who: str, action: Callable[..., Any], **given: Any) -> Any:
        with rls.acting(actor=self.cast[who], now=NOW):
            return action(actor=self.cast[who], now=NOW, **given)

    def on_case(self, who: str, action: Callable[..., Any], **given: Any) -> Any:
        return self.do(who, action, reference=self.case, **given)


def whole(walk: Walk) -> None:
    """Everything; jobs and sweeps run after the report and at the end."""
    outside()
    asked_and_planned(walk)
    referred(walk)
    sheltered(walk)
    mended(walk)
    looked_up(walk)
    outside()


def outside() -> None:
    """What workers and the sweeper do meanwhile."""
    events.run_jobs(NOW)
    failed = {name for name, count in sweeps.sweep_all(NOW).items() if count < 0}
    assert failed == set()


def asked_and_planned(walk: Walk) -> None:
    walk.on_case("worker", actions.claim_case)
    walk.on_case(
        "worker", actions.assess_case, answers={"weapon": "yes"}, reasoning=W["reasoning"],
        overriding=W["override"],
    )  # fmt: skip
    walk.on_case(
        "worker", actions.record_consent, answers=["doctor"],
        asking=Asking(alone=True, told_beforehand=True, evidence=W["evidence"]),
    )  # fmt: skip
    walk.on_case("worker", actions.record_wishes, coded=[], words=W["wishes"])
    items = [Item(need="health", words=W["item"])]
    walk.on_case("worker", actions.agree_plan, kind="safety", items=items, words=W["plan"])
    for kind in ("general", "health", "legal"):
        walk.on_case("worker", actions.add_note, kind=kind, words=W["note"])


def referred(walk: Walk) -> None:
    order = Order(
        service="health", to_agency=Agency.objects.get(code="ttyt-phucu").reference,
        urgency="emergency", reach_by="companion", needs=("exam",), groups=HEALTH_GROUPS,
        message=W["message"],
    )  # fmt: skip
    sent = walk.on_case("worker", referrals.send_referral, order=order)
    walk.do("health", referrals.accept_referral, reference=sent)
    assert walk.do("health", referrals.open_message, reference=sent) == W["message"]
    walk.on_case("health", access.open_groups, groups=HEALTH_GROUPS)
    walk.do(
        "health", referrals.complete_referral, reference=sent, outcome="helped",
        feedback=W["feedback"],
    )  # fmt: skip


def sheltered(walk: Walk) -> None:
    card = ArrivalCard(alias=W["alias"], needs=W["needs"], visitors_refused=W["visitors"])
    walk.on_case("worker", stays.request_stay, party=Party(sex="female"), card=card, emergency=True)


def mended(walk: Walk) -> None:
    with rls.acting(actor=walk.cast["worker"], now=NOW):
        survivor = Survivor.objects.get(case__reference=walk.case)
    walk.on_case(
        "worker", actions.correct_value, kind="survivor", record=survivor.reference,
        field="identity", value=Identity(full_name=W["corrected"]), reason="misheard",
        why=W["why"],
    )  # fmt: skip


def looked_up(walk: Walk) -> None:
    for kind, text in (("name", W["corrected"]), ("phone", "0987650122")):
        hits = walk.do("supervisor", actions.search_people, kind=kind, text=text)
        assert [hit.reference for hit in hits] == [walk.case]
    with rls.acting(actor=walk.cast["supervisor"], now=NOW):
        case = Case.objects.get(reference=walk.case)
        groups = access.groups_for(walk.cast["supervisor"], case, NOW)
    walk.on_case("supervisor", access.open_groups, groups=groups)
