"""`docs/stolen-dump.md`: what whoever steals the whole database, without the key ring, can read."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from config.documents import markdown
from safekeeping import policies
from safekeeping.policies import Rows
from safekeeping.sealed import SealedField

OURS = (
    "safekeeping", "network", "casework", "referral", "shelters", "hotline", "figures",
)  # fmt: skip
# A text in clear longer than a code: each is reviewed, and named here with what it holds.
FREE_TEXT_LENGTH = 64

INTRO = (
    "Every column of every table of ours, as the database's superuser reads it without the key"
    " ring. *Sealed* columns show their length (padded) and nothing else. *In clear* are codes,"
    " numbers, times and random references. The first part lists the tables that carry cases, the"
    " second the network's own: agencies and staff are not secret from whoever holds the dump."
    " What this still tells an attacker, and what we do about it, stands in"
    " [safekeeping.md](safekeeping.md)."
)


def page() -> str:
    """Both parts, tables in the order of apps and models."""
    of_cases = [model for model in _models() if carries_cases(model)]
    others = [model for model in _models() if not carries_cases(model)]
    return markdown.page(
        "What a stolen dump shows", INTRO,
        "## Tables that carry cases", *map(_section, of_cases),
        "## Other tables", *map(_section, others),
    )  # fmt: skip


def carries_cases(model: type[models.Model]) -> bool:
    """Whether the table's rows are guarded one by one."""
    return isinstance(policies.rule_of(model), Rows)


def free_texts(model: type[models.Model]) -> list[str]:
    """Columns in clear that could hold words about somebody."""
    return [
        f"{model._meta.db_table}.{field.column}"
        for field in model._meta.concrete_fields
        if _is_free_text(field)
    ]


def _is_free_text(field: Any) -> bool:
    if isinstance(field, models.TextField | models.JSONField | models.FileField):
        return True
    longest = field.max_length or 0
    return isinstance(field, models.CharField) and not field.choices and longest > FREE_TEXT_LENGTH


def _models() -> Iterator[Any]:
    for app in OURS:
        yield from (m for m in apps.get_app_config(app).get_models() if m._meta.managed)


def _section(model: Any) -> str:
    fields = model._meta.concrete_fields
    sealed = [str(f.column) for f in fields if isinstance(f, SealedField)]
    clear = [str(f.column) for f in fields if not isinstance(f, SealedField)]
    lines = [f"### `{model._meta.db_table}`"]
    lines += [f"Sealed: {', '.join(sealed)}."] if sealed else []
    return "\n\n".join([*lines, f"In clear: {', '.join(clear)}."])
