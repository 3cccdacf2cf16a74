"""How uvicorn's requests come to our pages, and what is said to sockets that lead nowhere."""

from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import sync_to_async
from channels.security.websocket import OriginValidator
from django.core.handlers.asgi import ASGIHandler


class Pages(ASGIHandler):
    """A page goes from its first middleware to its last in one thread: all of ours wait for rows.

    Django's own would go to another thread and back at each step that cannot be awaited.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        """As for gunicorn."""
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: Any) -> Any:
        """As for gunicorn, in the thread of this request."""
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)


class OwnOrigin(OriginValidator):
    """Sockets for our own pages alone; an origin that cannot be read is a foreign one.

    Channels' own would raise at it: an answer of 500, and the log full of what was sent.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        """Refuse before anything is read from it."""
        origins = [value for name, value in scope["headers"] if name == b"origin"]
        if not all(map(_is_readable, origins)):
            return await nowhere(scope, receive, send)
        return await super().__call__(scope, receive, send)


def _is_readable(origin: bytes) -> bool:
    try:
        return urlsplit(origin.decode("latin1")).port != 0
    except ValueError:  # no such address, or no such port
        return False


async def nowhere(scope: Any, receive: Any, send: Any) -> Any:
    """Refuse a socket at an address of ours that is none; the router would raise, and name it."""
    await send({"type": "websocket.close"})
