"""Which gateway sends: the one that the settings name."""

from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from hotline.gateways.base import Gateway
from hotline.gateways.console import Console
from hotline.gateways.twilio import NEEDED, Twilio

KINDS: dict[str, type[Console] | type[Twilio]] = {"console": Console, "twilio": Twilio}


@cache
def gateway_named(name: str) -> Gateway:
    """One gateway for the process."""
    if name not in KINDS:
        raise ImproperlyConfigured(f"SMS_GATEWAY is one of {', '.join(KINDS)}.")
    return KINDS[name]()


def gateway() -> Gateway:
    """The gateway in use."""
    return gateway_named(settings.SMS_GATEWAY)


def require_ready() -> None:
    """Of a gateway that cannot send nobody would hear before the first text that does not come.

    Raises ImproperlyConfigured, naming the setting.
    """
    if gateway().name != Twilio.name:
        return
    missing = [name for key, name in NEEDED.items() if not settings.TWILIO[key]]
    if missing:
        raise ImproperlyConfigured(f"SMS_GATEWAY=twilio needs {', '.join(missing)}.")
