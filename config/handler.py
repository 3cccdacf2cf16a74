"""How uvicorn's requests come to our pages, and what is said to sockets that lead nowhere."""

from typing import Any

from asgiref.sync import sync_to_async
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


async def nowhere(scope: Any, receive: Any, send: Any) -> Any:
    """Refuse a socket at an address of ours that is none; the router would raise, and name it."""
    await send({"type": "websocket.close"})
