"""All verbs of shelters; each takes the case in hand and records what it did."""

from shelters.actions.card import open_arrival_card
from shelters.actions.holding import hold_beds, lapse_hold
from shelters.actions.leaving import (
    ask_transfer,
    confirm_leave,
    discharge,
    leave_untold,
    refuse_leave,
    transfer,
    void_stay,
)
from shelters.actions.outages import return_bed, stop_bed
from shelters.actions.requests import (
    amend_request,
    cancel_request,
    check_elsewhere,
    request_stay,
    settle_elsewhere,
)
from shelters.actions.staying import (
    admit,
    change_party,
    come_back,
    go_away,
    move_bed,
    review_stay,
)
from shelters.actions.walk_in import admit_walk_in

__all__ = [
    "admit",
    "admit_walk_in",
    "amend_request",
    "ask_transfer",
    "cancel_request",
    "change_party",
    "check_elsewhere",
    "come_back",
    "confirm_leave",
    "discharge",
    "go_away",
    "hold_beds",
    "lapse_hold",
    "leave_untold",
    "move_bed",
    "open_arrival_card",
    "refuse_leave",
    "request_stay",
    "return_bed",
    "review_stay",
    "settle_elsewhere",
    "stop_bed",
    "transfer",
    "void_stay",
]
