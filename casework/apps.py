from importlib import import_module

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "casework"

    def ready(self) -> None:
        for module in ("handlers", "sweeps", "flow_listeners", "actions.renewing", "telling"):
            import_module(f"casework.{module}")
