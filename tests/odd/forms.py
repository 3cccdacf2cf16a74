"""Every form that a page shows: found by walking the pages of a rehearsed province as its people.

What is sent to a form is made from the form itself, so a new page is tried without being named.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import ResolverMatch, resolve
from django.urls.exceptions import Resolver404

EACH = 2  # addresses of one route that one person opens: states differ, the form rarely does
LEAVING = frozenset({"exit", "account_logout"})
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Field:
    """One question as a browser sees it; `options` are what may be chosen, empty for typing."""

    name: str
    kind: str
    value: str = ""
    options: tuple[str, ...] = ()


@dataclass
class Form:
    """One form of a page: where it is sent, and its fields by name, in order."""

    action: str
    fields: dict[str, Field] = field(default_factory=dict)
    route: str = ""
    who: str = ""

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields.values())


class _Reader(HTMLParser):
    """Links and POST forms of one page."""

    def __init__(self, at: str) -> None:
        super().__init__()
        self.at, self.links, self.forms = at, list[str](), list[Form]()
        self.open: Form | None = None
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(urljoin(self.at, given["href"]))
        elif tag == "form":
            posts = given.get("method", "get").lower() == "post"
            self.open = Form(urljoin(self.at, given.get("action", ""))) if posts else None
        elif self.open is not None:
            self._question(self.open, tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self.open is not None:
            self.forms.append(self.open)
            self.open = None

    def _question(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if tag == "select":
            self.select = name
        if tag in {"input", "textarea", "select", "button"} and name:
            kind = given.get("type", tag)
            self._add(form, name, kind, given.get("value", ""))
        elif tag == "option" and given.get("value"):
            self._add(form, self.select, "select", given["value"])

    def _add(self, form: Form, name: str, kind: str, value: str) -> None:
        chosen = kind in {"radio", "checkbox", "select", "submit"}
        before = form.fields.get(name, Field(name, kind, value))
        more = (value,) if chosen and value else ()
        form.fields[name] = Field(name, kind, before.value, (*before.options, *more))


def read(text: str, at: str) -> tuple[list[str], list[Form]]:
    """Links and forms of a page at this address."""
    reader = _Reader(at)
    reader.feed(text)
    return reader.links, reader.forms


def matched(address: str) -> ResolverMatch | None:
    """The route of an address of ours."""
    parts = urlsplit(address)
    try:
        return None if parts.netloc else resolve(parts.path)
    except Resolver404:
        return None


def walk(client: Client, who: str, starts: list[str]) -> Iterator[Form]:
    """Forms of all pages that this person reaches by links from `starts`, a few of each route."""
    waiting, seen, opened = list(starts), set(starts), dict[str, int]()
    while waiting:
        address = waiting.pop(0)
        route = _name(matched(address))
        opened[route] = opened.get(route, 0) + 1
        if opened[route] > EACH or route in LEAVING:
            continue
        links, forms = _page(client, address)
        for form in forms:
            form.route, form.who = _name(matched(form.action)), who
            yield form
        waiting += _fresh(links, seen)


def _page(client: Client, address: str) -> tuple[list[str], list[Form]]:
    answer = client.get(address, follow=True)
    at = answer.redirect_chain[-1][0] if getattr(answer, "redirect_chain", None) else address
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return [], []
    return read(answer.content.decode(), at)


def _fresh(links: list[str], seen: set[str]) -> list[str]:
    found = []
    for link in links:
        plain = link.split("#")[0]
        if matched(plain) and plain not in seen:
            seen.add(plain)
            found.append(plain)
    return found


def _name(match: ResolverMatch | None) -> str:
    if match is None:
        return ""
    kept = {k: v for k, v in match.kwargs.items() if k in {"verb", "part", "kind"}}
    return " ".join([match.view_name, *map(str, kept.values())])


def distinct(forms: Iterator[Form], known: dict[Any, Form]) -> None:
    """Keep one form of each route and set of questions."""
    for form in forms:
        known.setdefault((form.route, frozenset(form.fields)), form)
