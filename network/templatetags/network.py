"""Labels of codes, for every page that shows one."""

from collections.abc import Iterable
from typing import Any

from django import template

from network import demo, registry

register = template.Library()


@register.simple_tag
def demo_sign_ins() -> dict[str, Any]:
    """Whom one may sign in as; nobody outside the demonstration."""
    return {"people": demo.sign_ins(), "password": demo.password()}


@register.filter
def label(code: Any, code_list: str) -> str:
    """A code's label in the reader's language: `{{ reason|label:"decline_reason" }}`."""
    return registry.label(code_list, str(code)) if code not in (None, "") else ""


@register.filter
def labels(codes: Iterable[Any], code_list: str) -> str:
    """Several codes, joined by commas."""
    return ", ".join(registry.label(code_list, str(code)) for code in codes or ())


@register.filter
def service_names(services: Iterable[Any]) -> list[str]:
    """What an agency offers, in words."""
    return [registry.label("service", service.kind) for service in services]
