"""The only writers of casework, by noun; each sees, takes, asks, moves, saves and records."""

from casework.actions.accused import note_accused
from casework.actions.assess import assess_case
from casework.actions.assign import (
    Standing,
    acknowledge_notice,
    assign_worker,
    claim_case,
    reassign_worker,
    standing_of,
    workers_for,
)
from casework.actions.break_glass import break_glass, explain_break_glass, review_break_glass
from casework.actions.clocks import waive_deadline
from casework.actions.closure import approve_closure, propose_closure, reopen_case, return_closure
from casework.actions.conference import record_conference
from casework.actions.conflict import clear_conflict, lift_block, list_blocks, set_block
from casework.actions.consent import (
    Asking,
    Line,
    record_consent,
    renew_consent,
    withdraw_consent,
)
from casework.actions.corrections import correct_value
from casework.actions.death import (
    hold_debrief,
    record_death,
    review_death,
    take_back_death,
)
from casework.actions.describing import add_incident, describe
from casework.actions.erasing import erase_survivor
from casework.actions.follow_up import (
    cancel_follow_up,
    hold_follow_up,
    miss_follow_up,
    plan_follow_up,
    resume_support,
    start_follow_up,
)
from casework.actions.keeping import lift_hold, place_hold
from casework.actions.links import link_duplicate, link_person
from casework.actions.notes import add_note, record_safe_check
from casework.actions.override import require_or_override, review_override, use_override
from casework.actions.plan import Item, add_item, agree_plan, drop_item, finish_item
from casework.actions.report import complete_report, report_case
from casework.actions.search import Hit, search_people
from casework.actions.turns import claim_task, release_task
from casework.actions.wishes import record_wishes

__all__ = [
    "Asking",
    "Hit",
    "Item",
    "Line",
    "Standing",
    "acknowledge_notice",
    "add_incident",
    "add_item",
    "add_note",
    "agree_plan",
    "approve_closure",
    "assess_case",
    "assign_worker",
    "break_glass",
    "cancel_follow_up",
    "claim_case",
    "claim_task",
    "clear_conflict",
    "complete_report",
    "correct_value",
    "describe",
    "drop_item",
    "erase_survivor",
    "explain_break_glass",
    "finish_item",
    "hold_debrief",
    "hold_follow_up",
    "lift_block",
    "lift_hold",
    "link_duplicate",
    "link_person",
    "list_blocks",
    "miss_follow_up",
    "note_accused",
    "place_hold",
    "plan_follow_up",
    "propose_closure",
    "reassign_worker",
    "record_conference",
    "record_consent",
    "record_death",
    "record_safe_check",
    "record_wishes",
    "release_task",
    "renew_consent",
    "reopen_case",
    "report_case",
    "require_or_override",
    "resume_support",
    "return_closure",
    "review_break_glass",
    "review_death",
    "review_override",
    "search_people",
    "set_block",
    "standing_of",
    "start_follow_up",
    "take_back_death",
    "use_override",
    "waive_deadline",
    "withdraw_consent",
    "workers_for",
]
