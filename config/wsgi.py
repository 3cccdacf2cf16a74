"""Pages, for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from config.refusing import one_sentence

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
with one_sentence():
    application = get_wsgi_application()

from config import guard  # models may load only after Django

guard.refuse_unsafe_start()
