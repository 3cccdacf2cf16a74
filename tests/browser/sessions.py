"""Signing in without the form: a session is written as the form would write it."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from network import sittings


def session_for(user: Any, **values: Any) -> str:
    """Write a session for the user and return its key; `values` are put into it."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    for name, value in values.items():
        store[name] = value
    sittings.begin(store, user, timezone.now())
    store.save()
    return str(store.session_key)


def cookie_for(user: Any, address: str, **values: Any) -> Any:
    """The session's cookie as Playwright takes it."""
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": session_for(user, **values),
        "url": address,
    }


def language_cookie(language: str, address: str) -> Any:
    """A stranger's choice of language."""
    return {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": address}
