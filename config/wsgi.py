"""Pages, for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from config import guard  # noqa: E402 - models may load only after Django

guard.refuse_unsafe_start()
