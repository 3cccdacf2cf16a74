from importlib import import_module

from django.apps import AppConfig


class HotlineConfig(AppConfig):
    name = "hotline"

    def ready(self) -> None:
        import_module("hotline.handlers")
        import_module("hotline.sweeps")
        import_module("hotline.telling")
