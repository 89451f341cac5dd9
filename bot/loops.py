"""A loop that works while there is work, sleeps while there is none, and says so when the world is away."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from storage.database import DatabaseAway

PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between tries while something is away."""
_log = structlog.get_logger("loop")


class Loop:
    """Calls `once` again and again: at once while it returns more than 0, else when woken or after `idle` seconds."""

    def __init__(
        self, name: str, once: Callable[[], Awaitable[int]], *, idle: float, trouble: Callable[[str], None]
    ) -> None:
        self._name, self._once, self._idle, self._trouble = name, once, idle, trouble
        self._woken = asyncio.Event()
        self._quiet = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """There is work. Call from the event loop's thread."""
        self._quiet.clear()
        self._woken.set()

    def start(self) -> None:
        """Begin, also anew after `stop`; needs a running event loop."""
        self._stopping = False
        self._task = asyncio.create_task(self._run(), name=self._name)

    async def stop(self) -> None:
        """Finish the piece under way and end."""
        self._stopping = True
        self._woken.set()
        if self._task is not None:
            await asyncio.wait([self._task])

    async def quiet(self) -> None:
        """Wait until there is nothing left to do."""
        self.wake()
        await self._quiet.wait()

    async def _run(self) -> None:
        failed = 0
        while not self._stopping:
            self._woken.clear()
            pause = self._idle
            try:
                if await self._once() > 0:
                    failed = 0
                    continue
                failed = 0
            except DatabaseAway as error:
                pause = self._failed(failed, str(error))
                failed += 1
            except Exception as error:  # noqa: BLE001 - the loop must live; what failed is tried again and told
                _log.exception("loop", loop=self._name)
                pause = self._failed(failed, f"{self._name}: {type(error).__name__}")
                failed += 1
            if not self._woken.is_set():
                self._quiet.set()
            await self._sleep(pause)

    def _failed(self, times: int, reason: str) -> float:
        if times == 0:
            self._trouble(reason)
        return PAUSES[min(times, len(PAUSES) - 1)]

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return


class Loops:
    """Several loops that are woken, started and stopped as one."""

    def __init__(self, *loops: Loop) -> None:
        self._loops = loops

    def wake(self) -> None:
        """See `Loop.wake`."""
        for loop in self._loops:
            loop.wake()

    def start(self) -> None:
        """See `Loop.start`."""
        for loop in self._loops:
            loop.start()

    async def stop(self) -> None:
        """See `Loop.stop`."""
        await asyncio.gather(*(loop.stop() for loop in self._loops))

    async def quiet(self) -> None:
        """Wait until there is nothing left to do in any, also of what one has given to another."""
        for _ in self._loops:
            await asyncio.gather(*(loop.quiet() for loop in self._loops))
