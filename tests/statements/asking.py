"""Requests to other agencies, beds, alerts and people: the rest of what the town does."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from casework import actions as c
from hotline import actions as h
from hotline.models import Alert, Attempt
from network import edition
from network.actions import account, ending, people, reorganising, roster
from network.actions.reorganising import Becomes, NewUnit, Reorganisation
from network.models import Agency, Membership
from referral import actions as r
from referral.actions.answer import Said
from referral.actions.sending import Order
from referral.models import Referral
from safekeeping import rls
from shelters import actions as s
from shelters.actions.walk_in import AtTheDoor
from shelters.groups import ArrivalCard
from shelters.models import Bed, BedUse, Stay
from shelters.rules import Party
from tests.statements.counting import counted
from tests.statements.town import (
    ADMIN,
    DOCTOR,
    HEAD_DOCTOR,
    HOUR,
    KEEPER,
    OTHER_KEEPER,
    SECOND_KEEPER,
    SUPERVISOR,
    WORKER,
    Town,
)

DOCTORS = "ttyt-phucu"


def ask(town: Town, case: UUID, to: str = DOCTORS, **order: Any) -> UUID:
    """A request of the worker, by default to the health centre."""
    told: dict[str, Any] = {
        "service": "health",
        "urgency": "urgent",
        "reach_by": "companion",
        "needs": ("exam", "treatment"),
        "groups": ("contact", "person"),
        "message": "Xin khám sớm.",
        **order,
    }
    agency = Agency.objects.get(code=to).reference
    made: UUID = town.do(
        WORKER, r.send_referral, reference=case, order=Order(to_agency=agency, **told)
    )
    return made


def referrals(town: Town) -> None:
    """Each answer once; what waits, and what is in work, stays so."""
    waits = ask(town, town.claimed())
    town.things.setdefault("referral", waits)
    town.do(WORKER, r.choices_for, reference=town.subject, service="health")
    work = ask(town, town.claimed())
    town.do(DOCTOR, r.accept_referral, reference=work)
    town.do(DOCTOR, r.start_referral, reference=work)
    town.do(DOCTOR, r.open_message, reference=work)
    town.do(DOCTOR, r.open_shared, reference=work, group="person")
    town.things.setdefault("in_work", work)
    done = ask(town, town.claimed())
    town.do(DOCTOR, r.accept_referral, reference=done)
    town.do(DOCTOR, r.complete_referral, reference=done, outcome="helped", feedback="Đã khám.")
    town.do(WORKER, r.open_feedback, reference=done)
    back = ask(town, town.claimed())
    town.do(DOCTOR, r.accept_referral, reference=back)
    town.do(
        DOCTOR, r.return_referral, reference=back, reason="cannot_continue", feedback="Hết chỗ."
    )
    void = ask(town, town.claimed())
    town.do(DOCTOR, r.accept_referral, reference=void)
    town.do(HEAD_DOCTOR, r.void_referral, reference=void, reason="wrong_case")
    no = ask(town, town.claimed())
    town.do(DOCTOR, r.decline_referral, reference=no, reason="full")
    town.things.setdefault("declined", no)
    offers = town.do(WORKER, r.next_choices, reference=no)
    again = ask(town, town.claimed())
    town.do(DOCTOR, r.decline_referral, reference=again, reason="full")
    sent_on = town.do(WORKER, r.send_on, reference=again, to_agency=offers[0].agency)
    town.do(WORKER, r.withdraw_referral, reference=sent_on)
    stopped = town.claimed()
    gone = ask(town, stopped)
    town.do(DOCTOR, r.accept_referral, reference=gone)
    town.do(WORKER, c.withdraw_consent, reference=stopped, scope="service", service="health")
    town.do(DOCTOR, r.acknowledge_stop, reference=gone)
    notice = town.report(by="hoa", danger_now="yes", circumstances=frozenset({"child"}))
    told = town.look("trong", Referral, kind="notify", case_id=town.case_id(notice))[0]
    town.do("trong", r.acknowledge_referral, reference=told.reference)
    town.do("trong", r.open_way, reference=told.reference)
    outside = ask(town, town.claimed(), to="bvdk-thaibinh")
    said = Said("accepted", "call", "Bác sĩ trực", town.now)
    town.do(WORKER, r.record_answer, reference=outside, said=said)


def free(town: Town, keeper: str) -> list[UUID]:
    """Beds of a keeper's own house on which nobody lies or is awaited."""
    with town.acting(keeper) as actor:
        own = Bed.objects.visible_to(actor).filter(room__shelter__agency_id=actor.agency_id)
        taken = BedUse.objects.filter(live=True).values("bed_id")
        return [bed.reference for bed in own.exclude(pk__in=taken).order_by("pk")]


