"""Socket Mode as Slack serves it: single-use tickets, envelopes, acknowledgements, redelivery, refreshes."""

import asyncio
import contextlib
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from aiohttp import WSMsgType, web

from bot.demo.servers.changes import Changes
from bot.demo.servers.slack_things import APP

Json = dict[str, Any]


@dataclass
class Delivery:
    """One envelope that was sent. `attempt` counts from 0; `answer` is the payload of the acknowledgement."""

    envelope_id: str
    kind: str
    payload: Json
    attempt: int = 0
    reason: str = ""
    sent: bool = False
    acked: bool = False
    answer: Json | None = None


class SocketMode:
    """The server's end of Socket Mode; events that are not acknowledged come again, all else is lost with its user."""

    def __init__(self, changes: Changes, ack_timeout: float, redeliver_after: tuple[float, ...]) -> None:
        self.changes = changes
        self.ack_timeout = ack_timeout
        self.redeliver_after = redeliver_after
        self.url = ""
        self.links: list[web.WebSocketResponse] = []
        """The connections in use; one that was told to refresh is no longer among them."""
        self.connects = 0
        """How many connections the bot has made so far."""
        self.deliveries: list[Delivery] = []
        self.late: list[str] = []
        """The envelopes whose acknowledgement came when it counted no more."""
        self._open: set[web.WebSocketResponse] = set()
        self._tickets: set[str] = set()
        self._waiting: dict[str, asyncio.Future[Json | None]] = {}
        self._redelivering: set[asyncio.Task[None]] = set()
        self._hurry = asyncio.Event()

    def new_link(self) -> str:
        """The address for one connection."""
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        return f"{self.url}?ticket={ticket}&app_id={APP}"

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="ticket is unknown or was used before")
        self._tickets.discard(ticket)
        link = web.WebSocketResponse()
        await link.prepare(request)
        self.links.append(link)
        self._open.add(link)
        self.connects += 1
        try:
            await link.send_json(_hello(len(self.links)))
            self.changes.tell("connection", "open")
            async for message in link:
                if message.type == WSMsgType.TEXT:
                    self._acknowledged(message.json())
        finally:
            self._open.discard(link)
            self._retire(link)
        return link

    async def stop(self) -> None:
        for task in list(self._redelivering):
            task.cancel()
        for link in list(self._open):
            await link.close()

    async def connected(self, beyond: int = 0, within: float = 10.0) -> None:
        """Waits until the bot is connected and has connected more than `beyond` times. Raises TimeoutError."""
        await self.changes.until(lambda: self.links and self.connects > beyond, within)

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Tells the bot to connect anew, as Slack does every few hours; nothing more is sent on the old connections."""
        for link in list(self.links):
            self._retire(link)
            await link.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "town"}})

    def drop(self) -> None:
        """Cuts every connection without a word."""
        for link in list(self._open):
            self._retire(link)
            cut(link._req)

    async def deliver(
        self, kind: str, payload: Json, *, accepts: bool = False, attempt: int = 0, reason: str = ""
    ) -> Delivery:
        """Sends one envelope and waits for its acknowledgement, `ack_timeout` seconds at most."""
        delivery = Delivery(str(uuid.uuid4()), kind, payload, attempt, reason)
        await self._send(delivery, accepts)
        return delivery

    async def replay(self, delivery: Delivery) -> Delivery:
        """Sends the very same envelope once more."""
        again = Delivery(delivery.envelope_id, delivery.kind, delivery.payload, delivery.attempt, delivery.reason)
        await self._send(again, accepts=delivery.kind != "events_api")
        return again

    async def event(self, payload: Json) -> Delivery:
        """Delivers an event; if nobody acknowledges it, it comes again in the background."""
        delivery = await self.deliver("events_api", payload)
        if not delivery.acked and self.redeliver_after:
            task = asyncio.create_task(self._redeliver(delivery))
            self._redelivering.add(task)
            task.add_done_callback(self._gave_up)
        return delivery

    def redeliver_now(self) -> None:
        """Ends the pause before the next attempt of every event that waits for one."""
        hurry, self._hurry = self._hurry, asyncio.Event()
        hurry.set()

    @property
    def undelivered(self) -> int:
        """How many events wait for another attempt or are in one."""
        return len(self._redelivering)

    async def _redeliver(self, first: Delivery) -> None:
        last = first
        for attempt, pause in enumerate(self.redeliver_after, start=1):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), pause)
            reason = "timeout" if last.sent else "connection_failed"
            last = await self.deliver("events_api", first.payload, attempt=attempt, reason=reason)
            if last.acked:
                return

    def _gave_up(self, task: asyncio.Task[None]) -> None:
        self._redelivering.discard(task)
        self.changes.tell("redelivery", "ended")

    async def _send(self, delivery: Delivery, accepts: bool) -> None:
        self.deliveries.append(delivery)
        envelope: Json = {"envelope_id": delivery.envelope_id, "type": delivery.kind, "payload": delivery.payload}
        envelope["accepts_response_payload"] = accepts
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": delivery.attempt, "retry_reason": delivery.reason}
        waiting = self._waiting[delivery.envelope_id] = asyncio.get_running_loop().create_future()
        try:
            delivery.sent = await self._put(envelope)
            if delivery.sent:
                delivery.answer = await asyncio.wait_for(waiting, self.ack_timeout)
                delivery.acked = True
        except TimeoutError:
            pass
        finally:
            self._waiting.pop(delivery.envelope_id, None)
        self.changes.tell("delivery", delivery.kind)

    async def _put(self, envelope: Json) -> bool:
        while self.links:
            link = self.links.pop(0)
            self.links.append(link)  # each connection in turn, as Slack spreads events over several processes
            try:
                await link.send_json(envelope)
            except ConnectionError:
                self._retire(link)
            else:
                return True
        return False

    def _acknowledged(self, message: Json) -> None:
        waiting = self._waiting.get(message.get("envelope_id", ""))
        if waiting is None or waiting.done():
            self.late.append(message.get("envelope_id", ""))
        else:
            waiting.set_result(message.get("payload"))

    def _retire(self, link: web.WebSocketResponse) -> None:
        if link in self.links:
            self.links.remove(link)
            self.changes.tell("connection", "closed")


def cut(request: web.BaseRequest | None) -> None:
    """Ends the connection of a request without a word."""
    if request is not None and request.transport is not None:
        request.transport.abort()


def _hello(connections: int) -> Json:
    return {
        "type": "hello",
        "num_connections": connections,
        "connection_info": {"app_id": APP},
        "debug_info": {"host": "town", "build_number": 1, "approximate_connection_time": 18060},
    }
