"""The few line icons of the pages, drawn inline: one style, one stroke, no request of their own."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

PATHS = {
    "check": '<path d="m4 10.5 4 4 8-9"/>',
    "dash": '<path d="M5 10h10"/>',
    "cross": '<path d="m5.5 5.5 9 9m0-9-9 9"/>',
    "clock": '<circle cx="10" cy="10" r="7"/><path d="M10 6v4l2.6 1.6"/>',
    "phone": (
        '<path d="M5 3h3l1.5 4-2 1.5a10 10 0 0 0 4 4L13 10.5l4 1.5v3a2 2 0 0 1-2 2A12 12 0 0 1 3 5'
        'a2 2 0 0 1 2-2Z"/>'
    ),
    "lock": '<rect x="4" y="9" width="12" height="8" rx="2"/><path d="M7 9V6.5a3 3 0 0 1 6 0V9"/>',
    "unlock": '<rect x="4" y="9" width="12" height="8" rx="2"/><path d="M7 9V6a3 3 0 0 1 5.8-1"/>',
    "person": '<circle cx="10" cy="6.5" r="3.5"/><path d="M3.5 17a6.5 6.5 0 0 1 13 0"/>',
    "house": '<path d="M3 10.5 10 4l7 6.5"/><path d="M5.5 9v8h9V9"/>',
    "eye": (
        '<path d="M2 10s3-5.5 8-5.5 8 5.5 8 5.5-3 5.5-8 5.5S2 10 2 10Z"/>'
        '<circle cx="10" cy="10" r="2.4"/>'
    ),
    "print": '<path d="M6 8V3h8v5M6 14H3.5V8h13v6H14M6 12h8v5H6z"/>',
    "warning": '<path d="M10 3 18 17H2L10 3Zm0 5v4.5m0 2v.5"/>',
}
BARS = ((0, 12, 4), (9, 8, 8), (18, 4, 12), (27, 0, 16))  # x, y, height: four steps of risk


def icon(name: str) -> SafeString:
    """Return the icon as an svg that screen readers skip; the words beside it must say the same."""
    return format_html(
        '<svg class="ma-ic" viewBox="0 0 20 20" fill="none" stroke="currentColor"'
        ' stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round"'
        ' aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(PATHS[name]),  # noqa: S308 - our own constant
    )


def bars(step: int) -> SafeString:
    """Return four rising bars of which the first `step` are filled."""
    drawn = "".join(
        f'<rect x="{x}" y="{y}" width="6" height="{height}" rx="1"'
        f' fill="{"#b3261e" if index < step else "#d8d4ca"}"/>'
        for index, (x, y, height) in enumerate(BARS)
    )
    return format_html(
        '<svg viewBox="0 0 34 16" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(drawn),  # noqa: S308 - numbers of our own
    )
