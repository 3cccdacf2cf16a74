"""What the templates of `formkit` cannot say in few words, or say thirty times a page."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

BLOCKS = {"radio": "govuk-radios", "checkbox": "govuk-checkboxes"}


@register.filter
def written(attrs: Mapping[str, Any]) -> SafeString:
    """A control's attributes but its class, which each template writes with those of its own."""
    return flatatt({name: value for name, value in attrs.items() if name != "class"})


@register.simple_tag
def option(kind: str, one: Mapping[str, Any]) -> SafeString:
    """One answer to choose: kind is radio or checkbox, `one` an option of Django’s widgets."""
    block, attrs = BLOCKS[kind], one["attrs"]
    hint, opens = one.get("hint"), one.get("opens")
    return format_html(
        '<div class="{}__item"><input class="{}__input{}" type="{}" name="{}" value="{}"{}>'
        '<label class="govuk-label {}__label" for="{}">{}</label>{}</div>',
        block, block, " ma-opens" if opens else "", kind, one["name"], one["value"], written(attrs),
        block, attrs.get("id", ""), one["label"], _hint(block, attrs, hint) if hint else "",
    )  # fmt: skip


def _hint(block: str, attrs: Mapping[str, Any], hint: Any) -> SafeString:
    return format_html(
        '<div class="govuk-hint {}__hint" id="{}_hint">{}</div>', block, attrs.get("id", ""), hint
    )
