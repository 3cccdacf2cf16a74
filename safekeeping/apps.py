from django.apps import AppConfig


class SafekeepingConfig(AppConfig):
    name = "safekeeping"
    default_auto_field = "django.db.models.BigAutoField"
