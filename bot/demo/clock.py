"""The town's clock: the machine's with an offset, or one that stands and only moves when told."""

from datetime import UTC, datetime, timedelta

TICK = timedelta(milliseconds=1)


class TownClock:
    """`start` None follows the machine; otherwise it stands at `start`, a millisecond further with each look.

    The millisecond keeps the order of what happens while the clock stands.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._standing = start
        self._offset = timedelta()

    def now(self) -> datetime:
        """The town's time, in UTC."""
        if self._standing is None:
            return datetime.now(UTC) + self._offset
        self._standing += TICK
        return self._standing

    def move_to(self, at: datetime) -> None:
        """Move forward; a time already past changes nothing."""
        ahead = max(at - self.now(), timedelta())
        if self._standing is None:
            self._offset += ahead
        else:
            self._standing += ahead
