"""The only writers of casework, by noun; each sees, takes, asks, moves, saves and records."""

from casework.actions.assign import (
    acknowledge_notice,
    assign_worker,
    claim_case,
    reassign_worker,
    workers_for,
)
from casework.actions.break_glass import break_glass, explain_break_glass, review_break_glass
from casework.actions.clocks import waive_deadline
from casework.actions.conflict import clear_conflict, lift_block, list_blocks, set_block
from casework.actions.override import require_or_override, review_override, use_override
from casework.actions.report import complete_report, report_case
from casework.actions.search import Hit, search_people

__all__ = [
    "Hit",
    "acknowledge_notice",
    "assign_worker",
    "break_glass",
    "claim_case",
    "clear_conflict",
    "complete_report",
    "explain_break_glass",
    "lift_block",
    "list_blocks",
    "reassign_worker",
    "report_case",
    "require_or_override",
    "review_break_glass",
    "review_override",
    "search_people",
    "set_block",
    "use_override",
    "waive_deadline",
    "workers_for",
]
