"""One case of each scene of consent, walked by the public actions past everybody who may ask.

Every sealed field holds a mark. All scenes stand side by side, so that lists show them together.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from casework import actions
from casework.groups import (
    Child,
    Children,
    Contact,
    Identity,
    Informant,
    Number,
    Perpetrator,
    SupportNeeds,
    Whereabouts,
)
from casework.models import (
    Block,
    BreakGlass,
    Case,
    Consent,
    Deadline,
    EmergencyCard,
    FollowUp,
    Incident,
    LegalHold,
    Note,
    Override,
    Plan,
    PlanItem,
    Report,
    Survivor,
)
from casework.reports import Facts, Sealed
from hotline import sweeps
from hotline.models import Alert, Attempt
from network import registry
from network.models import Agency, Membership, Shift, ShiftPhone, User
from referral import actions as referrals
from referral.actions.sending import Order
from referral.models import Referral
from safekeeping import keys, rls
from shelters import actions as stays
from shelters.groups import ArrivalCard
from shelters.models import Shelter, Stay
from shelters.rules import Party
from tests.conftest import NOW
from tests.drills.access.marks import number, word
from tests.drills.access.people import OFFICES, Cast

HEALTH = ("contact", "health", "needs", "person", "whereabouts")
TOLD, SENT, DONE = NOW - timedelta(days=40), NOW - timedelta(days=25), NOW - timedelta(days=20)
LONG_AGO, JUST_NOW = NOW - timedelta(days=16), NOW - timedelta(days=2)
LATELY, BEFORE = NOW - timedelta(hours=1), NOW - timedelta(hours=3)
# The former owner's fortnight is over in some scenes and runs in others; so with the bed.
HANDED_OVER = {"none": LONG_AGO, "given": LONG_AGO, "refused": JUST_NOW, "withdrawn": JUST_NOW}
SLEEPS = {"none": False, "given": True, "refused": False, "withdrawn": True}
CONFIRMED = {"none": True, "given": False, "refused": False, "withdrawn": True}
CONSENTS = {"given", "withdrawn"}  # scenes in which she agreed to something

NONE = UUID(int=0)


@dataclass
class Scene:
    """One case. things: name → references of what an address may name."""

    name: str
    cast: Cast
    case: UUID = NONE
    case_id: int = 0
    things: dict[str, list[UUID]] = field(default_factory=dict)
    code: str = ""
    worker: UUID = NONE
    membership: UUID = NONE

    def do(self, who: str, action: Callable[..., Any], at: datetime = LATELY, **given: Any) -> Any:
        with rls.acting(actor=self.cast[who], now=at):
            return action(actor=self.cast[who], now=at, **given)

    def on_case(
        self, who: str, action: Callable[..., Any], at: datetime = LATELY, **given: Any
    ) -> Any:
        return self.do(who, action, at, reference=self.case, **given)

    def mark(self, kind: str) -> str:
        return word(self.name, kind)


def make(name: str, cast: Cast) -> Scene:
    """Walk one scene from its report to now."""
    scene = Scene(name, cast)
    _report(scene)
    _before_the_handover(scene)
    _handover(scene)
    _work(scene)
    _describe(scene)
    _refer(scene)
    _keep_out(scene)
    _shelter(scene)
    _break_glass(scene)
    if name == "withdrawn":
        scene.on_case("the worker", actions.withdraw_consent, NOW, scope="sharing")
    _code(scene)
    scene.things |= _things(scene)
    with rls.acting(actor=scene.cast["the worker"], now=NOW):
        scene.code = Case.objects.get(pk=scene.case_id).code
    worker = scene.cast["the worker"]
    scene.worker = User.objects.get(pk=worker.user_id).reference
    scene.membership = Membership.objects.get(pk=worker.membership_id).reference
    return scene


def on_duty(cast: Cast) -> None:
    """People with phones, so that alerts name somebody."""
    for who in ("worked on it before", "accepted/responder"):
        agency = Agency.objects.get(pk=cast[who].agency_id)
        agency.subject = agency.subject or keys.create_subject()
        agency.save(update_fields=["subject"])
        Shift.born(
            agency=agency, membership_id=cast[who].membership_id, starts=TOLD,
            ends=NOW + timedelta(days=2), turn=1, phone=ShiftPhone(number="0912000111"),
        )  # fmt: skip


def _report(scene: Scene) -> None:
    name = scene.name
    sealed = Sealed(
        ring_back=number(name, "card"), ring_back_rules=scene.mark("card"),
        exact_place=scene.mark("card"), account=scene.mark("account"),
        identity=Identity(full_name=scene.mark("person"), id_number=number(name, "person")),
        contact=Contact((Number(number(name, "contact")),), code_phrase=scene.mark("contact")),
        children=Children((Child(scene.mark("children")),), words=scene.mark("children")),
        support_needs=SupportNeeds(words=scene.mark("needs")),
        perpetrator=Perpetrator(name=scene.mark("accused"), number=number(name, "accused")),
        informant=Informant(scene.mark("informant"), number(name, "informant")),
    )  # fmt: skip
    place = registry.unit_on("12424", TOLD.date())
    facts = Facts(place=place, danger_now="yes", conflict="no", sex="female", birth_year=1990)
    report = scene.do("the reporter", actions.report_case, TOLD, facts=facts, sealed=sealed)
    with rls.acting(actor=scene.cast["the reporter"], now=TOLD):
        scene.case_id = Report.objects.get(reference=report).case_id
    with rls.acting(actor=scene.cast["worked on it before"], now=TOLD):
        scene.case = Case.objects.get(pk=scene.case_id).reference
    sweeps.ring_due(TOLD)


def _before_the_handover(scene: Scene) -> None:
    worker = "worked on it before"
    scene.on_case(worker, actions.claim_case, TOLD)
    if scene.name in CONSENTS:
        _agree(scene, worker, SENT)
    if scene.name == "none":
        scene.on_case(worker, actions.record_consent, SENT, answers=["could_not_ask"])
    if scene.name == "refused":
        scene.on_case(worker, actions.record_consent, SENT, answers=["none"])
    ended = _ask(scene, "ended", SENT, by=worker)
    scene.do("ended/responder", referrals.accept_referral, SENT, reference=ended)
    scene.do(
        "ended/responder", referrals.complete_referral, DONE, reference=ended, outcome="helped",
        feedback=scene.mark("feedback"),
    )  # fmt: skip


def _agree(scene: Scene, who: str, at: datetime) -> None:
    lines = [
        actions.Line("health", "health_facility", HEALTH, given=True),
        actions.Line("legal", "legal_aid", ("account", "legal"), given=True),
    ]
    asking = actions.Asking(alone=True, evidence=scene.mark("evidence"))
    scene.on_case(who, actions.record_consent, at, answers=[], sheet=lines, asking=asking)


def _handover(scene: Scene) -> None:
    at = HANDED_OVER[scene.name]
    order = Order(
        service="child_protection", kind="handover", ground="life", groups=(),
        to_agency=_office("owner"), urgency="urgent", reach_by="jointly",
        message=scene.mark("message"),
    )  # fmt: skip
    sent = scene.on_case(
        "worked on it before", referrals.send_referral, at, order=order, overriding="x"
    )
    scene.do("owner/supervisor", referrals.accept_referral, at, reference=sent)
    worker = User.objects.get(pk=scene.cast["the worker"].user_id).reference
    scene.on_case("owner/supervisor", actions.assign_worker, at, worker=worker)


def _work(scene: Scene) -> None:
    worker = "the worker"
    scene.on_case(
        worker, actions.assess_case, answers={"weapon": "yes"}, reasoning=scene.mark("risk"),
        overriding=scene.mark("reasons"),
    )  # fmt: skip
    scene.on_case(worker, actions.record_wishes, coded=[], words=scene.mark("wishes"))
    items = [actions.Item(need="legal", words=scene.mark("needs"))]
    scene.on_case(
        worker, actions.agree_plan, kind="support", items=items, words=scene.mark("needs")
    )
    safety = [actions.Item(need="legal", words=scene.mark("risk"))]
    scene.on_case(worker, actions.agree_plan, kind="safety", items=safety, words=scene.mark("risk"))
    for kind, mark in (("general", "notes"), ("health", "health"), ("legal", "legal")):
        scene.on_case(worker, actions.add_note, kind=kind, words=scene.mark(mark))
    for _ in range(2):  # one that was held, one to come
        visit = scene.on_case(
            worker, actions.plan_follow_up, due_at=NOW + timedelta(days=5), mode="call"
        )
    scene.do(
        worker, actions.hold_follow_up, reference=visit, alone=True, safe_again="call",
        words=scene.mark("followup"),
    )  # fmt: skip
    scene.on_case(
        worker, actions.record_conference, held_at=LATELY, agencies=[_office("owner")],
        minutes=scene.mark("minutes"),
    )  # fmt: skip


def _describe(scene: Scene) -> None:
    with rls.acting(actor=scene.cast["the worker"], now=LATELY):
        survivor = Survivor.objects.get(case_id=scene.case_id)
    scene.on_case(
        "the worker", actions.describe, kind="survivor", record=survivor.reference,
        values={"whereabouts": Whereabouts(place=scene.mark("whereabouts"))},
    )  # fmt: skip


def _code(scene: Scene) -> None:
    """Marks in coded columns, once nothing more is decided by them; each of another group."""
    support, safety = {"plan__kind": "support"}, {"plan__kind": "safety"}
    with rls.acting(actor=None, now=LATELY, system="setup"), rls.on_case(scene.case_id):
        Case.objects.update(wishes_coded=[scene.mark("codedwishes")])
        Survivor.objects.update(ethnicity_group=scene.mark("codedperson"))
        Incident.objects.update(relation=scene.mark("codedaccount"))
        PlanItem.objects.filter(**support).update(need=scene.mark("codedneeds"))
        PlanItem.objects.filter(**safety).update(need=scene.mark("codedrisk"))
        Note.objects.filter(kind="general").update(way=scene.mark("codednotes"))
        Note.objects.filter(kind="health").update(way=scene.mark("codedhealth"))
        FollowUp.objects.update(mode=scene.mark("codedvisit"))
        Consent.objects.update(service=scene.mark("codedasked"))


def _ask(scene: Scene, whom: str, at: datetime, *, by: str, **more: Any) -> UUID:
    """A request on her consent, or for danger to life where she gave none."""
    agreed = scene.name in CONSENTS
    order = Order(
        **{
            "service": "health", "to_agency": _office(whom), "urgency": "urgent",
            "ground": "consent" if agreed else "life", "reach_by": "companion", "needs": ("exam",),
            "groups": HEALTH, "message": scene.mark("message"), **more,
        }
    )  # fmt: skip
    sent: UUID = scene.on_case(by, referrals.send_referral, at, order=order, overriding="x")
    return sent


def _refer(scene: Scene) -> None:
    worker = "the worker"
    _ask(scene, "asked", LATELY, by=worker)
    for whom in ("accepted", "blocked"):
        sent = _ask(scene, whom, LATELY, by=worker)
        scene.do(f"{whom}/responder", referrals.accept_referral, reference=sent)
    if scene.name in CONSENTS:
        sent = _ask(
            scene, "revoked", LATELY, by=worker, service="legal", needs=("advice",),
            groups=("account", "legal"),
        )  # fmt: skip
        scene.do("revoked/responder", referrals.accept_referral, reference=sent)
        scene.on_case(worker, actions.withdraw_consent, scope="service", service="legal")
    if CONFIRMED[scene.name]:
        notice = _one(scene, Referral, to_agency__code=OFFICES["told by law"])
        scene.do(
            "told by law/responder", referrals.acknowledge_referral, reference=notice.reference
        )


def _keep_out(scene: Scene) -> None:
    who = "owner/supervisor"
    scene.on_case(who, actions.set_block, reason="asked", agency=_office("blocked"))
    scene.on_case(
        who, actions.place_hold, reason="court", holder=scene.mark("holds"),
        paper=scene.mark("holds"),
    )  # fmt: skip
    for named in ("a blocked caseworker", "a blocked supervisor"):
        user = User.objects.get(pk=scene.cast[named].user_id).reference
        scene.on_case(who, actions.set_block, reason="asked", user=user)


def _shelter(scene: Scene) -> None:
    card = ArrivalCard(*[scene.mark("arrival")] * 4)
    asked = scene.on_case(
        "the worker", stays.request_stay, party=Party(sex="female"), card=card, emergency=True
    )
    if SLEEPS[scene.name]:
        with rls.acting(actor=None, now=NOW, system="setup"):
            house = Shelter.objects.get(agency__code=OFFICES["house"]).reference
        scene.do("the worker", stays.hold_beds, reference=asked, shelter=house)
        scene.do("house/keeper", stays.admit, reference=asked)


def _break_glass(scene: Scene) -> None:
    card = _one(scene, EmergencyCard).reference
    for who, at in (("broke the glass before", BEFORE), ("broke the glass now", LATELY)):
        moment = at + timedelta(minutes=10)
        glass = scene.do(
            who, actions.break_glass, moment, reference=card, reason="worker_absent", fresh_mfa=True
        )
        scene.do(
            who, actions.explain_break_glass, moment, reference=glass, words=scene.mark("reasons")
        )


def _office(standing: str) -> UUID:
    reference: UUID = Agency.objects.get(code=OFFICES[standing]).reference
    return reference


def rows(scene: Scene, model: Any, **only: Any) -> list[Any]:
    """All rows of the scene's case, past every lock."""
    with rls.acting(actor=None, now=NOW, system="setup"), rls.on_case(scene.case_id):
        return list(model.objects.filter(case_id=scene.case_id, **only).order_by("pk"))


