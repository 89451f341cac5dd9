"""Health: /healthz and /metrics on loopback if asked for, and the watchdog of systemd.

Healthy means: the database answers, and neither the mailbox nor Slack has been away for longer than `PATIENCE`.
Metrics have OpenMetrics names and no label that could tell a person: rights only.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

import structlog
from prometheus_client import CollectorRegistry, Gauge, Info
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest

from bot.mail.mailbox import State
from storage.database import DatabaseAway
from storage.figures import Figures, figures
from storage.store import Store

if TYPE_CHECKING:
    from aiohttp import web

PATIENCE = timedelta(minutes=10)
_log = structlog.get_logger("health")


@dataclass(frozen=True)
class Health:
    """How everything is. `mailbox` and `slack_down` ask the doors: None where a door is not in use."""

    store: Store
    now: Callable[[], datetime]
    mailbox: Callable[[], State | None]
    slack_down: Callable[[], float | None]

    async def problems(self) -> list[str]:
        """What is wrong, one sentence each; empty if all is well."""
        found = []
        try:
            await self.store.database.read(lambda: figures(self.now()))
        except DatabaseAway as error:
            found.append(str(error))
        state = self.mailbox()
        if state is not None and state.last_contact is not None and self.now() - state.last_contact > PATIENCE:
            found.append(f"the mailbox has been away since {state.last_contact:%Y-%m-%d %H:%M} UTC")
        down = self.slack_down()
        if down is not None and down > PATIENCE.total_seconds():
            found.append(f"Slack has been away for {down:.0f} seconds")
        return found

    async def metrics(self) -> bytes:
        """The page of metrics. Raises DatabaseAway."""
        found = await self.store.database.read(lambda: figures(self.now()))
        registry = CollectorRegistry()
        Info("rightsdesk_build", "Version of the program", registry=registry).info({"version": version("rightsdesk")})
        tell_tickets(registry, found)
        single(registry, "rightsdesk_outbox_oldest_seconds", "Age of the oldest effect not done", found.outbox_oldest)
        single(registry, "rightsdesk_outbox_held", "Letters in doubt that staff must decide on", found.outbox_held)
        single(registry, "rightsdesk_intake_lag_seconds", "Age of the oldest mail not read", found.intake_lag)
        single(registry, "rightsdesk_mails_parked", "Mails kept aside for a person", found.parked)
        state, down = self.mailbox(), self.slack_down()
        if state is not None and state.last_contact is not None:
            silence = (self.now() - state.last_contact).total_seconds()
            single(registry, "rightsdesk_mailbox_silence_seconds", "Since the mailbox was last heard", silence)
        if down is not None:
            single(registry, "rightsdesk_slack_down_seconds", "Since Slack's socket was last up", down)
        page: bytes = generate_latest(registry)  # type: ignore[no-untyped-call]
        return page


def tell_tickets(registry: CollectorRegistry, found: Figures) -> None:
    """Open and late tickets by right, and the time to the nearest date."""
    open_ = Gauge("rightsdesk_tickets_open", "Open tickets", ["right"], registry=registry)
    late = Gauge("rightsdesk_tickets_late", "Open tickets past their date", ["right"], registry=registry)
    for right, (count, past) in found.tickets.items():
        open_.labels(right).set(count)
        late.labels(right).set(past)
    if found.nearest is not None:
        single(registry, "rightsdesk_deadline_seconds", "Time to the nearest date, below 0 if late", found.nearest)


def single(registry: CollectorRegistry, name: str, help_: str, value: float) -> None:
    """One gauge without labels."""
    Gauge(name, help_, registry=registry).set(value)


class HealthServer:
    """Serves both pages on a loopback port."""

    def __init__(self, health: Health, port: int) -> None:
        self._health, self._port = health, port
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen on 127.0.0.1. Raises OSError where the port is taken."""
        from aiohttp import web  # 6 MB, and only where health is asked for

        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _healthz(self, _: "web.Request") -> "web.Response":
        from aiohttp import web

        found = await self._health.problems()
        return web.Response(text="\n".join(found) or "ok", status=503 if found else 200)

    async def _metrics(self, _: "web.Request") -> "web.Response":
        from aiohttp import web

        try:
            page = await self._health.metrics()
        except DatabaseAway as error:
            return web.Response(text=str(error), status=503)
        return web.Response(body=page, headers={"Content-Type": CONTENT_TYPE_LATEST})


def tell_systemd(message: str) -> bool:
    """Send one message of sd_notify(3); False where no systemd listens."""
    path = os.environ.get("NOTIFY_SOCKET", "")
    if not path:
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(message.encode(), "\0" + path[1:] if path.startswith("@") else path)
    return True


async def watchdog(healthy: Callable[[], Awaitable[object]]) -> None:
    """Tell systemd that the loop lives, twice in its period; returns at once where none is set.

    `healthy` is awaited before each message: where it hangs, no message goes out and systemd starts the bot anew.
    """
    period = int(os.environ.get("WATCHDOG_USEC", "0")) / 1_000_000
    while period:
        await healthy()
        tell_systemd("WATCHDOG=1")
        await asyncio.sleep(period / 2)
