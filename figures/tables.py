"""The tables: what is counted, by which dimensions, in which margins. Definitions are exact.

A period's records are those *recorded* in it (`recorded_at`; T8: sent; T9: asked for), local
time of the province, whatever day the violence was: what is learnt late is counted when learnt.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

Dimensions = tuple[str, ...]

IN_TIME = ("in_time", "late", "not_yet")
REFERRAL_STATES = (
    "SENT", "ACCEPTED", "PARTLY_ACCEPTED", "ACKNOWLEDGED", "STARTED", "COMPLETED", "DECLINED",
    "RETURNED", "LAPSED", "WITHDRAWN", "SUPERSEDED", "REVOKED", "VOIDED",
)  # fmt: skip
STAY_OUTCOMES = ("placed", "waiting", "elsewhere", "not_placed", "did_not_arrive", "cancelled")


@dataclass(frozen=True)
class Table:
    """One table. `margins`: the views that may ever be shown, at most three dimensions each."""

    code: str
    counts: str
    margins: tuple[Dimensions, ...]


T1 = Table("T1", "case", ((), ("channel",), ("area",), ("channel", "area")))
T2 = Table(
    "T2",
    "incident",
    ((), ("form",), ("sex",), ("age",), ("form", "sex"), ("age", "sex"), ("form", "sex", "age")),
)
T8 = Table(
    "T8",
    "referral",
    ((), ("sender",), ("receiver",), ("state",), ("in_time",), ("sender", "receiver")),
)
T9 = Table("T9", "stay", ((), ("outcome",), ("area",)))
TABLES = (T1, T2, T8, T9)

TITLES = {
    ("T1", ()): _("New cases"),
    ("T1", ("channel",)): _("How we came to know"),
    ("T1", ("area",)): _("New cases by area"),
    ("T1", ("channel", "area")): _("How we came to know, by area"),
    ("T2", ()): _("Incidents of violence"),
    ("T2", ("form",)): _("Forms of violence"),
    ("T2", ("sex",)): _("Incidents by sex"),
    ("T2", ("age",)): _("Incidents by age"),
    ("T2", ("form", "sex")): _("Forms of violence by sex"),
    ("T2", ("age", "sex")): _("Age and sex"),
    ("T2", ("form", "sex", "age")): _("Forms of violence by sex and age"),
    ("T8", ()): _("Referrals sent"),
    ("T8", ("sender",)): _("Referrals by sender"),
    ("T8", ("receiver",)): _("Referrals by receiver"),
    ("T8", ("state",)): _("What became of referrals"),
    ("T8", ("in_time",)): _("Answered in time"),
    ("T8", ("sender", "receiver")): _("Referrals by sender and receiver"),
    ("T9", ()): _("Requests for a bed"),
    ("T9", ("outcome",)): _("Was there a bed?"),
    ("T9", ("area",)): _("Beds asked for, by area"),
}
NOTES = {
    "T1": _(
        "Cases recorded in the period; one that closes as joined to another, or as entered by"
        " mistake, is none."
    ),
    "T2": _(
        "Incidents recorded in the period in such cases, once if two told of one; one may have"
        " several forms."
    ),
    "T8": _(
        "Referrals sent in the period, as they stood when it was counted; notices that the law"
        " makes are none."
    ),
    "T9": _(
        "Families for whom a bed was asked in the period, as it stood when it was counted; a move"
        " to another house is no new request, an entry by mistake is none."
    ),
}
