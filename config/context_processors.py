"""What every page knows: who is signed in, the main pages, whom to ring day and night."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from config.house import navigation
from config.house.addresses import address
from config.house.duty import duty_phone


def house(request: HttpRequest) -> dict[str, Any]:
    """Give `me`, `navigation`, `duty_phone`, `report_url`, `home_url`; asked only when drawn."""
    return {
        "me": SimpleLazyObject(lambda: me(request)),
        "navigation": SimpleLazyObject(lambda: navigation.entries(request)),
        "duty_phone": SimpleLazyObject(duty_phone),
        "report_url": address("casework:report"),
        "home_url": address("casework:my_work"),
    }


def me(request: HttpRequest) -> dict[str, Any] | None:
    """Who acts, for whom, and the links that concern the account; None for a stranger."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    name = user.get_full_name() or user.get_username()
    links = [
        {"url": address("network:account"), "label": _("My account")},
        {"url": address("network:switch"), "label": _("Act for another office")},
    ]
    return {
        "name": name,
        "short": user.get_short_name() or name,
        "place": getattr(request, "agency_name", ""),
        "duty_ends": getattr(request, "duty_ends", None),
        "links": [link for link in links if link["url"]],
        "sign_out": address("account_logout"),
    }
