"""What is done in the town, app by app; each function leaves its traces for the pages to show."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from casework import access
from casework import actions as c
from casework.actions import conference, keeping, oversight
from casework.groups import Contact, Identity, Number
from casework.models import (
    Closure,
    Deadline,
    EmergencyCard,
    FollowUp,
    Incident,
    Note,
    Override,
    Plan,
    PlanItem,
    Survivor,
)
from network.models import Agency
from safekeeping import keys
from safekeeping.errors import KeysUnavailable
from safekeeping.keyring import KeyRing
from tests.statements import asking
from tests.statements.town import (
    COLLEAGUE,
    DESK,
    OFFICER,
    QUIET,
    RING_BACK,
    SECOND,
    SUPERVISOR,
    WORKER,
    Town,
)

LATER = timedelta(days=7)
CALM = {**QUIET, "danger_to_life": "no"}


class NoKeys:
    """A key service that is away."""

    def load(self) -> KeyRing:
        raise KeysUnavailable


def of_case(town: Town, case: UUID, model: Any, who: str = WORKER, **about: Any) -> list[Any]:
    """Rows of a case, as its worker sees them."""
    case_id = town.case_id(case)
    with town.acting(who):
        return list(model.objects.filter(case_id=case_id, **about).order_by("pk"))


def begin(town: Town) -> None:
    """The case of which the pages tell: reported in danger, taken on, described."""
    case = town.report(danger_now="yes", needs=("doctor", "bed"), children_count=2,
                       named=" with a bed and danger")  # fmt: skip
    town.things["case"] = case
    town.do(WORKER, c.acknowledge_notice, reference=case)
    town.do(SUPERVISOR, c.assign_worker, reference=case, worker=town.person(WORKER))
    town.do(WORKER, c.note_accused, reference=case, status="held",
            held_until=(town.now + LATER).date())  # fmt: skip
    town.do(WORKER, c.note_accused, reference=case, status="near")
    survivor = of_case(town, case, Survivor)[0].reference
    known = {
        "identity": Identity(full_name="Nguyễn Thị Mận", id_number="033 194 000 117"),
        "contact": Contact(numbers=(Number("0900 000 131"),)),
    }
    town.do(WORKER, c.describe, reference=case, kind="survivor", record=survivor, values=known)
    town.do(WORKER, c.record_wishes, reference=case, coded=["be_safe_tonight"], words="Được yên.")
    town.do(WORKER, c.record_consent, reference=case, answers=("doctor", "bed", "talk"),
            asking=c.Asking(alone=True, told_beforehand=True))  # fmt: skip
    town.do(WORKER, c.record_safe_check, reference=case, met_by="spoken_alone", way="call")


def add_to_the_case(town: Town) -> None:
    """More of everything that the case's pages list."""
    case = town.subject
    town.do(WORKER, c.assess_case, reference=case, answers={**CALM, "weapon": "yes"},
            judged="extreme", reasoning="Đã nói chuyện riêng.")  # fmt: skip
    town.do(WORKER, c.add_incident, reference=case, values={"acts": ("a",), "relation": "spouse"})
    for kind in ("safety", "support"):
        items = [c.Item(need="safety", words="Túi đồ để sẵn."), c.Item(need="practical")]
        town.do(WORKER, c.agree_plan, reference=case, kind=kind, items=items, words="Đã bàn.")
    plan = of_case(town, case, Plan)[-1]
    town.do(WORKER, c.add_item, reference=plan.reference, item=c.Item(need="safety"))
    first, second, *_rest = of_case(town, case, PlanItem, state="OPEN")
    town.do(WORKER, c.finish_item, reference=first.reference)
    town.do(WORKER, c.drop_item, reference=second.reference, reason="declined_by_survivor")
    for _ in range(2):
        town.do(WORKER, c.add_note, reference=case, kind="general", words="Đã gặp.")
    town.do(WORKER, c.add_note, reference=case, kind="contact", words="Gọi.", reached=True,
            way="call", alone=True, safe_again="call", danger={"danger_to_life": "no"})  # fmt: skip
    for _ in range(4):
        town.do(WORKER, c.plan_follow_up, reference=case, due_at=town.now + LATER,
                mode="visit")  # fmt: skip
    held, missed, cancelled, *_rest = of_case(town, case, FollowUp, state="PLANNED")
    town.do(WORKER, c.hold_follow_up, reference=held.reference, alone=True, safe_again="call")
    town.do(WORKER, c.miss_follow_up, reference=missed.reference, reason="no_answer")
    town.do(WORKER, c.cancel_follow_up, reference=cancelled.reference, reason="asked_later")
    town.do(WORKER, access.open_groups, reference=case, groups={"person", "contact"})
    town.do(WORKER, c.withdraw_consent, reference=case, scope="counted")
    town.do(WORKER, c.renew_consent, reference=case, scope="counted")
    survivor = of_case(town, case, Survivor)[0].reference
    town.do(WORKER, c.correct_value, reference=case, kind="survivor", record=survivor,
            field="birth_year", value=1990 + town.round, reason="typing")  # fmt: skip
    town.do(WORKER, c.search_people, kind="phone", text="0900 000 131")


