"""Mails read ahead: while one piece of them is settled, the children already read the next ones."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.mail.parsing import Both, ParserPool
from intents.message import Unreadable
from storage.inbox import Taken
from storage.store import Store

PIECE = 50
"""Mails that are settled in one unit."""
AHEAD = 4
"""Pieces that are read, or wait to be settled, at a time."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Mails that go together. `results` ends with one for each, in their order, or with NoReader."""

    mails: Sequence[Taken]
    results: asyncio.Task[list[Both | Unreadable]]


@dataclass
class ReadingAhead:
    """One reader's. What it holds is nobody's yet: the inbox says that it waits until it is settled."""

    store: Store
    pool: ParserPool
    _pieces: deque[Piece] = field(default_factory=deque)

    async def next(self) -> Piece | None:
        """The piece that is to be settled next, with others begun behind it; None where nothing waits."""
        await self._fill_up()
        return self._pieces.popleft() if self._pieces else None

    def forget(self) -> None:
        """Let go of all pieces: their mails wait in the inbox as before."""
        pieces, self._pieces = self._pieces, deque()
        for piece in pieces:
            piece.results.cancel()

    async def _fill_up(self) -> None:
        """Have what waits in the inbox read, up to a bound."""
        held = [mail.id for piece in self._pieces for mail in piece.mails]
        room = PIECE * (AHEAD - len(self._pieces))
        if room <= 0:
            return
        inbox = self.store.inbox
        waiting = await self.store.database.read(lambda: inbox.waiting(room, besides=held))
        for at in range(0, len(waiting), PIECE):
            mails = waiting[at : at + PIECE]
            results = asyncio.create_task(self.pool.read_both([mail.raw for mail in mails]))
            results.add_done_callback(lambda done: done.cancelled() or done.exception())  # some are never asked for
            self._pieces.append(Piece(mails, results))
