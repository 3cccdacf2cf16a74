"""Loaded before the settings are: tests run in their own mode, on a database that need not last."""

import os

os.environ.setdefault("MAI_AM_MODE", "test")
os.environ.setdefault("MAI_AM_FAST_DATABASE", "1")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
