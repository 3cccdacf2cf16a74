"""What stands in two languages, read in one."""

from django.utils.translation import get_language


def is_english(language: str | None = None) -> bool:
    """Whether this language, or the reader's where none is named, is English."""
    return (language or get_language() or "vi").startswith("en")


def in_language(vi: str, en: str, language: str | None = None) -> str:
    """The one of two texts that is in this language, or in the reader's."""
    return en if is_english(language) else vi
