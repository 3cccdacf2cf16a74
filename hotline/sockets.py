"""Addresses of sockets."""

from django.urls import path

from hotline.consumers import Live

sockets = [path("ws/live", Live.as_asgi())]
