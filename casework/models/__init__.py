"""Tables of casework, by noun."""

from casework.models.access import Access, AccessWhy, Block, BreakGlass, Override
from casework.models.base import CaseQuerySet, CaseRecord, CaseRecordQuerySet
from casework.models.case import (
    Case,
    CaseState,
    Conflict,
    EmergencyCard,
    Level,
    Link,
    Report,
    ReportStatus,
)
from casework.models.consent import Consent, ConsentState, Scope
from casework.models.deadline import Deadline
from casework.models.death import Death
from casework.models.flow import AgencyTask, Run
from casework.models.plan import FollowUp, FollowUpState, ItemState, Plan, PlanItem, PlanKind
from casework.models.review import (
    Closure,
    Conference,
    Correction,
    HoldReason,
    LegalHold,
    Note,
)
from casework.models.risk import Assessment
from casework.models.survivor import Incident, Survivor, SurvivorIndex

__all__ = [
    "Access",
    "AccessWhy",
    "AgencyTask",
    "Assessment",
    "Block",
    "BreakGlass",
    "Case",
    "CaseQuerySet",
    "CaseRecord",
    "CaseRecordQuerySet",
    "CaseState",
    "Closure",
    "Conference",
    "Conflict",
    "Consent",
    "ConsentState",
    "Correction",
    "Deadline",
    "Death",
    "EmergencyCard",
    "FollowUp",
    "FollowUpState",
    "HoldReason",
    "Incident",
    "ItemState",
    "LegalHold",
    "Level",
    "Link",
    "Note",
    "Override",
    "Plan",
    "PlanItem",
    "PlanKind",
    "Report",
    "ReportStatus",
    "Run",
    "Scope",
    "Survivor",
    "SurvivorIndex",
]