def _one(scene: Scene, model: Any, **only: Any) -> Any:
    (row,) = rows(scene, model, **only)
    return row


OF_A_CASE: dict[str, Any] = {
    "report": Report, "card": EmergencyCard, "incident": Incident, "plan": Plan, "item": PlanItem,
    "visit": FollowUp, "note": Note, "glass": BreakGlass, "override": Override,
    "deadline": Deadline, "block": Block, "hold": LegalHold, "stay": Stay, "attempt": Attempt,
}  # fmt: skip


def _things(scene: Scene) -> dict[str, list[UUID]]:
    """What an address may name; requests and alerts by the office they are addressed to."""
    found = {
        name: [row.reference for row in rows(scene, model)] for name, model in OF_A_CASE.items()
    }
    standing = dict(Agency.objects.filter(code__in=OFFICES.values()).values_list("pk", "code"))
    named = {code: name for name, code in OFFICES.items()}
    told = [("request to {}", row.to_agency_id, row) for row in rows(scene, Referral)]
    for alert in rows(scene, Alert):
        told += [("alert to {}", one, alert) for one in {alert.agency_id, *alert.also}]
    for words, agency_id, row in told:
        whom = named.get(standing.get(agency_id, ""), "others")
        found.setdefault(words.format(whom), []).append(row.reference)
    return {**found, "case": [scene.case]}
