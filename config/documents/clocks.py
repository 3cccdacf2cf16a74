"""`docs/clocks.md`: by when something has to have happened, and which law says so."""

from typing import Any

import yaml
from django.conf import settings

from config.documents import markdown

INTRO = (
    "Loaded from `network/data/viet-nam/clocks.yaml`. A length marked *ours* is set by no law: it"
    " is the network's own choice, or the moment at which we sound the alarm where the law says"
    " *at once*. Certainty: S seen in the law's text, s seen in part, M to be checked."
)
HEAD = ["clock", "for", "within", "runs", "raised to", "from", "source"]


def page() -> str:
    """All clocks, in the order of the file."""
    file = settings.BASE_DIR / "network" / "data" / "viet-nam" / "clocks.yaml"
    loaded = yaml.safe_load(file.read_text(encoding="utf-8"))
    return markdown.page("Clocks", INTRO, markdown.table(HEAD, map(_row, loaded["clocks"])))


def _row(clock: dict[str, Any]) -> list[str]:
    code = f"`{clock['code']}`<br>{clock['vi']}<br>{clock['en']}"
    until = f" to {clock['to']}" if "to" in clock else ""
    runs = {"always": "day and night", "calendar": "whole days", "working": "working days"}
    return [
        code, clock.get("variant", ""), _within(clock), runs[clock["calendar"]],
        clock["raise_to"], f"{clock['from']}{until}", _source(clock),
    ]  # fmt: skip


def _within(clock: dict[str, Any]) -> str:
    words = [str(clock["within"])]
    words += ["(at once)"] if clock.get("at_once") else []
    words += ["ours"] if clock.get("ours") else []
    return " ".join(words)


def _source(clock: dict[str, Any]) -> str:
    certainty = clock.get("certainty")
    return f"{clock['source']} [{certainty}]" if certainty else str(clock["source"])
