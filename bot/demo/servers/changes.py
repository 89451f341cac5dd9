"""Tells tests and web pages that something in the town has changed."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Change:
    """`number` counts up from 1 without gaps; `kind` names what changed (mail, message, view …), `where` the place."""

    number: int
    kind: str
    where: str


class Changes:
    """A stream of changes that any number of readers of the same event loop can follow."""

    def __init__(self, keep: int = 1000) -> None:
        self.number = 0
        self._recent: deque[Change] = deque(maxlen=keep)
        self._rung = asyncio.Event()

    def tell(self, kind: str, where: str = "") -> None:
        self.number += 1
        self._recent.append(Change(self.number, kind, where))
        # a fresh event each time, so that a slow reader cannot miss the next ring while it wakes
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()

    async def until(self, condition: Callable[[], T], within: float = 10.0) -> T:
        """The first true value of `condition`, asked now and again after every change.

        Raises TimeoutError after `within` seconds.
        """
        async with asyncio.timeout(within):
            while not (value := condition()):
                await self._rung.wait()
        return value

    async def follow(self, after: int | None = None) -> AsyncIterator[Change]:
        """Every change after number `after` (None: from now on) as it comes, without end.

        A reader who falls more than `keep` changes behind misses the oldest.
        """
        seen = self.number if after is None else after
        while True:
            for change in [change for change in self._recent if change.number > seen]:
                seen = change.number
                yield change
            if seen >= self.number:
                await self._rung.wait()
