"""What the pages say of a referral, in words: the card, and what this person can do with it now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django_fsm import can_proceed

from casework.models import Case, EmergencyCard
from network import law, registry
from network.actors import Actor
from network.models import Agency
from referral import policy, requests, rules
from referral.models import ASKED, DIED, Ground, Kind, Referral, State, Urgency
from safekeeping.sealed import is_empty

ENDED = (State.COMPLETED, State.WITHDRAWN, State.SUPERSEDED, State.VOIDED, State.DECLINED)
TONES = {State.LAPSED: "red", State.REVOKED: "red", **dict.fromkeys(ENDED, "grey")}
MAY: dict[str, tuple[Any, str]] = {
    "accept": (policy.may_answer, "accept"),
    "decline": (policy.may_answer, "decline"),
    "acknowledge": (policy.may_answer, "acknowledge"),
    "start": (policy.may_work, "start"),
    "complete": (policy.may_work, "complete"),
    "give_back": (policy.may_work, "give_back"),
    "void": (policy.may_void, "void"),
    "withdraw": (policy.may_withdraw, "withdraw"),
}


@dataclass(frozen=True)
class Card:
    """A referral as a page shows it; every text is in the reader's language."""

    row: Referral
    title: str
    area: str
    age: str
    needs: list[tuple[str, str]]
    taken: list[tuple[str, str]]
    reach: str
    opens: str
    state: str
    tone: str
    doors: frozenset[str]
    phone: str
    case: str = ""

    @property
    def is_urgent(self) -> bool:
        return self.row.urgency == Urgency.EMERGENCY and self.row.state in ASKED

    @property
    def waits(self) -> bool:
        return self.row.state in ASKED


def card_for(
    row: Referral, actor: Actor, now: datetime, *, case: str = "", is_open: bool = True
) -> Card:
    """One referral for this person; `to_agency` is loaded with it.

    case: its name. is_open: it is the sender's still, and not closed.
    """
    return Card(
        row=row,
        title=title_of(row),
        area=area_of(row.area, now),
        age=registry.label("card_age_band", row.age_band),
        needs=registry.named("referral_need", row.needs),
        taken=registry.named("referral_need", row.parts),
        reach=registry.label("reach_by", row.reach_by),
        opens=", ".join(
            label.lower() for _code, label in registry.named("consent_group", row.groups)
        ),
        state=str(row.get_state_display()),
        tone=TONES.get(State(row.state), ""),
        doors=doors(row, actor, now, is_open=is_open),
        phone=phone_of(row.to_agency) if row.outside else "",
        case=case,
    )


def title_of(row: Referral) -> str:
    """What is asked, and how soon: "Khám, chăm sóc y tế, khẩn cấp"."""
    if row.kind == Kind.NOTIFY:
        return pgettext("referral title", "Notice by law")
    what = (
        _("Handover of the case")
        if row.kind == Kind.HANDOVER
        else registry.label("service", row.service)
    )
    return f"{what}, {row.get_urgency_display()}"


def area_of(code: str, now: datetime) -> str:
    """The area of many communes, by name."""
    return law.area_name(code, registry.localdate(now)) or _("Not known")


def phone_of(agency: Agency) -> str:
    """Whom to ring where nobody can sign in: their number, else the duty desk's is on the page."""
    return registry.duty_phone_of(agency)


def doors(row: Referral, actor: Actor, now: datetime, *, is_open: bool = True) -> frozenset[str]:
    """What this person can do with it now: policy says who, the machine says when.

    is_open: the case is, and is the sender's; in another nobody is asked any more.
    """
    open_now = {
        name
        for name, (may, edge) in MAY.items()
        if may(actor, row) and can_proceed(getattr(row, edge))
    }
    if "accept" in open_now and len(row.needs) > 1 and can_proceed(row.accept_partly):
        open_now.add("partly")
    if row.state in ASKED and policy.may_record_answer(actor, row):
        open_now.add("record")
    if is_open and requests.is_left(row) and policy.may_send_on(actor, row):
        open_now.add("send_on")
    return frozenset(open_now | _openings(row, actor, now))


