"""A refusal to start is one sentence for the person who starts us, never a traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured

from config.embedded import DatabaseRefused


@contextmanager
def one_sentence() -> Iterator[None]:
    """End the process with the sentence of a missing setting or a refused database."""
    try:
        yield
    except (ImproperlyConfigured, DatabaseRefused) as refused:
        sys.exit(str(refused))
