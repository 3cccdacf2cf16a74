"""Words and numbers that only the pages of figures need."""

from django import template
from django.utils.translation import gettext as _

from figures import rules

register = template.Library()
ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}


@register.filter
def unlocalized(number: float) -> str:
    """A number as SVG reads it: a decimal point in every language."""
    return str(number)


@register.simple_tag
def span_title(span: rules.Span) -> str:
    """ "Figures of October 2026" in the reader's language."""
    return _("Figures of %(period)s") % {"period": _words(span)}


@register.simple_tag
def span_short(name: str) -> str:
    """ "Month 10/2026", for links."""
    words = _words(rules.span(name))
    return words[:1].upper() + words[1:]


@register.simple_tag
def by_period(months: int) -> str:
    """In which kind of period a thin margin can be read."""
    return {3: _("See by quarter"), 12: _("See by year"), 0: _("Not shown")}.get(months, "")


def _words(span: rules.Span) -> str:
    year = span.start.year
    if span.months == 1:
        return _("month %(month)s/%(year)s") % {"month": span.start.month, "year": year}
    if span.months == 3:  # noqa: PLR2004 - a quarter
        quarter = ROMAN[(span.start.month - 1) // 3 + 1]
        return _("quarter %(quarter)s/%(year)s") % {"quarter": quarter, "year": year}
    return _("year %(year)s") % {"year": year}
