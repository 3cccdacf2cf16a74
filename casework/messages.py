"""Sentences for broken rules of casework: what is wrong, and what to do instead."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    # the report
    "in-the-future": _("This moment has not come yet. Enter when it happened."),
    "needs-contradict": _("Choose what is needed, or that nothing is needed or could be asked."),
    "no-duty-desk": _("No network is loaded yet. Ring the duty number."),
    "no-agency": _("Choose the office in whose name you report."),
    "already-complete": _("This report is complete already."),
    # who works on it
    "not-a-worker": _("This person does not work on cases in this office."),
    "worker-blocked": _("This person may not work on this case. Choose another one."),
    "not-assigned-yet": _("The case has no worker yet. Assign one first."),
    "same-worker": _("This person works on the case already."),
    # guards
    "soft-guard": _(
        "A step comes first. If life is in danger now, say why in one sentence and go on."
    ),
    "hard-guard": _("This cannot be passed, not even in an emergency. Ring the duty number."),
    # what another person looks at
    "no-such-verdict": _("Choose one of the answers."),
    "already-reviewed": _("Somebody has reviewed this already."),
    "no-such-reason": _("Choose one of the reasons."),
    "glass-open": _("You may open this case already."),
    "nothing-said": _("Write one sentence."),
    "already-explained": _("The reason has been written already."),
    # conflicts
    "nothing-to-clear": _("There is no open question about this office."),
    "block-names-one": _("Name one person or one office."),
    "already-blocked": _("This person or office is kept out already."),
    "block-yourself": _("You cannot keep yourself out. Ask another supervisor."),
    "not-blocked": _("This person or office is not kept out."),
    "agency-blocked": _("This office may not see the case. Choose another one."),
    # clocks and searches
    "clock-not-running": _("This clock does not run any more."),
    "too-many-searches": _("You have searched %(most)s times in an hour. Wait a little."),
    "nothing-to-search": _("Type a number or a name."),
}
