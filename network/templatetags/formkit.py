"""What the templates of `formkit` cannot say in few words themselves."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.forms.utils import flatatt
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def written(attrs: Mapping[str, Any]) -> SafeString:
    """A control's attributes but its class, which each template writes with those of its own."""
    return flatatt({name: value for name, value in attrs.items() if name != "class"})
