"""The small cast that does what it pleases: ten offices' worth of people in seven offices."""

from datetime import datetime, timedelta

from casework.models.base import WORKS_CASES
from network.actors import Actor
from network.models import Agency, Membership, Shift, ShiftPhone, User
from network.sittings import actor_for
from safekeeping import keys

Cast = dict[str, Actor]
PEOPLE: dict[str, tuple[str, tuple[str, ...]]] = {
    "officer": ("ca-12424", ("reporter", "responder")),
    "worker": ("ubnd-12424", ("caseworker",)),
    "colleague": ("ubnd-12424", ("caseworker",)),
    "leader": ("ubnd-12424", ("supervisor",)),
    "second leader": ("ubnd-12424", ("supervisor",)),
    "social": ("ctxh", ("caseworker", "responder")),
    "social leader": ("ctxh", ("supervisor",)),
    "doctor": ("ttyt-phucu", ("responder",)),
    "second doctor": ("ttyt-phucu", ("responder",)),
    "nurse": ("bvsn-hungyen", ("responder",)),
    "lawyer": ("tgpl", ("responder",)),
    "coordinator": ("truc", ("coordinator",)),
    "second coordinator": ("truc", ("coordinator",)),
    "stranger": ("ubnd-12070", ("caseworker", "supervisor")),
    "keeper": ("tamlanh-dongtao", ("keeper",)),
    "other keeper": ("tamlanh-dinhcao", ("keeper",)),
}
OWN = ("worker", "colleague", "leader", "second leader")
SOCIAL = ("social", "social leader")
DESK = ("coordinator", "second coordinator")
LEADERS = ("leader", "second leader", "social leader", *DESK)
WORKERS = ("worker", "colleague", "social", *DESK)
RECEIVERS = ("doctor", "second doctor", "nurse", "lawyer", *SOCIAL, "officer")
WORK_CASES = tuple(who for who, (_, roles) in PEOPLE.items() if set(roles) & WORKS_CASES)
ANSWERING = tuple(who for who, (_, roles) in PEOPLE.items() if set(roles) - {"reporter"})


def make(now: datetime) -> Cast:
    """All of them; the first of each office is on duty with a phone."""
    cast = {who: _make(who, agency, roles, now) for who, (agency, roles) in PEOPLE.items()}
    for turn, who in ((1, "worker"), (2, "leader"), (1, "doctor"), (1, "coordinator")):
        _on_duty(cast[who], turn, now)
    return cast


def _make(who: str, agency: str, roles: tuple[str, ...], now: datetime) -> Actor:
    user = User.objects.create(
        username=f"r7-{who.replace(' ', '-')}", family_name="Trần", given_name=who, joined_at=now
    )
    made = Membership.born(
        user=user, agency=Agency.objects.get(code=agency), roles=list(roles),
        starts=now - timedelta(days=400),
    )  # fmt: skip
    return actor_for(user, Membership.objects.select_related("agency").get(pk=made.pk), now)


def _on_duty(who: Actor, turn: int, now: datetime) -> None:
    agency = Agency.objects.get(pk=who.agency_id)
    if agency.subject is None:
        agency.subject = keys.create_subject()
        agency.save(update_fields=["subject"])
    Shift.born(
        agency=agency, membership_id=who.membership_id, starts=now - timedelta(days=1),
        ends=now + timedelta(days=2000), turn=turn, phone=ShiftPhone(number="0912000111"),
    )  # fmt: skip
