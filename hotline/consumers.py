"""The live line of an open page: it is told that something changed, and reads again by itself."""

import asyncio
from contextlib import suppress
from typing import Any

import structlog
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.utils import timezone

from hotline.gateways import live
from network import sittings
from network.actors import Actor
from network.models import User
from shelters.models.places import SEES_BEDS

log = structlog.get_logger(__name__)
SECONDS_BETWEEN_LOOKS = 4
LOOKS_MISSED_AT_MOST = 3
NOT_YOURS, TRY_AGAIN = 4403, 1013


class Live(AsyncJsonWebsocketConsumer):
    """One socket of one page. What it may hear is asked at the start and every few seconds."""

    async def connect(self) -> None:
        """Join the groups of the person's agency; strangers are turned away."""
        self.joined: list[str] = []
        self.watch: asyncio.Task[None] | None = None
        actor = await self._actor()
        if actor is None:
            await self.close(NOT_YOURS)
            return
        for group in groups_of(actor):
            await self.channel_layer.group_add(group, self.channel_name)
            self.joined.append(group)
        await self.accept()
        self.watch = asyncio.create_task(self._watch())

    async def disconnect(self, code: int) -> None:
        """Leave the groups, whatever became of the watch."""
        await self._leave()
        if self.watch is not None:
            self.watch.cancel()
            with suppress(asyncio.CancelledError):
                await self.watch

    async def receive(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is ever taken from a page by this way, so nothing that it says can break it."""

    async def live_changed(self, message: dict[str, Any]) -> None:
        """Hand on kind and reference, nothing else; and nothing that waited while we ended."""
        if not self.joined:
            return
        await self.send_json({"kind": message["kind"], "reference": message["reference"]})

    async def _watch(self) -> None:
        """End within five seconds of the membership's end, or of a role's that let it hear.

        A database that is away says nothing either, so the question waits for it, but not for
        ever: a page whose line ends comes back by itself and is asked anew.
        """
        missed = 0
        while missed < LOOKS_MISSED_AT_MOST:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            try:
                actor = await self._actor()
            except Exception as fault:  # whatever it is, it must not end the watch
                missed += 1
                log.warning("socket.unwatched", fault=type(fault).__name__, count=missed)
                continue
            missed = 0
            if actor is None or groups_of(actor) != self.joined:
                await self._end(NOT_YOURS)
                return
        await self._end(TRY_AGAIN)

    async def _end(self, code: int) -> None:
        """Hear nothing more, then close: the other side may take its time to answer."""
        await self._leave()
        await self.close(code)

    async def _leave(self) -> None:
        left, self.joined = self.joined, []
        for group in left:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def _actor(self) -> Actor | None:
        found: Actor | None = await database_sync_to_async(actor_of)(self.scope)
        return found


def actor_of(scope: dict[str, Any]) -> Actor | None:
    """Who sits behind a socket, read afresh: the sitting must live and the membership too.

    The same question as for a page, of the session as it is stored now and not at the start.
    """
    session, user = scope.get("session"), scope.get("user")
    if user is None or not user.is_authenticated or not session:
        return None
    person = User.objects.filter(pk=user.pk).first()
    kept = type(session._wrapped)(session.session_key) if hasattr(session, "_wrapped") else session
    if person is None or not kept.exists(kept.session_key):
        return None
    actor, _memberships = sittings.actor_in(person, kept, timezone.now())
    return actor if actor.agency_id is not None else None


def groups_of(actor: Actor) -> list[str]:
    """What a person may hear: the agency's own changes, and beds for those who see the board."""
    if actor.agency_id is None:
        return []
    beds = [live.BEDS] if actor.has(*SEES_BEDS) else []
    return [live.group_of_agency(actor.agency_id), *beds]
