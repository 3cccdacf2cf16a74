"""What a supervisor looks over: what waits for another person's eye, and who opened what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework import policy, rules, timeline
from casework.models import BreakGlass, Case, Death, Override
from casework.models.access import Reviewed
from casework.presenting import GROUPS
from network import law
from network.actors import Actor
from safekeeping.models import Event

EMERGENCY = "glass.broken"
OF_A_CASE = ("case.seen", "card.seen", EMERGENCY)
LOOKS = (*OF_A_CASE, "block.seen", "search.made")
READ, SHOWN = 500, 60  # newest looks, and lines that are left of them
GROUP_NAMES: dict[str, Promise] = {
    **{row[0]: row[1] for row in GROUPS},
    "wishes": _("The person’s wishes"),
    "notes": _("Notes"),
    "minutes": _("Minutes of a conference"),
    "evidence": _("Evidence of consent"),
    "follow_up": _("Notes of a visit"),
    "reasons": _("Reasons given"),
    "card": _("Place and number"),
    "holds": _("Who asked that it be kept"),
    "phone": _("Duty phones"),
}
REVIEW_CLOCKS = {
    "override": "override_review",
    "breakglass": "break_glass_review",
    "death": "death_review",
}
CODE_LISTS = {"breakglass": "break_glass_reason", "death": "death_cause"}


@dataclass(frozen=True)
class Waiting:
    """An override or an emergency opening that nobody has reviewed. `may`: this person may."""

    kind: str
    reference: UUID
    case: str
    who: str
    what: str
    at: datetime
    due: datetime
    may: bool


@dataclass(frozen=True)
class Look:
    """One opening, search or emergency opening; the same again is said once.

    at: the newest of so many `times`; since: the first of them.
    """

    at: datetime
    since: datetime
    times: int
    topic: str
    who: str
    office: str
    case: str
    url: str
    names: tuple[str, ...]

    @property
    def is_emergency(self) -> bool:
        """Whether it is one that another person reviews, by itself."""
        return self.topic == EMERGENCY


def one_to_review(model: Any, reference: UUID, actor: Actor) -> tuple[Any, Waiting]:
    """A row that another person looks at, and what a list tells of it. Raises NotVisible."""
    row = _named(model, actor).by_reference(reference)
    return row, _waiting(row, actor)


def to_review(actor: Actor) -> list[Waiting]:
    """What waits for a review by this person's office, the oldest first; three statements."""
    asked = {"reviewed_at": None, "review_agency_id": actor.agency_id}
    kinds = (Override, BreakGlass, Death)
    found = [one for kind in kinds for one in _named(kind, actor).filter(**asked)]
    waiting = [_waiting(one, actor) for one in found if one.waits]
    return sorted(waiting, key=lambda one: one.due)


def _named(model: type[Reviewed], actor: Actor) -> Any:
    """Rows that this person sees, each with who did it and the name of the case, if it is seen."""
    seen = model.objects.visible_to(actor).select_related(_who(model))
    return seen.annotate(named=_case_named(Case.objects.visible_to(actor)))


def _who(model: type[Reviewed]) -> str:
    """The relation of who did it."""
    return model.WHO.removesuffix("_id")


def _waiting(row: Any, actor: Actor) -> Waiting:
    kind = row._meta.model_name
    codes = {"breakglass": "reason", "death": "cause"}.get(kind, "guards")
    said = getattr(row, codes)
    listed = [said] if isinstance(said, str) else said
    return Waiting(
        kind=kind,
        reference=row.reference,
        case=row.named["alias"] if row.named else "",
        who=getattr(row, _who(type(row))).name,
        what=", ".join(law.label(CODE_LISTS.get(kind, "override_guard"), code) for code in listed),
        at=row.at,
        due=law.due(REVIEW_CLOCKS[kind], row.at),
        may=policy.may_review(actor, row),
    )


def to_explain(actor: Actor, now: datetime) -> list[BreakGlass]:
    """One's own emergency openings of the last days whose reason may not be written yet."""
    mine = BreakGlass.objects.visible_to(actor).filter(user_id=actor.user_id or 0)
    return list(mine.filter(at__gt=now - 3 * rules.QUIET_AFTER).order_by("-at"))


def looks(actor: Actor) -> list[Look]:
    """Who opened what of the cases that one's office owns, and its own openings elsewhere."""
    owned = Case.objects.visible_to(actor).filter(owner_id=actor.agency_id)
    seen = Event.objects.filter(topic__in=LOOKS)
    mine = seen.filter(agency_id=actor.agency_id) | seen.filter(case_id__in=owned.values("pk"))
    named = timeline.with_names(mine).annotate(case=_case_named(owned))
    return merged(named.order_by("-pk")[:READ])[:SHOWN]


def looks_at(case: Case, *, office: int | None) -> list[Look]:
    """The same of one case; office: whose looks alone are told."""
    seen = Event.objects.filter(case_id=case.pk, topic__in=OF_A_CASE)
    if office is not None:
        seen = seen.filter(agency_id=office)
    return merged(timeline.with_names(seen).order_by("-pk")[:READ])


def merged(events: Iterable[Any]) -> list[Look]:
    """Who looked at what, from events with their names, the newest first.

    One person's same look at the same case is one line, wherever others looked between; an
    emergency opening always has a line of its own.
    """
    told: dict[object, list[Any]] = {}
    for event in events:
        told.setdefault(_same(event), []).append(event)
    return [_look(same) for same in told.values()]


def _same(event: Any) -> object:
    if event.topic == EMERGENCY:
        return event.pk
    return event.topic, event.actor_id, event.agency_id, event.case_id, tuple(event.groups)


def _case_named(cases: Any) -> Subquery:
    """The alias and reference of the case that a row is about, if it is among these; else None."""
    told = cases.filter(pk=OuterRef("case_id"))
    return Subquery(told.values(found=JSONObject(alias="alias", reference="reference")))


def _look(same: Sequence[Any]) -> Look:
    row = same[0]
    case = getattr(row, "case", None) or {"alias": "", "reference": ""}
    return Look(
        at=row.recorded_at,
        since=same[-1].recorded_at,
        times=len(same),
        topic=row.topic,
        who=timeline.who_of(row),
        office=timeline.office_of(row),
        case=case["alias"],
        url=case["reference"],
        names=tuple(str(GROUP_NAMES.get(group, group)) for group in row.groups),
    )
