"""The sentences of the package in code, each read from the database past all locks."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from casework import access
from casework.models import Access, Block, Case, Closure, Deadline, EmergencyCard
from hotline.models import Alert
from network.models import Membership
from referral.models import Referral
from safekeeping import rls
from safekeeping.models import Event
from shelters.models import BedUse, Stay
from tests.conftest import NOW
from tests.drills.machines.cast import WORK_CASES, Cast
from tests.drills.machines.edges import BORN, is_edge
from tests.drills.machines.model import Model

OWNING = 2
OF = {"referral": Referral, "stay": Stay, "alert": Alert}
HAS_BED, RINGING = ("HELD", "ADMITTED", "AWAY"), ("OPEN", "NOTIFIED", "EXHAUSTED")
ANSWERED = ("ACCEPTED", "PARTLY_ACCEPTED", "DECLINED", "ACKNOWLEDGED")
IN_WORK = ("ACCEPTED", "PARTLY_ACCEPTED", "STARTED")


@dataclass
class Look:
    """One look at one case after a step."""

    case_id: int
    cast: Cast

    def at(self, now: datetime) -> None:
        with rls.acting(actor=None, now=now, system="setup"), rls.on_case(self.case_id):
            case = Case.objects.get(pk=self.case_id)
            rows = {kind: self._rows(model) for kind, model in OF.items()}
            blocks = list(Block.objects.filter(case_id=self.case_id, live=True))
            self._one_owner(case)
            for referral in rows["referral"]:
                self._answered_by_the_addressee(referral)
            self._one_bed_one_body(rows["stay"])
            for alert in rows["alert"]:
                self._ends_with_a_person(alert, blocks)
            self._events_and_changes(case, rows)
            self._worker_or_clock(case)
            if case.state == "CLOSED":
                self._closed_by_two(rows)
        self._blocked_see_nothing(blocks, now)

    def _rows(self, model: Any) -> list[Any]:
        return list(model.objects.filter(case_id=self.case_id).order_by("pk"))

    def states(self) -> list[Any]:
        """Every state, owner and worker: what a refusal may not change."""
        with rls.acting(actor=None, now=NOW, system="setup"), rls.on_case(self.case_id):
            case = Case.objects.filter(pk=self.case_id).values_list("state", "owner", "worker")
            found: list[Any] = [*case]
            for model in OF.values():
                rows = model.objects.filter(case_id=self.case_id).order_by("pk")
                found += list(rows.values_list("pk", "state", "version"))
            found.append(Event.objects.filter(case_id=self.case_id).count())
            return [*found, Access.objects.filter(case_id=self.case_id, live=True).count()]

    # 1

    def _one_owner(self, case: Case) -> None:
        owns = Access.objects.filter(case=case, reach=OWNING, live=True, ends=None)
        assert list(owns.values_list("agency_id", flat=True)) == [case.owner_id]

    # 2

    @staticmethod
    def _answered_by_the_addressee(referral: Referral) -> None:
        if referral.answered_by_id is None:
            assert referral.state not in (*ANSWERED, *IN_WORK, "COMPLETED")
            return
        by = referral.from_agency_id if referral.outside else referral.to_agency_id
        offices = Membership.objects.filter(user_id=referral.answered_by_id)
        # Its sender may have handed the case over since; then the former owner wrote it down.
        if not referral.outside:
            assert by in offices.values_list("agency_id", flat=True)

    # 10

    def _worker_or_clock(self, case: Case) -> None:
        running = Deadline.objects.filter(case=case, met_at=None, waived_at=None)
        waits = running.filter(clock__in=("assign_handler", "without_worker", "clear_conflict"))
        assert waits.exists() == (case.worker_id is None and case.state != "CLOSED")

    # 4

    def _one_bed_one_body(self, stays: list[Stay]) -> None:
        used: dict[int, list[Any]] = {}
        for use in BedUse.objects.filter(live=True).select_related("stay"):
            used.setdefault(use.bed_id, []).append(use)
        for uses in used.values():
            spans = sorted((use.period for use in uses), key=lambda span: span.lower)
            for one, other in pairwise(spans):
                assert one.upper is not None
                assert one.upper <= other.lower
        for stay in stays:
            live = [use for uses in used.values() for use in uses if use.stay_id == stay.pk]
            if stay.state in HAS_BED:
                assert sum(use.persons for use in live) == stay.adults + stay.children_count
                assert {use.shelter_id for use in live} == {stay.shelter_id}
            else:
                assert live == []

    # 5

    @staticmethod
    def _ends_with_a_person(alert: Alert, blocks: list[Block]) -> None:
        if alert.state in RINGING:
            assert alert.next_action_at is not None
        elif alert.state == "ACKNOWLEDGED":
            assert alert.answered_by_id is not None
        if not alert.emergency or alert.state != "ACKNOWLEDGED" or alert.next_action_at:
            return
        acts = Event.objects.filter(
            case_id=alert.case_id, recorded_at__gte=alert.answered_at, actor_id__isnull=False
        )
        assert acts.exclude(topic__startswith="alert.").exists()

    # 6 and 7

    def _events_and_changes(self, case: Case, rows: dict[str, list[Any]]) -> None:
        events = list(Event.objects.filter(case_id=self.case_id).order_by("pk"))
        told = [one for one in events if one.topic.startswith("case.") and one.to_state]
        self._replay("case", case, told)
        for kind, found in rows.items():
            of_row: dict[Any, list[Event]] = {}
            for one in events:
                if one.subject_kind == kind and one.topic.startswith(f"{kind}."):
                    of_row.setdefault(one.subject, []).append(one)
            assert set(of_row) == {row.reference for row in found}
            for row in found:
                self._replay(kind, row, of_row[row.reference])

    @staticmethod
    def _replay(kind: str, row: Any, events: list[Event]) -> None:
        """The first event is the birth; each other begins where the one before ended."""
        state = events[0].to_state or next(iter(BORN[kind] & {"SENT", "REQUESTED", "OPEN"}), "")
        assert state in BORN[kind], (kind, events[0].topic, state)
        for event in events[1:]:
            if not event.to_state:
                continue
            assert event.from_state in (state, ""), (kind, event.topic, event.from_state, state)
            assert is_edge(kind, state, event.to_state), (kind, state, event.to_state)
            state = event.to_state
        assert state == row.state, (kind, [e.topic for e in events], state, row.state)

    # 8

    def _closed_by_two(self, rows: dict[str, list[Any]]) -> None:
        last = Closure.objects.filter(case_id=self.case_id).order_by("-pk")[0]
        assert last.approved
        assert last.decided_by_id not in (None, last.proposed_by_id)
        assert not [one for one in rows["stay"] if one.state in HAS_BED]
        services = [one for one in rows["referral"] if one.kind == "service"]
        assert not [one for one in services if one.state in ("SENT", *IN_WORK)]
        assert not [one for one in rows["alert"] if one.state in RINGING]

    # 9

    def _blocked_see_nothing(self, blocks: list[Block], now: datetime) -> None:
        users = {one.user_id for one in blocks if one.user_id}
        offices = {one.agency_id for one in blocks if one.agency_id}
        for who in self.cast.values():
            if who.user_id not in users and who.agency_id not in offices:
                continue
            with rls.acting(actor=who, now=now):
                for model in (Case, EmergencyCard, *OF.values()):
                    column = "pk" if model is Case else "case_id"
                    mine = {column: self.case_id}
                    assert not model.objects.visible_to(who).filter(**mine).exists()
                    assert not model.objects.filter(**mine).exists()

    # 3

    def groups(self, now: datetime, model: Model) -> None:
        for who in WORK_CASES:
            actor = self.cast[who]
            assert self._opened(actor, now) == model.groups(actor, now), who

    def _opened(self, actor: Any, now: datetime) -> frozenset[str]:
        with rls.acting(actor=actor, now=now):
            case = Case.objects.visible_to(actor).filter(pk=self.case_id).first()
            return access.groups_for(actor, case, now) if case else frozenset()
