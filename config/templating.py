"""Templates compiled once for each language, with all that is the same on every drawing written in.

A sentence without a value, an address without an argument and the name of a static file are looked
up while a template is read instead of each time it is drawn, and so is the indentation left out.
Nothing here knows a request or a person.
"""

import re
from typing import Any

from django.template.base import Origin
from django.template.loaders import cached
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import escape
from django.utils.translation import get_language, gettext, pgettext

TEXT = r"""(?:"([^"\\]*)"|'([^'\\]*)')"""
FIXED = re.compile(rf"\{{% (translate|url|static) {TEXT}(?: context {TEXT})? %\}}")
# Inside a sentence with values and a box for text, blanks are a part of what is said.
INDENTED = re.compile(
    r"\{% blocktrans.*?\{% endblocktrans\w* %\}|<(pre|textarea)\b.*?</\1>|\n\s+", re.DOTALL
)


class Loader(cached.Loader):
    """Keeps a template for each language in which it was asked for."""

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        """Return the key of a template in the language of this moment."""
        return f"{get_language()} {super().cache_key(template_name, skip)}"

    def get_contents(self, origin: Origin) -> str:
        """Return the source with what is fixed in it written in."""
        return written_in(super().get_contents(origin))


def written_in(source: str) -> str:
    """The source as the compiler gets it, in the language of this moment."""
    return FIXED.sub(_fixed, INDENTED.sub(_unindented, source))


def _unindented(found: re.Match[str]) -> str:
    return "\n" if found[0].startswith("\n") else found[0]


def _fixed(found: re.Match[str]) -> str:
    """What the tag would say; the tag itself where it says nothing, or what reads as a tag."""
    text, context = found[2] or found[3] or "", found[4] or found[5] or ""
    try:
        said = SAYS[found[1]](text, context)
    except (NoReverseMatch, ValueError):  # of another package, in a part that is never drawn here
        return found[0]
    return found[0] if "{" in said else said


def _sentence(text: str, context: str) -> str:
    text = text.replace("%", "%%")  # as the catalogue has it
    said = pgettext(context, text) if context else gettext(text)
    return said.replace("%%", "%")


def _address(name: str, _context: str) -> str:
    return escape(reverse(name))


def _file(name: str, _context: str) -> str:
    return escape(static(name))


SAYS = {"translate": _sentence, "url": _address, "static": _file}
