"""The channel layer over PostgreSQL's LISTEN/NOTIFY: one listening connection a process.

It survives a restart of the database and then tells every group to read again, for what was
said meanwhile is lost. Payloads stay far under NOTIFY's 8,000 bytes: a kind and a reference.
"""

import asyncio
import json
from typing import Any

import psycopg
from channels.layers import InMemoryChannelLayer
from django.db import connections

from hotline.gateways.live import CHANNEL

SECONDS_BETWEEN_TRIES = 1
SECONDS_TO_LISTEN = 5
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
    """Groups live in the process; what is said to one travels through the database."""

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
        """Hand on what is said, for as long as the process lives."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    **parameters(), autocommit=True
                ) as db:
                    await db.execute(f"LISTEN {CHANNEL}")
                    if self.ready.is_set():
                        await self._read_again()
                    self.ready.set()
                    async for said in db.notifies():
                        group, message = json.loads(said.payload)
                        await super().group_send(group, message)
            except psycopg.OperationalError:
                await asyncio.sleep(SECONDS_BETWEEN_TRIES)

    async def _read_again(self) -> None:
        for group in list(self.groups):
            await super().group_send(group, READ_AGAIN)
