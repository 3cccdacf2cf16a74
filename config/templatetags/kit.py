"""Words and small shapes that every page uses; each returns finished, escaped markup."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import datetime
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy

from config import drawing
from config.house import icons, words
from config.house.typed import ACTING

register = template.Library()

RISKS = {
    "standard": (1, gettext_lazy("Standard")),
    "raised": (2, gettext_lazy("Raised")),
    "high": (3, gettext_lazy("High")),
    "extreme": (4, gettext_lazy("Extreme")),
}
# Codes of what is wrong that tell nothing of the field.
OF_ANY = frozenset(
    {"max_length", "invalid", "min_value", "max_value", "null_characters_not_allowed"}
)
GRAVE = {"high": gettext_lazy("high risk"), "extreme": gettext_lazy("extreme risk")}


def now_of(context: Context) -> datetime:
    """Return the request's own time, so that a rehearsed day shows rehearsed clocks."""
    request = context.get("request")
    return getattr(request, "now", None) or timezone.now()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon; the words beside it must say the same."""
    return icons.icon(name)


@register.simple_tag(takes_context=True)
def clock(context: Context, due: Any, started: datetime | None = None) -> SafeString:
    """Show how long until `due`: a moment, or a deadline with `due`, `started`, `met`, `waived`."""
    if due is None:
        return SafeString("")
    if not isinstance(due, datetime):
        if ended := getattr(due, "met", None) or getattr(due, "waived", None):
            return _pill("met", "", gettext("done %(when)s") % {"when": _when(context, ended)})
        due, started = due.due, getattr(due, "started", None)
    said = words.left(due, now=now_of(context), started=started)
    return _pill(said.tone, said.span, said.text)


def _pill(tone: str, span: str, text: str) -> SafeString:
    css = f"ma-clock ma-clock--{tone}" if tone else "ma-clock"
    if not span:
        return format_html('<span class="{}">{}</span>', css, text)
    return format_html('<span class="{}"><time datetime="{}">{}</time></span>', css, span, text)


def _when(context: Context, at: datetime) -> str:
    return words.moment(at, now=now_of(context))


@register.simple_tag(takes_context=True)
def when(context: Context, at: datetime | None, recorded: datetime | None = None) -> SafeString:
    """Show a moment; one that was written down later says so."""
    if at is None:
        return SafeString("")
    said = _when(context, at)
    if recorded and (recorded - at).total_seconds() >= 60:  # noqa: PLR2004 - a minute
        said = gettext("%(when)s, written down %(later)s") % {
            "when": said,
            "later": _when(context, recorded),
        }
    return format_html('<time datetime="{}">{}</time>', at.isoformat(timespec="minutes"), said)


@register.simple_tag(takes_context=True)
def today(context: Context) -> str:
    """Say "Thứ Ba 24/11/2026, 09:20"."""
    now = timezone.localtime(now_of(context))
    return capfirst(f"{words.full_day(now)}, {now:%H:%M}")


@register.simple_tag
def risk(level: str) -> SafeString:
    """Show a risk level as bars and a word; nothing for a level that is not known."""
    if level not in RISKS:
        return SafeString("")
    step, name = RISKS[level]
    return format_html('<span class="ma-risk">{}{}</span>', icons.bars(step), name)


@register.simple_tag
def grave(level: str) -> SafeString:
    """Say "· high risk" behind a line where it is so; nothing for the lower levels."""
    if level not in GRAVE:
        return SafeString("")
    return format_html(' · <strong class="ma-grave">{}</strong>', GRAVE[level])


@register.simple_tag
def tel(number: str) -> SafeString:
    """Link a telephone number, grouped as it is read aloud."""
    number = str(number or "")
    if not number:
        return SafeString("")
    return format_html(
        '<a class="govuk-link ma-tel" href="tel:{}">{}{}</a>',
        words.dial(number),
        icons.icon("phone"),
        words.phone(number),
    )


@register.simple_tag
def state(label: str, tone: str = "") -> SafeString:
    """Show a state as a tag; `tone` is one of "", grey, red."""
    css = f"govuk-tag govuk-tag--{tone}" if tone else "govuk-tag"
    return format_html('<strong class="{}">{}</strong>', css, label)


@register.simple_tag
def way(steps: Any) -> SafeString:
    """Draw the way of a case with "you are here"."""
    return drawing.flow(steps)


@register.simple_tag(takes_context=True)
def once_key(context: Context) -> SafeString:
    """Carry the key that makes a second sending of the same form harmless.

    A form shown again with errors keeps its key: a refused form has consumed nothing. Whoever acts
    for several offices sends along for which one the form was drawn (`config.middleware`).
    """
    request: Any = context.get("request")
    sent = request.POST.get("once", "") if request is not None else ""
    key = format_html(
        '<input type="hidden" name="once" value="{}">', sent[:64] or str(uuid.uuid4())
    )
    if len(getattr(request, "memberships", ())) <= 1:
        return key
    acting = request.membership.reference
    return key + format_html('<input type="hidden" name="{}" value="{}">', ACTING, acting)


@register.filter
def anchor(field: BoundField) -> str:
    """Return the id of the first control of a field: where the error summary must lead."""
    if not field.auto_id or not field.field.widget.use_fieldset:
        return field.id_for_label
    return f"{field.auto_id}_0"


@register.inclusion_tag("kit/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """List what is to be mended, each with a link to its place.

    A sentence that another field got too, or that any field might say, says its question first:
    only one about what is missing tells by itself what it asks for.
    """
    found = [
        (field, str(error), why.code in OF_ANY)
        for field in form.visible_fields()
        for error, why in zip(field.errors, field.errors.as_data(), strict=True)
    ]
    often = Counter(error for _field, error, _any in found)
    at_fields = [
        (anchor(field), f"{_asked(field)} {error}" if of_any or often[error] > 1 else error)
        for field, error, of_any in found
    ]
    apart = [*form.non_field_errors(), *(e for f in form.hidden_fields() for e in f.errors)]
    count = len(at_fields) + len(apart)
    return {"form": form, "at_fields": at_fields, "apart": apart, "count": count}


def _asked(field: BoundField) -> str:
    """The label as the beginning of a sentence: "Vì sao?" or "Mật khẩu:"."""
    label = str(field.label)
    return label if label.endswith("?") else f"{label}:"