def look_over(town: Town) -> None:
    """Blocks, conferences, emergency openings and what a supervisor reviews."""
    case = town.subject
    town.do(WORKER, conference.seats_for, reference=case)
    owner = Agency.objects.get(code="ubnd-12424").reference
    town.do(WORKER, c.record_conference, reference=case, held_at=town.now, agencies=[owner],
            attendees=[town.person(WORKER)], minutes="Thống nhất.",
            decisions=[c.Item(need="practical")])  # fmt: skip
    kept_out = ("khai", "son")[town.round]
    for username in (kept_out, "nam"):
        block = town.do(SUPERVISOR, c.set_block, reference=case, reason="asked",
                        user=town.person(username))  # fmt: skip
    town.do(SUPERVISOR, c.lift_block, reference=case, block=block)
    town.do(SUPERVISOR, c.list_blocks, reference=case)
    for _ in range(2):
        glass = town.do(COLLEAGUE, c.break_glass, reference=town.claimed(), fresh_mfa=True,
                        reason="worker_absent")  # fmt: skip
        town.things.setdefault("glass", glass)
    town.do(COLLEAGUE, c.explain_break_glass, reference=glass, words="Người làm vụ việc nghỉ ốm.")
    town.do(SUPERVISOR, c.review_break_glass, reference=glass, verdict="right")
    town.do(COLLEAGUE, oversight.read_reason, kind="breakglass", reference=glass)
    for _ in range(2):
        other = town.report()
        town.do(WORKER, c.agree_plan, reference=other, kind="safety",
                overriding="Anh ta cầm dao đứng ngoài cửa.", items=[c.Item("safety")])  # fmt: skip
        override = of_case(town, other, Override)[0].reference
        if not town.round:
            town.things["override"] = override
    town.do(SUPERVISOR, c.review_override, reference=override, verdict="right")
    town.do("binh", oversight.audit)


