"""What every row of a case shares: the case, its key, and who sees it."""

import uuid
from typing import Any, Self, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Q

from network.actors import Actor
from network.roles import Role
from safekeeping import policies
from safekeeping.policies import AGENCY
from safekeeping.records import Record, RecordQuerySet

# Roles that work on cases; a reporter, keeper, analyst or auditor sees no case at all.
WORKS_CASES = frozenset({Role.CASEWORKER, Role.SUPERVISOR, Role.RESPONDER, Role.COORDINATOR})
OF_OWNER = policies.of_case("false", least=policies.OWNING)  # the owner's people alone
MINE = f"{{t}}.agency_id = {AGENCY}"


def of_groups(*groups: str, figures: tuple[str, ...] = ()) -> policies.Rows:
    """Rows of the owner's people, and of whoever may open one of these groups: see `OPENED_BY`."""
    return policies.of_case("false", opened=policies.opens(*groups), figures=figures)


R = TypeVar("R", bound=models.Model)


class CaseQuerySet(RecordQuerySet[R]):
    """Cases."""

    def visible_to(self, actor: Actor) -> Self:
        """Cases that exist for this person: the agency's own, and those reached by Access.

        Conflict blocks on the person or the office deny over both.
        """
        if not actor.has(*WORKS_CASES):
            return self.none()
        access = apps.get_model("casework", "Access").objects.live_for(actor)
        blocks = apps.get_model("casework", "Block").objects.against(actor)
        mine = Q(owner_id=actor.agency_id) | Q(pk__in=access.values("case_id"))
        return self.filter(mine).exclude(pk__in=blocks.values("case_id"))

    def _case_column(self) -> str:
        return "pk"


class CaseRecordQuerySet(RecordQuerySet[R]):
    """Rows of cases."""

    def visible_to(self, actor: Actor) -> Self:
        """Rows whose case exists for this person; the groups in them stay sealed."""
        cases = apps.get_model("casework", "Case").objects.visible_to(actor)
        return self.filter(case_id__in=cases.values("pk"))


class GroupedQuerySet(CaseRecordQuerySet[R]):
    """Rows whose coded columns belong to groups: theirs who own the case or may open one."""

    def visible_to(self, actor: Actor) -> Self:
        """Rows of the own cases; of others' those that hold what was opened to this person."""
        of_kind: Any = self.model  # each such model says which of its rows belong to which groups
        access = apps.get_model("casework", "Access").objects.live_for(actor)
        shown = Q(case__owner_id=actor.agency_id)
        for which, groups in of_kind.OPENED_BY:
            opened = access.filter(groups__overlap=list(groups))
            shown |= which & Q(case_id__in=opened.values("case_id"))
        return super().visible_to(actor).filter(shown)


class OwnedQuerySet(CaseRecordQuerySet[R]):
    """Rows that are the owner's people's alone."""

    def visible_to(self, actor: Actor) -> Self:
        """Rows of the own cases."""
        return super().visible_to(actor).filter(case__owner_id=actor.agency_id)


class CaseRecord(Record):
    """A row of one case, sealed under its survivor's key."""

    case: Any = models.ForeignKey("casework.Case", on_delete=models.PROTECT)

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def key_subject(self) -> uuid.UUID:
        subject: uuid.UUID = self.case.subject_reference
        return subject