def wanted(town: Town) -> UUID:
    """A bed asked for by a new case."""
    party, card = Party(sex="female"), ArrivalCard(alias="Hoa")
    made: UUID = town.do(WORKER, s.request_stay, reference=town.claimed(), party=party, card=card)
    return made


def asleep(town: Town, keeper: str = KEEPER) -> UUID:
    """A stay whose bed is slept in."""
    stay = wanted(town)
    town.do(WORKER, s.hold_beds, reference=stay, chosen=free(town, keeper)[:1])
    town.do(keeper, s.admit, reference=stay)
    return stay


def stays(town: Town) -> None:
    """Each verb of a stay; one waits, one is held and one is slept in afterwards."""
    waits = wanted(town)
    town.do(WORKER, s.amend_request, reference=waits, party=Party(adults=2, sex="female"))
    away = wanted(town)
    soon = town.now + 3 * HOUR
    town.do(WORKER, s.settle_elsewhere, reference=away, kind="neighbour", next_check_at=soon)
    town.do(WORKER, s.check_elsewhere, reference=away, safe=True, next_check_at=soon)
    town.do(WORKER, s.cancel_request, reference=away, reason="own_decision")
    held = wanted(town)
    town.do(WORKER, s.hold_beds, reference=held, chosen=free(town, KEEPER)[:1])
    town.things.setdefault("held", held)
    lapsed = wanted(town)
    town.do(WORKER, s.hold_beds, reference=lapsed)
    lapse(town, lapsed)
    mistake = wanted(town)
    town.do(WORKER, s.hold_beds, reference=mistake)
    town.do(WORKER, s.void_stay, reference=mistake, reason="wrong_bed")
    sleeps = asleep(town)
    town.things.setdefault("stay", sleeps)
    town.do(KEEPER, s.open_arrival_card, reference=sleeps)
    town.do(KEEPER, s.change_party, reference=sleeps, party=Party(adults=2, sex="female"))
    town.do(KEEPER, s.change_party, reference=sleeps, party=Party(sex="female"))
    town.do(KEEPER, s.go_away, reference=sleeps, why="health")
    town.do(KEEPER, s.come_back, reference=sleeps)
    town.do(KEEPER, s.review_stay, reference=sleeps)
    leaves(town)
    first, *_rest = free(town, KEEPER)
    town.do(KEEPER, s.stop_bed, reference=first, reason="repair")
    town.do(KEEPER, s.return_bed, reference=first)
    town.things["bed"] = first
    arrived = town.do(KEEPER, s.admit_walk_in, chosen=free(town, KEEPER)[:1],
                      party=Party(sex="female"), door=AtTheDoor("no", "no"))  # fmt: skip
    town.do(KEEPER, s.discharge, reference=arrived, reason="relatives", next_place="relatives")


def lapse(town: Town, stay: UUID) -> None:
    """The sweep finds a hold whose time is over."""
    case_id = town.look(WORKER, Stay, reference=stay)[0].case_id
    over = town.now + 2 * HOUR
    with rls.acting(actor=None, now=over, system="sweep"), counted() as said:
        s.lapse_hold(reference=stay, case_id=case_id, now=over)
        town.note(s.lapse_hold, said())