def cases(town: Town) -> None:
    """Cases in other states, and cases that are joined."""
    town.things["detected"] = town.report(named=" of three answers")
    town.do(SUPERVISOR, c.workers_for, reference=town.things["detected"])
    town.do(SUPERVISOR, c.standing_of, reference=town.things["detected"])
    clock = of_case(town, town.things["detected"], Deadline, met_at=None, waived_at=None)[0]
    town.do(SUPERVISOR, c.waive_deadline, reference=clock.reference, reason="survivor_wish",
            words="Người ấy xin vậy.")  # fmt: skip
    closing = town.claimed()
    town.do(SUPERVISOR, c.reassign_worker, reference=closing, worker=town.person(COLLEAGUE))
    town.do(SUPERVISOR, c.reassign_worker, reference=closing, worker=town.person(WORKER))
    town.do(WORKER, c.claim_task, reference=closing, step="assess")
    town.do(WORKER, c.release_task, reference=closing, step="assess")
    town.do(WORKER, c.assess_case, reference=closing, answers=CALM)
    town.do(WORKER, c.agree_plan, reference=closing, kind="safety")
    town.do(WORKER, c.start_follow_up, reference=closing, mode="call")
    town.do(WORKER, c.resume_support, reference=closing)
    town.do(WORKER, c.withdraw_consent, reference=closing, scope="service", service="health")
    town.do(WORKER, c.propose_closure, reference=closing, reason="own_decision", words="Đã ổn.")
    town.do(SUPERVISOR, oversight.read_closing_words,
            reference=of_case(town, closing, Closure)[0].reference)  # fmt: skip
    town.do(SUPERVISOR, c.return_closure, reference=closing, why="ask_again")
    town.do(WORKER, c.propose_closure, reference=closing, reason="own_decision")
    town.things["closing"] = closing
    town.things["hold"] = town.do(SUPERVISOR, keeping.place_hold, reference=closing,
                                  reason="audit", holder="Thanh tra", paper="7/2026")  # fmt: skip
    closed = town.claimed()
    town.do(WORKER, c.propose_closure, reference=closed, reason="own_decision")
    town.do(SUPERVISOR, c.approve_closure, reference=closed)
    town.do(SUPERVISOR, c.reopen_case, reference=closed, reason="asked")
    town.do(SUPERVISOR, c.propose_closure, reference=closed, reason="own_decision")
    town.do(SECOND, c.approve_closure, reference=closed)
    hold = town.do(SUPERVISOR, keeping.place_hold, reference=closed, reason="court",
                   holder="Tòa án", paper="Số 12/2026")  # fmt: skip
    town.do(SUPERVISOR, keeping.lift_hold, reference=hold, why="Đã xét xử xong.")
    town.do(SUPERVISOR, c.erase_survivor, reference=closed, reason="her_request")
    town.things["closed"] = closed
    with keys.using(NoKeys()):
        town.report()
    town.do(OFFICER, c.complete_report, reference=town.things["report"], sealed=RING_BACK)
    # Two cases are locked in the order of their references: the dearer of the two ways round.
    first, second, third = sorted([town.claimed() for _ in range(3)], reverse=True)
    town.do(SUPERVISOR, c.link_person, reference=first, other=second)
    town.do(SUPERVISOR, c.link_duplicate, reference=first, other=third)
    unclear = town.report(conflict="unknown", seen_by=DESK)
    town.do(DESK, c.clear_conflict, reference=unclear)


def deaths(town: Town) -> None:
    """One death, looked back on by the duty desk; one written down by mistake."""
    case, other = town.claimed(), town.claimed()
    death = town.do(WORKER, c.record_death, reference=case, cause="violence")
    town.do(WORKER, c.hold_debrief, reference=case)
    town.do(DESK, c.review_death, reference=death, verdict="to_learn")
    town.do(WORKER, c.record_death, reference=other, cause="violence")
    town.do(SUPERVISOR, c.take_back_death, reference=other)


def kept_for_later(town: Town) -> None:
    """References of rows that pages are about; those of the first round stay."""
    case = town.subject
    found = {
        "incident": of_case(town, case, Incident)[0],
        "plan": of_case(town, case, Plan)[-1],
        "item": of_case(town, case, PlanItem, state="OPEN")[0],
        "meeting": of_case(town, case, FollowUp, state="PLANNED")[0],
        "note": of_case(town, case, Note)[0],
        "deadline": of_case(town, case, Deadline, met_at=None, waived_at=None)[0],
        "card": town.look(DESK, EmergencyCard)[0],
        "office": Agency.objects.get(code="ubnd-12424"),
    }
    for name, row in found.items():
        town.things[name] = row.reference


def first_round(town: Town) -> None:
    """The case of which the pages tell, and one of everything."""
    begin(town)
    again(town)


def again(town: Town) -> None:
    """One more of everything, in that case and around it."""
    asking.alerts(town)
    add_to_the_case(town)
    look_over(town)
    cases(town)
    deaths(town)
    asking.referrals(town)
    asking.stays(town)
    asking.members(town)
    asking.offices(town)
    kept_for_later(town)
    town.round += 1
