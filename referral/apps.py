from importlib import import_module

from django.apps import AppConfig


class ReferralConfig(AppConfig):
    name = "referral"

    def ready(self) -> None:
        for part in ("handlers", "holds", "panels", "sweeps", "telling", "work"):
            import_module(f"referral.{part}")
