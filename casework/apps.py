from importlib import import_module

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "casework"

    def ready(self) -> None:
        import_module("casework.handlers")
        import_module("casework.sweeps")
        import_module("casework.flow_listeners")
        import_module("casework.actions.renewing")
