from tests.safekeeping.lab import lab

__all__ = ["lab"]
