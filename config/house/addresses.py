"""Addresses of pages that may not exist yet, or not in this deployment."""

from django.urls import NoReverseMatch, reverse


def address(name: str, *args: object) -> str:
    """Return the address of a page, empty where there is none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
