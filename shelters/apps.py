from importlib import import_module

from django.apps import AppConfig


class SheltersConfig(AppConfig):
    name = "shelters"

    def ready(self) -> None:
        for module in ("handlers", "holds", "sweeps", "panels", "telling", "work"):
            import_module(f"shelters.{module}")
