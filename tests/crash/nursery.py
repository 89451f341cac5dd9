"""The process from which bots are forked, seen from outside."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Nursery:
    """`start` forks a bot; `ended` maps the pids of those that are no more to the signal that ended them."""

    process: asyncio.subprocess.Process
    config: Path
    log: Path
    readers: bool = False
    """Whether letters are read in real reading children."""
    ended: dict[int, int] = field(default_factory=dict)
    _started: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    _change: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        """Read what the nursery tells, until it is gone."""
        stdout = self.process.stdout
        assert stdout is not None
        while line := (await stdout.readline()).decode().split():
            if line[0] == "started":
                self._started.put_nowait(int(line[1]))
            elif line[0] == "ended":
                self.ended[int(line[1])] = int(line[2])
            change, self._change = self._change, asyncio.Event()
            change.set()

    async def start(self, point: str | None = None, nth: int = 1) -> int:
        """A new bot; returns its pid."""
        assert self.process.stdin is not None
        order = {"config": str(self.config), "log": str(self.log), "point": point, "nth": nth, "readers": self.readers}
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        return await self._started.get()

    async def gone(self, pid: int, within: float) -> bool:
        """Wait for the end of a bot; whether it came in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while pid not in self.ended:
                    await self._change.wait()
        return pid in self.ended

    async def kill(self, pid: int) -> None:
        """kill -9, and wait until it is gone."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        await self.gone(pid, 10)


@asynccontextmanager
async def a_nursery(config: Path, folder: Path, *, readers: bool = False) -> AsyncIterator[Nursery]:
    """Loaded and ready to fork."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.crash.child", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n", "the bot can't even be loaded"
    nursery = Nursery(process, config, folder / "bot.log", readers)
    listening = asyncio.create_task(nursery.listen())
    try:
        yield nursery
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
        await listening
