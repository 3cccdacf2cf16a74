"""What axe-core finds on a page: nothing is allowed."""

from functools import cache
from typing import Any

from config import assets

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def source() -> str:
    """The script, from npm as locked."""
    assets.fetch(with_tools=True)
    return (assets.NODE_MODULES / "axe-core" / "axe.min.js").read_text()


def findings(page: Any) -> list[str]:
    """One line for each fault: the rule and the first elements."""
    page.evaluate(source())
    found = page.evaluate("tags => axe.run({runOnly: tags})", TAGS)
    return [
        f"{fault['id']}: {[node['html'][:140] for node in fault['nodes']][:3]}"
        for fault in found["violations"]
    ]


def is_too_wide(page: Any) -> bool:
    """Does the page scroll sideways?"""
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    )


def small_targets(page: Any) -> list[str]:
    """Buttons and stand-alone links under 44 pixels high; links inside a sentence may be."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('button, .govuk-button, summary, nav a, .ma-tel')]
        .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.5)
        .map(e => e.outerHTML.slice(0, 120))"""
    )
    return found
