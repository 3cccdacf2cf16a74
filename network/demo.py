"""The sign-ins of the demonstration: shown where it starts and where one signs in; nowhere else."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.contrib.auth.hashers import check_password

from network.models import Membership, User
from network.roles import Role


@dataclass(frozen=True)
class SignIn:
    """One invented person who shows what a role sees."""

    username: str
    name: str
    role: Role


def has_let_in(now: datetime) -> bool:
    """Whether one of its invented people can sign in here with the password that all know."""
    known, people = _read()
    names = [person.username for person in people]
    live = User.objects.filter(memberships__in=Membership.objects.live(now), username__in=names)
    return any(check_password(known, user.password) for user in live.distinct())


def sign_ins() -> tuple[SignIn, ...]:
    """One for each role; empty unless this is the demonstration."""
    return _read()[1] if settings.DEMO else ()


def password() -> str:
    """What all of them sign in with; empty unless this is the demonstration."""
    return _read()[0] if settings.DEMO else ""


@cache
def _read() -> tuple[str, tuple[SignIn, ...]]:
    file = Path(settings.NETWORK_DATA) / "demo-people.yaml"
    if not file.exists():
        return "", ()
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    shown = (row for row in content["people"] if row.get("sign_in"))
    people = tuple(
        SignIn(row["username"], " ".join(filter(None, row["name"])), Role(row["sign_in"]))
        for row in shown
    )
    return content["password"], people
