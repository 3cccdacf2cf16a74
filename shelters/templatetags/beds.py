"""Beds and stays in words, for the pages of shelters."""

from datetime import timedelta
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from network import registry
from shelters import words
from shelters.board import FREE, HELD, OUT, TAKEN, Tile
from shelters.models import Room, Stay, StayState

register = template.Library()

LONG_WAIT = timedelta(minutes=15)  # our choice: from then on waiting stands out
GREY = {
    StayState.CANCELLED, StayState.DISCHARGED, StayState.TRANSFERRED, StayState.VOIDED,
}  # fmt: skip
RED = {StayState.LAPSED, StayState.LEFT_UNTOLD}
REASONS = ("discharge_reason", "not_placed_reason", "void_reason")


def _left(context: Context, tile: Tile) -> str:
    """Minutes or hours until a hold ends, short enough for a tile."""
    if tile.until is None:
        return ""
    minutes = max(1, int((tile.until - context["request"].now).total_seconds() // 60))
    if minutes > 90:  # noqa: PLR2004 - beyond that hours say it better
        return _("%(n)d hours") % {"n": round(minutes / 60)}
    return _("%(n)d minutes") % {"n": minutes}


@register.simple_tag
def tile_word(tile: Tile) -> str:
    """The first line under a bed's name."""
    if tile.state == FREE:
        return _("Extra") if tile.bed.extra else _("Free")
    return {HELD: _("Held, left"), TAKEN: _("Taken"), OUT: _("Out")}[tile.state]


@register.simple_tag(takes_context=True)
def tile_note(context: Context, tile: Tile) -> str:
    """The second line: how long, until when, why."""
    if tile.state == HELD:
        return _left(context, tile)
    if tile.state == FREE:
        return _("free") if tile.bed.extra else ""
    return tile.note


@register.simple_tag(takes_context=True)
def tile_sentence(context: Context, tile: Tile) -> SafeString:
    """The same in one sentence, for the table."""
    if tile.state == FREE:
        return format_html(
            "<strong>{}</strong>", _("Extra bed, free") if tile.bed.extra else _("Free")
        )
    first = {HELD: _("Held, left"), TAKEN: _("Taken"), OUT: _("Out of use")}[tile.state]
    note = _left(context, tile) if tile.state == HELD else tile.note
    if not note:
        return format_html("{}", first)
    return format_html(
        "{} {}" if tile.state == HELD else "{}, {}", first, note[:1].lower() + note[1:]
    )


@register.filter
def party(stay: Stay) -> str:
    """Who comes."""
    return words.party(stay)


@register.filter
def needs(stay: Stay) -> str:
    """Risk and needs."""
    return words.needs(stay)


@register.filter
def room_for(room: Room) -> str:
    """For whom a room is."""
    return words.room(room)


@register.simple_tag(takes_context=True)
def waited(context: Context, stay: Stay) -> SafeString:
    """How long a family has waited; a longer wait stands out."""
    span = context["request"].now - stay.requested_at
    minutes = max(1, int(span.total_seconds() // 60))
    said = _("%(n)d minutes") if minutes < 120 else _("%(n)d hours")  # noqa: PLR2004
    text = _("waiting for %(span)s") % {
        "span": said % {"n": minutes if minutes < 120 else minutes // 60}  # noqa: PLR2004
    }
    soon = " ma-clock--soon" if span >= LONG_WAIT or stay.emergency else ""
    return format_html(
        '<span class="ma-clock{}"><time datetime="PT{}M">{}</time></span>', soon, minutes, text
    )


@register.simple_tag
def stay_state(stay: Stay) -> SafeString:
    """The state as a tag."""
    tone = "grey" if stay.state in GREY else "red" if stay.state in RED else ""
    css = f"govuk-tag govuk-tag--{tone}" if tone else "govuk-tag"
    return format_html('<strong class="{}">{}</strong>', css, stay.get_state_display())


@register.simple_tag
def stay_reason(stay: Stay) -> str:
    """Why it ended, and where she went."""
    said: list[Any] = [
        registry.label(code_list, stay.reason)
        for code_list in REASONS
        if stay.reason and registry.code(code_list, stay.reason)
    ][:1]
    if stay.next_place:
        said.append(registry.label("next_place", stay.next_place))
    return " · ".join(said)
