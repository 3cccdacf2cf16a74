"""What a person does in an agency, and what an agency is."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """A membership holds several in a small office."""

    REPORTER = "reporter", _("Reporter")
    CASEWORKER = "caseworker", _("Caseworker")
    SUPERVISOR = "supervisor", _("Supervisor")
    RESPONDER = "responder", _("Responder to referrals")
    KEEPER = "keeper", _("Shelter keeper")
    OPERATOR = "operator", _("Hotline operator")
    COORDINATOR = "coordinator", _("Coordinator on duty")
    ANALYST = "analyst", _("Analyst")
    AGENCY_ADMIN = "agency_admin", _("Agency administrator")
    NETWORK_ADMIN = "network_admin", _("Network administrator")
    AUDITOR = "auditor", _("Auditor")


# Who sees a sealed group somewhere: they sign in with a second factor. Our choice.
SEES_SEALED = frozenset(
    {
        Role.CASEWORKER, Role.SUPERVISOR, Role.RESPONDER, Role.KEEPER, Role.OPERATOR,
        Role.COORDINATOR, Role.AGENCY_ADMIN, Role.NETWORK_ADMIN,
    }
)  # fmt: skip


class AgencyKind(models.TextChoices):
    """What kind of office an agency is: consent, notices and figures name the kind."""

    COMMUNE_COMMITTEE = "commune_committee", _("Commune People's Committee")
    COMMUNE_POLICE = "commune_police", _("Commune police")
    PROVINCIAL_POLICE = "provincial_police", _("Provincial police")
    BORDER_POST = "border_post", _("Border post")
    TRUSTED_ADDRESS = "trusted_address", _("Trusted address")
    COMPASSIONATE_ADDRESS = "compassionate_address", _("Compassionate address")
    VILLAGE_HEAD = "village_head", _("Village or residential-group head")
    WOMENS_UNION = "womens_union", _("Women's Union")
    FATHERLAND_FRONT = "fatherland_front", _("Fatherland Front")
    SOCIAL_WORK_CENTRE = "social_work_centre", _("Social-work centre")
    SHELTER = "shelter", _("Shelter")
    SERVICE_FACILITY = "service_facility", _("Domestic-violence service facility")
    HEALTH_FACILITY = "health_facility", _("Health facility")
    LEGAL_AID = "legal_aid", _("Legal aid")
    SCHOOL = "school", _("School")
    HOTLINE = "hotline", _("Hotline")
    CHILD_LINE = "child_line", _("National child line")
    DUTY_DESK = "duty_desk", _("Network duty desk")
    DEPARTMENT = "department", _("Provincial department")
    PROVINCIAL_COMMITTEE = "provincial_committee", _("Provincial People's Committee")
    DISTRICT_COMMITTEE = "district_committee", _("District People's Committee (until 2025)")
    LABOUR_BODY = "labour_body", _("Labour body")
    COURT = "court", _("Court")
    PROCURACY = "procuracy", _("Procuracy")
    STATISTICS_OFFICE = "statistics_office", _("Statistics office")
    MEDIA = "media", _("Press and broadcasting")
    OUTSIDE_PARTNER = "outside_partner", _("Outside partner")


# Authorities whose area is their unit: where a commune is split, so is what they were in charge of.
OF_A_COMMUNE = frozenset({AgencyKind.COMMUNE_COMMITTEE, AgencyKind.COMMUNE_POLICE})
