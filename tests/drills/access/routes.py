"""What each address names: the thing whose existence it could betray. One without a line fails."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.urls import URLResolver, get_resolver, reverse

from tests.drills.access.world import Scene

# An address that names no thing of a case: what it shows is looked at, nothing can be missing.
PLAIN = ""
REQUESTS = "request"
ALERTS = "alert"

NAMES: dict[str, str] = {
    # of the house, of signing in and of the network
    **dict.fromkeys(("neutral", "exit", "set_language", "help", "help_drawings"), PLAIN),
    # casework
    **dict.fromkeys(
        ("casework:my_work", "casework:report", "casework:search", "casework:cards",
         "casework:oversight"), PLAIN,
    ),
    **dict.fromkeys(("casework:report_done", "casework:report_words"), "report"),
    **{
        f"casework:{name}": "case"
        for name in (
            "case", "people", "incidents", "beside", "seen", "person", "piece", "accused", "untold",
            "incident_add", "consent", "ask", "withdraw", "renew", "wishes", "assessment",
            "assess", "plan", "agree", "follow", "meeting_add", "resume", "safe_check", "notes",
            "note", "conference", "close", "decide", "approve", "return", "reopen", "assign",
            "claim", "claim_turn", "release_turn", "acknowledge", "clear", "link", "same_person",
            "break_glass", "blocks", "lift", "holds", "erase", "death", "debrief", "death_back",
        )
    },
    "casework:incident": "incident",
    "casework:item_add": "plan",
    **dict.fromkeys(("casework:item_done", "casework:item_drop"), "item"),
    **dict.fromkeys(
        ("casework:meeting_held", "casework:meeting_missed", "casework:meeting_cancel"), "visit"
    ),
    "casework:note_mend": "note",
    **dict.fromkeys(
        ("casework:card", "casework:card_acknowledge", "casework:card_assign",
         "casework:card_glass"), "card",
    ),
    "casework:explain": "glass",
    "casework:review": "override",
    "casework:waive": "deadline",
    "casework:lift_hold": "hold",
    # referral
    **dict.fromkeys(("referral:queue", "referral:outgoing", "referral:in_work"), PLAIN),
    "referral:send": "case",
    **{
        f"referral:{name}": REQUESTS
        for name in (
            "detail", "accept", "accept_partly", "decline", "acknowledge", "start", "complete",
            "return", "void", "withdraw", "stop", "record", "open", "send_on",
        )
    },
    # shelters
    **dict.fromkeys(
        ("shelters:board", "shelters:board-fragment", "shelters:walk-in", "shelters:stop-bed",
         "shelters:return-bed"), PLAIN,
    ),
    "shelters:request": "case",
    **{
        f"shelters:{name}": "stay"
        for name in ("stay", "open-card", "hold", "move", "act")
    },
    # hotline
    "hotline:alerts": PLAIN,
    "hotline:duty_sheet": PLAIN,
    **dict.fromkeys(("hotline:alert", "hotline:acknowledge", "hotline:pass-on"), ALERTS),
    "hotline:twilio-receipt": "attempt",
    # figures: counted, rounded, never of one case
    **{
        f"figures:{name}": PLAIN
        for name in ("index", "csv", "xlsx", "period", "draft-csv", "draft-xlsx", "draft")
    },
}  # fmt: skip
# Signing in, people and offices: they name no case, and have a table in the tests of `network`.
OF_PEOPLE = ("network:", "account_", "mfa_")

# What opens a sealed thing by a POST: the values of the field `group` that are tried.
GROUPS = (
    "person", "contact", "whereabouts", "children", "needs", "account", "accused", "risk", "health",
    "legal", "wishes", "notes", "minutes", "evidence", "follow_up", "reasons", "holds", "informant",
    "message", "feedback", "way",
)  # fmt: skip
OPENERS = (
    "casework:case", "casework:people", "casework:incidents", "casework:consent",
    "casework:assessment", "casework:plan", "casework:notes", "casework:follow", "casework:decide",
    "referral:open", "casework:blocks",
)  # fmt: skip


@dataclass(frozen=True)
class Route:
    """name: with its app. pattern: as written. thing: what it names."""

    name: str
    pattern: str
    thing: str

    @property
    def names_no_case(self) -> bool:
        return self.name.startswith(OF_PEOPLE)


def routes() -> Iterator[Route]:
    """Every address of the resolver. Raises KeyError for one without a line."""
    for name, pattern in _walk(get_resolver(), "", ""):
        thing = PLAIN if name.startswith(OF_PEOPLE) else NAMES[name]
        yield Route(name, pattern, thing)


def _walk(resolver: Any, space: str, before: str) -> Iterator[tuple[str, str]]:
    for one in resolver.url_patterns:
        pattern = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one, space + (f"{one.namespace}:" if one.namespace else ""), pattern)
        elif one.name:
            yield space + one.name, pattern


def things_of(route: Route, scene: Scene) -> list[tuple[str, UUID]]:
    """(the thing's name, its reference) of everything in a scene that the address may name."""
    if route.thing == PLAIN:
        return [(PLAIN, uuid4())]
    if route.thing in (REQUESTS, ALERTS):
        names = sorted(name for name in scene.things if name.startswith(f"{route.thing} to "))
        return [(name, scene.things[name][0]) for name in names]
    if route.name == "casework:review":
        return [(kind, scene.things[kind][0]) for kind in ("override", "glass")]
    return [(route.thing, scene.things[route.thing][0])]


def address(route: Route, thing: str, reference: UUID, network: UUID) -> str:
    """The address of one thing; of none (PLAIN) with whatever else it wants."""
    named = reference if route.thing else (network if "network:" in route.name else uuid4())
    words: dict[str, Any] = {}
    for key, value in (
        ("<uuid:reference>", named), ("<uuid:case>", named), ("<slug:part>", "danh-tinh"),
        ("<slug:kind>", "mo-khan-cap" if thing == "glass" else "vuot-buoc"),
        ("<slug:verb>", "den-noi"), ("<str:span>", "2026-10"), ("<str:code>", "12424"),
        ("<int:pk>", 1),
    ):  # fmt: skip
        if key in route.pattern:
            words[key[1:-1].split(":")[1]] = value
    return reverse(route.name, kwargs=words)
