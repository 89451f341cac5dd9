"""The process: one database for all its brands and mailboxes, which roles it has, waking, health, and its end."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from bot.config import BadConfig, Config
from bot.configured import master_key
from bot.health import Health, HealthServer, tell_systemd, watchdog
from bot.mail.mailbox import State
from bot.ownership import Ownership
from bot.roles import roles_of
from bot.together import check_together
from storage.database import engine_of
from storage.store import open_store
from storage.wake import Listener

if TYPE_CHECKING:
    from bot.app import App

_log = structlog.get_logger("app")


@dataclass
class Process:
    """Runs its apps, one for each configuration. The first one's says where the health page is."""

    apps: Sequence["App"]
    ownership: Ownership = field(init=False)
    listener: Listener | None = None
    health: HealthServer | None = None
    _watchdog: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.ownership = Ownership(self.apps[0].config.database.url, ())
        for app in self.apps:
            app.process = self
            first = next(each for each in self.apps if each.brand == app.brand)
            app.reader.in_turn = first.reader.in_turn  # a person may write to two mailboxes of one brand at once

    @classmethod
    async def build(
        cls, configs: Sequence[tuple[str, Config]], *, now: Callable[[], datetime], shadow: bool = False
    ) -> "Process":
        """One app for each configuration (with its file's name), over one database. Raises BadConfig, DatabaseAway,
        WrongKey."""
        from bot.app import App

        check_together(configs)
        first, all_ = configs[0][1], [config for _, config in configs]
        whole = await open_store(first.database.url, master_key(first))
        try:
            return cls([await App.build(each, now=now, shadow=shadow, whole=whole, beside=all_) for each in all_])
        except BaseException:
            await whole.database.close()
            raise

    async def start(self, *, mail: bool = True) -> None:
        """Start everything that no other process does; `mail=False` leaves the mailboxes alone."""
        url = self.apps[0].config.database.url
        for app in self.apps:
            app.open_doors()
        self.ownership = Ownership(url, tuple(role for app in self.apps for role in roles_of(app, mail=mail)))
        await self.ownership.start()
        if engine_of(url) == "postgres":
            self.listener = Listener(url, self._woken)
            await self.listener.start()
        await self._watch()
        _log.info("started", roles=[role.name for role in self.ownership.owned])

    def _woken(self, what: str) -> None:
        for app in self.apps:
            app.woken(what)

    async def _watch(self) -> None:
        """Health on loopback if asked for, and systemd's watchdog if there is one."""
        first = self.apps[0]
        health = Health(first.store, first.now, self._mailbox, self._slack_down)
        port = first.config.health.port
        if port is not None:
            self.health = HealthServer(health, port)
            try:
                await self.health.start()
            except OSError as error:
                raise BadConfig(f"health.port: {port} can't be used: {error.strerror}") from None
        tell_systemd("READY=1")
        self._watchdog = asyncio.create_task(watchdog(health.problems))

    def _mailbox(self) -> State | None:
        """The mailbox that was silent for the longest time."""
        states = [app.mailbox.state for app in self.apps if app.mailbox]
        heard = [(state.last_contact, state) for state in states if state.last_contact is not None]
        return min(heard, key=lambda pair: pair[0])[1] if heard else next(iter(states), None)

    def _slack_down(self) -> float | None:
        """The longest time for which a Slack has been away."""
        downs = [app.slack.line.down_for for app in self.apps if app.slack and app.slack.line.started]
        return max(downs, default=None)

    async def stop(self) -> None:
        """Stop taking mail, finish what is under way, let go of everything."""
        tell_systemd("STOPPING=1")
        if self.health is not None:
            await self.health.stop()
        if self.listener is not None:
            await self.listener.stop()
        await self.ownership.stop()
        for app in self.apps:
            await app.close()
        if self._watchdog is not None:
            self._watchdog.cancel()
        await self.apps[0].store.database.close()
        _log.info("stopped")
