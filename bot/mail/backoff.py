"""How long to wait before the next try: doubling, with jitter, so that many clients do not come back at once."""

from collections.abc import Callable
from random import random


class Backoff:
    """Waits of `first` seconds, doubling up to `limit`; each is between half of that and all of it."""

    def __init__(self, first: float = 0.5, limit: float = 60.0, jitter: Callable[[], float] = random) -> None:
        self._first, self._limit, self._jitter = first, limit, jitter
        self._tries = 0

    def next(self) -> float:
        """Seconds to wait now. Every call without a reset() in between counts as one more failure."""
        whole: float = min(self._limit, self._first * 2 ** min(self._tries, 30))
        self._tries += 1
        return whole * (0.5 + self._jitter() / 2)

    def reset(self) -> None:
        self._tries = 0
