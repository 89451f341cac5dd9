"""Who does what where several processes share one PostgreSQL database: each role is one process's at a time.

A process tries every ten seconds for the roles that nobody has, and so takes over from one that is gone. On SQLite
there is one process, which has them all. What a process still does in the moment between losing a role and noticing it
is harmless: claims and outcomes in the outbox carry the number of the try, tickets their version, mails their state.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog

from storage.database import DatabaseAway, engine_of
from storage.locks import Locks

EVERY = 10.0
"""Seconds between two tries."""
_log = structlog.get_logger("ownership")


@dataclass(frozen=True, slots=True)
class Role:
    """Something that one process does at a time. `start` and `stop` may be called again and again, in turns.

    `number` names its lock and never changes; of several roles of one name a process takes the first. `stop` returns
    when nothing of it goes on.
    """

    name: str
    number: int
    start: Callable[[], Awaitable[None]]
    stop: Callable[[], Awaitable[None]]


@dataclass
class Ownership:
    """The roles of this process. `url` is the database's."""

    url: str
    roles: Sequence[Role]
    every: float = EVERY
    owned: list[Role] = field(default_factory=list)
    _task: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self._hurry = asyncio.Event()
        self._locks = Locks(self.url, self._hurry.set) if engine_of(self.url) == "postgres" else None

    async def start(self) -> None:
        """Take what is free and begin with it; the rest is tried for in the background. Raises what a role raises.

        A connection that is lost meanwhile is the background's matter too.
        """
        try:
            await self._look()
        except DatabaseAway as error:
            if self._locks is None or await self._locks.alive():
                raise
            _log.warning("roles wait for the database", reason=str(error))
        if self._locks is not None:
            self._task = asyncio.create_task(self._watch(), name="ownership")

    async def stop(self) -> None:
        """End every role of ours, in turn from the last, then let others have them."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._give_up()
        if self._locks is not None:
            await self._locks.close()

    async def _watch(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self.every):
                    await self._hurry.wait()
            except TimeoutError:
                pass
            try:
                await self._look()
            except DatabaseAway as error:
                _log.warning("roles wait for the database", reason=str(error))
            except Exception:  # noqa: BLE001 - a role that can't be begun is tried again, here or by another process
                _log.exception("role not begun")

    async def _look(self) -> None:
        """Notice what was lost, take what is free."""
        if self._locks is not None and not await self._locks.alive():
            await self._give_up()
            self._hurry.clear()
            await self._locks.open()
        for role in self.roles:
            ours = {each.name for each in self.owned}  # our own connection would be given the same lock twice
            if role.name not in ours and (self._locks is None or await self._locks.take(role.number)):
                await self._begin(role)

    async def _begin(self, role: Role) -> None:
        try:
            await role.start()
        except BaseException:
            await role.stop()
            if self._locks is not None:
                await self._locks.release(role.number)  # so that another process can try
            raise
        self.owned.append(role)
        if self._locks is not None:
            _log.info("role taken", role=role.name)

    async def _give_up(self) -> None:
        while self.owned:
            role = self.owned[-1]
            await role.stop()
            self.owned.remove(role)
            if self._locks is not None:
                _log.info("role given up", role=role.name)
