"""What to do next on a case, in one sentence with one button. It advises; nothing waits for it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.models import CaseState, Conflict

S = CaseState
UNCLEAR = frozenset({Conflict.YES, Conflict.UNKNOWN, Conflict.UNANSWERED})


@dataclass(frozen=True)
class Facts:
    """What the advice is made from. leads: this person may give the case to a worker.

    proposed_it: the closure that waits is this person's proposal, so another one decides.
    """

    state: str
    conflict: str
    has_worker: bool
    clears: bool
    consent_asked: bool
    open_items: int
    died: bool = False
    leads: bool = True
    proposed_it: bool = False


@dataclass(frozen=True)
class NextStep:
    """A sentence and a button; `page` is an address name that takes the case's reference."""

    text: Promise
    label: Promise
    page: str


CLEAR = NextStep(
    _("Ring back, and clear who may be told. Until then the office named is not."),
    _("Clear the conflict"),
    "casework:clear",
)
ASSIGN = NextStep(
    _("Give the case to a worker, or take it on yourself."), _("Assign"), "casework:assign"
)
CLAIM = NextStep(
    _("Take the case on, or ask the supervisor to give it to somebody."),
    _("Take it on myself"),
    "casework:assign",
)
ASK = NextStep(
    _("Ask what the person agrees to: five answers, when you are alone together."),
    _("Ask for consent"),
    "casework:ask",
)
ASSESS = NextStep(_("Assess the danger together with the person."), _("Assess"), "casework:assess")
AGREE = NextStep(
    _("Agree the plan with the person. A safety plan alone is enough to begin."),
    _("Make a plan"),
    "casework:agree",
)
CARRY_OUT = NextStep(
    _("Carry out the plan; tick off what is done."), _("To the plan"), "casework:plan"
)
FOLLOW = NextStep(
    _("Everything planned is done. Keep in touch in the way the person chose."),
    _("Begin to follow up"),
    "casework:follow",
)
FAREWELL = NextStep(
    _("The person has died. See to the children first, then close the file with a second person."),
    _("Propose to close"),
    "casework:close",
)
KEEP = NextStep(
    _("Meet as agreed. If all is well, propose to close."), _("To the meetings"), "casework:plan"
)
DECIDE = NextStep(
    _("Closure is proposed. Another person looks through the case and decides."),
    _("Look and decide"),
    "casework:decide",
)
WAIT = NextStep(
    _("You proposed to close. Another person looks through the case and decides."),
    _("See the proposal"),
    "casework:decide",
)
REOPEN = NextStep(
    _("The case is closed. New danger is a new report; help is never refused."),
    _("Open again"),
    "casework:reopen",
)
BY_STATE = {
    S.FOLLOW_UP: KEEP,
    S.CLOSING: DECIDE,
    S.CLOSED: REOPEN,
}


def next_step(facts: Facts) -> NextStep:
    """The one thing to do now."""
    if facts.died and facts.state not in (S.CLOSING, S.CLOSED):
        return FAREWELL
    if facts.clears and facts.conflict in UNCLEAR and facts.state != S.CLOSED:
        return CLEAR
    if facts.state in BY_STATE:
        return WAIT if facts.proposed_it else BY_STATE[CaseState(facts.state)]
    if not facts.has_worker:
        return ASSIGN if facts.leads else CLAIM
    if not facts.consent_asked:
        return ASK
    if facts.state == S.ASSIGNED:
        return ASSESS
    if facts.state == S.ASSESSED:
        return AGREE
    return CARRY_OUT if facts.open_items else FOLLOW
