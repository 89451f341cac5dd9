"""What can go wrong with a Web API call, on demand."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bot.demo.servers.changes import Changes


@dataclass(frozen=True)
class ApiFault:
    """What happens to one call in place of the good answer; build it with the functions below.

    `done` says that Slack does what was asked before the fault strikes, so that the caller cannot know. A call that
    hangs is answered well after `ApiFaults.heal`, if the caller is still there.
    """

    status: int = 200
    error: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    hang: bool = False
    cut: bool = False
    done: bool = False


def rate_limited(seconds: int = 1) -> ApiFault:
    return ApiFault(429, "ratelimited", MappingProxyType({"Retry-After": str(seconds)}))


def server_error(status: int = 500) -> ApiFault:
    return ApiFault(status, "internal_error")


def refused(error: str) -> ApiFault:
    """An answer with `ok: false`, e.g. invalid_auth."""
    return ApiFault(error=error)


def no_answer(*, done: bool) -> ApiFault:
    """Nothing comes back until the caller gives up, or `heal`."""
    return ApiFault(hang=True, done=done)


def connection_cut(*, done: bool) -> ApiFault:
    return ApiFault(cut=True, done=done)


class ApiFaults:
    """Faults waiting for their call, per method; `*` means any method, `response_url` a post to such an address."""

    def __init__(self, changes: Changes) -> None:
        self.hanging = 0
        """How many calls a fault holds right now."""
        self._changes = changes
        self._waiting: defaultdict[str, deque[ApiFault]] = defaultdict(deque)
        self._standing: dict[str, ApiFault] = {}
        self._released = asyncio.Event()

    def add(self, method: str, fault: ApiFault, times: int | None = 1) -> None:
        """The next `times` calls of `method` meet `fault`; None: all, until `heal`."""
        if times is None:
            self._standing[method] = fault
        else:
            self._waiting[method].extend([fault] * times)

    def heal(self) -> None:
        """Takes back every fault not yet met and ends the calls that hang."""
        self._waiting.clear()
        self._standing.clear()
        released, self._released = self._released, asyncio.Event()
        released.set()

    def take(self, method: str) -> ApiFault | None:
        for name in (method, "*"):
            if queue := self._waiting[name]:
                return queue.popleft()
            if name in self._standing:
                return self._standing[name]
        return None

    async def hang(self) -> None:
        """Waits for the next `heal`."""
        self.hanging += 1
        self._changes.tell("fault", "hanging")
        try:
            await self._released.wait()
        finally:
            self.hanging -= 1
            self._changes.tell("fault", "over")
