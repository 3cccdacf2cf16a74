"""What is counted, read from coded columns alone as the figures role: it can read nothing else.

Each source yields `Counted` rows: the record's id for its key, and the codes of its dimensions.
A dimension with several codes (an incident of two forms) puts the record into each of their cells.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Exists, OuterRef, Q

from casework.models import Case, CaseState, Incident, Survivor
from figures.labels import UNKNOWN
from figures.rules import Span
from network import registry
from network.models import Agency
from referral.models import Kind, Referral
from shelters.models import Stay

Codes = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Counted:
    """One record of a period: its id and the codes it has in each dimension."""

    id: int
    codes: Codes


def of_table(table: str, span: Span) -> Iterator[Counted]:
    """The records that one table counts in one period."""
    return {"T1": cases, "T2": incidents, "T8": referrals, "T9": stays}[table](span)


def cases(span: Span) -> Iterator[Counted]:
    """T1: cases recorded in the period, unless she withdrew being counted."""
    rows = _counted(Case.objects.exclude(_no_case("")), span, "recorded_at", own="")
    for pk, channel, place, at in rows.values_list(
        "id", "detected_channel", "place_id", "recorded_at"
    ):
        yield Counted(pk, {"channel": (channel,), "area": (_area(place, at),)})


def incidents(span: Span) -> Iterator[Counted]:
    """T2: incidents recorded in the period, by forms, her sex, her age then.

    Those of a case that was joined to another were carried over, and are counted there, unless
    the same day was told of there: then it is one event told twice.
    """
    told = Incident.objects.filter(
        case=OuterRef("case"), happened_on=OuterRef("happened_on"), carried=False
    )
    once = Incident.objects.exclude(Q(carried=True) & Exists(told))
    of_cases = once.exclude(_no_case("case__"))
    rows = list(
        _counted(of_cases, span, "recorded_at").values_list(
            "id", "case_id", "acts", "happened_on", "recorded_at"
        )
    )
    people = {
        case: (sex, born, band)
        for case, sex, born, band in Survivor.objects.filter(
            case_id__in={row[1] for row in rows}
        ).values_list("case_id", "sex", "birth_year", "age_band")
    }
    for pk, case, acts, happened_on, at in rows:
        sex, born, band = people[case]
        day = happened_on or registry.localdate(at)
        yield Counted(
            pk,
            {
                "form": forms(acts, day),
                "sex": (sex,),
                "age": (age_band(born, band, day),),
            },
        )


def referrals(span: Span) -> Iterator[Counted]:
    """T8: referrals sent in the period: kinds of both sides, state, whether answered in time.

    Notices that the law makes are no referrals: nobody chose to send them.
    """
    kinds = dict(Agency.objects.values_list("id", "kind"))
    rows = _counted(Referral.objects.exclude(kind=Kind.NOTIFY), span, "sent_at")
    for pk, sender, receiver, state, due, answered in rows.values_list(
        "id", "from_agency_id", "to_agency_id", "state", "answer_due", "answered_at"
    ):
        yield Counted(
            pk,
            {
                "sender": (kinds[sender],),
                "receiver": (kinds[receiver],),
                "state": (state,),
                "in_time": (answer(due, answered),),
            },
        )


def stays(span: Span) -> Iterator[Counted]:
    """T9: families for whom a bed was asked in the period, and what came of it.

    A move to another house is the same asking, counted where it began.
    """
    places = dict(Case.objects.values_list("id", "place_id"))
    rows = _counted(Stay.objects.filter(came_from=None), span, "requested_at")
    for pk, case, state, reason, at in rows.values_list(
        "id", "case_id", "state", "reason", "requested_at"
    ):
        if state in OUTCOME:
            outcome = "not_placed" if reason in NOT_PLACED else OUTCOME[state]
            yield Counted(pk, {"outcome": (outcome,), "area": (_area(places.get(case), at),)})


def _no_case(to_case: str) -> Q:
    """One event told twice is one case; what was entered by mistake is none.

    That it was a mistake one person alone cannot say: a proposal takes nothing out of a count that
    is made but once. What is carried over to another case is counted there from that moment.
    """
    joined = Q(**{f"{to_case}closure_reason": "linked"})
    mistaken = {"closure_reason": "entered_by_mistake", "state": CaseState.CLOSED}
    return joined | Q(**{f"{to_case}{name}": value for name, value in mistaken.items()})


# Asked in vain: for want of room, not of her wish.
NOT_PLACED = frozenset({"full", "not_fitting", "too_far", "transport"})
# A stay entered by mistake was no stay.
OUTCOME = {
    "REQUESTED": "waiting",
    "WAITING": "waiting",
    "HELD": "waiting",
    "ADMITTED": "placed",
    "AWAY": "placed",
    "DISCHARGED": "placed",
    "TRANSFERRED": "placed",
    "LEFT_UNTOLD": "placed",
    "SAFE_ELSEWHERE": "elsewhere",
    "LAPSED": "did_not_arrive",
    "CANCELLED": "cancelled",
}


def forms(acts: list[str], day: date) -> tuple[str, ...]:
    """The forms of violence that these acts have by the mapping of that day; each once."""
    found = {registry.mapped("dv_act", act, "form", day) for act in acts} - {""}
    return tuple(sorted(found)) or (UNKNOWN,)


def age_band(born: int | None, band: str, day: date) -> str:
    """The band of her age in the year of the act; else the band noted; bands never overlap."""
    if born is None:
        return band or UNKNOWN
    age = day.year - born
    for row in registry.codes("age_band", day):
        least, below = row.mapping.get("least"), row.mapping.get("below")
        if least is not None and age >= least and (below is None or age < below):
            return str(row.code)
    return UNKNOWN


def answer(due: datetime | None, answered: datetime | None) -> str:
    """In time up to the very moment it was due."""
    if answered is None:
        return "not_yet"
    return "late" if due is not None and answered > due else "in_time"


def _area(place_id: int | None, at: datetime) -> str:
    return registry.area_of(place_id, registry.localdate(at)) or UNKNOWN


def _counted(rows: Any, span: Span, column: str, own: str = "case__") -> Any:
    """Rows of the period whose case is counted; local midnights, the end exclusive."""
    bounds = {f"{column}__gte": _midnight(span.start), f"{column}__lt": _midnight(span.end)}
    return rows.filter(**bounds, **{f"{own}counted": True}).order_by("id")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), registry.zone())
