"""Every page of every role in the town: its address, and what asking for it takes."""

from collections.abc import Iterable, Iterator, Mapping

from django.test import Client
from django.urls import get_resolver, reverse

from network.models import User
from tests.browser.sessions import session_for
from tests.doors import walk
from tests.statements.counting import Statements, counted
from tests.statements.town import Town

PEOPLE = {
    "reporter": "dung",
    "caseworker": "hanh",
    "supervisor": "kien",
    "coordinator": "thom",
    "responder": "chau",
    "keeper": "van",
    "operator": "ngan",
    "network_admin": "xuan",
    "analyst": "uyen",
    "auditor": "binh",
}
# Leaving is no page; of passkeys nobody here has one to change.
NOT_PAGES = frozenset({"exit", "mfa_remove_webauthn", "mfa_edit_webauthn"})
WRONG_VERB, ERROR = 405, 400
ABOUT_THE_CASE = ("ho-so/", "vu-viec/")
# Which of the town's things a page is about, where its address does not say it is the case.
ABOUT = {
    "casework:report_done": "report",
    "casework:report_words": "report",
    "casework:incident": "incident",
    "casework:item_add": "plan",
    "casework:item_drop": "item",
    "casework:meeting_held": "meeting",
    "casework:meeting_missed": "meeting",
    "casework:meeting_cancel": "meeting",
    "casework:note_mend": "note",
    "casework:decide": "closing",
    "casework:lift_hold": "hold",
    "casework:reopen": "closed",
    "casework:card": "card",
    "casework:card_assign": "card",
    "casework:card_glass": "card",
    "casework:explain": "glass",
    "casework:review": "override",
    "casework:waive": "deadline",
    "shelters:stop-bed": "bed",
    "shelters:stay": "stay",
    "shelters:move": "stay",
    "shelters:act": "stay",
    "shelters:hold": "held",
    "hotline:alert": "alert",
    "referral:detail": "in_work",
    "referral:send_on": "declined",
    "network:agency": "office",
    "network:people": "office",
    "network:invite": "office",
    "network:add_member": "office",
    "network:roster_of": "office",
    "network:add_shift": "office",
    "network:member": "member",
    "network:end": "member",
    "network:end_shift": "shift",
}
WORDS = {
    "slug:part": ("part", "danh-tinh"),
    "slug:kind": ("kind", "override"),
    "slug:verb": ("verb", "roi-di"),
    "str:span": ("span", "2026-11"),
    "str:code": ("code", "12424"),
}


def addresses(town: Town) -> Iterator[tuple[str, str]]:
    """(name, address) of every page, about things that are there."""
    for name, pattern in walk(get_resolver(), ""):
        if name in NOT_PAGES:
            continue
        words: dict[str, object] = {}
        if "<uuid:reference>" in pattern:
            words["reference"] = town.things[ABOUT.get(name, "case")]
        if "<uuid:case>" in pattern:
            words["case"] = town.subject
        for mark, (word, value) in WORDS.items():
            if f"<{mark}>" in pattern:
                words[word] = value
        yield name, reverse(name, kwargs=words)
    yield from _further(town)


def _further(town: Town) -> Iterator[tuple[str, str]]:
    """Pages that show more by what stands behind their address, or in another state."""
    things = town.things
    yield (
        "referral:send ?service",
        reverse("referral:send", args=[town.subject]) + "?service=health",
    )
    yield "shelters:board ?giuong", reverse("shelters:board") + f"?giuong={things['bed']}"
    for state in ("detected", "closing", "closed"):
        yield f"casework:case {state}", reverse("casework:case", args=[things[state]])
    yield "referral:detail waiting", reverse("referral:detail", args=[things["referral"]])
    yield "shelters:stay held", reverse("shelters:stay", args=[things["held"]])


def clients() -> dict[str, Client]:
    """A browser for each role; what a process reads once it has read."""
    found = {role: _client(username) for role, username in PEOPLE.items()}
    for client in found.values():
        client.get("/")
    return found


def _client(username: str) -> Client:
    client = Client(raise_request_exception=True)
    client.cookies["s"] = session_for(User.objects.get(username=username))
    return client


def measure(
    town: Town,
    people: Mapping[str, Client],
    asked: Mapping[str, Iterable[str]],
    others: Iterable[str] = (),
) -> dict[str, dict[str, Statements]]:
    """Page → role → statements, for whoever gets the page.

    asked: whom to ask for which page; `others` are asked for a page that is not in it.
    """
    found: dict[str, dict[str, Statements]] = {}
    for name, address in addresses(town):
        for role in asked.get(name, others):
            with counted() as statements:
                status = people[role].get(address).status_code
            if status == WRONG_VERB:
                break
            if status < ERROR:
                found.setdefault(name, {})[role] = statements()
    return found
