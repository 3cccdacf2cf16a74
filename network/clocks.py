"""Clocks that the program itself begins or meets: each province says how long they run.

Any other clock of a province is begun by its notices alone; one that the program comes to name gets
its line here, and a file that lacks it is refused when it is loaded, not at the first report.
"""

NAMED = frozenset(
    {
        "accused_release", "assign_handler", "away_back", "break_glass_review",
        "break_glass_words", "child_emergency", "clear_conflict", "consent_ask", "crime_report",
        "death_review", "debrief", "follow_up_due", "health_120h", "health_72h", "hold_until",
        "notify_chairman",
        "override_review", "police_vulnerable", "reassess", "referral_answer", "safe_check",
        "safe_elsewhere", "stay_review", "succession", "without_worker",
    }
)  # fmt: skip
