from importlib import import_module

from django.apps import AppConfig


class SafekeepingConfig(AppConfig):
    name = "safekeeping"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("safekeeping.prepared")
        for registers_sweeps in ("chain", "erasure", "rescue"):
            import_module(f"safekeeping.{registers_sweeps}")
