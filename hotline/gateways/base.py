"""What every gateway does, and how it says that it could not."""

from dataclasses import dataclass
from typing import Protocol


class Temporary(Exception):
    """It may work in a moment: try again. `code` is the provider's, never the number or text."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Permanent(Temporary):
    """It will never work with this number: ring the next person at once."""


@dataclass(frozen=True)
class Receipt:
    """What a provider answered: its id for later receipts, empty if it gives none."""

    provider_id: str


class Gateway(Protocol):
    """Sends one text to one phone. Raises Temporary or Permanent; knows of no case."""

    name: str

    def send(self, *, number: str, text: str, key: str) -> Receipt:
        """key: the attempt's reference; a provider that knows it sends a text only once."""
        ...
