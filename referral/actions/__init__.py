"""What people do with referrals; the only writers, one function for each verb."""

from referral.actions.answer import (
    accept_referral,
    acknowledge_referral,
    decline_referral,
    record_answer,
)
from referral.actions.ending import acknowledge_stop, withdraw_referral
from referral.actions.reading import open_feedback, open_message, open_shared, open_way
from referral.actions.sending import choices_for, next_choices, send_on, send_referral
from referral.actions.work import (
    complete_referral,
    return_referral,
    start_referral,
    void_referral,
)

__all__ = [
    "accept_referral",
    "acknowledge_referral",
    "acknowledge_stop",
    "choices_for",
    "complete_referral",
    "decline_referral",
    "next_choices",
    "open_feedback",
    "open_message",
    "open_shared",
    "open_way",
    "record_answer",
    "return_referral",
    "send_on",
    "send_referral",
    "start_referral",
    "void_referral",
    "withdraw_referral",
]
