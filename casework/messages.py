"""Sentences for broken rules of casework: what is wrong, and what to do instead."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    # the report
    "in-the-future": _("This moment has not come yet. Enter when it happened."),
    "unknown-code": _("One of the answers is not on the list any more. Choose again."),
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
    # erasure
    "case-open": _("The case is still open. Close it first."),
    "legal-hold": _("A legal hold is on this file. Nothing is erased until it ends."),
    "hold-over": _("This end has passed already. Enter a day to come, or none."),
    "erased": _(
        "What was told in this case has been erased, and nothing can be written in it again."
        " Whoever needs help now is reported anew."
    ),
    "not-held": _("This hold was lifted already."),
    # a death
    "death-recorded": _("The death is written down already."),
    "no-death-recorded": _("No death is written down in this file."),
    "already-debriefed": _("That you sat together is written down already."),
    # conflicts
    "nothing-to-clear": _("There is no open question about this office."),
    "block-names-one": _("Name one person or one office."),
    "already-blocked": _("This person or office is kept out already."),
    "block-yourself": _("You cannot keep yourself out. Ask another supervisor."),
    "hand-over-first": _(
        "No other office could take the case. Hand it over first, then keep this one out."
    ),
    "not-blocked": _("This person or office is not kept out."),
    "agency-blocked": _("This office may not see the case. Choose another one."),
    "not-held-until": _("Only for somebody who is held a day can be named. Leave it empty."),
    # clocks and searches
    "clock-not-running": _("This clock does not run any more."),
    "too-many-searches": _("You have searched %(most)s times in an hour. Wait a little."),
    "nothing-to-search": _("Type a number or a name."),
    # danger
    "unknown-instrument": _("Choose one of the sets of questions."),
    "level-not-lowered": _(
        "The answers found a higher level. Your judgement may raise it, not lower it."
    ),
    # what she said
    "no-answer": _("Choose what the person answered, or that asking was not possible."),
    "group-never-shared": _("This part of the file is never shared. Take it off the sheet."),
    "representative-not-told": _(
        "This person must not be told, and cannot agree for the child. Choose somebody else."
    ),
    "representative-missing": _(
        "Say who speaks for the child. If nobody fitting is there, choose Could not ask."
    ),
    "child-disagrees": _(
        "The child does not agree. Choose Nothing of this; it can be asked again at any time."
    ),
    "child-not-asked": _("Say what the child wants. From seven years on the child is asked."),
    "nothing-to-withdraw": _("Nothing of this kind was agreed to."),
    "nothing-taken-back": _("This was not taken back: it holds as it did."),
    # plans, notes, conferences
    "unknown-plan": _("Choose a safety plan or a support plan."),
    "reason-missing": _("Say why: choose one of the reasons."),
    "case-closed": _(
        "The case is closed. If this is new, report again. If it happened before, enter when. Or"
        " reopen the case."
    ),
    "unknown-note": _("Choose what kind of note this is."),
    "contact-unclear": _(
        "Say by which way you tried and whether you reached the person; if you did, whether the"
        " person was alone and how to make contact again."
    ),
    "not-known-safe": _("Only being spoken to alone, or seen safe, counts as safe."),
    "attendee-unknown": _("Name the offices that sat there, and only people who belong to them."),
    "attendee-blocked": _("One of those named may not see this case, so could not sit there."),
    "attendee-without-access": _("Only offices that help in this case sit in its conference."),
    # the end of a case
    "closure-reason": _("Choose one of the reasons for closing."),
    "closure-held": _("Still open: %(said)s. End it first, then propose to close."),
    "assessment-old": _("The danger is high: assess it anew first, no more than 7 days ago."),
    "conference-missing": _("The danger is high: hold a case conference first."),
    "safe-check-open": _(
        "It is still open whether the person is safe. Find out first, or waive the question with a"
        " reason."
    ),
    "death-missing": _("Write the death down first, on the page of the case."),
    "link-missing": _("Link it first to the case that goes on."),
    "tries-missing": _(
        "Try on 3 different days and in different ways before contact counts as lost."
    ),
    # mending
    "not-correctable": _("This value is not corrected here."),
    "wrong-kind-of-value": _("This does not fit the field. Look at it once more."),
    "same-case": _("A case cannot be linked to itself."),
    "linked-already": _("These two cases are linked already."),
    # whose turn it is
    "no-such-task": _("This step is not waiting any more."),
    "claimed-already": _("A colleague does this already."),
}
