"""Steps that every action of shelters shares: take in hand, save and record."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from network.actors import Actor
from safekeeping import events, rls
from shelters.models import ASLEEP, Onward, Stay


@contextmanager
def in_hand(actor: Actor, reference: UUID, *, version: int | None = None) -> Iterator[Stay]:
    """See the stay, take its case in hand, and load it again. Raises NotVisible and Stale."""
    with rls.on_case_of(Stay.objects.visible_to(actor).case_ids(reference)):
        stay = Stay.objects.select_related("case", "came_from").get(reference=reference)
        stay.require_version(version)
        yield stay


def moved(
    stay: Stay,
    topic: str,
    *,
    actor: rls.ActorLike | None,
    at: datetime,
    before: str = "",
    happened_at: datetime | None = None,
    code: str = "",
    groups: Collection[str] = (),
    save: bool = True,
    begins: bool = False,
) -> None:
    """Save the stay and record what happened to it.

    before: the state it came from. begins: its first event, which says where it begins.
    """
    if save:
        stay.save()
    if stay.came_from is not None and stay.came_from.state in ASLEEP:
        _tell_the_former(stay.came_from, stay)
    events.record(
        topic,
        subject=stay,
        actor=actor,
        at=at,
        happened_at=happened_at,
        from_state=before,
        to_state=str(stay.state) if before or begins else "",
        code=code,
        groups=groups,
        out_of_order=happened_at is not None and happened_at < at,
    )


def _tell_the_former(former: Stay, stay: Stay) -> None:
    """Write how far the stay is that takes this one over, once that changes."""
    onward = "" if stay.ended_at else Onward.HELD if stay.is_live else Onward.ASKED
    if former.onward != onward:
        former.onward = onward
        former.save(update_fields=["onward"])
