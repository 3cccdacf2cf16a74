"""Pages and sockets, for uvicorn."""

import os

import django
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.urls import re_path

from config.handler import OwnOrigin, Pages, nowhere
from config.refusing import one_sentence

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
with one_sentence():
    django.setup(set_prefix=False)
    pages = Pages()

from config import guard  # models may load only after Django
from hotline.sockets import sockets

guard.refuse_unsafe_start()

application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": OwnOrigin(
            AuthMiddlewareStack(URLRouter([*sockets, re_path("", nowhere)])), settings.ALLOWED_HOSTS
        ),
    }
)
