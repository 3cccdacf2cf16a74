"""What the layers below can refuse with; `config.middleware` gives each its status."""

from django.core.exceptions import PermissionDenied


def require(allowed: bool) -> None:
    """Refuse a person whom policy does not let do this: `require(policy.may_accept(actor, row))`.

    Raises PermissionDenied (403). Whether the thing exists for them was asked before (404).
    """
    if not allowed:
        raise PermissionDenied


class NotVisible(Exception):
    """It does not exist for this actor; missing and forbidden look the same (404)."""


class NotGranted(Exception):
    """A group of sealed values this actor may not open (404)."""


class NotOpened(Exception):
    """A sealed value was read before anybody opened it: a mistake in our code."""


class Unreadable(Exception):
    """A sealed value cannot be read: wrong key, tampering, swap or cut, never said which."""

    def __init__(self, text: str = "A sealed value cannot be read.") -> None:
        super().__init__(text)


class KeysUnavailable(Unreadable):
    """The key ring cannot be reached or lacks a key; what is not sealed still works."""

    def __init__(self, text: str = "The keys cannot be reached.") -> None:
        super().__init__(text)


class WrongKeys(KeysUnavailable):
    """The key ring is not the one this database was sealed with; the text is for the operator."""


class RuleBroken(Exception):
    """A rule of the domain says no (409).

    `code` names the rule; `facts` are coded values for its sentence, never personal data.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class Stale(RuleBroken):
    """Somebody saved first; the page shows both versions."""

    def __init__(self, **facts: object) -> None:
        super().__init__("stale", **facts)


class KeyReused(Exception):
    """The same idempotency key came with another body (422): nothing was done.

    answer: the address where the effect of the first body stands.
    """

    def __init__(self, answer: str = "") -> None:
        super().__init__("key-reused")
        self.answer = answer
