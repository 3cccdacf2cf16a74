"""Sentences for broken rules of figures."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "period-not-ended": _("%(span)s is not over yet: it is counted once it has ended."),
    "already-counted": _("%(span)s was counted already: a second count would betray the first."),
}
