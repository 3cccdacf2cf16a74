"""What open pages are told, kept as it is pushed: nobody may hear of what is not theirs."""

from dataclasses import dataclass
from typing import Any

import pytest

from hotline.gateways import live


@dataclass(frozen=True)
class Push:
    """group: of an office, or of every bed board. The message holds kind and reference alone."""

    group: str
    kind: str
    reference: str


def listen(patch: pytest.MonkeyPatch) -> list[Push]:
    """Every push from now on, sent or not."""
    heard: list[Push] = []
    tell: Any = live.push

    def push(group: str, kind: str, reference: object) -> None:
        heard.append(Push(group, kind, str(reference)))
        tell(group, kind, reference)

    patch.setattr(live, "push", push)
    return heard
