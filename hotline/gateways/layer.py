"""The channel layer over PostgreSQL's LISTEN/NOTIFY: one listening connection a process.

It survives a restart of the database and then tells every group to read again, for what was
said meanwhile is lost. Payloads stay far under NOTIFY's 8,000 bytes: a kind and a reference.
"""

import asyncio
import json
from typing import Any

import psycopg
import structlog
from channels.layers import InMemoryChannelLayer
from django.db import connections

from hotline.gateways.live import CHANNEL

log = structlog.get_logger(__name__)
A_DAY = 24 * 3600
SECONDS_BETWEEN_TRIES = 1
SECONDS_TO_LISTEN = 5
# A server that vanished without a word is noticed in half a minute (not needed on a socket file).
SEEN_DEAD = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 4}
READ_AGAIN = {"type": "live.changed", "kind": "again", "reference": ""}


def parameters() -> dict[str, Any]:
    """How to reach the same database, without what only Django's wrapper understands."""
    found = connections["default"].get_connection_params()
    return {
        key: value
        for key, value in found.items()
        if key not in {"cursor_factory", "context", "pool", "prepare_threshold"}
    }


class NotifyLayer(InMemoryChannelLayer):
    """Groups live in the process; what is said to one travels through the database.

    "Something changed" does not grow old: a socket that stood still for an hour hears it late. If
    it could expire, the layer would drop that socket from its groups, and it would be deaf.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"expiry": A_DAY, **kwargs})

    listener: "asyncio.Task[None] | None" = None

    async def group_add(self, group: str, channel: str) -> None:
        """Join a group; the first joins also begins to listen."""
        if self.listener is None or self.listener.done():
            self.ready = asyncio.Event()
            self.listener = asyncio.create_task(self.listen())
        await asyncio.wait_for(self.ready.wait(), SECONDS_TO_LISTEN)
        await super().group_add(group, channel)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Say something to a group in every process."""
        async with await psycopg.AsyncConnection.connect(**parameters(), autocommit=True) as db:
            await db.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps([group, message])])

    async def listen(self) -> None:
        """Hand on what is said, for as long as the process lives and whatever goes wrong."""
        while True:
            try:
                await self._listen_once()
            except Exception as fault:  # else all sockets of the process would be deaf for good
                log.warning("live.lost", fault=type(fault).__name__)
                await asyncio.sleep(SECONDS_BETWEEN_TRIES)

    async def _listen_once(self) -> None:
        lasting = {**parameters(), **SEEN_DEAD}
        async with await psycopg.AsyncConnection.connect(**lasting, autocommit=True) as db:
            await db.execute(f"LISTEN {CHANNEL}")
            if self.ready.is_set():
                await self._read_again()
            self.ready.set()
            async for said in db.notifies():
                await self._hand_on(said.payload)

    async def _hand_on(self, payload: str) -> None:
        try:
            group, message = json.loads(payload)
            await super().group_send(group, message)
        except (AssertionError, TypeError, ValueError) as fault:  # not said by us
            log.warning("live.unheard", fault=type(fault).__name__)

    async def _read_again(self) -> None:
        for group in list(self.groups):
            await super().group_send(group, READ_AGAIN)
