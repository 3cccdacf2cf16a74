"""The four packages that Django projects choose for secret columns, each by its text field."""

import importlib
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models

from config.embedded import BASE_DIR

# Its module is called as another peer's, so it lives apart; `make bench` puts it there.
APART = BASE_DIR / "var" / "bench" / "packages"
FERNET, MODEL, CRYPTOGRAPHY = "fernet-encrypted-fields", "encrypted-model-fields", "cryptography-5"
SEARCHABLE = "searchable-encrypted-fields"
NAMES = [FERNET, MODEL, CRYPTOGRAPHY, *([SEARCHABLE] if APART.exists() else [])]
SECRET = b"0123456789abcdef" * 2


def fields() -> dict[str, Callable[..., Any]]:
    """Package (without "django-") → what makes one text column of it."""
    settings.SALT_KEY = "bench"
    settings.FIELD_ENCRYPTION_KEY = urlsafe_b64encode(SECRET).decode()
    settings.FIELD_ENCRYPTION_KEYS = [SECRET.hex()]
    text = {
        FERNET: importlib.import_module("encrypted_fields.fields").EncryptedTextField,
        MODEL: importlib.import_module("encrypted_model_fields.fields").EncryptedTextField,
        CRYPTOGRAPHY: _encrypted_text,
    }
    if APART.exists():
        with _instead(APART, "encrypted_fields"):
            text[SEARCHABLE] = importlib.import_module("encrypted_fields.fields").EncryptedTextField
    return text


def _encrypted_text(**options: Any) -> Any:
    encrypt = importlib.import_module("django_cryptography.fields").encrypt
    return encrypt(models.TextField(**options))


@contextmanager
def _instead(folder: Path, module: str) -> Iterator[None]:
    """Import a module from this folder, and leave the one of that name as it was."""
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if name.startswith(module)}
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.startswith(module)]:
            del sys.modules[name]
        sys.modules.update(kept)