def leaves(town: Town) -> None:
    """The ways out: to another house, against her will, without a word."""
    moves = asleep(town)
    town.do(KEEPER, s.move_bed, reference=moves, chosen=free(town, KEEPER)[:1])
    other = town.do(KEEPER, s.ask_transfer, reference=moves)
    town.do(WORKER, s.hold_beds, reference=other, chosen=free(town, OTHER_KEEPER)[:1])
    town.do(KEEPER, s.transfer, reference=moves)
    town.do(OTHER_KEEPER, s.admit, reference=other)
    town.do(OTHER_KEEPER, s.leave_untold, reference=other)
    must = asleep(town)
    out = {"reason": "house_rules", "next_place": "rented"}
    town.do(KEEPER, s.discharge, reference=must, **out)
    town.do(KEEPER, s.refuse_leave, reference=must)
    town.do(KEEPER, s.discharge, reference=must, **out)
    town.do(SECOND_KEEPER, s.confirm_leave, reference=must)


def alerts(town: Town) -> None:
    """Some ring, one is answered, one is passed on, one text has arrived."""
    for _ in range(4):
        town.report(danger_now="yes")
    town.sweep()
    answered, passed, *_rest = town.look(WORKER, Alert, state__in=("OPEN", "NOTIFIED"))
    town.do(WORKER, h.acknowledge_alert, reference=answered.reference)
    town.do(WORKER, h.pass_to_desk, reference=passed.reference)
    town.things.setdefault("alert", town.look(WORKER, Alert, state="NOTIFIED")[0].reference)
    with town.acting(WORKER):
        sent = Attempt.objects.filter(state="SENT").latest("pk")
    receipt = {"reference": sent.reference, "provider_id": sent.provider_id, "status": "delivered"}
    town.by_system(h.note_receipt, **receipt)


def offices(town: Town) -> None:
    """An office is to end, and stays after all; a commune will be two."""
    day = town.now.date() + timedelta(days=60)
    ends = Agency.objects.get(code="bvsn-hungyen").reference
    heir = Agency.objects.get(code="bvdk-hungyen").reference
    town.do(ADMIN, ending.end_agency, agency=ends, ends=day, successor=heir)
    town.do(ADMIN, ending.keep_agency, agency=ends)
    old = ("12142", "12280")[town.round]
    new = [NewUnit(f"9000{town.round}{part}", f"Phần {part}", "xa") for part in (1, 2)]
    plan = Reorganisation(day, new, [Becomes(old, one.code, part=True) for one in new])
    town.do(ADMIN, reorganising.reorganise_communes, plan=plan)
    edition.current()


def members(town: Town) -> None:
    """People come and go; the roster is written."""
    office = Agency.objects.get(code="ubnd-12424").reference
    names = people.Names(f"moi{town.round}", "Đỗ", "Thị", "Lan")
    invited = town.do(
        SUPERVISOR, people.invite_person, agency=office, names=names, roles=["reporter"]
    )
    town.by_system(people.set_password, username=names.username, code=invited.code,
                   password="mot-mat-khau-rat-dai")  # fmt: skip
    one = {"membership": invited.membership}
    town.do(SUPERVISOR, people.change_roles, **one, roles=["caseworker"], version=None)
    town.do(SUPERVISOR, people.give_password_code, **one)
    town.do(SUPERVISOR, people.let_try_again, **one)
    town.by_system(people.unlock, username=names.username)
    town.do(SUPERVISOR, people.ask_second_factor_reset, **one)
    town.do("phuc", people.confirm_second_factor_reset, **one)
    town.do(SUPERVISOR, people.begin_membership, agency=office, username="tam", roles=["reporter"])
    tam = Membership.objects.get(user__username="tam", agency__code="ubnd-12424", ends=None)
    town.do(SUPERVISOR, people.end_membership, membership=tam.reference)
    town.do(WORKER, account.choose_language, language="vi")
    town.do(WORKER, account.note_own_password)
    town.do(WORKER, account.note_second_step, what="totp_activated")
    starts = town.now + timedelta(days=30 + town.round)
    turn = roster.Turn(invited.membership, starts, starts + 8 * HOUR, 3, "0900 000 199")
    for number in range(2):
        shift = town.do(SUPERVISOR, roster.add_shift, agency=office, shift=turn)
        if number == 0:
            town.do(SUPERVISOR, roster.end_shift, shift=shift)
    week = {"starts": town.now, "ends": town.now + timedelta(days=7)}
    own = Agency.objects.get(code="ubnd-12424")
    town.do(SUPERVISOR, roster.open_week, agency=own, **week)
    town.things["member"], town.things["shift"] = invited.membership, shift
