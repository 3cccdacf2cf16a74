"""The live line of an open page: it is told that something changed, and reads again by itself."""

import asyncio
from contextlib import suppress
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.utils import timezone

from hotline.gateways import live
from network.actors import Actor, actor_for
from network.models import Membership, User
from network.roles import Role

SECONDS_BETWEEN_LOOKS = 4
NOT_YOURS = 4403
READS_BEDS = (Role.KEEPER, Role.CASEWORKER, Role.SUPERVISOR, Role.COORDINATOR)


class Live(AsyncJsonWebsocketConsumer):
    """One socket of one page. What it may hear is asked at the start and every few seconds."""

    async def connect(self) -> None:
        """Join the groups of the person's agency; strangers are turned away."""
        self.joined: list[str] = []
        actor = await self._actor()
        if actor is None:
            await self.close(NOT_YOURS)
            return
        for group in groups_of(actor):
            await self.channel_layer.group_add(group, self.channel_name)
            self.joined.append(group)
        self.agency_id = actor.agency_id
        await self.accept()
        self.watch = asyncio.create_task(self._watch())

    async def disconnect(self, code: int) -> None:
        """Leave the groups."""
        if hasattr(self, "watch"):
            self.watch.cancel()
            with suppress(asyncio.CancelledError):
                await self.watch
        for group in self.joined:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        """Nothing is ever taken from a page by this way."""

    async def live_changed(self, message: dict[str, Any]) -> None:
        """Hand on kind and reference, nothing else."""
        await self.send_json({"kind": message["kind"], "reference": message["reference"]})

    async def _watch(self) -> None:
        """End within five seconds of the membership's end."""
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            actor = await self._actor()
            if actor is None or actor.agency_id != self.agency_id:
                await self.close(NOT_YOURS)
                return

    async def _actor(self) -> Actor | None:
        found: Actor | None = await database_sync_to_async(actor_of)(self.scope)
        return found


def actor_of(scope: dict[str, Any]) -> Actor | None:
    """Who sits behind a socket, read afresh: the session must live and the membership too."""
    session, user = scope.get("session"), scope.get("user")
    if user is None or not user.is_authenticated or not session:
        return None
    if not session.exists(session.session_key):
        return None
    now = timezone.now()
    person = User.objects.filter(pk=user.pk, is_active=True).first()
    held = Membership.objects.live(now).filter(user_id=user.pk).select_related("agency")
    wanted = session.get("membership")
    membership = (held.filter(pk=wanted) if wanted else held).first()
    return actor_for(person, membership, now) if person and membership else None


def groups_of(actor: Actor) -> list[str]:
    """What a person may hear: the agency's own changes, and beds for those who see the board."""
    if actor.agency_id is None:
        return []
    beds = [live.BEDS] if actor.has(*READS_BEDS) else []
    return [live.group_of_agency(actor.agency_id), *beds]