def _openings(row: Referral, actor: Actor, now: datetime) -> set[str]:
    found = set()
    if row.state == State.REVOKED and row.stop_seen_at is None and policy.may_read_stop(actor, row):
        found.add("stop")
    if policy.may_answer(actor, row):
        if row.groups and row.kind == Kind.SERVICE and policy.is_open_to_receiver(row, now):
            found.add("groups")
        if policy.may_see_way(actor, row):
            found.add("way")
    return found


def still_there(card: Card, actor: Actor) -> frozenset[str]:
    """The doors of a card, on a page of its own: nobody opens what a closed case took back."""
    mine = EmergencyCard.objects.visible_to(actor).filter(case_id=card.row.case_id)
    is_gone = "way" in card.doors and not mine.exists()
    return card.doors - {"way"} if is_gone else card.doors


def words_of(row: Referral, case: Case | None, actor: Actor, now: datetime) -> frozenset[str]:
    """Which written words this person may open, on the page of one referral; a list shows none.

    case: the referral's, where it is there for this person.
    """
    found = set()
    has_words = row.follows_id is not None or not is_empty(row, "message")
    if has_words and policy.may_open_message(actor, row, case, now):
        found.add("message")
    if not is_empty(row, "feedback") and policy.may_open_feedback(actor, row, case):
        found.add("feedback")
    return frozenset(found)


def ground_of(row: Referral) -> str:
    """Why sharing is allowed, with the law where one requires it."""
    if row.ground != Ground.STATUTE:
        return str(row.get_ground_display())
    if row.statute in rules.STATUTES:
        return registry.label("referral_law", row.statute)
    track, _slash, condition = row.statute.partition("/")
    today = registry.localdate(row.sent_at)
    found = [one for one in registry.notice_rules([track], [condition], today)
             if one.condition == condition]  # fmt: skip
    return found[0].source if found else str(row.get_ground_display())


def reason_of(row: Referral, actor: Actor) -> str:
    """Why it ended, as far as this person may read it."""
    if not row.reason or not policy.may_read_reason(actor, row):
        return ""
    lists = {
        State.DECLINED: "decline_reason",
        State.RETURNED: "return_reason",
        State.VOIDED: "void_reason",
        State.REVOKED: "withdrawal_scope",
    }
    if row.reason == DIED:
        return registry.label("closure_reason", DIED)
    code_list = lists.get(State(row.state))
    return registry.label(code_list, row.reason) if code_list else ""


@dataclass(frozen=True)
class Step:
    """One line of what happened to a referral."""

    what: str
    who: str
    at: datetime
    recorded: datetime | None = None


def steps_of(row: Referral) -> list[Step]:
    """What happened, oldest first, from the row's own times."""
    theirs, ours = row.to_agency.short, row.from_agency.short
    answered = {
        State.DECLINED: _("Declined"),
        State.ACKNOWLEDGED: _("Acknowledged"),
    }.get(State(row.state), _("Accepted in part") if row.parts != row.needs else _("Accepted"))
    found = [
        (pgettext("referral step", "Sent"), ours, row.sent_at),
        (_("Not answered in time"), theirs, row.lapsed_at),
        (answered, theirs, row.answered_at),
        (pgettext("referral", "Started"), theirs, row.started_at),
        (_("Completed"), theirs, row.completed_at),
    ]
    if row.ended_at and row.state not in {State.DECLINED, State.COMPLETED}:
        found.append((str(row.get_state_display()), "", row.ended_at))
    if row.stop_seen_at:
        found.append((_("Confirmed: no contact any more"), theirs, row.stop_seen_at))
    return [Step(what, who, at) for what, who, at in found if at is not None]
