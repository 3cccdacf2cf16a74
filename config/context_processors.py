"""What every page knows: who is signed in, the main pages, whom to ring day and night."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from config.house import navigation
from config.house.addresses import address
from config.house.duty import duty_phone


@dataclass(frozen=True)
class Me:
    """Who acts, for whom, until when on duty, and the links that concern the account."""

    name: str
    short: str
    place: str
    duty_ends: datetime | None
    links: list[dict[str, str]]
    sign_out: str


def house(request: HttpRequest) -> dict[str, Any]:
    """Give `me`, `navigation`, `duty_phone`, `report_url`, `home_url`; asked only when drawn."""
    return {
        "me": SimpleLazyObject(lambda: me(request)),
        "navigation": SimpleLazyObject(lambda: navigation.entries(request)),
        "duty_phone": SimpleLazyObject(lambda: duty_phone(timezone.localdate(now_of(request)))),
        "report_url": address("casework:report"),
        "home_url": address("casework:my_work"),
    }


def now_of(request: HttpRequest) -> datetime:
    """The request's own time; a page drawn before it is known takes the clock's."""
    return getattr(request, "now", None) or timezone.now()


def me(request: HttpRequest) -> Me | None:
    """Describe the person signed in; None for a stranger."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    links = [
        {"url": address("network:account"), "label": _("My account")},
        {"url": address("network:switch"), "label": _("Act for another office")},
        {"url": address("hotline:duty_sheet"), "label": _("Duty sheet to print")},
    ]
    membership = getattr(request, "membership", None)
    return Me(
        name=user.get_full_name(),
        short=user.get_short_name(),
        place=membership.agency.name if membership else "",
        duty_ends=membership.duty_ends if membership else None,
        links=[link for link in links if link["url"]],
        sign_out=address("account_logout"),
    )
